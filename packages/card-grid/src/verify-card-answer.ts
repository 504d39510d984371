import { assertOptions, readInstant } from '@countersign/primitives/assert';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import type { Reason } from '@countersign/primitives/reason';
import { cardCodes } from './card-cells.ts';
import { type CardState, readCardState } from './card-state.ts';
import { type CardSupply, cardSupply } from './card-status.ts';
import { withUsed } from './cell-use.ts';
import { assertSameCard, cardHmac } from './check-card-key.ts';
import { normalizeAnswer } from './normalize-answer.ts';

/** Whether the answer was right; `state` is what to store. */
export type CardAnswerResult = CardSupply & { readonly state: CardState } & (
    | { readonly ok: true }
    | {
        readonly ok: false;
        readonly reason: Extract<Reason, 'malformed' | 'mismatch' | 'not-issued'>;
        /** True for `mismatch` only: what is to be counted as a failure. */
        readonly guess: boolean;
      }
  );

/**
 * Verifies the answer to the open challenge. The indices come from the state and never from the caller. The answer is
 * the codes in the order of the challenge, joined as people type them: any case, with or without spaces and hyphens,
 * look-alikes mapped where they can mean one character only. It is compared as a whole, in constant time, so nothing says
 * which cell was wrong.
 *
 * Right: the cells are used up and the challenge is gone. Wrong: both stay, and the same indices must be asked again.
 * Tell nobody of success before the returned state has been written with compare-and-swap; when that write fails,
 * somebody else answered first: read again and start over. Failures and waits are counted by your policy, which counts
 * what has `guess: true`. Show one generic message, whatever the reason.
 *
 * @param state as `issueCardChallenge` returned it
 * @param answer anything that was sent; what is not an answer gives `malformed`
 * @param options `key`: the card's 32 bytes; `now`: checked, as everywhere, and else not needed, since a challenge does not
 *   expire
 * @returns `{ ok: true, remaining, shouldReplace, state }`, or `{ ok: false, reason, guess, remaining, shouldReplace, state }`
 *   with `reason` `mismatch` (`guess: true`), `malformed` (no answer at all) or `not-issued` (nothing waits: not issued, or
 *   answered already)
 * @throws CountersignError `invalid-key` for a key of another length; `invalid-state` for a state that is not ours, or not
 *   of the card with this key; `invalid-argument`, `invalid-time`; never because of the answer
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, issueCardChallenge, newCardState, verifyCardAnswer } from '@countersign/card-grid';
 *
 * const key = createCardKey();
 * const grid = createCardGrid({ key, serial: 'SC-1024' });
 * const issued = issueCardChallenge({ state: newCardState(grid) });
 *
 * const typed = issued.ok ? issued.challenge.map((index) => grid.cell(index)).join('-').toLowerCase() : '';
 * const first = verifyCardAnswer(issued.state, typed, { key });
 * first.ok; // => true
 * first.remaining; // => 111
 * verifyCardAnswer(first.state, typed, { key }).ok; // => false
 * verifyCardAnswer(issued.state, { toString: () => typed }, { key }).ok; // => false
 * verifyCardAnswer(issued.state, typed, { key: createCardKey() }); // throws invalid-state
 * ```
 */
export function verifyCardAnswer(
  state: CardState,
  answer: unknown,
  options: { key: Uint8Array; now?: number | undefined },
): CardAnswerResult {
  assertOptions(options);
  const { key, now = Date.now() } = options;
  const hmac = cardHmac(key);
  const card = readCardState(state);
  const { code, fingerprint } = cardCodes(hmac, card);
  readInstant(now);
  assertSameCard(card.fingerprint, fingerprint());
  const typed = normalizeAnswer(answer, card);
  if (typed === undefined) return refused('malformed');
  if (card.challenge === null) return refused('not-issued');
  const expected = card.challenge.map(code).join('');
  if (!equalBytes(utf8ToBytes(typed), utf8ToBytes(expected))) return refused('mismatch');
  const next: CardState = { ...card, use: withUsed(card.use, card.challenge), challenge: null };
  return { ok: true, ...cardSupply(next), state: next };

  function refused(reason: (CardAnswerResult & { ok: false })['reason']): CardAnswerResult {
    return { ok: false, reason, guess: reason === 'mismatch', ...cardSupply(card), state: card };
  }
}
