import { runInNewContext } from 'node:vm';
import { describe, expect, it } from 'vitest';
import { isAlgorithm } from '../src/algorithm.ts';
import {
  assertBytes,
  assertDisplayText,
  assertInteger,
  assertName,
  assertOptions,
  isBytes,
  kindOf,
  readInstant,
} from '../src/assert.ts';
import { CountersignError } from '../src/error.ts';

const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });

describe('assertions', () => {
  it('integers: name and range, never the value', () => {
    expect(() => assertInteger(6, 'digits', 6, 10, 'invalid-digits')).not.toThrow();
    expect(() => assertInteger(10, 'digits', 6, 10, 'invalid-digits')).not.toThrow();
    for (const value of [5, 11, 6.5, Number.NaN, '6', null, undefined, 7n, Number.POSITIVE_INFINITY]) {
      expect(() => assertInteger(value, 'digits', 6, 10, 'invalid-digits')).toThrow(code('invalid-digits'));
    }
    expect(() => assertInteger(4711, 'digits', 6, 10, 'invalid-digits')).toThrow(
      'digits must be an integer from 6 to 10',
    );
  });

  it('instants: from the epoch to the end of Date, fractions included', () => {
    for (const value of [0, 1.5, 8.64e15]) expect(() => readInstant(value, 'now')).not.toThrow();
    for (const value of [-1, Number.NaN, 8.64e15 + 2, '5', null, new Date(), Number.POSITIVE_INFINITY]) {
      expect(() => readInstant(value, 'now')).toThrow(code('invalid-time'));
    }
    expect(() => readInstant(999, 'now', 1000)).toThrow(code('invalid-time'));
  });

  it('instants are floored to whole milliseconds', () => {
    expect([0, 1.5, 999.999].map((value) => readInstant(value))).toEqual([0, 1, 999]);
    expect(() => readInstant(Number.NaN, 'at')).toThrow('at must be milliseconds');
  });

  it('options: an object, before anything is read from it', () => {
    expect(() => assertOptions({})).not.toThrow();
    for (const value of [undefined, null, 'now', 5])
      expect(() => assertOptions(value)).toThrow(code('invalid-argument'));
  });

  it('names: well-formed text of 1 to 256 characters', () => {
    for (const value of ['a', 'x'.repeat(256), '\u{1F600}']) expect(() => assertName(value, 'account')).not.toThrow();
    for (const value of ['', 'x'.repeat(257), '\uD83D', null, 5, ['a']]) {
      expect(() => assertName(value, 'account')).toThrow(code('invalid-argument'));
    }
  });

  it('text that is shown: one line, and nothing that turns or hides characters', () => {
    for (const value of ['Payee: Mum', 'قهوة', '5,00\u00A0€'])
      expect(() => assertDisplayText(value, 'label')).not.toThrow();
    for (const bad of ['\n', '\0', '\u0085', '\u2028', '\u202E', '\u2066', '\u200F', '\u061C', '\uD800']) {
      expect(() => assertDisplayText(`a${bad}b`, 'label')).toThrow(code('invalid-argument'));
    }
    for (const bad of ['', 'x'.repeat(9), null]) expect(() => assertDisplayText(bad, 'label', 8)).toThrow('1 to 8');
  });

  it('bytes: any realm, never text or plain arrays', () => {
    expect(isBytes(runInNewContext('new Uint8Array(3)'))).toBe(true);
    expect(isBytes(Buffer.alloc(3))).toBe(true);
    for (const value of ['abc', [1, 2, 3], new Uint16Array(3), new DataView(new ArrayBuffer(3)), null]) {
      expect(isBytes(value)).toBe(false);
    }
    expect(() => assertBytes(new Uint8Array(4), 'salt', 4)).not.toThrow();
    expect(() => assertBytes(new Uint8Array(8), 'salt', 4, 8)).not.toThrow();
    expect(() => assertBytes(new Uint8Array(3), 'salt', 4)).toThrow(code('invalid-argument'));
    expect(() => assertBytes(new Uint8Array(3), 'salt', 4)).toThrow(
      'salt must be a Uint8Array of at least 4 bytes, not 3 bytes',
    );
    expect(() => assertBytes(new Uint8Array(9), 'salt', 4, 8)).toThrow(
      'salt must be a Uint8Array of 4 to 8 bytes, not 9 bytes',
    );
    expect(() => assertBytes('salt', 'salt', 4, 8, 'invalid-key')).toThrow(code('invalid-key'));
    expect(() => assertBytes(new Uint8Array(3), 'key', 32, 32)).toThrow('key must be a Uint8Array of 32 bytes, not 3');
    expect(isBytes(new Proxy(new Uint8Array(3), {}))).toBe(false);
  });

  it('messages say what kind of value was given, never the value', () => {
    const { proxy, revoke } = Proxy.revocable([], {});
    revoke();
    const kinds = [undefined, null, 'tell', [1], new Uint8Array(7), {}, 5, new Proxy(new Uint8Array(3), {}), proxy];
    expect(kinds.map(kindOf)).toEqual([
      'undefined',
      'null',
      'string',
      'an array',
      '7 bytes',
      'object',
      'number',
      'object',
      'a revoked proxy',
    ]);
  });

  it('algorithms: the three names as written', () => {
    expect(['SHA1', 'SHA256', 'SHA512'].every(isAlgorithm)).toBe(true);
    expect(['sha1', 'SHA-1', ['SHA1'], 'MD5', 'toString', '__proto__', null, 1].some(isAlgorithm)).toBe(false);
  });

  it('errors are errors with a code', () => {
    const error = new CountersignError('invalid-secret', 'secret is too short');
    expect(error).toBeInstanceOf(Error);
    expect(String(error)).toBe('CountersignError: secret is too short');
    expect(error.code).toBe('invalid-secret');
  });
});
