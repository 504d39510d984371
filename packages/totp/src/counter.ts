import { CountersignError } from '@countersign/primitives/error';

const WORD = 0x1_0000_0000;
const LAST = 0xffff_ffff;
const LAST_COUNTER = 0xffff_ffff_ffff_ffffn;

/** A 64-bit counter as two 32-bit words, as HMAC takes it: no BigInt per candidate. */
export type Counter = { readonly high: number; readonly low: number };

/** Refuses anything but 0 … 2^64-1: an integer up to 2^53-1 as a number, or a bigint. */
export function toCounter(value: unknown): Counter {
  if (typeof value === 'number' && Number.isSafeInteger(value) && value >= 0) {
    return { high: Math.floor(value / WORD), low: value >>> 0 };
  }
  if (typeof value === 'bigint' && value >= 0n && value <= LAST_COUNTER) {
    return { high: Number(value >> 32n), low: Number(value & 0xffff_ffffn) };
  }
  throw new CountersignError(
    'invalid-counter',
    'counter must be an integer from 0 to 2^64-1, above 2^53-1 as a bigint',
  );
}

/** `counter + offset`, or `null` past 2^64-1: counters never wrap. */
export function advance({ high, low }: Counter, offset: number): Counter | null {
  const sum = low + offset;
  if (sum < WORD) return { high, low: sum };
  return high === LAST ? null : { high: high + 1, low: sum - WORD };
}

/** How many more values follow before 2^64-1, but `limit` at most. */
export function roomAhead({ high, low }: Counter, limit: number): number {
  return high === LAST ? Math.min(limit, LAST - low) : limit;
}

/** As a number up to 2^53-1, else as a bigint. */
export function fromCounter({ high, low }: Counter): number | bigint {
  return high < 0x20_0000 ? high * WORD + low : (BigInt(high) << 32n) | BigInt(low);
}
