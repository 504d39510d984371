import { assertInteger } from '@countersign/primitives/assert';
import type { Listing } from './plan-grid.ts';
import type { CheckedPrintOptions } from './print-options.ts';

/** Between columns, and between a number and its code. */
const COLUMN_GAP = 3;
const LABEL_GAP = 2;

/** What must not reach a terminal: control characters, which could move its cursor or hide lines. */
const CONTROL = /[\p{Cc}\p{Cs}]/gu;

/** A listing as lines of plain text, numbered down the columns, no line wider than `width` characters if that can be. */
export function drawText(
  listing: Listing,
  serial: string,
  title: string,
  options: CheckedPrintOptions,
  width: number,
): string {
  assertInteger(width, 'width', 20, 1000, 'invalid-argument');
  const entry = listing.labelWidth + LABEL_GAP + listing.codeWidth;
  const { length } = listing.entries;
  const columns = Math.min(length, Math.max(1, Math.floor((width + COLUMN_GAP) / (entry + COLUMN_GAP))));
  // Columns of 10, 15, 20 … rows, in which a number is found fastest.
  const fewest = Math.ceil(length / columns);
  const rows = fewest <= 5 ? fewest : Math.ceil(fewest / 5) * 5;
  const lines = Array.from({ length: rows }, (_, row) =>
    listing.entries
      .filter((_, i) => i % rows === row)
      .map(({ label, code }) => label.padStart(listing.labelWidth) + ' '.repeat(LABEL_GAP) + code)
      .join(' '.repeat(COLUMN_GAP)),
  );
  const heading = [options.issuer, title, serial].filter((part) => part !== '').join(' · ');
  const foot = [options.dates, options.labels.warning].filter((part) => part !== '').join(' · ');
  return [heading.replace(CONTROL, '\uFFFD'), '', ...lines, '', foot.replace(CONTROL, '\uFFFD')].join('\n');
}
