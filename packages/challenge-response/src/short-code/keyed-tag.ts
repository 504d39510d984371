import { assertBytes } from '@countersign/primitives/assert';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';

/** Refuses a server key under 128 bits. */
export function assertServerKey(serverKey: unknown): asserts serverKey is Uint8Array {
  assertBytes(serverKey, 'serverKey', 16, undefined, 'invalid-secret');
}

/**
 * HMAC-SHA-256 of a short code with all that it is bound to. A bare hash of 40 bits falls to a graphics card in
 * minutes; under the server's key the stored tag tells nothing.
 */
export function keyedTag(
  serverKey: Uint8Array,
  domain: string,
  fields: readonly (string | Uint8Array | number)[],
): string {
  return bytesToHex(hmacSha256(serverKey).digest(encodeFields(domain, fields)));
}

/** Compares two tags, both in lower-case hexadecimal, in constant time. */
export function equalTags(a: string, b: string): boolean {
  return equalBytes(utf8ToBytes(a), utf8ToBytes(b));
}
