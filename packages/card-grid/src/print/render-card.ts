import { assertInteger } from '@countersign/primitives/assert';
import type { CardDesign } from '../card-format.ts';
import type { CardGrid } from '../create-card-grid.ts';
import { drawPage, type PageOptions } from './draw-page.ts';
import { drawSheet, planListing } from './draw-sheet.ts';
import { drawText } from './draw-text.ts';
import { POINT } from './markup.ts';
import type { Listing, ListingShape } from './plan-grid.ts';
import { type CheckedPrintOptions, checkedPrintOptions, type PrintOptions, type PrintSize } from './print-options.ts';

function cellsShape({ cells, codeLength }: CardDesign): ListingShape {
  return { count: cells, labelWidth: `${cells}`.length, codeWidth: codeLength, tickBox: false };
}

function listCells(grid: CardGrid): Listing {
  const entries = Array.from({ length: grid.cells }, (_, i) => ({ label: `${i + 1}`, code: grid.cell(i + 1) }));
  return { ...cellsShape(grid), entries };
}

/**
 * How a card would be arranged on a size, to offer only sizes that can be read.
 *
 * @returns `faces` (2: one cuts, folds and glues), `rows` and `columns` of each face, and `textPoints`, the height of the
 *   codes' and numbers' font in points (6 at least)
 * @throws CountersignError `invalid-card` when the card is not sound or not legible at this size, `invalid-argument` for other sizes
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, planCard } from '@countersign/card-grid';
 *
 * const grid = createCardGrid({ key: createCardKey(), serial: 'SC-1024' });
 * planCard(grid).faces; // => 2
 * planCard(grid).textPoints >= 6; // => true
 * planCard(createCardGrid({ key: createCardKey(), serial: 'SC-1', cells: 999 })); // throws invalid-card
 * ```
 */
export function planCard(
  grid: CardDesign,
  size: PrintSize = 'id-1',
): { faces: 1 | 2; rows: number; columns: number; textPoints: number } {
  assertInteger(grid.cells, 'cells', 10, 999, 'invalid-card');
  assertInteger(grid.codeLength, 'codeLength', 2, 6, 'invalid-card');
  const { faces, rows, columns, textSize } = planListing(cellsShape(grid), checkedPrintOptions({ size }).size);
  return { faces, rows, columns, textPoints: textSize / POINT };
}

/**
 * The card as an SVG document at its true size: ID-1 (85.6 × 54 mm, with cut marks, and two faces with a fold when one
 * would be too small), one row of a business-card sheet, or A4. It holds every code: never log it, cache it or send it by
 * e-mail. All labels are escaped; no font is fetched.
 *
 * @param options see {@link PrintOptions}
 * @throws CountersignError `invalid-card` when text would be smaller than 6 points, `invalid-argument` or `invalid-time`
 *   for options that make no sense
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, renderCardSvg } from '@countersign/card-grid';
 *
 * const grid = createCardGrid({ key: createCardKey(), serial: 'SC-1024' });
 * renderCardSvg(grid, { issuer: 'Example Bank', issuedAt: Date.now() }).startsWith('<svg '); // => true
 * ```
 */
export function renderCardSvg(grid: CardGrid, options: PrintOptions = {}): string {
  const checked = checkedPrintOptions(options);
  return drawSheet(listCells(grid), grid.serial, checked.labels.cardTitle, checked);
}

/**
 * The card as one self-contained page to show and to print, without scripts and without any request. Serve it with
 * `Cache-Control: no-store`. A dark page is dark on the screen and prints light.
 *
 * @param options see {@link PrintOptions}, and `lang` and `direction` of the labels
 * @throws CountersignError as {@link renderCardSvg}
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, renderCardHtml } from '@countersign/card-grid';
 *
 * const grid = createCardGrid({ key: createCardKey(), serial: 'SC-1024' });
 * renderCardHtml(grid, { size: 'a4' }).startsWith('<!doctype html>'); // => true
 * ```
 */
export function renderCardHtml(grid: CardGrid, options: PrintOptions & PageOptions = {}): string {
  const checked = checkedPrintOptions(options);
  return listingPage(listCells(grid), grid.serial, checked.labels.cardTitle, [], checked, options);
}

/**
 * The card as text for a terminal: numbered down the columns.
 *
 * @param options see {@link PrintOptions} (size, theme and face do not matter); `width` in characters, 20 … 1000
 *   (default 80)
 * @throws CountersignError `invalid-argument`, `invalid-time` for options that make no sense
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, renderCardText } from '@countersign/card-grid';
 *
 * const grid = createCardGrid({ key: createCardKey(), serial: 'SC-1024' });
 * renderCardText(grid).split('\n')[0]; // => 'Security Code Card · SC-1024'
 * ```
 */
export function renderCardText(grid: CardGrid, options: PrintOptions & { width?: number | undefined } = {}): string {
  const checked = checkedPrintOptions(options);
  return drawText(listCells(grid), grid.serial, checked.labels.cardTitle, checked, options.width ?? 80);
}

/** A page around a listing's sheet; dark ones carry a light sheet for the printer as well. */
export function listingPage(
  listing: Listing,
  serial: string,
  title: string,
  notes: readonly string[],
  checked: CheckedPrintOptions,
  page: PageOptions,
): string {
  const onScreen = drawSheet(listing, serial, title, checked);
  const onPaper =
    checked.theme === 'light' ? onScreen : drawSheet(listing, serial, title, { ...checked, theme: 'light' });
  const name = checked.issuer === '' ? title : `${checked.issuer} · ${title}`;
  return drawPage(name, [checked.labels.printAtFullSize, ...notes], onScreen, onPaper, checked.theme, page);
}
