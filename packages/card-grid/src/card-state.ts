import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { type CardDesign, type CardDesignOptions, checkedDesign } from './card-format.ts';
import { type CardReuse, type CellUse, unusedCells } from './cell-use.ts';

/**
 * What the application keeps of a card: plain JSON, without key and without codes. Write it back with compare-and-swap
 * after every call that returns one; that is what makes a cell single use on any number of servers.
 */
export type CardState = CardDesign & {
  readonly v: 1;
  readonly use: CellUse;
  /** The challenge that waits for its answer: the same through reloads, failures and restarts. */
  readonly pending: PendingCardChallenge | null;
  /** Warn when no more logins than this are left; in the modes that reuse cells, see `cardStatus`. */
  readonly replaceAt: number;
  /** Milliseconds since the Unix epoch, as the two below. */
  readonly issuedAt: number;
  /** Usable from here on; `null` until `activateCard`. */
  readonly activatedAt: number | null;
  /** Not usable from here on; `null`: until replaced. */
  readonly expiresAt: number | null;
  /** Serial of the card that took this one's place. */
  readonly supersededBy: string | null;
};

/** Indices in the order in which their codes are typed, and what has happened to them. */
export type PendingCardChallenge = {
  readonly challenge: readonly number[];
  readonly issuedAt: number;
  /** Well-formed wrong answers to this challenge: for the audit trail. Waiting and locking are the policy's part. */
  readonly failures: number;
};

/** Lifetime of an online card that stands in for a lost device: 21 days, in seconds. */
export const ONLINE_CARD_LIFETIME: number = 21 * 86_400;

const MAX_LIFETIME = 100 * 366 * 86_400;

/**
 * The record of a new card, none of whose cells has been used. A grid can be given as it is: `newCardState(grid)`, or
 * `newCardState({ ...grid, lifetime: ONLINE_CARD_LIFETIME })`.
 *
 * Each cell is used once unless `reuse` says otherwise (NIST SP 800-63B-4 §3.1.2 accepts a look-up secret once). Reuse
 * makes a card last and costs the following. `'random'`: of 224 cells with 2 asked, somebody who has watched 12 / 43 / 138
 * logins knows the next pair with 1 % / 10 % / 50 %; of 100 cells, 6 / 20 / 61 (`observationProbability`).
 * `'least-used-half'`, ties included, asks for nothing that was ever seen until half of the cells are used: with 224 cells
 * and 2 asked, such an observer knows nothing of the next pair through 56 logins, and then all of it with 26 %, and with
 * 50 % after 148. In both modes `shouldReplace` turns true when the chance for the card at hand reaches 10 %.
 *
 * @param options the card's design as for `createCardGrid`, and: `reuse`; `now`, the instant of issue; `activatesAt`, an
 *   instant (default `now`), or `null` when the card must be activated first (`activateCard`); `lifetime` in seconds
 *   (default `null`: until replaced); `replaceAt`, logins left at which to warn (default 10, or a fifth of a small card, 1 at least)
 * @throws CountersignError `invalid-card` for a design that is not sound, `invalid-time` for instants and lifetimes
 *
 * @example
 * ```ts
 * import { newCardState, ONLINE_CARD_LIFETIME } from '@countersign/card-grid';
 *
 * const state = newCardState({ serial: 'SC-1024', cells: 224, lifetime: ONLINE_CARD_LIFETIME, now: 0 });
 * state.expiresAt; // => 1814400000
 * state.pending; // => null
 * ```
 */
export function newCardState(
  options: CardDesignOptions & {
    reuse?: CardReuse | undefined;
    now?: number | undefined;
    activatesAt?: number | null | undefined;
    lifetime?: number | null | undefined;
    replaceAt?: number | undefined;
  },
): CardState {
  const design = checkedDesign(options);
  const { reuse, now = Date.now(), activatesAt = now, lifetime = null } = options;
  const logins = Math.floor(design.cells / design.asked);
  const { replaceAt = Math.min(10, Math.max(1, Math.floor(logins / 5))) } = options;
  if (reuse !== undefined && reuse !== 'least-used-half' && reuse !== 'random') {
    throw new CountersignError('invalid-card', 'reuse must be least-used-half, random, or left out');
  }
  assertInstant(now);
  if (activatesAt !== null) assertInstant(activatesAt, 'activatesAt');
  if (lifetime !== null) assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-time');
  assertInteger(replaceAt, 'replaceAt', 0, logins, 'invalid-card');
  const expiresAt = lifetime === null ? null : now + lifetime * 1000;
  if (expiresAt !== null) assertInstant(expiresAt, 'now + lifetime');
  return {
    v: 1,
    ...design,
    use: unusedCells(design.cells, reuse),
    pending: null,
    replaceAt,
    issuedAt: now,
    activatedAt: activatesAt,
    expiresAt,
    supersededBy: null,
  };
}
