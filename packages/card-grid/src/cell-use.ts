import { type Field, hex, integer, list, literal, object } from '@countersign/primitives/state';
import type { CardDesign } from './card-format.ts';

/** How cells are chosen again: from the least used half of them, or from all. */
export type CardReuse = 'least-used-half' | 'random';

/**
 * What has been used of a card.
 * - `once`: a bitmap in hexadecimal, four cells a digit; cell i is bit (i − 1) mod 4 of digit ⌊(i − 1) / 4⌋. `replaceAt`:
 *   warn when no more logins than this are left.
 * - `least-used-half`: how often each cell was part of an accepted answer. `warnAt`: warn after this many logins.
 * - `random`: how many answers were accepted; `warnAt` likewise.
 */
export type CellUse =
  | { readonly mode: 'once'; readonly used: string; readonly replaceAt: number }
  | { readonly mode: 'least-used-half'; readonly counts: readonly number[]; readonly warnAt: number }
  | { readonly mode: 'random'; readonly logins: number; readonly warnAt: number };

/** More than anybody logs in with one card; it keeps sums exact. */
const MAX_COUNT = 1_000_000_000;

/** A card of which no cell has been used, and that reuses cells. */
export function reusedCells(mode: CardReuse, cells: number, warnAt: number): CellUse {
  return mode === 'random' ? { mode, logins: 0, warnAt } : { mode, counts: new Array<number>(cells).fill(0), warnAt };
}

/** A card of which no cell has been used, and each is used once. */
export function onceCells(cells: number, replaceAt: number): CellUse {
  return { mode: 'once', used: '0'.repeat(bitmapLength(cells)), replaceAt };
}

/** Hexadecimal digits of a card's bitmap. */
function bitmapLength(cells: number): number {
  return Math.ceil(cells / 4);
}

/** True when a cell may not be asked for any more. */
export function isSpent(use: CellUse, index: number): boolean {
  if (use.mode !== 'once') return false;
  return ((digitValue(use.used.charCodeAt((index - 1) >> 2)) >> ((index - 1) & 3)) & 1) === 1;
}

/** The same, after the cells of an accepted answer. */
export function withUsed(use: CellUse, indices: readonly number[]): CellUse {
  if (use.mode === 'random') return { ...use, logins: use.logins + 1 };
  if (use.mode === 'least-used-half') {
    const counts = [...use.counts];
    for (const index of indices) counts[index - 1]!++;
    return { ...use, counts };
  }
  let { used } = use;
  for (const index of indices) {
    const at = (index - 1) >> 2;
    const digit = digitValue(used.charCodeAt(at)) | (1 << ((index - 1) & 3));
    used = used.slice(0, at) + digit.toString(16) + used.slice(at + 1);
  }
  return { ...use, used };
}

/** How many bits a number below 16 has. */
const BITS = [0, 1, 1, 2, 1, 2, 2, 3, 1, 2, 2, 3, 2, 3, 3, 4];

/** The value of a hexadecimal digit by its character code, without making text of it. */
function digitValue(code: number): number {
  return code < 0x3a ? code - 0x30 : code - 0x57;
}

/** How many answers were accepted. */
export function countLogins(use: CellUse, asked: number): number {
  if (use.mode === 'random') return use.logins;
  let cells = 0;
  if (use.mode === 'once') for (let i = 0; i < use.used.length; i++) cells += BITS[digitValue(use.used.charCodeAt(i))]!;
  else for (const count of use.counts) cells += count;
  return cells / asked;
}

/**
 * The cells from which the next challenge is picked uniformly: the unused ones; all of them; or the least used half,
 * with every cell that is used as little as the last of that half, so that ties are never broken by position.
 */
export function candidates(use: CellUse, cells: number): number[] {
  const indices = Array.from({ length: cells }, (_, i) => i + 1);
  if (use.mode !== 'least-used-half') return indices.filter((index) => !isSpent(use, index));
  const most = [...use.counts].sort((a, b) => a - b)[Math.ceil(cells / 2) - 1]!;
  return indices.filter((index) => use.counts[index - 1]! <= most);
}

const readReplaceAt = integer(0, 999);
const readCount = integer(0, MAX_COUNT);
const readRandom = object<CellUse & { mode: 'random' }>({
  mode: literal('random'),
  logins: readCount,
  warnAt: readCount,
});

/** Reads what was stored for a card of this design; whatever no accepted answer can have left behind is refused. */
export function cellUseField({ cells, asked }: CardDesign): Field<CellUse> {
  const once = object<CellUse & { mode: 'once' }>({
    mode: literal('once'),
    used: hex(bitmapLength(cells)),
    replaceAt: readReplaceAt,
  });
  const leastUsedHalf = object<CellUse & { mode: 'least-used-half' }>({
    mode: literal('least-used-half'),
    counts: list(readCount, cells),
    warnAt: readCount,
  });
  return (value) => {
    const { mode } = value as CellUse;
    const use = mode === 'once' ? once(value) : mode === 'random' ? readRandom(value) : leastUsedHalf(value);
    // Cells beyond the last one do not exist, and an answer uses as many as are asked for.
    const impossible =
      (use.mode === 'once' && digitValue(use.used.charCodeAt(use.used.length - 1)) >> (((cells - 1) & 3) + 1) !== 0) ||
      (use.mode === 'least-used-half' && use.counts.length !== cells) ||
      !Number.isInteger(countLogins(use, asked));
    if (impossible) throw new Error('not ours');
    return use;
  };
}
