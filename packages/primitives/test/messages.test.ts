import { describe, expect, it } from 'vitest';
import { assertDisplayText, assertName, assertOptions, readInstant } from '../src/assert.ts';
import { decodeBase32, decodeBase32Lenient } from '../src/base32.ts';
import { hexToBytes } from '../src/bytes.ts';
import { toCounter } from '../src/counter.ts';
import { encodeFields } from '../src/encode-fields.ts';
import { randomBytes, randomInteger, randomSample } from '../src/random.ts';

const same = (length: number): Uint8Array => new Uint8Array(length).fill(0xff);

describe('errors say which rule was broken', () => {
  it.each<[code: string, message: string, call: () => unknown]>([
    ['invalid-time', 'now must be milliseconds since the Unix epoch, from 0 on', () => readInstant('x')],
    ['invalid-argument', 'options must be an object', () => assertOptions(null)],
    ['invalid-argument', 'input must be an object', () => assertOptions(null, 'input')],
    ['invalid-argument', 'account must be well-formed text of 1 to 256 characters', () => assertName('', 'account')],
    ['invalid-argument', 'label must be one line of 1 to 256 characters', () => assertDisplayText('', 'label')],
    ['invalid-base32', 'Base32 must be text', () => decodeBase32(5 as never)],
    ['invalid-base32', 'Base32 must be text', () => decodeBase32Lenient(5 as never)],
    ['invalid-base32', 'Base32 text is cut off: no bytes have this length', () => decodeBase32('M')],
    ['invalid-base32', 'the last Base32 character has bits that belong to no byte', () => decodeBase32('MZ')],
    ['invalid-base32', 'character 1 is not Base32 (A-Z, 2-7)', () => decodeBase32('1A')],
    ['invalid-argument', 'hexadecimal digits expected, two a byte', () => hexToBytes('0')],
    ['invalid-counter', 'counter must be an integer from 0 to 2^64-1, above 2^53-1 as a bigint', () => toCounter(-1)],
    ['invalid-argument', 'text has a lone surrogate', () => encodeFields('d', ['\uD800'])],
    ['invalid-argument', 'numbers must be integers from 0 to 2^53-1', () => encodeFields('d', [-1])],
    ['invalid-random', 'random must return a Uint8Array of the 4 bytes asked for', () => randomBytes(4, () => same(3))],
    ['invalid-argument', 'limit must be an integer from 1 to 2^32', () => randomInteger(0)],
    ['invalid-random', 'random gives the same bytes again and again', () => randomInteger(10, same)],
    ['invalid-argument', 'count must be an integer from 0 to the number of items', () => randomSample([1], 2)],
  ])('%s: %s', (code, message, call) => {
    expect(call).toThrow(expect.objectContaining({ name: 'CountersignError', code }));
    expect(call).toThrow(message);
  });
});

describe('limits are reached exactly', () => {
  it('of text', () => {
    expect(() => assertDisplayText('a', 'label', 3)).not.toThrow();
    expect(() => assertDisplayText('abc', 'label', 3)).not.toThrow();
    expect(() => assertDisplayText('abcd', 'label', 3)).toThrow('1 to 3 characters');
  });

  it('of draws that are refused', () => {
    let draws = 0;
    const source = (length: number): Uint8Array => {
      draws++;
      return same(length);
    };
    expect(() => randomInteger(10, source)).toThrow('again and again');
    expect(draws).toBe(128);
  });

  it('of numbers in fields, and of samples', () => {
    expect(() => encodeFields('d', [0, Number.MAX_SAFE_INTEGER])).not.toThrow();
    expect(randomSample([1, 2], 2)).toHaveLength(2);
    expect(() => randomSample([1, 2], 3)).toThrow('count must be');
  });
});
