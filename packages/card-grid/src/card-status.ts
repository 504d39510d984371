import { assertInstant } from '@countersign/primitives/assert';
import { assertCardState } from './assert-card-state.ts';
import type { CardState } from './card-state.ts';
import { countUsed, observerChance } from './cell-use.ts';

/** Why a card cannot be used now. */
export type CardUnusable = 'superseded' | 'not-active' | 'expired' | 'used-up';

/** What is left of a card. */
export type CardSupply = {
  /** Logins left, the pending one included; `null` when cells are reused, and there is no end to them. */
  readonly remaining: number | null;
  /** True when it is time to issue the next card. */
  readonly shouldReplace: boolean;
};

/** In the modes that reuse cells: replace when an observer of every login so far knows the next challenge this often. */
const REPLACE_AT_CHANCE = 0.1;

/** What is left of a card whose state has been checked. */
export function cardSupply(state: CardState): CardSupply {
  const { use, cells, asked, replaceAt } = state;
  if (use.mode !== 'once') return { remaining: null, shouldReplace: observerChance(use, state) >= REPLACE_AT_CHANCE };
  const remaining = Math.floor((cells - countUsed(use.used)) / asked);
  return { remaining, shouldReplace: remaining <= replaceAt };
}

/** Why a card whose state has been checked cannot be used at `now`, or `null`. */
export function whyUnusable(state: CardState, now: number, supply: CardSupply): CardUnusable | null {
  if (state.supersededBy !== null) return 'superseded';
  if (state.activatedAt === null || now < state.activatedAt) return 'not-active';
  if (state.expiresAt !== null && now >= state.expiresAt) return 'expired';
  return supply.remaining === 0 ? 'used-up' : null;
}

/**
 * Whether a card can be used, and for how long: for lists of devices and for notices. It changes nothing.
 *
 * @param state as `newCardState` and later calls returned it
 * @returns `unusable`: why not, or `null`; `remaining`: logins left, or `null` when cells are reused; `shouldReplace`: no
 *   more than `replaceAt` logins are left, or, when cells are reused, somebody who saw every login on this card would know
 *   the next challenge with 10 % or more
 * @throws CountersignError `invalid-state` for a damaged state, `invalid-time` for a bad `now`
 *
 * @example
 * ```ts
 * import { cardStatus, newCardState } from '@countersign/card-grid';
 *
 * const state = newCardState({ serial: 'SC-1024', cells: 224, now: 0 });
 * cardStatus(state, { now: 0 }); // => { unusable: null, remaining: 112, shouldReplace: false }
 * ```
 */
export function cardStatus(
  state: CardState,
  options: { now?: number | undefined } = {},
): CardSupply & { readonly unusable: CardUnusable | null } {
  const { now = Date.now() } = options;
  assertCardState(state);
  assertInstant(now);
  const supply = cardSupply(state);
  return { unusable: whyUnusable(state, now, supply), ...supply };
}
