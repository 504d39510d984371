import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { randomBytes, randomDigits, randomInteger, randomSample, randomText, systemRandom } from '../src/random.ts';

/** Gives exactly these bytes, call after call. */
function scripted(...bytes: number[]): (length: number) => Uint8Array {
  return (length) => Uint8Array.from({ length }, () => bytes.shift() ?? 0);
}

/** Pearson's statistic against the uniform distribution. */
function chiSquared(counts: readonly number[]): number {
  const mean = counts.reduce((sum, count) => sum + count, 0) / counts.length;
  return counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
}

describe('random integers', () => {
  it('reject the values that would make a remainder more likely', () => {
    // 2^32 mod 10 is 6: 0xfffffffa to 0xffffffff are refused, and the next draw is taken.
    expect(randomInteger(10, scripted(0xff, 0xff, 0xff, 0xfa, 0, 0, 0, 23))).toBe(3);
    expect(randomInteger(10, scripted(0xff, 0xff, 0xff, 0xf9))).toBe(9);
    expect(randomInteger(2 ** 32, scripted(0xff, 0xff, 0xff, 0xff))).toBe(0xffffffff);
    expect(randomInteger(1)).toBe(0);
  });

  it.each([0, -1, 1.5, Number.NaN, 2 ** 32 + 1])('refuse a limit of %s', (limit) => {
    expect(() => randomInteger(limit)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('refuse a source that repeats itself, is short, or gives no bytes', () => {
    const invalid = expect.objectContaining({ code: 'invalid-random' });
    expect(() => randomInteger(10, (length) => new Uint8Array(length).fill(0xff))).toThrow(invalid);
    expect(() => randomBytes(4, () => new Uint8Array(3))).toThrow(invalid);
    expect(() => randomBytes(4, (() => [1, 2, 3, 4]) as never)).toThrow(invalid);
    for (const none of [null, 5, {}]) expect(() => randomBytes(4, none as never)).toThrow(invalid);
  });

  it.each([
    ['a fixed seed', seededRandom('uniform')],
    ['the system', systemRandom],
  ])('are uniform with %s', (_, random) => {
    const counts = new Array<number>(24).fill(0);
    for (let i = 0; i < 24_000; i++) counts[randomInteger(24, random)]!++;
    // 23 degrees of freedom: beyond 75 once in ten million runs.
    expect(chiSquared(counts)).toBeLessThan(75);
  });
});

it('random bytes are a copy, also when the source reuses one buffer', () => {
  const pool = Buffer.alloc(8, 1);
  const bytes = randomBytes(4, (length) => pool.subarray(0, length));
  pool.fill(0);
  expect(bytes).toEqual(Uint8Array.of(1, 1, 1, 1));
  expect(bytes.constructor).toBe(Uint8Array);
});

describe('random text and samples', () => {
  it('keep their length and alphabet, leading zeros included', () => {
    expect(randomDigits(6, (length) => new Uint8Array(length))).toBe('000000');
    expect(randomDigits(8)).toMatch(/^\d{8}$/);
    expect(randomText('AB', 12)).toMatch(/^[AB]{12}$/);
  });

  it('sample distinct items, every subset alike', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer(), { maxLength: 20 }), fc.nat(20), (items, n) => {
        const count = Math.min(n, items.length);
        const sample = randomSample(items, count);
        expect(new Set(sample).size).toBe(count);
        expect(items).toEqual(expect.arrayContaining(sample));
      }),
    );
    const random = seededRandom('pairs');
    const counts = new Map<string, number>();
    for (let i = 0; i < 10_000; i++) {
      const pair = randomSample([0, 1, 2, 3, 4], 2, random).sort().join();
      counts.set(pair, (counts.get(pair) ?? 0) + 1);
    }
    expect(counts.size).toBe(10);
    // 9 degrees of freedom: beyond 47 once in a million runs; the seed is fixed.
    expect(chiSquared([...counts.values()])).toBeLessThan(47);
  });

  it.each([-1, 6, 1.5, Number.NaN])('refuse a sample of %s from five', (count) => {
    expect(() => randomSample([1, 2, 3, 4, 5], count)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
