import type { CardDesign } from './card-format.ts';

/** How cells are chosen: each once, or again and again from the least used half, or from all of them. */
export type CardReuse = 'least-used-half' | 'random';

/**
 * What has been used of a card. `once`: a bitmap in hexadecimal, four cells a digit; cell i is bit (i − 1) mod 4 of digit
 * ⌊(i − 1) / 4⌋. Otherwise: how often each cell was part of an accepted answer.
 */
export type CellUse =
  | { readonly mode: 'once'; readonly used: string }
  | { readonly mode: CardReuse; readonly counts: readonly number[] };

/** A card of which no cell has been used. */
export function unusedCells(cells: number, reuse: CardReuse | undefined): CellUse {
  return reuse === undefined
    ? { mode: 'once', used: '0'.repeat(bitmapLength(cells)) }
    : { mode: reuse, counts: new Array<number>(cells).fill(0) };
}

/** Hexadecimal digits of a card's bitmap. */
export function bitmapLength(cells: number): number {
  return Math.ceil(cells / 4);
}

/** How often a cell was used; with a bitmap, 0 or 1. */
export function timesUsed(use: CellUse, index: number): number {
  if (use.mode !== 'once') return use.counts[index - 1]!;
  return (Number.parseInt(use.used.charAt((index - 1) >> 2), 16) >> ((index - 1) & 3)) & 1;
}

/** The same, after the cells of an accepted answer. */
export function withUsed(use: CellUse, indices: readonly number[]): CellUse {
  if (use.mode !== 'once') {
    const counts = [...use.counts];
    for (const index of indices) counts[index - 1]!++;
    return { mode: use.mode, counts };
  }
  const digits = [...use.used];
  for (const index of indices) {
    const at = (index - 1) >> 2;
    digits[at] = (Number.parseInt(digits[at]!, 16) | (1 << ((index - 1) & 3))).toString(16);
  }
  return { mode: 'once', used: digits.join('') };
}

/** How many bits each hexadecimal digit has. */
const BITS: Readonly<Record<string, number>> = {
  ...{ 0: 0, 1: 1, 2: 1, 3: 2, 4: 1, 5: 2, 6: 2, 7: 3 },
  ...{ 8: 1, 9: 2, a: 2, b: 3, c: 2, d: 3, e: 3, f: 4 },
};

/** How many cells of a bitmap are set. */
export function countUsed(used: string): number {
  let count = 0;
  for (let i = 0; i < used.length; i++) count += BITS[used.charAt(i)]!;
  return count;
}

/**
 * The cells from which the next challenge is picked uniformly: the unused ones; all of them; or the least used half,
 * with every cell that is used as little as the last of that half, so that ties are never broken by position.
 */
export function candidates(use: CellUse, cells: number): number[] {
  const indices = Array.from({ length: cells }, (_, i) => i + 1);
  if (use.mode === 'random') return indices;
  if (use.mode === 'once') return indices.filter((index) => timesUsed(use, index) === 0);
  const most = [...use.counts].sort((a, b) => a - b)[Math.ceil(cells / 2) - 1]!;
  return indices.filter((index) => timesUsed(use, index) <= most);
}

/**
 * Chance that somebody who saw every accepted answer of this card so far knows all cells of the next challenge, exact
 * for the cells that were in fact used. 0 when each cell is used once.
 */
export function observerChance(use: CellUse, { cells, asked }: Pick<CardDesign, 'cells' | 'asked'>): number {
  if (use.mode === 'once') return 0;
  const pool = candidates(use, cells);
  const seen = pool.filter((index) => timesUsed(use, index) > 0).length;
  let chance = 1;
  for (let i = 0; i < asked; i++) chance *= Math.max(0, seen - i) / (pool.length - i);
  return chance;
}
