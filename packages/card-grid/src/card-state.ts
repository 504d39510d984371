import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { type Field, hex, integer, list, literal, nullable, object, readState } from '@countersign/primitives/state';
import { type CardDesign, checkedDesign, designOf } from './card-format.ts';
import { type CardReuse, type CellUse, cellUseField, isSpent, onceCells, reusedCells } from './cell-use.ts';
import { FINGERPRINT_DIGITS } from './check-card-key.ts';
import type { CardGrid } from './create-card-grid.ts';
import { loginsUntil } from './cumulative-observation.ts';

/**
 * What the application keeps of a card: plain JSON, without key and without codes. Write it back with compare-and-swap
 * after every call that returns one; that is what makes a cell single use on any number of servers.
 *
 * Lifetime, activation and replacement are the policy's: a card whose device is not active is simply not asked for.
 */
export type CardState = CardDesign & {
  readonly v: 1;
  /** Ties the state to one key and design: it cannot be used with another card's. 16 hexadecimal digits. */
  readonly fingerprint: string;
  readonly use: CellUse;
  /** The indices that wait for their answer, in the order in which their codes are typed. */
  readonly challenge: readonly number[] | null;
};

/**
 * The record of a card that has just been created: none of its cells has been used.
 *
 * **Once for each key and serial, for ever.** A second state of the same card brings every used cell back: whoever saw one
 * login then finds a pair that they know after a median of 17 calls. So call it where the card is issued and nowhere
 * else, keep serials unique in your database, and give a replacement a new serial. It takes only what `createCardGrid`
 * returned: to print a card again, `restoreCardGrid` gives a grid that this function refuses.
 *
 * Each cell is used once unless `reuse` says otherwise (NIST SP 800-63B-4 §3.1.2 accepts a look-up secret once). Reuse
 * makes a card last and costs the following: somebody who has the password and watches every login of a card of 224 cells
 * with 2 asked has known a whole answer with 1 % / 10 % / 50 % after 8 / 17 / 31 logins when cells are picked at random,
 * and after 57 / 57 / 59 with `'least-used-half'` (`cumulativeObservationProbability`). `shouldReplace` turns true at 10 %.
 *
 * @param grid as `createCardGrid` returned it
 * @param options `reuse` (default: each cell once); `replaceAt`, logins left at which to warn, for a card without reuse
 *   (default 10, or a fifth of a small card, 1 at least); `replaces`, the state of the card that this one follows
 * @throws CountersignError `invalid-card` for a grid that `createCardGrid` did not make, for options out of their range, and
 *   when `replaces` has the same serial; `invalid-state` when `replaces` is no card state; `invalid-argument` for options
 *   that are null
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, newCardState, restoreCardGrid } from '@countersign/card-grid';
 *
 * const key = createCardKey();
 * const state = newCardState(createCardGrid({ key, serial: 'SC-1024' }));
 * state.challenge; // => null
 *
 * // @ts-expect-error: a grid that was restored has its state already
 * newCardState(restoreCardGrid(state, { key })); // throws invalid-card
 * newCardState(createCardGrid({ key, serial: 'SC-1024' }), { replaces: state }); // throws invalid-card
 * ```
 */
export function newCardState(
  grid: CardGrid,
  options: {
    reuse?: CardReuse | undefined;
    replaceAt?: number | undefined;
    replaces?: CardState | null | undefined;
  } = {},
): CardState {
  assertOptions(options);
  const { fingerprint, ...design } = readGrid(grid);
  const { reuse, replaceAt, replaces = null } = options;
  if (reuse !== undefined && reuse !== 'least-used-half' && reuse !== 'random') {
    throw new CountersignError('invalid-card', 'reuse must be least-used-half, random, or left out');
  }
  if (reuse !== undefined && replaceAt !== undefined) {
    throw new CountersignError('invalid-card', 'replaceAt is for cards whose cells are used once');
  }
  // Another key alone would do for the cells, but not for the people who must tell the two cards apart.
  if (replaces !== null && readCardState(replaces).serial === design.serial) {
    throw new CountersignError('invalid-card', 'a replacement must have a serial of its own');
  }
  const use =
    reuse === undefined
      ? onceCells(design.cells, checkedReplaceAt(replaceAt, Math.floor(design.cells / design.asked)))
      : reusedCells(reuse, design.cells, loginsUntil({ ...design, reuse }, REPLACE_AT_CHANCE));
  return { v: 1, fingerprint, ...design, use, challenge: null };
}

/** When cells are reused: warn when an observer of every login has known a whole answer this often. */
const REPLACE_AT_CHANCE = 0.1;

function checkedReplaceAt(replaceAt: number | undefined, logins: number): number {
  const checked = replaceAt ?? Math.min(10, Math.max(1, Math.floor(logins / 5)));
  assertInteger(checked, 'replaceAt', 0, logins, 'invalid-card');
  return checked;
}

const readFingerprint = hex(FINGERPRINT_DIGITS);

/** What a new grid says of itself. A state has a fingerprint as well, but no cells; a restored grid has no fingerprint. */
function readGrid(grid: CardGrid): CardDesign & { readonly fingerprint: string } {
  try {
    const { cell, fingerprint } = grid;
    if (typeof cell !== 'function') throw new Error('not ours');
    return { fingerprint: readFingerprint(fingerprint), ...checkedDesign(designOf(grid)) };
  } catch {
    throw new CountersignError('invalid-card', 'grid must be what createCardGrid returned');
  }
}

/** A fresh copy of a stored state. Whatever these functions cannot have made is refused: it could accept a cell twice. */
const cardStateField: Field<CardState> = (value) => {
  // Defaults are refused below, as different from what is there: a record without its format is not another card's.
  const design = checkedDesign(designOf(value as CardDesign));
  const state = object<CardState>({
    v: literal(1),
    fingerprint: readFingerprint,
    serial: literal(design.serial),
    cells: literal(design.cells),
    format: literal(design.format),
    codeLength: literal(design.codeLength),
    asked: literal(design.asked),
    use: cellUseField(design),
    challenge: nullable(list(integer(1, design.cells), design.asked)),
  })(value);
  const { challenge, use } = state;
  const possible =
    challenge === null ||
    (challenge.length === design.asked &&
      new Set(challenge).size === design.asked &&
      !challenge.some((index) => isSpent(use, index)));
  if (!possible) throw new Error('not ours');
  return state;
};

/** A stored card state as a fresh copy; throws `invalid-state` for anything else. */
export function readCardState(state: unknown): CardState {
  return readState(state, 'newCardState or a later call', cardStateField);
}
