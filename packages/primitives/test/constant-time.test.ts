import { expect, it } from 'vitest';
import { equalBytes, equalIntegers } from '../src/constant-time.ts';

/** Bytes that count how often they are read. */
function counted(bytes: readonly number[]): { bytes: Uint8Array; reads: () => number } {
  let reads = 0;
  const proxy = new Proxy(bytes, {
    get(target, name) {
      if (name !== 'length') reads++;
      return Reflect.get(target, name);
    },
  });
  return { bytes: proxy as unknown as Uint8Array, reads: () => reads };
}

it('T3: every byte is read, wherever the first difference is', () => {
  const right = [1, 2, 3, 4, 5, 6, 7, 8];
  for (let wrong = -1; wrong < right.length; wrong++) {
    const other = right.map((byte, i) => (i === wrong ? byte ^ 0x80 : byte));
    const [a, b] = [counted(right), counted(other)];
    expect(equalBytes(a.bytes, b.bytes)).toBe(wrong === -1);
    expect([a.reads(), b.reads()]).toEqual([8, 8]);
  }
});

it('two differences never cancel out', () => {
  expect(equalBytes(Uint8Array.of(1, 1), Uint8Array.of(0, 0))).toBe(false);
  expect(equalBytes(Uint8Array.of(0xff, 0x00), Uint8Array.of(0x00, 0xff))).toBe(false);
  expect(equalBytes(new Uint8Array(0), new Uint8Array(0))).toBe(true);
});

it('integers give a number, so that results can be combined without a branch', () => {
  expect([equalIntegers(5, 5), equalIntegers(5, 4), equalIntegers(-2, -2), equalIntegers(0, 2 ** 31)]).toEqual([
    1, 0, 1, 0,
  ]);
});
