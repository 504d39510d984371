/** Longer text is no code, and is not even looked at. */
const MAX_LENGTH = 64;

/**
 * A code as people type or paste it, without the spaces and hyphens that applications print between its digits.
 * Verification itself is strict: call this on what came from a form, then `verify` with the result.
 *
 * @returns the text without white space, hyphens and dashes; `''`, which no verifier accepts, for anything but text of
 * at most 64 characters
 * @example
 * ```ts
 * import { normalizeCode } from '@countersign/totp';
 *
 * normalizeCode(' 123 456'); // => '123456'
 * normalizeCode('123-456'); // => '123456'
 * normalizeCode(null); // => ''
 * ```
 */
export function normalizeCode(text: unknown): string {
  if (typeof text !== 'string' || text.length > MAX_LENGTH) return '';
  return text.replace(/[\s\u00ad\u200b\u2010-\u2015\u2212-]/g, '');
}
