import { isBytes } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { normalizeP256Signature } from '../signature/p256.ts';
import { type ApprovalRequest, parseApprovalRequest } from './approval-request.ts';
import type { DeviceKey } from './device-key.ts';
import { type ApprovalAnswer, type ApprovalDecision, encodeApproval } from './encode-approval.ts';

/** What the phone sends back, as plain JSON. */
export type SignedApproval = ApprovalAnswer & {
  readonly v: 1;
  /** the request as the phone had it, and showed it */
  readonly request: ApprovalRequest;
  /** 64 bytes in lower-case hexadecimal */
  readonly signature: string;
};

/**
 * Signs the user's decision on the phone, over exactly what the phone showed. Call it after the user has seen every
 * detail, typed the number, and been verified; never from the notification alone.
 *
 * @param request as it arrived; checked first
 * @param options `number`: what the user typed (text; spaces around it are dropped, and what is not two digits is signed
 *   as empty, to be refused by the server; not needed to deny); `userVerification`: whether the phone verified its user
 * @throws CountersignError `invalid-argument` for a request that is none, `invalid-key` for a key that cannot sign
 *
 * @example
 * ```ts
 * import { createApprovalRequest, generateDeviceKey, signApproval, verifyApproval } from '@countersign/challenge-response';
 *
 * const key = await generateDeviceKey('Ed25519');
 * const { request, pending, number } = createApprovalRequest({
 *   account: 'ada', action: 'login', details: [{ label: 'Place', value: 'Zug' }], audience: 'https://portal.example',
 * });
 * const signed = await signApproval(request, { key, decision: 'approve', number, userVerification: true });
 * const result = await verifyApproval(pending, JSON.parse(JSON.stringify(signed)), {
 *   publicKey: key.publicKey, account: 'ada', audience: 'https://portal.example',
 * });
 * result.ok; // => true
 * result.pending.status; // => 'approved'
 * ```
 */
export async function signApproval(
  request: ApprovalRequest,
  options: { key: DeviceKey; decision: ApprovalDecision; number?: string | undefined; userVerification: boolean },
): Promise<SignedApproval> {
  const { key, decision, number: typed = '', userVerification } = options;
  const shown = parseApprovalRequest(request);
  const algorithm = key?.algorithm;
  if ((algorithm !== 'Ed25519' && algorithm !== 'P-256') || typeof key.sign !== 'function') {
    throw new CountersignError('invalid-key', 'key must be made by generateDeviceKey, or have its three members');
  }
  if (typeof typed !== 'string') throw new CountersignError('invalid-argument', 'number must be the text typed');
  const trimmed = typed.slice(0, 100).trim();
  const number = /^\d\d$/.test(trimmed) ? trimmed : '';
  const answer: ApprovalAnswer = { decision, number, userVerification };
  const signature = await key.sign(encodeApproval(shown, answer));
  if (!isBytes(signature) || signature.length !== 64) {
    throw new CountersignError('invalid-key', 'key.sign must give 64 bytes');
  }
  // A platform's own key store does not know the rule of the low s.
  const normal = algorithm === 'P-256' ? lowS(signature) : signature;
  return { v: 1, request: shown, ...answer, signature: bytesToHex(normal) };
}

function lowS(signature: Uint8Array): Uint8Array {
  try {
    return normalizeP256Signature(signature);
  } catch {
    throw new CountersignError('invalid-key', 'key.sign must give r ‖ s, with s below the order of P-256');
  }
}
