import { assertDisplayText, assertOptions, readInstant } from '@countersign/primitives/assert';
import type { Reason } from '@countersign/primitives/reason';
import type { ApprovalRequest } from '../approval-request/approval-request.ts';
import { approvalNumber, assertServerKey } from './approval-number.ts';
import { type ApprovalState, readApprovalState, requestOf } from './approval-state.ts';

/** Result of {@link showApproval}. */
export type ShowApprovalResult =
  | { ok: true; id: string; request: ApprovalRequest; number: string; expiresAt: number; state: ApprovalState }
  | {
      ok: false;
      reason: Extract<Reason, 'not-issued' | 'denied' | 'voided' | 'expired'>;
      guess: false;
      state: ApprovalState;
    };

/**
 * The request and the number again, as `issueApproval` gave them: for a page that was reloaded. Call it only for the
 * transaction that began the approval, which keeps the id; whoever else knows the password must not see the number.
 *
 * @param state what was kept; it is not changed
 * @param id from `issueApproval`; whatever it is, never throws
 * @param options `serverKey`: the one of `issueApproval`; `now`: milliseconds since the Unix epoch
 * @returns `not-issued` also for what was approved: there is nothing to type any more, call `claimApproval`
 * @throws CountersignError `invalid-state`, `invalid-secret` (serverKey), `invalid-time`, `invalid-argument`
 *
 * @example
 * ```ts
 * import { issueApproval, showApproval } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', device: 'phone-1', action: 'login', details: [], audience: 'portal' };
 * const issued = issueApproval({ state: null, serverKey, ...about, lifetime: 120 });
 * if (!issued.ok) throw new Error(issued.reason);
 * const again = showApproval(issued.state, issued.id, { serverKey });
 * again.ok && again.number === issued.number; // => true
 * const other = showApproval(issued.state, 'garbage', { serverKey });
 * !other.ok && other.reason; // => 'not-issued'
 * ```
 */
export function showApproval(
  state: ApprovalState,
  id: unknown,
  options: { serverKey: Uint8Array; now?: number | undefined },
): ShowApprovalResult {
  const kept = readApprovalState(state);
  assertOptions(options);
  const { serverKey, now: at = Date.now() } = options;
  assertServerKey(serverKey);
  const now = readInstant(at);
  const approval = kept.approvals.find((each) => each.id === id);
  const refuse = (reason: (ShowApprovalResult & { ok: false })['reason']): ShowApprovalResult => ({
    ok: false,
    reason,
    guess: false,
    state: kept,
  });
  if (approval === undefined) return refuse('not-issued');
  const { status, expiresAt } = approval;
  if (status === 'denied' || status === 'voided') return refuse(status);
  if (status !== 'open') return refuse('not-issued');
  if (now >= expiresAt) return refuse('expired');
  const number = approvalNumber(serverKey, kept.account, approval.id);
  return { ok: true, id: approval.id, request: requestOf(kept.account, approval), number, expiresAt, state: kept };
}

/**
 * The requests that wait for one device, oldest first: for a phone that asks when no push came.
 *
 * @param state what was kept
 * @param options `device`: as in `issueApproval`; `now`: milliseconds since the Unix epoch
 * @throws CountersignError `invalid-state`, `invalid-time`, `invalid-argument`
 *
 * @example
 * ```ts
 * import { issueApproval, openApprovals } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', device: 'phone-1', action: 'login', details: [], audience: 'portal' };
 * const { state } = issueApproval({ state: null, serverKey, ...about, lifetime: 120 });
 * openApprovals(state, { device: 'phone-1' }).length; // => 1
 * openApprovals(state, { device: 'phone-2' }).length; // => 0
 * ```
 */
export function openApprovals(
  state: ApprovalState,
  options: { device: string; now?: number | undefined },
): ApprovalRequest[] {
  const { account, approvals } = readApprovalState(state);
  assertOptions(options);
  const { device, now: at = Date.now() } = options;
  assertDisplayText(device, 'device');
  const now = readInstant(at);
  return approvals
    .filter((each) => each.device === device && each.status === 'open' && now < each.expiresAt)
    .map((each) => requestOf(account, each));
}
