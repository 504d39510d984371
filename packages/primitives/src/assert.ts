import { isBytes as isUint8Array } from '@noble/hashes/utils.js';
import { CountersignError, type ErrorCode } from './error.ts';

/** Refuses anything but an integer in `min … max`, naming the parameter but never the value. */
export function assertInteger(
  value: unknown,
  name: string,
  min: number,
  max: number,
  code: ErrorCode,
): asserts value is number {
  if (!Number.isSafeInteger(value) || (value as number) < min || (value as number) > max) {
    throw new CountersignError(code, `${name} must be an integer from ${min} to ${max}`);
  }
}

/** The last instant that JavaScript's own Date can express. */
export const LAST_INSTANT = 8.64e15;

/**
 * An instant in whole milliseconds since the Unix epoch, as `Date.now()`: fractions are floored on entry, the same
 * everywhere. Refuses anything else, and what lies before `from`.
 */
export function readInstant(value: unknown, name = 'now', from = 0): number {
  if (!(typeof value === 'number' && value >= from && value <= LAST_INSTANT)) {
    throw new CountersignError('invalid-time', `${name} must be milliseconds since the Unix epoch, from ${from} on`);
  }
  return Math.floor(value);
}

/** Refuses a missing or null options object before anything is read from it. */
export function assertOptions(options: unknown, name = 'options'): asserts options is object {
  if (typeof options !== 'object' || options === null) {
    throw new CountersignError('invalid-argument', `${name} must be an object`);
  }
}

/** Refuses what cannot name an account, a purpose or an audience: anything but well-formed text of 1 to 256 characters. */
export function assertName(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || value.length < 1 || value.length > 256 || /\p{Surrogate}/u.test(value)) {
    throw new CountersignError('invalid-argument', `${name} must be well-formed text of 1 to 256 characters`);
  }
}

/** Controls, line and paragraph separators, bidirectional controls and lone surrogates: what makes text look like other text. */
const NOT_DISPLAYED = /[\p{Cc}\p{Surrogate}\u2028\u2029\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** Refuses text that people are shown and that could show as something else: one line of 1 to `max` characters. */
export function assertDisplayText(value: unknown, name: string, max = 256): asserts value is string {
  if (typeof value !== 'string' || value.length < 1 || value.length > max || NOT_DISPLAYED.test(value)) {
    throw new CountersignError(
      'invalid-argument',
      `${name} must be one line of 1 to ${max} characters, without control or bidirectional formatting characters`,
    );
  }
}

/** True for a Uint8Array, also one of another realm (an iframe, a worker, a test runner's sandbox); not for a proxy. */
export function isBytes(value: unknown): value is Uint8Array {
  return ArrayBuffer.isView(value) && isUint8Array(value);
}

/** What a parameter was given, for error messages: its kind or its number of bytes, never its value. */
export function kindOf(value: unknown): string {
  if (isBytes(value)) return `${value.length} bytes`;
  try {
    return Array.isArray(value) ? 'an array' : value === null ? 'null' : typeof value;
  } catch {
    return 'a revoked proxy';
  }
}

/** Refuses anything but a Uint8Array (of any realm) of `min … max` bytes. Text is never taken for bytes. */
export function assertBytes(
  value: unknown,
  name: string,
  min: number,
  max: number = Number.POSITIVE_INFINITY,
  code: ErrorCode = 'invalid-argument',
): asserts value is Uint8Array {
  if (!isBytes(value) || value.length < min || value.length > max) {
    const length = max === min ? min : max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
    throw new CountersignError(code, `${name} must be a Uint8Array of ${length} bytes, not ${kindOf(value)}`);
  }
}

/** Shortest shared secret that is ever issued, and that is verified without a word: 128 bits (RFC 4226 §4, R6). */
export const MIN_SECRET_BYTES = 16;
/** Shortest secret that a verifier takes when told to (`allowShortSecret`): 80 bits, as old services issued them. */
export const MIN_SHORT_SECRET_BYTES = 10;
