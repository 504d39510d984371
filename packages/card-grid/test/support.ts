import { seededRandom } from '@countersign/testing/seeded-random';
import { type CardState, createCardGrid, issueCardChallenge, newCardState, restoreCardGrid } from '../src/index.ts';

export const NOW: number = Date.UTC(2026, 10, 22);
export const KEY: Uint8Array = seededRandom('card key')(32);

/** The state of a new card: its design, and what newCardState takes beside it. */
export function card(options: Record<string, unknown> = {}): CardState {
  const { reuse, replaceAt, replaces, ...design } = options;
  const grid = createCardGrid({ key: KEY, serial: 'SC-1', ...design });
  return newCardState(grid, { reuse, replaceAt, replaces } as never);
}

/** What the card's owner types: the codes that are printed at the indices of the open challenge. */
export function rightAnswer(state: CardState, key: Uint8Array = KEY): string {
  const grid = restoreCardGrid(state, { key });
  return (state.challenge ?? []).map((index) => grid.cell(index)).join('');
}

/** The state after a challenge was issued. */
export function asked(state: CardState, seed: string): CardState {
  return issueCardChallenge({ state, now: NOW, random: seededRandom(seed) }).state;
}

/** Critical value of chi-squared that chance exceeds once in three million times (Wilson and Hilferty, z = 5). */
export function chiSquaredLimit(degrees: number): number {
  const spread = 2 / (9 * degrees);
  return degrees * (1 - spread + 5 * Math.sqrt(spread)) ** 3;
}

/** Chi-squared of counts that should all be equal. */
export function chiSquared(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

/** The code of the CountersignError that a call throws. */
export function thrownBy(call: () => unknown): { code?: string; message: string } {
  try {
    call();
  } catch (error) {
    return error as { code?: string; message: string };
  }
  throw new Error('nothing was thrown');
}

/** What attackers and accidents send in the place of an answer. */
export const HOSTILE: readonly unknown[] = [
  null,
  undefined,
  true,
  0,
  123456,
  Number.NaN,
  1n,
  Symbol('answer'),
  {},
  [],
  ['A3D', 'Z3V'],
  { length: 6, toString: () => 'A3DZ3V' },
  new Uint8Array(6),
  () => 'A3DZ3V',
  '',
  ' ',
  '------',
  'A3DZ3',
  'A3DZ3VA',
  'A3DZ3V😀',
  '😀😀😀',
  'A3D\u200bZ3V',
  'Ａ３ＤＺ３Ｖ',
  '٣٣٣٣٣٣',
  'ıııııı',
  'ſſſſſſ',
  '__proto__',
  'A3DZ3V\u0000',
  `A3D${' '.repeat(200)}Z3V`,
  'A'.repeat(1_000_000),
  '-'.repeat(1_000_000),
];
