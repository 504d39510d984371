import { assertBytes } from '@countersign/primitives/assert';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
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

/** True for the lower-case hexadecimal text of this many digits. */
export function isHex(value: unknown, length: number): value is string {
  return typeof value === 'string' && value.length === length && /^[0-9a-f]+$/.test(value);
}

/** Refuses what cannot name an account or a purpose: anything but well-formed text of 1 to 256 characters. */
export function assertName(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 256 || /\p{Surrogate}/u.test(value)) {
    throw new CountersignError('invalid-argument', `${name} must be well-formed text of 1 to 256 characters`);
  }
}
