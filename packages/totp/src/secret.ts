import { type Algorithm, DEFAULT_ALGORITHM, isAlgorithm, OUTPUT_LENGTH } from '@countersign/primitives/algorithm';
import { assertBytes, assertOptions } from '@countersign/primitives/assert';
import { decodeBase32Lenient, encodeBase32 } from '@countersign/primitives/base32';
import { hexToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes } from '@countersign/primitives/random';

/**
 * A new random secret, as long as the hash's output (RFC 4226 R6 advises 160 bits for SHA-1, RFC 6238 §5.1 the output
 * length): 20 bytes for SHA1, 32 for SHA256, 64 for SHA512.
 *
 * Make one for each activation, and forget the old one: never reuse a secret for another user or device.
 *
 * @param options `random`: a source of bytes for tests; the default is `crypto.getRandomValues`
 * @throws CountersignError `invalid-algorithm`, `invalid-random`
 * @example
 * ```ts
 * import { generateSecret } from '@countersign/totp';
 *
 * generateSecret().length; // => 20
 * generateSecret({ algorithm: 'SHA256' }).length; // => 32
 * ```
 */
export function generateSecret(
  options: { algorithm?: Algorithm | undefined; random?: RandomBytes | undefined } = {},
): Uint8Array<ArrayBuffer> {
  assertOptions(options);
  const { algorithm = DEFAULT_ALGORITHM, random } = options;
  if (!isAlgorithm(algorithm))
    throw new CountersignError('invalid-algorithm', 'algorithm must be SHA1, SHA256 or SHA512');
  return randomBytes(OUTPUT_LENGTH[algorithm], random);
}

/**
 * A secret as Base32 (RFC 4648 §6), upper case and without padding: what key URIs carry and what people type. It *is*
 * the secret: show it once, at enrolment, and never log it.
 *
 * @throws CountersignError `invalid-secret` when it is not a Uint8Array of one byte or more
 * @example
 * ```ts
 * import { secretToBase32 } from '@countersign/totp';
 *
 * secretToBase32(new Uint8Array([72, 101, 108, 108, 111])); // => 'JBSWY3DP'
 * ```
 */
export function secretToBase32(secret: Uint8Array): string {
  assertBytes(secret, 'secret', 1, undefined, 'invalid-secret');
  return encodeBase32(secret);
}

/**
 * Reads a secret from Base32 as applications and people write it: any case, spaces and hyphens between groups, padding
 * or none. Everything else throws, so that a mistyped secret never becomes a different key.
 *
 * @returns the secret's bytes, of any length: `createTotp` refuses what is too short
 * @throws CountersignError `invalid-base32` with the position of the fault, never the text
 * @example
 * ```ts
 * import { secretFromBase32 } from '@countersign/totp';
 *
 * secretFromBase32('jbsw y3dp').length; // => 5
 * secretFromBase32('JBSWY3D0'); // throws invalid-base32
 * ```
 */
export function secretFromBase32(text: string): Uint8Array<ArrayBuffer> {
  const secret = decodeBase32Lenient(text);
  if (secret.length === 0) throw new CountersignError('invalid-base32', 'the Base32 text is empty');
  return secret;
}

/**
 * Reads a secret from hexadecimal, as hardware tokens are delivered with and as older libraries may have stored it:
 * any case, spaces, hyphens and colons between bytes. Everything else throws.
 *
 * @returns the secret's bytes, of any length: `createTotp` refuses what is too short
 * @throws CountersignError `invalid-secret` with the position of the fault, never the text
 * @example
 * ```ts
 * import { secretFromHex } from '@countersign/totp';
 *
 * secretFromHex('48:65:6C:6c:6f'); // => Uint8Array.of(72, 101, 108, 108, 111)
 * secretFromHex('48656c6c6'); // throws invalid-secret
 * ```
 */
export function secretFromHex(text: string): Uint8Array<ArrayBuffer> {
  if (typeof text !== 'string') throw new CountersignError('invalid-secret', 'hexadecimal must be text');
  const digits = text.replace(/[ :-]/g, '');
  const fault = digits.search(/[^0-9A-Fa-f]/);
  if (fault >= 0) throw new CountersignError('invalid-secret', `digit ${fault + 1} is not hexadecimal (0-9, A-F)`);
  if (digits === '' || digits.length % 2 !== 0) {
    throw new CountersignError('invalid-secret', `hexadecimal must be two digits a byte, not ${digits.length} in all`);
  }
  return hexToBytes(digits);
}
