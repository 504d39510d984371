import { assertOptions } from '@countersign/primitives/assert';
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
 * preceded by its length in four bytes, big-endian, the domain too. No two approvals encode alike, and nothing else
 * encodes like one (RTS Art. 5: what is signed is what was shown). There is no JSON in it, hence nothing to canonicalise.
 *
 * Order: `countersign/approval/v1`; id (16 bytes); account; device; action; the number of details; label and value of
 * each; audience; issuedAt; expiresAt; decision; number (as text); userVerification (1 or 0). Text is UTF-8, numbers are
 * eight bytes. `docs/formats.md` has all of it, with an example to check against.
 *
 * Use it to build the same bytes in another language; {@link signApproval} calls it for you.
 *
 * @throws CountersignError `invalid-argument` for a request or an answer that is none
 *
 * @example
 * ```ts
 * import { encodeApproval } from '@countersign/challenge-response';
 *
 * const request = {
 *   v: 1, id: '00112233445566778899aabbccddeeff', account: 'ada', device: 'phone-1', action: 'login', details: [],
 *   audience: 'portal', issuedAt: 1_800_000_000_000, expiresAt: 1_800_000_120_000,
 * } as const;
 * const yes = encodeApproval(request, { decision: 'approve', number: '07', userVerification: true });
 * const no = encodeApproval(request, { decision: 'deny', number: '07', userVerification: true });
 * yes.join() === no.join(); // => false
 * ```
 */
export function encodeApproval(request: ApprovalRequest, answer: ApprovalAnswer): Uint8Array {
  const shown = parseApprovalRequest(request);
  assertOptions(answer, 'answer');
  const { decision, number, userVerification } = answer;
  if (decision !== 'approve' && decision !== 'deny') {
    throw new CountersignError('invalid-argument', "decision must be 'approve' or 'deny'");
  }
  if (typeof number !== 'string' || !/^(?:[0-9]{2})?$/.test(number)) {
    throw new CountersignError('invalid-argument', 'number must be two digits, or empty');
  }
  if (typeof userVerification !== 'boolean') {
    throw new CountersignError('invalid-argument', 'userVerification must be true or false');
  }
  return encodeChecked(shown, { decision, number, userVerification });
}

/** The same for a request and an answer that were read a moment ago. */
export function encodeChecked(request: ApprovalRequest, answer: ApprovalAnswer): Uint8Array {
  const { id, account, device, action, details, audience, issuedAt, expiresAt } = request;
  const { decision, number, userVerification } = answer;
  return encodeFields('countersign/approval/v1', [
    hexToBytes(id),
    account,
    device,
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
