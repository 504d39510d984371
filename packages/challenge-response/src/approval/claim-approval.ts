import { assertOptions, readInstant } from '@countersign/primitives/assert';
import type { Reason } from '@countersign/primitives/reason';
import type { ApprovalRequest } from '../approval-request/approval-request.ts';
import { type ApprovalState, readApprovalState, requestOf, withApproval } from './approval-state.ts';
import { CLAIM_GRACE } from './issue-approval.ts';

/**
 * Why nothing was given: `not-issued`: no such approval is kept; `denied`, `voided`: the user said no, or too many wrong
 * numbers came; `replayed`: claimed before; `expired`: not answered in time, or not fetched within a minute after that.
 */
export type ClaimRefusal = Extract<Reason, 'not-issued' | 'denied' | 'voided' | 'replayed' | 'expired'>;

/** Result of {@link claimApproval}. Keep `state` in either case. */
export type ClaimResult =
  | {
      ok: true;
      /** what the user saw and approved: act on this */
      request: ApprovalRequest;
      userVerification: boolean;
      state: ApprovalState;
    }
  /** not answered yet: ask again later */
  | { ok: false; waiting: true; expiresAt: number; state: ApprovalState }
  | { ok: false; waiting: false; reason: ClaimRefusal; guess: false; state: ApprovalState };

/**
 * What the portal asks while it waits: gives what was approved, and only once, whoever asks. Write `state` back by
 * compare-and-swap and act only if that succeeded: then of two that ask at once one gets it.
 *
 * @param state what was kept
 * @param id from `issueApproval`, out of the transaction that began it; whatever it is, never throws
 * @param options `now`: milliseconds since the Unix epoch
 * @throws CountersignError `invalid-state`, `invalid-time`, `invalid-argument`
 *
 * @example
 * ```ts
 * import { claimApproval, issueApproval } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', device: 'phone-1', action: 'login', details: [], audience: 'portal' };
 * const issued = issueApproval({ state: null, serverKey, ...about, lifetime: 120 });
 * if (!issued.ok) throw new Error(issued.reason);
 * const claimed = claimApproval(issued.state, issued.id);
 * !claimed.ok && claimed.waiting; // => true
 * ```
 */
export function claimApproval(
  state: ApprovalState,
  id: unknown,
  options: { now?: number | undefined } = {},
): ClaimResult {
  const kept = readApprovalState(state);
  assertOptions(options);
  const { now: at = Date.now() } = options;
  const now = readInstant(at);
  const refuse = (reason: ClaimRefusal): ClaimResult => ({
    ok: false,
    waiting: false,
    reason,
    guess: false,
    state: kept,
  });
  const approval = kept.approvals.find((each) => each.id === id);
  if (approval === undefined) return refuse('not-issued');
  const { status, expiresAt } = approval;
  if (status === 'denied' || status === 'voided') return refuse(status);
  if (status === 'claimed') return refuse('replayed');
  if (status === 'open') {
    return now < expiresAt ? { ok: false, waiting: true, expiresAt, state: kept } : refuse('expired');
  }
  if (now >= expiresAt + CLAIM_GRACE) return refuse('expired');
  const userVerification = approval.userVerification === true;
  const claimed = withApproval(kept, { ...approval, status: 'claimed' });
  return { ok: true, request: requestOf(kept.account, approval), userVerification, state: claimed };
}
