import { hexToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { type ApprovalRequest, parseApprovalRequest } from './approval-request.ts';

/** What the user decided. */
export type ApprovalDecision = 'approve' | 'deny';

/** The user's part of an approval: all of it is signed. */
export type ApprovalAnswer = {
  readonly decision: ApprovalDecision;
  /** what the user typed: two digits, or empty */
  readonly number: string;
  /** whether the phone verified its user (biometrics, PIN, passcode) for this very approval */
  readonly userVerification: boolean;
};

/**
 * The bytes that a device key signs: a domain with its version, then every field of the request and of the answer, each
 * preceded by its length in four bytes, big-endian. No two approvals encode alike, and nothing else encodes like one
 * (RTS Art. 5: what is signed is what was shown). There is no JSON in it, hence nothing to canonicalise.
 *
 * Order: `countersign/approval/v1`; id (16 bytes); account; action; the number of details; label and value of each;
 * audience; issuedAt; expiresAt; decision; number; userVerification (1 or 0). Text is UTF-8, numbers are eight bytes.
 *
 * Use it to build the same bytes in another language; {@link signApproval} calls it for you.
 *
 * @throws CountersignError `invalid-argument` for a request or an answer that is none
 *
 * @example
 * ```ts
 * import { createApprovalRequest, encodeApproval } from '@countersign/challenge-response';
 *
 * const { request } = createApprovalRequest({ account: 'ada', action: 'login', details: [], audience: 'portal' });
 * const yes = encodeApproval(request, { decision: 'approve', number: '07', userVerification: true });
 * const no = encodeApproval(request, { decision: 'deny', number: '07', userVerification: true });
 * yes.join() === no.join(); // => false
 * ```
 */
export function encodeApproval(request: ApprovalRequest, answer: ApprovalAnswer): Uint8Array {
  const { id, account, action, details, audience, issuedAt, expiresAt } = parseApprovalRequest(request);
  const { decision, number, userVerification } = (answer ?? {}) as Partial<ApprovalAnswer>;
  if (decision !== 'approve' && decision !== 'deny') {
    throw new CountersignError('invalid-argument', "decision must be 'approve' or 'deny'");
  }
  if (typeof number !== 'string' || !/^(?:[0-9]{2})?$/.test(number)) {
    throw new CountersignError('invalid-argument', 'number must be two digits, or empty');
  }
  if (typeof userVerification !== 'boolean') {
    throw new CountersignError('invalid-argument', 'userVerification must be true or false');
  }
  return encodeFields('countersign/approval/v1', [
    hexToBytes(id),
    account,
    action,
    details.length,
    ...details.flatMap(({ label, value }) => [label, value]),
    audience,
    issuedAt,
    expiresAt,
    decision,
    number,
    userVerification ? 1 : 0,
  ]);
}
