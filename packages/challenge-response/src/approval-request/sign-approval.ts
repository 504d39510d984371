import { assertOptions, isBytes } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import type { DeviceKey } from '../device-key/device-key.ts';
import { normalizeP256Signature } from '../signature/p256.ts';
import { readSignatureForm } from '../signature/signature-form.ts';
import { type ApprovalRequest, parseApprovalRequest } from './approval-request.ts';
import { type ApprovalAnswer, type ApprovalDecision, encodeApproval } from './encode-approval.ts';

/** What the phone sends back, as plain JSON. */
export type SignedApproval = ApprovalAnswer & {
  readonly v: 1;
  /** the request as the phone had it, and showed it */
  readonly request: ApprovalRequest;
  /** lower-case hexadecimal of 64 bytes, `R ‖ S` or raw `r ‖ s`; from other phones, for P-256, also of DER */
  readonly signature: string;
};

/**
 * Signs the user's decision on the phone, over exactly what the phone showed. Call it after the user has seen every
 * detail, typed the number, and been verified; never from the notification alone.
 *
 * @param request as it arrived; checked first
 * @param options `key`: of this phone; `number`: what the user typed (text; spaces around it are dropped, and what is not
 *   two digits is signed as empty, to be refused by the server; not needed to deny); `userVerification`: whether the
 *   phone verified its user
 * @returns with a raw signature, whatever form the key gave, and s in the lower half
 * @throws CountersignError `invalid-argument` for a request that is none, `invalid-key` for a key that cannot sign
 *
 * @example
 * ```ts
 * import {
 *   claimApproval, generateDeviceKey, issueApproval, signApproval, verifyApproval,
 * } from '@countersign/challenge-response';
 *
 * const key = await generateDeviceKey('Ed25519');
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', audience: 'https://portal.example' };
 * const details = [{ label: 'Place', value: 'Zug' }];
 * const issued = issueApproval({
 *   state: null, serverKey, ...about, device: 'phone-1', action: 'login', details, lifetime: 120,
 * });
 * if (!issued.ok) throw new Error(issued.reason);
 * const { request, number } = issued;
 * const signed = await signApproval(request, { key, decision: 'approve', number, userVerification: true });
 * const result = await verifyApproval(issued.state, JSON.parse(JSON.stringify(signed)), {
 *   serverKey, publicKey: key.publicKey, ...about, requireUserVerification: true,
 * });
 * result.ok; // => true
 * const claimed = claimApproval(result.state, issued.id);
 * claimed.ok && claimed.request.action; // => 'login'
 * claimApproval(claimed.state, issued.id).ok; // => false
 * ```
 */
export async function signApproval(
  request: ApprovalRequest,
  options: { key: DeviceKey; decision: ApprovalDecision; number?: string | undefined; userVerification: boolean },
): Promise<SignedApproval> {
  const shown = parseApprovalRequest(request);
  assertOptions(options);
  const { key, decision, number: typed = '', userVerification } = options;
  const algorithm = key?.algorithm;
  if ((algorithm !== 'Ed25519' && algorithm !== 'P-256') || typeof key.sign !== 'function') {
    throw new CountersignError('invalid-key', 'key must be made by generateDeviceKey, or have its three members');
  }
  if (typeof typed !== 'string') throw new CountersignError('invalid-argument', 'number must be the text typed');
  const trimmed = typed.slice(0, 100).trim();
  const number = /^[0-9]{2}$/.test(trimmed) ? trimmed : '';
  const answer: ApprovalAnswer = { decision, number, userVerification };
  const given: unknown = await key.sign(encodeApproval(shown, answer));
  const raw = isBytes(given) ? readSignatureForm(algorithm, given) : undefined;
  // A platform's own key store does not know the rule of the low s.
  const signature = raw && algorithm === 'P-256' ? normalizeP256Signature(raw) : raw;
  if (signature === undefined) {
    throw new CountersignError('invalid-key', 'key.sign must give 64 bytes, or for P-256 a signature in DER');
  }
  return { v: 1, request: shown, ...answer, signature: bytesToHex(signature) };
}
