/** Longer text is no code, and is not even looked at. */
const MAX_LENGTH = 64;

/**
 * A code as people type or paste it, without the spaces and hyphens that applications print between its digits, and
 * without the invisible characters that come along when text is copied.
 * Verification itself is strict: call this on what came from a form, then `verify` with the result.
 *
 * @returns the text without white space, hyphens, dashes and Unicode format characters (category Cf: zero-width and
 * bidirectional marks, soft hyphens, word joiners); `''`, which no verifier accepts, for anything but text of at most
 * 64 characters
 * @example
 * ```ts
 * import { normalizeCode } from '@countersign/totp';
 *
 * normalizeCode(' 123 456'); // => '123456'
 * normalizeCode('\u202A123-456\u202C'); // => '123456'
 * normalizeCode(null); // => ''
 * ```
 */
export function normalizeCode(text: unknown): string {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return '';
  return text.replace(/[\s\p{Cf}\p{Pd}\u2212]/gu, '');
}
