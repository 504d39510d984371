import { describe, expect, test } from 'vitest';
import { advance, fromCounter, roomAhead, toCounter } from '../src/counter.ts';
import { CountersignError } from '../src/error.ts';

const LAST = 2n ** 64n - 1n;

describe('a 64-bit counter in two words', () => {
  test('there and back', () => {
    for (const value of [0, 1, 2 ** 31, 2 ** 32 - 1, 2 ** 32, 2 ** 40 + 7, 2 ** 53 - 1]) {
      expect(fromCounter(toCounter(value))).toBe(value);
      expect(fromCounter(toCounter(BigInt(value)))).toBe(value);
    }
    for (const value of [2n ** 53n, 2n ** 63n + 5n, LAST]) expect(fromCounter(toCounter(value))).toBe(value);
    expect(toCounter(0x1_2345_6789)).toEqual({ high: 1, low: 0x2345_6789 });
  });

  test('moves on over the edge of a word, and never past 2^64-1', () => {
    expect(advance(toCounter(2 ** 32 - 1), 1)).toEqual({ high: 1, low: 0 });
    expect(advance(toCounter(5), 7)).toEqual({ high: 0, low: 12 });
    expect(advance(toCounter(LAST - 1n), 1)).toEqual(toCounter(LAST));
    expect(advance(toCounter(LAST), 1)).toBeNull();
    expect(roomAhead(toCounter(LAST - 3n), 100)).toBe(3);
    expect(roomAhead(toCounter(LAST), 100)).toBe(0);
    expect(roomAhead(toCounter(2 ** 32 - 1), 100)).toBe(100);
  });

  test('refuses everything else', () => {
    for (const value of [-1, 1.5, Number.NaN, 2 ** 53, -1n, LAST + 1n, '1', null, undefined]) {
      expect(() => toCounter(value)).toThrow(CountersignError);
    }
  });
});
