import { assertOptions, readInstant } from '@countersign/primitives/assert';
import { type RandomBytes, randomSample, systemRandom } from '@countersign/primitives/random';
import type { Reason } from '@countersign/primitives/reason';
import { type CardState, readCardState } from './card-state.ts';
import { type CardSupply, cardSupply } from './card-status.ts';
import { candidates } from './cell-use.ts';

/** What to ask for, or that the card is used up; `state` is what to store. */
export type CardChallengeIssue = CardSupply & { readonly state: CardState } & (
    | { readonly ok: true; readonly challenge: number[]; readonly expiresAt: null }
    | { readonly ok: false; readonly reason: Extract<Reason, 'voided'>; readonly retryAt: null }
  );

/**
 * The indices to show, after the password only. While a challenge waits for its answer the same one comes back, through
 * reloads, failures, logouts and restarts, whatever it is asked for: if a reload changed the indices, somebody who
 * watched 10 logins of a 100-cell card would find a pair that they know in 31 reloads. So a challenge does not expire, and
 * there is no limit to issuing. A new one is picked uniformly: distinct cells, unused ones unless the card reuses cells.
 *
 * Store the returned state, with compare-and-swap, BEFORE the indices are shown: indices that were shown and then
 * forgotten are a reload.
 *
 * @param options `state`: as `newCardState` and later calls returned it; `now`: checked, as everywhere, and else not
 *   needed; `random`: source of randomness, default the platform's
 * @returns `{ ok: true, challenge, expiresAt: null, remaining, shouldReplace, state }`: 2 … 4 indices in the order in which
 *   their codes are typed; or, when too few unused cells are left, `{ ok: false, reason: 'voided', retryAt: null,
 *   remaining: 0, shouldReplace: true, state }`: only another card helps
 * @throws CountersignError `invalid-argument` for missing options, `invalid-state`, `invalid-time`, `invalid-random`
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, issueCardChallenge, newCardState } from '@countersign/card-grid';
 *
 * const card = newCardState(createCardGrid({ key: createCardKey(), serial: 'SC-1024' }));
 * const issued = issueCardChallenge({ state: card });
 * const reloaded = issueCardChallenge({ state: issued.state });
 * issued.ok && reloaded.ok && `${reloaded.challenge}` === `${issued.challenge}`; // => true
 * ```
 */
export function issueCardChallenge(options: {
  state: CardState;
  now?: number | undefined;
  random?: RandomBytes | undefined;
}): CardChallengeIssue {
  assertOptions(options);
  const { now = Date.now(), random = systemRandom } = options;
  const state = readCardState(options.state);
  readInstant(now);
  const supply = cardSupply(state);
  if (supply.remaining === 0) return { ok: false, reason: 'voided', retryAt: null, ...supply, state };
  const challenge = state.challenge ?? randomSample(candidates(state.use, state.cells), state.asked, random);
  return { ok: true, challenge: [...challenge], expiresAt: null, ...supply, state: { ...state, challenge } };
}
