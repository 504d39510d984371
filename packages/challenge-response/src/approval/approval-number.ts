import { assertBytes } from '@countersign/primitives/assert';
import { hexToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';

/** Refuses a server key under 128 bits. */
export function assertServerKey(serverKey: unknown): asserts serverKey is Uint8Array {
  assertBytes(serverKey, 'serverKey', 16, undefined, 'invalid-secret');
}

/**
 * The two digits that the portal shows: derived from the random id under the server's key, so that they are kept
 * nowhere and can be shown again. 32 bits modulo 100 favour no number by more than one part in 40 million.
 */
export function approvalNumber(serverKey: Uint8Array, account: string, id: string): string {
  const key = hmacSha256(serverKey);
  const tag = key.digest(encodeFields('countersign/approval-number/v1', [account, hexToBytes(id)]));
  key.wipe();
  return String(new DataView(tag.buffer).getUint32(0) % 100).padStart(2, '0');
}
