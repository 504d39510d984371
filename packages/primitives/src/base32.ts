import base32Decode from 'base32-decode';
import base32Encode from 'base32-encode';
import { CountersignError } from './error.ts';

/** Base32 of RFC 4648 §6: upper case, no padding (key URIs leave it out). */
export function encodeBase32(bytes: Uint8Array): string {
  // A copy of our own realm, which is all that the encoder knows.
  return base32Encode(new Uint8Array(bytes), 'RFC4648', { padding: false });
}

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';
const CANONICAL = /^[A-Z2-7]*$/;

/** How many low bits of the last character carry no data, by length mod 8; lengths 1, 3 and 6 cannot occur. */
const UNUSED_BITS = [0, -1, 2, -1, 4, 1, -1, 3] as const;

function assertText(text: unknown): asserts text is string {
  if (typeof text !== 'string') throw new CountersignError('invalid-base32', 'Base32 must be text');
}

/** Decodes digits of the alphabet. Impossible lengths and non-zero trailing bits are refused (RFC 4648 §3.5). */
function decodeDigits(digits: string): Uint8Array<ArrayBuffer> {
  const unused = UNUSED_BITS[digits.length % 8]!;
  if (unused < 0) throw new CountersignError('invalid-base32', 'Base32 text is cut off: no bytes have this length');
  if (ALPHABET.indexOf(digits.at(-1)!) & ((1 << unused) - 1)) {
    throw new CountersignError('invalid-base32', 'the last Base32 character has bits that belong to no byte');
  }
  return new Uint8Array(base32Decode(digits, 'RFC4648'));
}

/**
 * Decodes canonical RFC 4648 Base32: upper case, padding absent or complete.
 * One text never gives two keys and one key has one text, where most decoders drop what is left over and return a
 * different key.
 *
 * @throws CountersignError `invalid-base32`, with the position of the fault and never the text
 */
export function decodeBase32(text: string): Uint8Array<ArrayBuffer> {
  assertText(text);
  const digits = text.length % 8 === 0 ? text.replace(/={1,6}$/, '') : text;
  const fault = digits.search(/[^A-Z2-7]/);
  if (fault >= 0) throw new CountersignError('invalid-base32', `character ${fault + 1} is not Base32 (A-Z, 2-7)`);
  return decodeDigits(digits);
}

/**
 * Decodes Base32 as people and applications write secrets: any case, spaces and hyphens between groups, padding or not.
 * Everything else is refused as in {@link decodeBase32}.
 */
export function decodeBase32Lenient(text: string): Uint8Array<ArrayBuffer> {
  assertText(text);
  if (CANONICAL.test(text)) return decodeDigits(text);
  // Only a-z are raised: toUpperCase() alone would also turn the long s and the dotless i into Base32 letters.
  return decodeBase32(text.replace(/[ -]/g, '').replace(/[a-z]+/g, (letters) => letters.toUpperCase()));
}
