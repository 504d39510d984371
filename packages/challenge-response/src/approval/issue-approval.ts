import { assertDisplayText, assertInteger, assertOptions, readInstant } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { admitIssue } from '@countersign/primitives/issue-limit';
import { type RandomBytes, randomBytes } from '@countersign/primitives/random';
import type { IssueReason } from '@countersign/primitives/reason';
import { type ApprovalDetail, type ApprovalRequest, readDetails } from '../approval-request/approval-request.ts';
import { approvalNumber, assertServerKey } from './approval-number.ts';
import {
  type ApprovalState,
  ISSUE_LIMIT,
  MAX_KEPT,
  readApprovalState,
  requestOf,
  type StoredApproval,
} from './approval-state.ts';

/** Options of {@link issueApproval}. All text is one line without control or bidirectional formatting characters. */
export type IssueApprovalOptions = {
  /** what was kept for this account; `null` at first */
  state: ApprovalState | null;
  /** at least 16 bytes, kept out of the database: the number is derived under it */
  serverKey: Uint8Array;
  /** 1 to 256 characters */
  account: string;
  /** the enrolled device whose key alone may answer, 1 to 256 characters */
  device: string;
  /** such as `login`, 1 to 256 characters */
  action: string;
  /** up to 32 lines, shown in this order; labels of up to 256 characters, values of up to 1,024 */
  details: readonly ApprovalDetail[];
  /** who asks: the portal's origin or the service's name, 1 to 256 characters */
  audience: string;
  /** seconds, 1 to 86,400; 120 is usual */
  lifetime: number;
  /** milliseconds since the Unix epoch, default `Date.now()` */
  now?: number | undefined;
  random?: RandomBytes | undefined;
};

/** Result of {@link issueApproval}. Keep `state` in either case, before anything is sent or shown. */
export type IssueApprovalResult =
  | {
      ok: true;
      /** names the approval for `showApproval` and `claimApproval`; keep it in the transaction that began it */
      id: string;
      /** send it to the phone */
      request: ApprovalRequest;
      /** two digits: show them to the transaction that began this, and send them nowhere */
      number: string;
      expiresAt: number;
      state: ApprovalState;
    }
  | { ok: false; reason: IssueReason; retryAt: number; state: ApprovalState };

const MAX_OPEN = 3;
const MAX_LIFETIME = 86_400;
/** The portal may fetch what came of an approval for so long after it expired, in milliseconds. */
export const CLAIM_GRACE = 60_000;

/**
 * Asks a phone for an approval. The two-digit number is shown by the portal and typed into the phone, so that nobody
 * approves what they did not start (NIST SP 800-63B-4 §3.1.3: never approve-only).
 *
 * Every call makes a new approval, which belongs to the transaction that began it: somebody else who knows the password
 * must never be shown the owner's number. To show it again to the same transaction, call `showApproval` with the id.
 * At most three wait at a time (`too-many-open`), and ten are issued to an account within an hour, approved ones left
 * out (`issued-too-often`), so that nobody is worn down by requests.
 *
 * @throws CountersignError `invalid-argument`, `invalid-secret` (serverKey), `invalid-time`, `invalid-random`;
 *   `invalid-state` for a state that is not ours, or another account's
 *
 * Show every value on the phone as plain text, each isolated from the next, since a payee's name may hold any script.
 *
 * @example
 * ```ts
 * import { issueApproval } from '@countersign/challenge-response';
 *
 * const issued = issueApproval({
 *   state: null,
 *   serverKey: crypto.getRandomValues(new Uint8Array(32)),
 *   account: 'ada',
 *   device: 'phone-1',
 *   action: 'withdrawal',
 *   details: [{ label: 'Amount', value: '250.00 EUR' }, { label: 'Payee', value: 'Charles' }],
 *   audience: 'https://portal.example',
 *   lifetime: 120,
 * });
 * if (!issued.ok) throw new Error(issued.reason);
 * issued.number.length; // => 2
 * 'number' in issued.request; // => false
 * issued.state.approvals.length; // => 1
 * ```
 */
export function issueApproval(options: IssueApprovalOptions): IssueApprovalResult {
  assertOptions(options);
  const { serverKey, account, device, action, audience, lifetime, random, now: at = Date.now() } = options;
  assertServerKey(serverKey);
  assertDisplayText(account, 'account');
  assertDisplayText(device, 'device');
  assertDisplayText(action, 'action');
  assertDisplayText(audience, 'audience');
  const details = readDetails(options.details);
  assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-argument');
  const now = readInstant(at);
  const expiresAt = readInstant(now + 1000 * lifetime, 'now + lifetime');
  const before: ApprovalState =
    options.state === null ? { v: 1, account, approvals: [], issued: [] } : readApprovalState(options.state);
  if (before.account !== account) throw new CountersignError('invalid-state', 'state belongs to another account');

  const kept = before.approvals.filter((approval) => now < approval.expiresAt + CLAIM_GRACE);
  const open = kept.filter(({ status, expiresAt: until }) => status === 'open' && now < until);
  const admission = admitIssue(before.issued, now, ISSUE_LIMIT);
  if (open.length >= MAX_OPEN) {
    const retryAt = Math.min(...open.map(({ expiresAt: until }) => until));
    return { ok: false, reason: 'too-many-open', retryAt, state: { ...before, approvals: kept } };
  }
  if (!admission.ok) {
    const state = { ...before, approvals: kept, issued: admission.issued };
    return { ok: false, reason: 'issued-too-often', retryAt: admission.retryAt, state };
  }
  const id = bytesToHex(randomBytes(16, random));
  const added: StoredApproval = {
    id,
    device,
    action,
    details,
    audience,
    issuedAt: now,
    expiresAt,
    status: 'open',
    userVerification: null,
    wrong: [],
  };
  const state: ApprovalState = { ...before, approvals: [...makeRoom(kept), added], issued: admission.issued };
  const number = approvalNumber(serverKey, account, id);
  return { ok: true, id, request: requestOf(account, added), number, expiresAt, state };
}

/** Room for one more: the oldest that was settled goes, and of the approved ones, which are still to be claimed, last. */
function makeRoom(kept: readonly StoredApproval[]): readonly StoredApproval[] {
  if (kept.length < MAX_KEPT) return kept;
  const settled = kept.find(({ status }) => status !== 'open' && status !== 'approved');
  const leaves = settled ?? kept.find(({ status }) => status !== 'open') ?? kept[0];
  return kept.filter((approval) => approval !== leaves);
}
