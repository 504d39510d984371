import { type Algorithm, isAlgorithm } from '@countersign/primitives/algorithm';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { sha1 } from '@countersign/primitives/sha1';
import { sha256, sha512 } from '@countersign/primitives/sha2';

const HASHES: Readonly<Record<Algorithm, (message: Uint8Array) => Uint8Array>> = {
  SHA1: sha1,
  SHA256: sha256,
  SHA512: sha512,
};

/** Longer text is no PIN, and is not even looked at. */
export const MAX_PIN_LENGTH = 128;

/**
 * A PIN as it is hashed: full-width digits and composed letters as everybody else types them (Unicode NFKC, as NIST SP
 * 800-63B §3.1.1.2 advises). `undefined` for what is no PIN: not text, empty, over 128 characters, broken Unicode.
 */
export function normalizePin(pin: unknown): string | undefined {
  const sound =
    typeof pin === 'string' && pin.length > 0 && pin.length <= MAX_PIN_LENGTH && !/\p{Surrogate}/u.test(pin);
  return sound ? pin.normalize('NFKC') : undefined;
}

/** Refuses what {@link normalizePin} refuses, for functions that have no result to say it with. */
export function invalidPin(): CountersignError {
  return new CountersignError('invalid-pin', `pin must be text of 1 to ${MAX_PIN_LENGTH} characters`);
}

/** {@link hashPin} of what a user typed: `undefined` for what is no PIN. */
export function hashTypedPin(pin: unknown, algorithm: Algorithm): Uint8Array | undefined {
  const normalized = normalizePin(pin);
  return normalized === undefined ? undefined : HASHES[algorithm](utf8ToBytes(normalized));
}

/**
 * The hash of a PIN that an OCRA suite with `P` takes in (RFC 6287 §5.1). A server keeps this instead of the PIN and
 * gives it to `verify` as `pin`.
 *
 * It is not a password hash: whoever sees it finds a PIN of four digits in a millisecond. Seal it at rest like the key
 * beside it. To protect a key by a PIN use {@link sealWithPin}.
 *
 * @param pin text of 1 … 128 characters; normalised to Unicode NFKC, then UTF-8
 * @param algorithm the hash that the suite names: `parseOcraSuite(…).pin`
 * @returns 20, 32 or 64 bytes
 * @throws CountersignError `invalid-pin`, `invalid-algorithm`
 * @example
 * ```ts
 * import { hashPin } from '@countersign/challenge-response';
 *
 * hashPin('7294', 'SHA256').length; // => 32
 * ```
 */
export function hashPin(pin: string, algorithm: Algorithm): Uint8Array {
  if (!isAlgorithm(algorithm)) {
    throw new CountersignError('invalid-algorithm', 'algorithm must be SHA1, SHA256 or SHA512');
  }
  const hash = hashTypedPin(pin, algorithm);
  if (hash === undefined) throw invalidPin();
  return hash;
}
