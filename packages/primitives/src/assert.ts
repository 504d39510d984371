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
const LAST_INSTANT = 8.64e15;

/** Refuses anything but an instant: milliseconds since the Unix epoch, as `Date.now()`, and not before `from`. */
export function assertInstant(value: unknown, name = 'now', from = 0): asserts value is number {
  if (!(typeof value === 'number' && value >= from && value <= LAST_INSTANT)) {
    throw new CountersignError('invalid-time', `${name} must be milliseconds since the Unix epoch, from ${from} on`);
  }
}

/** True for a Uint8Array, also one of another realm (an iframe, a worker, a test runner's sandbox). */
export const isBytes: (value: unknown) => value is Uint8Array = isUint8Array;

/** Refuses anything but a Uint8Array (of any realm) of `min … max` bytes. Text is never taken for bytes. */
export function assertBytes(
  value: unknown,
  name: string,
  min: number,
  max: number = Number.POSITIVE_INFINITY,
  code: ErrorCode = 'invalid-argument',
): asserts value is Uint8Array {
  if (!isBytes(value) || value.length < min || value.length > max) {
    const length = max === Number.POSITIVE_INFINITY ? `at least ${min}` : `${min} to ${max}`;
    throw new CountersignError(code, `${name} must be a Uint8Array of ${length} bytes`);
  }
}

/** Shortest shared secret that is ever issued, and that is verified without a word: 128 bits (RFC 4226 §4, R6). */
export const MIN_SECRET_BYTES = 16;
/** Shortest secret that a verifier takes when told to (`allowShortSecret`): 80 bits, as old services issued them. */
export const MIN_SHORT_SECRET_BYTES = 10;

/** Refuses a shared secret under 128 bits (RFC 4226 R6), or under 80 bits when short ones were asked for. */
export function assertSecret(value: unknown, allowShortSecret = false): asserts value is Uint8Array {
  const min = allowShortSecret ? MIN_SHORT_SECRET_BYTES : MIN_SECRET_BYTES;
  if (!isBytes(value) || value.length < min) {
    throw new CountersignError('invalid-secret', `secret must be a Uint8Array of at least ${min} bytes`);
  }
}
