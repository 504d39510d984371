import { assertInstant } from '@countersign/primitives/assert';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { assertCardState } from './assert-card-state.ts';
import type { CardState } from './card-state.ts';
import { type CardSupply, type CardUnusable, cardSupply, whyUnusable } from './card-status.ts';
import { withUsed } from './cell-use.ts';
import { cellCodes } from './create-card-grid.ts';
import { normalizeAnswer } from './normalize-answer.ts';

/** Whether the answer was right; `state` is what to store. */
export type AnsweredCardChallenge = CardSupply & { readonly state: CardState } & (
    | { readonly ok: true }
    | { readonly ok: false; readonly reason: 'no-challenge' | 'malformed' | 'mismatch' | CardUnusable }
  );

/**
 * Verifies the answer to the pending challenge. The indices come from the state and never from the caller. The answer is
 * the codes in the order of the challenge, joined as people type them: any case, with or without spaces and hyphens,
 * look-alikes mapped where they can mean one character only. It is compared as a whole, in constant time, so nothing says
 * which cell was wrong.
 *
 * Right: the cells are used up and the challenge is gone. Wrong: both stay, and the same indices must be asked again.
 * Tell nobody of success before the returned state has been written with compare-and-swap; when that write fails,
 * somebody else answered first: read again and start over. Count failures and wait in your policy: `pending.failures` is
 * a note for the audit trail, and the reason of a refusal is as well: show one generic message.
 *
 * @param state as `issueCardChallenge` returned it
 * @param answer anything that was sent; what is not an answer gives `malformed`
 * @param options `key`: the card's 32 bytes; `now`: default the clock
 * @returns `{ ok: true, state, remaining, shouldReplace }` or `{ ok: false, reason, state, remaining, shouldReplace }` with
 *   `reason` `mismatch` (counted in `pending.failures`), `malformed`, `no-challenge`, `superseded`, `not-active`,
 *   `expired` or `used-up`
 * @throws CountersignError `invalid-key`, `invalid-state`, `invalid-time`; never because of the answer
 *
 * @example
 * ```ts
 * import { answerCardChallenge, createCardGrid, createCardKey, issueCardChallenge, newCardState } from '@countersign/card-grid';
 *
 * const key = createCardKey();
 * const grid = createCardGrid({ key, serial: 'SC-1024' });
 * const { challenge, state } = issueCardChallenge(newCardState(grid));
 *
 * const typed = challenge.map((index) => grid.cell(index)).join('-').toLowerCase();
 * const first = answerCardChallenge(state, typed, { key });
 * first.ok; // => true
 * first.remaining; // => 111
 * answerCardChallenge(first.state, typed, { key }).ok; // => false
 * answerCardChallenge(state, { toString: () => typed }, { key }).ok; // => false
 * ```
 */
export function answerCardChallenge(
  state: CardState,
  answer: unknown,
  options: { key: Uint8Array; now?: number | undefined },
): AnsweredCardChallenge {
  const { key, now = Date.now() } = options;
  assertCardState(state);
  assertInstant(now);
  const code = cellCodes(key, state);
  const { pending } = state;
  const supply = cardSupply(state);
  const unusable = whyUnusable(state, now, supply);
  if (unusable !== null) return refused(unusable);
  if (pending === null) return refused('no-challenge');
  const typed = normalizeAnswer(answer, state);
  if (typed === undefined) return refused('malformed');
  const expected = pending.challenge.map(code).join('');
  if (!equalBytes(utf8ToBytes(typed), utf8ToBytes(expected))) {
    return refused('mismatch', { ...state, pending: { ...pending, failures: pending.failures + 1 } });
  }
  const next = { ...state, use: withUsed(state.use, pending.challenge), pending: null };
  return { ok: true, state: next, ...cardSupply(next) };

  function refused(reason: (AnsweredCardChallenge & { ok: false })['reason'], next = state): AnsweredCardChallenge {
    return { ok: false, reason, state: next, ...supply };
  }
}
