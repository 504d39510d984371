import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import type { CardReuse } from './cell-use.ts';

type ReusedCard = { readonly cells: number; readonly asked: number; readonly reuse: CardReuse };

/** Cells by how often they were used (never, once, twice …), and how likely a card is in this state without any answer known. */
type Situation = { readonly counts: readonly number[]; readonly weight: number };

/** Situations less likely than this are counted as known: the sum of them all stays far below what is shown. */
const NEGLIGIBLE = 1e-12;

/**
 * What reuse costs: the chance that somebody who has the password, and sees every login, has known all cells of a
 * challenge at least once. They look at the page after each of the `logins` that they saw, so the challenge after the
 * last one counts.
 *
 * Computed exactly, challenge by challenge, over how many cells have been used how often; every way to have at least one
 * unseen cell in each challenge is followed, and what is left is the chance.
 *
 * | Cells, asked | `'random'`: logins for 1 % / 10 % / 50 % | `'least-used-half'` |
 * |---|---|---|
 * | 50, 2 | 3 / 6 / 12 | 13 / 13 / 15 |
 * | 100, 2 | 5 / 10 / 19 | 26 / 26 / 28 |
 * | 224, 2 | 8 / 17 / 31 | 57 / 57 / 59 |
 * | 224, 3 | 12 / 22 / 38 | 38 / 38 / 42 |
 *
 * `observationProbability` is the chance for one challenge alone, which is lower.
 *
 * @param options `cells` 10 … 999, `asked` 2 … 4, `logins` 0 … 1,000,000, `reuse`
 * @returns 0 … 1
 * @throws CountersignError `invalid-card` for anything out of these ranges
 *
 * @example
 * ```ts
 * import { cumulativeObservationProbability } from '@countersign/card-grid';
 *
 * const card = { cells: 224, asked: 2, reuse: 'random' } as const;
 * cumulativeObservationProbability({ ...card, logins: 16 }) < 0.1; // => true
 * cumulativeObservationProbability({ ...card, logins: 17 }) >= 0.1; // => true
 * cumulativeObservationProbability({ ...card, reuse: 'least-used-half', logins: 56 }); // => 0
 * ```
 */
export function cumulativeObservationProbability(options: {
  cells: number;
  asked: number;
  reuse: CardReuse;
  logins: number;
}): number {
  assertOptions(options);
  const { cells, asked, reuse, logins } = options;
  assertInteger(cells, 'cells', 10, 999, 'invalid-card');
  assertInteger(asked, 'asked', 2, 4, 'invalid-card');
  assertInteger(logins, 'logins', 0, 1_000_000, 'invalid-card');
  if (reuse !== 'least-used-half' && reuse !== 'random') {
    throw new CountersignError('invalid-card', 'reuse must be least-used-half or random');
  }
  return cumulativeChance({ cells, asked, reuse }, logins);
}

/** The same, for what has been checked already. */
export function cumulativeChance(card: ReusedCard, logins: number): number {
  let chance = 0;
  let challenge = 0;
  for (const known of chances(card)) {
    chance = known;
    if (challenge++ === logins) break;
  }
  return chance;
}

/** After how many logins the chance reaches `enough`. */
export function loginsUntil(card: ReusedCard, enough: number): number {
  let logins = 0;
  for (const known of chances(card)) {
    if (known >= enough) break;
    logins++;
  }
  return logins;
}

/** The chance after 0, 1, 2 … logins, up to where it is 1. */
function* chances(card: ReusedCard): Generator<number, void> {
  let situations: Situation[] = [{ counts: [card.cells], weight: 1 }];
  while (situations.length > 0) {
    situations = afterChallenge(card, situations);
    const unknown = situations.reduce((sum, { weight }) => sum + weight, 0);
    // Nobody knows anything before the first login, and rounding must not say so either.
    yield unknown > 1 - NEGLIGIBLE ? 0 : 1 - unknown;
  }
}

/** Where the card can be after one more challenge that had at least one unseen cell. */
function afterChallenge(card: ReusedCard, situations: readonly Situation[]): Situation[] {
  const merged = new Map<string, Situation>();
  for (const { counts, weight } of situations) {
    const pool = poolOf(card, counts);
    const ways = choose(
      pool.reduce((sum, count) => sum + count, 0),
      card.asked,
    );
    for (const picked of picks(pool, card.asked)) {
      // No unseen cell: the observer knew them all.
      if (picked[0] === 0) continue;
      const chance = picked.reduce((product, taken, uses) => product * choose(pool[uses]!, taken), weight) / ways;
      if (chance < NEGLIGIBLE) continue;
      const next = afterUse(card, counts, picked);
      const key = next.join();
      merged.set(key, { counts: next, weight: chance + (merged.get(key)?.weight ?? 0) });
    }
  }
  return [...merged.values()];
}

/** How many cells of each use can be asked for: all, or the least used half with its ties (see `candidates`). */
function poolOf({ cells, reuse }: ReusedCard, counts: readonly number[]): readonly number[] {
  if (reuse === 'random') return counts;
  let levels = 0;
  for (let covered = 0; covered < cells / 2; levels++) covered += counts[levels]!;
  return counts.slice(0, levels);
}

/** Every way to take `asked` cells from a pool, as how many of each use. */
function picks(pool: readonly number[], asked: number): number[][] {
  const [available, ...rest] = pool;
  if (available === undefined) return asked === 0 ? [[]] : [];
  return Array.from({ length: Math.min(available, asked) + 1 }, (_, taken) => taken).flatMap((taken) =>
    picks(rest, asked - taken).map((others) => [taken, ...others]),
  );
}

/** The cells by use after those that were picked are used once more. At random, only seen and unseen matter. */
function afterUse({ reuse }: ReusedCard, counts: readonly number[], picked: readonly number[]): number[] {
  const next = [...counts, 0];
  picked.forEach((taken, uses) => {
    next[uses]! -= taken;
    next[uses + 1]! += taken;
  });
  if (reuse === 'random') return [next[0]!, next.slice(1).reduce((sum, count) => sum + count, 0)];
  while (next.at(-1) === 0) next.pop();
  return next;
}

/** Binomial coefficient; 0 when there are too few. */
function choose(from: number, count: number): number {
  let ways = 1;
  for (let i = 0; i < count; i++) ways *= (from - i) / (i + 1);
  return ways;
}
