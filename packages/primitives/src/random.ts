import { isBytes } from './assert.ts';
import { CountersignError } from './error.ts';

/** A source of random bytes: takes a length, gives that many unpredictable bytes. */
export type RandomBytes = (length: number) => Uint8Array;

/** What is used of WebCrypto, declared here so that types need no DOM library. */
declare const crypto: { getRandomValues<Bytes extends Uint8Array>(bytes: Bytes): Bytes };

/** WebCrypto gives at most 65,536 bytes a call. No caller here needs more than a few hundred. */
export const systemRandom: RandomBytes = (length) => crypto.getRandomValues(new Uint8Array(length));

/**
 * Draws bytes into an array of our own, because a source may reuse its buffer, and refuses a source that gives
 * something else: a broken one must not pass for random.
 */
export function randomBytes(length: number, random: RandomBytes = systemRandom): Uint8Array<ArrayBuffer> {
  const bytes = typeof random === 'function' ? random(length) : undefined;
  if (!isBytes(bytes) || bytes.length !== length) {
    throw new CountersignError('invalid-random', `random must return a Uint8Array of the ${length} bytes asked for`);
  }
  return new Uint8Array(bytes);
}

/** A sound source is refused less than half of the time, so this many refusals mean that it repeats itself. */
const MAX_REJECTIONS = 128;

/**
 * An unbiased integer from 0 to `limit - 1`, by rejection sampling on 32 bits.
 * @param limit 1 … 2^32
 */
export function randomInteger(limit: number, random: RandomBytes = systemRandom): number {
  if (!Number.isSafeInteger(limit) || limit < 1 || limit > 0x1_0000_0000) {
    throw new CountersignError('invalid-argument', 'limit must be an integer from 1 to 2^32');
  }
  const unbiased = 0x1_0000_0000 - (0x1_0000_0000 % limit);
  for (let rejections = 0; rejections < MAX_REJECTIONS; rejections++) {
    const bytes = randomBytes(4, random);
    const value = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
    if (value < unbiased) return value % limit;
  }
  throw new CountersignError('invalid-random', 'random gives the same bytes again and again');
}

/** `length` characters, each picked uniformly from `alphabet`. */
export function randomText(alphabet: string, length: number, random: RandomBytes = systemRandom): string {
  let text = '';
  for (let i = 0; i < length; i++) text += alphabet[randomInteger(alphabet.length, random)];
  return text;
}

/** `length` decimal digits, leading zeros included. */
export function randomDigits(length: number, random: RandomBytes = systemRandom): string {
  return randomText('0123456789', length, random);
}

/** `count` distinct items, every subset equally likely, in random order (a partial Fisher–Yates shuffle of a copy). */
export function randomSample<T>(items: readonly T[], count: number, random: RandomBytes = systemRandom): T[] {
  if (!Number.isSafeInteger(count) || count < 0 || count > items.length) {
    throw new CountersignError('invalid-argument', 'count must be an integer from 0 to the number of items');
  }
  const pool = [...items];
  for (let i = 0; i < count; i++) {
    const j = i + randomInteger(pool.length - i, random);
    [pool[i], pool[j]] = [pool[j]!, pool[i]!];
  }
  return pool.slice(0, count);
}
