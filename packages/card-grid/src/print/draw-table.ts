import { escapeMarkup } from '@countersign/primitives/escape-markup';
import type { Listing } from './plan-grid.ts';
import type { PrintLabels } from './print-options.ts';

/**
 * The entries as a table: what is read aloud, and what people read and copy on small screens. It runs in as many columns
 * as there is room for, and stays one table.
 */
export function drawTable(listing: Listing, caption: string, labels: PrintLabels): string {
  const rows = listing.entries.map(
    ({ label, code }) => `<tr><th scope="row">${escapeMarkup(label)}</th><td>${escapeMarkup(code)}</td></tr>\n`,
  );
  return (
    `<table>\n<caption>${escapeMarkup(caption)}</caption>\n` +
    `<thead><tr><th scope="col">${escapeMarkup(labels.number)}</th><th scope="col">${escapeMarkup(labels.code)}</th></tr></thead>\n` +
    `<tbody>\n${rows.join('')}</tbody>\n</table>\n`
  );
}
