import {
  type Field,
  flag,
  hex,
  instant,
  list,
  literal,
  nullable,
  object,
  oneOf,
  readState,
} from '@countersign/primitives/state';
import {
  type ApprovalDetail,
  type ApprovalRequest,
  approvalId,
  details,
  name,
} from '../approval-request/approval-request.ts';

/** Where an approval stands: `open` until answered, `claimed` once what began it has been let through. */
export type ApprovalStatus = 'open' | 'approved' | 'claimed' | 'denied' | 'voided';

/** One approval as the server keeps it. Neither the number nor anything to try numbers against is in it. */
export type StoredApproval = {
  readonly id: string;
  readonly device: string;
  readonly action: string;
  readonly details: readonly ApprovalDetail[];
  readonly audience: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly status: ApprovalStatus;
  /** what the phone said when it approved */
  readonly userVerification: boolean | null;
  /** SHA-256 of the signatures that came with a wrong number, so that a message sent again is known */
  readonly wrong: readonly string[];
};

/** The approvals of one account, as plain JSON for the application to keep. */
export type ApprovalState = {
  readonly v: 1;
  readonly account: string;
  /** the latest, oldest first */
  readonly approvals: readonly StoredApproval[];
  /** when those were issued that were not approved, for the limit */
  readonly issued: readonly number[];
};

/** Two digits fall to one guess in a hundred, so a request dies of its third wrong number: 3 % at most. */
export const MAX_TRIES = 3;
/** Kept at a time, answered ones included: they tell the portal what came of them. */
export const MAX_KEPT = 16;
/** How many are issued to one account within an hour, approved ones left out. */
export const ISSUE_LIMIT: { readonly count: number; readonly period: number } = { count: 10, period: 3600 };

const stored: Field<StoredApproval> = /* @__PURE__ */ object<StoredApproval>({
  id: approvalId,
  device: name,
  action: name,
  details,
  audience: name,
  issuedAt: instant,
  expiresAt: instant,
  status: /* @__PURE__ */ oneOf('open', 'approved', 'claimed', 'denied', 'voided'),
  userVerification: /* @__PURE__ */ nullable(flag),
  wrong: /* @__PURE__ */ list(/* @__PURE__ */ hex(64), MAX_TRIES),
});

const approvalState: Field<ApprovalState> = /* @__PURE__ */ object<ApprovalState>({
  v: /* @__PURE__ */ literal(1),
  account: name,
  approvals: /* @__PURE__ */ list(stored, MAX_KEPT),
  issued: /* @__PURE__ */ list(instant, ISSUE_LIMIT.count),
});

/** What was kept, checked and copied. */
export function readApprovalState(state: unknown): ApprovalState {
  return readState(state, 'issueApproval', approvalState);
}

/** The request as it went to the phone: a copy, so that a caller who changes it does not change the state. */
export function requestOf(account: string, approval: StoredApproval): ApprovalRequest {
  const { id, device, action, audience, issuedAt, expiresAt } = approval;
  const lines = approval.details.map(({ label, value }) => ({ label, value }));
  return { v: 1, id, account, device, action, details: lines, audience, issuedAt, expiresAt };
}

/** The state with one approval changed. */
export function withApproval(state: ApprovalState, changed: StoredApproval): ApprovalState {
  const approvals = state.approvals.map((approval) => (approval.id === changed.id ? changed : approval));
  return { ...state, approvals };
}
