import { type RandomBytes, randomText, systemRandom } from './random.ts';

/**
 * Crockford's Base32: digits and letters without I, L, O and U, so that what people read, dictate and type has no
 * look-alikes. Five bits a character.
 */
export const READABLE_ALPHABET = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';

/** `length` random characters of {@link READABLE_ALPHABET}: 5 · length bits. */
export function randomReadableCode(length: number, random: RandomBytes = systemRandom): string {
  return randomText(READABLE_ALPHABET, length, random);
}

/** Groups for reading aloud and typing: `ABCDEFGH` in fours is `ABCD-EFGH`. */
export function groupCode(code: string, size: number, separator = '-'): string {
  const groups: string[] = [];
  for (let i = 0; i < code.length; i += size) groups.push(code.slice(i, i + size));
  return groups.join(separator);
}

/** What people type between the groups of a code: white space, dots, commas, hyphens, dashes and the minus sign. */
const SEPARATORS = /[\s.,\u2010-\u2015\u2212-]/g;

/** What was typed in upper case (ASCII only: no other letter turns into one of ours) and without separators. */
export function withoutSeparators(typed: string): string {
  return typed.replace(SEPARATORS, '').replace(/[a-z]+/g, (lower) => lower.toUpperCase());
}

/** Longer input than this is no code, and is not even looked at. */
const MAX_TYPED_LENGTH = 128;

/**
 * What a person typed, as the code that was printed: upper case, look-alikes mapped (O to 0, I and L to 1), separators
 * dropped. `undefined` when it is not `length` characters of the alphabet.
 */
export function normalizeReadableCode(typed: unknown, length: number): string | undefined {
  if (typeof typed !== 'string' || typed.length > MAX_TYPED_LENGTH) return undefined;
  const code = withoutSeparators(typed).replace(/O/g, '0').replace(/[IL]/g, '1');
  return code.length === length && /^[0-9A-HJKMNP-TV-Z]+$/.test(code) ? code : undefined;
}

/**
 * The check character of a code: a weighted sum over GF(32), the weights successive powers of a generator. It catches
 * every single wrong character and every swap of two characters, adjacent or not, in codes of up to 30 characters,
 * before a try is counted. It is not a secret and adds no strength.
 */
export function checkCharacter(code: string): string {
  let sum = 0;
  // Horner's rule: each step multiplies by the generator, so the first character has the highest power.
  for (const character of code) sum = double(sum ^ READABLE_ALPHABET.indexOf(character));
  return READABLE_ALPHABET[sum]!;
}

/** Multiplication by x in GF(32) modulo x^5 + x^2 + 1, a primitive polynomial: x has order 31. */
function double(value: number): number {
  return (value << 1) ^ (value & 16 ? 0b100101 : 0);
}
