import { assertInstant } from '@countersign/primitives/assert';
import { type RandomBytes, randomSample, systemRandom } from '@countersign/primitives/random';
import { assertCardState } from './assert-card-state.ts';
import type { CardState } from './card-state.ts';
import { type CardSupply, type CardUnusable, cardSupply, whyUnusable } from './card-status.ts';
import { candidates } from './cell-use.ts';

/** What to ask for, or why nothing can be asked; `state` is what to store. */
export type IssuedCardChallenge = CardSupply & { readonly state: CardState } & (
    | { readonly ok: true; readonly challenge: number[] }
    | { readonly ok: false; readonly reason: CardUnusable; readonly challenge: number[] }
  );

/**
 * The indices to show, after the password only. While a challenge waits for its answer the same one comes back, through
 * reloads, failures, logouts and restarts: if a reload changed the indices, somebody who watched 10 logins of a 100-cell
 * card would find a pair that they know in 31 reloads. A new one is picked uniformly: distinct cells, unused ones unless
 * the card reuses cells.
 *
 * Store the returned state, with compare-and-swap, BEFORE the indices are shown: indices that were shown and then
 * forgotten are a reload.
 *
 * @param state as `newCardState` and later calls returned it
 * @returns `{ ok: true, challenge, state, … }`: 2 … 4 indices in the order in which their codes are typed. Otherwise
 *   `{ ok: false, reason, challenge: [], … }` with `reason` `superseded`, `not-active`, `expired` or `used-up`, and the
 *   state unchanged. In both: `remaining` logins, this one included, and `shouldReplace`
 * @throws CountersignError `invalid-state` for a damaged state, `invalid-time`, `invalid-random`
 *
 * @example
 * ```ts
 * import { issueCardChallenge, newCardState } from '@countersign/card-grid';
 *
 * const card = newCardState({ serial: 'SC-1024', cells: 224 });
 * const { challenge, state } = issueCardChallenge(card);
 * challenge.length; // => 2
 *
 * const reloaded = issueCardChallenge(state);
 * `${reloaded.challenge}` === `${challenge}`; // => true
 * ```
 */
export function issueCardChallenge(
  state: CardState,
  options: { now?: number | undefined; random?: RandomBytes | undefined } = {},
): IssuedCardChallenge {
  const { now = Date.now(), random = systemRandom } = options;
  assertCardState(state);
  assertInstant(now);
  const supply = cardSupply(state);
  const reason = whyUnusable(state, now, supply);
  if (reason !== null) return { ok: false, reason, challenge: [], state, ...supply };
  if (state.pending !== null) return { ok: true, challenge: [...state.pending.challenge], state, ...supply };
  const challenge = randomSample(candidates(state.use, state.cells), state.asked, random);
  const pending = { challenge: [...challenge], issuedAt: now, failures: 0 };
  return { ok: true, challenge, state: { ...state, pending }, ...supply };
}
