import { assertBytes } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import type { HmacKey } from '@countersign/primitives/hmac';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';

/** Bytes of a key, of cards and of recovery codes. */
export const KEY_BYTES = 32;
/** Hexadecimal digits of a fingerprint: 64 bits, enough that no other key of an application has the same. */
export const FINGERPRINT_DIGITS = 16;

/** A key that was checked, ready for use. */
export function cardHmac(key: unknown): HmacKey {
  assertBytes(key, 'key', KEY_BYTES, KEY_BYTES, 'invalid-key');
  return hmacSha256(key);
}

/**
 * Refuses a state together with the key of another card: the records were mixed up or changed, and going on would count
 * the user's right answers as guesses.
 */
export function assertSameCard(stored: string, computed: string): void {
  if (stored !== computed) {
    throw new CountersignError('invalid-state', 'state is not of the card with this key');
  }
}
