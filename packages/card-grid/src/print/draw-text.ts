import { assertInteger } from '@countersign/primitives/assert';
import type { Listing } from './plan-grid.ts';
import type { CheckedPrintOptions } from './print-options.ts';

/** Between columns, and between a number and its code. */
const COLUMN_GAP = 3;
const LABEL_GAP = 2;

/** A listing as lines of plain text, numbered down the columns, no line of codes wider than `width` if that can be. */
export function drawText(
  listing: Listing,
  serial: string,
  title: string,
  { dates, labels, name }: CheckedPrintOptions,
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
  const joined = (...parts: string[]): string => parts.filter((part) => part !== '').join(' · ');
  const note = listing.tickBox && labels.onceEach !== '' ? [labels.onceEach] : [];
  return [joined(name(title), serial), '', ...lines, '', ...note, joined(...dates, labels.warning)].join('\n');
}
