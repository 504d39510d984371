import { CountersignError } from '@countersign/primitives/error';
import { type CardDesign, checkedDesign, designOf } from '../card-format.ts';
import type { CardCells } from '../create-card-grid.ts';
import { checkedPageOptions, drawPage, type PageOptions } from './draw-page.ts';
import { drawScreen, drawSheet, planListing } from './draw-sheet.ts';
import { drawTable } from './draw-table.ts';
import { drawText } from './draw-text.ts';
import { POINT } from './markup.ts';
import type { Listing, ListingShape } from './plan-grid.ts';
import {
  assertSize,
  type CheckedPrintOptions,
  checkedPrintOptions,
  type PrintOptions,
  type PrintSize,
} from './print-options.ts';

function cellsShape({ cells, codeLength }: CardDesign): ListingShape {
  return { count: cells, labelWidth: `${cells}`.length, codeWidth: codeLength, tickBox: false };
}

/** What is read of a grid that was given; nothing of it may throw anything of its own, nor give what is no code. */
function reading<T>(read: () => T): T {
  try {
    return read();
  } catch {
    throw new CountersignError('invalid-card', 'grid must be what createCardGrid or restoreCardGrid returned');
  }
}

function readCells(grid: CardCells): { serial: string; listing: Listing } {
  return reading(() => {
    const design = checkedDesign(designOf(grid));
    const entries = Array.from({ length: design.cells }, (_, i) => {
      const code = grid.cell(i + 1);
      if (typeof code !== 'string' || !/^[!-~]+$/.test(code) || code.length !== design.codeLength)
        throw new Error('no code');
      return { label: `${i + 1}`, code };
    });
    return { serial: design.serial, listing: { ...cellsShape(design), entries } };
  });
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
  assertSize(size);
  const { faces, rows, columns, textSize } = planListing(
    cellsShape(reading(() => checkedDesign(designOf(grid)))),
    size,
  );
  return { faces, rows, columns, textPoints: textSize / POINT };
}

/**
 * The card as an SVG document at its true size: ID-1 (85.6 × 54 mm, with cut marks, and two faces with a fold when one
 * would be too small), one row of a business-card sheet, A4 or US Letter. It holds every code: never log it, cache it or send it by
 * e-mail. All labels are escaped; no font is fetched.
 *
 * @param options see {@link PrintOptions}
 * @throws CountersignError `invalid-card` when codes would be smaller than 6 points or the serial does not fit;
 *   `invalid-argument` or `invalid-time` for options that make no sense, and for labels that do not fit: nothing is cut
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, renderCardSvg } from '@countersign/card-grid';
 *
 * const grid = createCardGrid({ key: createCardKey(), serial: 'SC-1024' });
 * renderCardSvg(grid, { issuer: 'Example Bank', issuedAt: Date.now() }).startsWith('<svg '); // => true
 * ```
 */
export function renderCardSvg(grid: CardCells, options: PrintOptions = {}): string {
  const checked = checkedPrintOptions(options);
  const { listing, serial } = readCells(grid);
  return drawSheet(listing, serial, checked.labels.cardTitle, checked);
}

/**
 * The card as one self-contained page to show and to print, without scripts and without any request. Serve it with
 * `Cache-Control: no-store`. On screens each face is as wide as there is room for, and all codes follow as a table, which
 * is what is read aloud. A dark page is dark on the screen and prints light.
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
export function renderCardHtml(grid: CardCells, options: PrintOptions & PageOptions = {}): string {
  const checked = checkedPrintOptions(options);
  const { listing, serial } = readCells(grid);
  return listingPage(listing, serial, checked.labels.cardTitle, checked, options);
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
export function renderCardText(grid: CardCells, options: PrintOptions & { width?: number | undefined } = {}): string {
  const checked = checkedPrintOptions(options);
  const { listing, serial } = readCells(grid);
  return drawText(listing, serial, checked.labels.cardTitle, checked, options.width ?? 80);
}

/** A page around a listing: its faces and its table for screens, its sheet for paper, which is always light. */
export function listingPage(
  listing: Listing,
  serial: string,
  title: string,
  checked: CheckedPrintOptions,
  page: PageOptions,
): string {
  const { labels, dates, size, theme } = checked;
  const name = checked.name(title);
  const notes = [listing.tickBox ? labels.onceEach : '', labels.warning, labels.printAtFullSize];
  const content = {
    title: name,
    known: [serial, ...dates].filter((part) => part !== ''),
    notes: notes.filter((note) => note !== ''),
    faces: drawScreen(listing, serial, title, checked),
    table: drawTable(listing, name, labels),
    sheet: drawSheet(listing, serial, title, { ...checked, theme: 'light' }),
    ...{ size, theme, rowWidth: listing.labelWidth + listing.codeWidth },
  };
  return drawPage(content, checkedPageOptions(page));
}
