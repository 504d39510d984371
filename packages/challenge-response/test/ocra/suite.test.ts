import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CountersignError, formatOcraSuite, type OcraSuite, parseOcraSuite } from '../../src/ocra.ts';
import { partsArbitrary } from './arbitraries.ts';
import { suiteText } from './reference.ts';

function fault(text: unknown): string {
  try {
    parseOcraSuite(text as string);
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    expect((error as CountersignError).code).toBe('invalid-suite');
    return (error as CountersignError).message;
  }
  return 'accepted';
}

describe('parseOcraSuite', () => {
  test('gives every part by name', () => {
    expect(parseOcraSuite('OCRA-1:HOTP-SHA512-10:C-QH40-PSHA256-S064-T48H')).toEqual({
      text: 'OCRA-1:HOTP-SHA512-10:C-QH40-PSHA256-S064-T48H',
      algorithm: 'SHA512',
      digits: 10,
      counter: true,
      question: { format: 'H', length: 40 },
      pin: 'SHA256',
      session: 64,
      timeStep: 172_800,
    });
    expect(parseOcraSuite('OCRA-1:HOTP-SHA1-0:QA04')).toEqual({
      text: 'OCRA-1:HOTP-SHA1-0:QA04',
      algorithm: 'SHA1',
      digits: 0,
      counter: false,
      question: { format: 'A', length: 4 },
      pin: null,
      session: null,
      timeStep: null,
    });
  });

  test('what it gives cannot be changed', () => {
    const suite = parseOcraSuite('OCRA-1:HOTP-SHA1-6:QN08') as { digits: number; question: { length: number } };
    expect(() => {
      suite.digits = 4;
    }).toThrow(TypeError);
    expect(() => {
      suite.question.length = 64;
    }).toThrow(TypeError);
  });

  test('parse and print are inverse, for every suite', () => {
    fc.assert(
      fc.property(partsArbitrary, (parts) => {
        const text = suiteText(parts);
        const suite = parseOcraSuite(text);
        expect(suite.text).toBe(text);
        expect(formatOcraSuite(suite)).toBe(text);
        expect(parseOcraSuite(formatOcraSuite(suite))).toEqual(suite);
      }),
      { numRuns: 2000, seed: 6287 },
    );
  });

  test('every digits, length and time step of the grammar, and none beside it', () => {
    const accepts = (text: string) => fault(text) === 'accepted';
    const numbers = Array.from({ length: 131 }, (_, i) => i);
    const two = (n: number) => String(n).padStart(2, '0');
    expect(numbers.filter((n) => accepts(`OCRA-1:HOTP-SHA1-${n}:QN08`))).toEqual([0, 4, 5, 6, 7, 8, 9, 10]);
    for (const format of 'ANH') {
      const lengths = numbers.filter((n) => accepts(`OCRA-1:HOTP-SHA1-6:Q${format}${two(n)}`));
      expect(lengths).toEqual(numbers.slice(4, 65));
    }
    for (const unit of 'SM') {
      expect(numbers.filter((n) => accepts(`OCRA-1:HOTP-SHA1-6:QN08-T${n}${unit}`))).toEqual(numbers.slice(1, 60));
    }
    // Erratum 3729: not from 0.
    expect(numbers.filter((n) => accepts(`OCRA-1:HOTP-SHA1-6:QN08-T${n}H`))).toEqual(numbers.slice(1, 49));
    const sessions = Array.from({ length: 1001 }, (_, i) => i).filter((n) =>
      accepts(`OCRA-1:HOTP-SHA1-6:QN08-S${String(n).padStart(3, '0')}`),
    );
    expect(sessions).toHaveLength(999);
    expect(sessions[0]).toBe(1);
  });

  test.each([
    ['', 1],
    ['OCRA-2:HOTP-SHA1-6:QN08', 6],
    ['ocra-1:HOTP-SHA1-6:QN08', 1],
    ['OCRA-1:TOTP-SHA1-6:QN08', 8],
    ['OCRA-1:HOTP-sha1-6:QN08', 13],
    ['OCRA-1:HOTP-MD5-6:QN08', 13],
    ['OCRA-1:HOTP-SHA-1-6:QN08', 13],
    ['OCRA-1:HOTP-SHA224-6:QN08', 13],
    ['OCRA-1:HOTP-SHA1_6:QN08', 17],
    ['OCRA-1:HOTP-SHA1-3:QN08', 18],
    ['OCRA-1:HOTP-SHA1-1:QN08', 18],
    ['OCRA-1:HOTP-SHA1-06:QN08', 19],
    ['OCRA-1:HOTP-SHA1-11:QN08', 18],
    ['OCRA-1:HOTP-SHA1-6', 19],
    ['OCRA-1:HOTP-SHA1-6:', 20],
    ['OCRA-1:HOTP-SHA1-6:CQN08', 20],
    ['OCRA-1:HOTP-SHA1-6:c-QN08', 20],
    ['OCRA-1:HOTP-SHA1-6:C-C-QN08', 22],
    ['OCRA-1:HOTP-SHA1-6:Q', 21],
    ['OCRA-1:HOTP-SHA1-6:Qn08', 21],
    ['OCRA-1:HOTP-SHA1-6:QN', 22],
    ['OCRA-1:HOTP-SHA1-6:QN4', 22],
    ['OCRA-1:HOTP-SHA1-6:QN03', 22],
    ['OCRA-1:HOTP-SHA1-6:QN65', 22],
    ['OCRA-1:HOTP-SHA1-6:QN008', 22],
    ['OCRA-1:HOTP-SHA1-6:QN080', 24],
    ['OCRA-1:HOTP-SHA1-6:QN08-', 24],
    ['OCRA-1:HOTP-SHA1-6:QN08-P', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-PMD5', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-PSHA1-PSHA1', 30],
    ['OCRA-1:HOTP-SHA1-6:QN08-S', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-S64', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-S000', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-S0064', 29],
    ['OCRA-1:HOTP-SHA1-6:QN08-S064-PSHA1', 29],
    ['OCRA-1:HOTP-SHA1-6:QN08-T', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T1', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T0M', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T01M', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T060S', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T60S', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T0H', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T49H', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T1m', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T1D', 26],
    ['OCRA-1:HOTP-SHA1-6:QN08-T1M-S064', 28],
    ['OCRA-1:HOTP-SHA1-6:QN08-T1M ', 28],
    ['OCRA-1:HOTP-SHA1-6:QN08\n', 24],
    [' OCRA-1:HOTP-SHA1-6:QN08', 1],
    ['OCRA-1:HOTP-SHA1-6:QN0８', 22],
    ['OCRA-1:HOTP-SHA1-6:QN08-T１M', 26],
  ])('refuses %j at character %i', (text, position) => {
    expect(fault(text)).toMatch(new RegExp(`at character ${position}$`));
  });

  test('refuses what is no text', () => {
    for (const value of [null, undefined, 6, {}, ['OCRA-1:HOTP-SHA1-6:QN08'], new String('OCRA-1:HOTP-SHA1-6:QN08')]) {
      expect(fault(value)).toMatch(/text/);
    }
  });

  test('20,000 hostile texts: refused or printed back, never slow', () => {
    const alphabet = [
      ...'OCRA-1:HTPSQNXM0568 \n\0é😀',
      'SHA1',
      'SHA256',
      'QN08',
      '-T',
      '-S',
      '-P',
      'OCRA-1:HOTP-SHA1-6:',
    ];
    const mutated = fc
      .tuple(partsArbitrary.map(suiteText), fc.nat(60), fc.nat(3), fc.constantFrom(...alphabet))
      .map(([text, at, removed, put]) => text.slice(0, at) + put + text.slice(at + removed));
    const hostile = fc.oneof(
      fc.string({ maxLength: 80, unit: 'binary' }),
      fc.array(fc.constantFrom(...alphabet), { maxLength: 30 }).map((parts) => parts.join('')),
      mutated,
    );
    let slowest = 0;
    let accepted = 0;
    fc.assert(
      fc.property(hostile, (text) => {
        const start = performance.now();
        const result = fault(text);
        slowest = Math.max(slowest, performance.now() - start);
        if (result === 'accepted') {
          accepted++;
          expect(formatOcraSuite(parseOcraSuite(text))).toBe(text);
        } else expect(result).toMatch(/at character \d+$/);
      }),
      { numRuns: 20_000, seed: 20_000 },
    );
    // A mutation may leave a sound suite, but seldom; and five seconds is far above any pause of a busy machine.
    expect(accepted).toBeLessThan(2_000);
    expect(slowest).toBeLessThan(5_000);
    expect(fault('OCRA-1:HOTP-SHA1-6:QN08'.repeat(100_000))).toMatch(/character 24$/);
    expect(fault('-'.repeat(1_000_000))).toMatch(/character 1$/);
  });
});

describe('formatOcraSuite', () => {
  const parts = parseOcraSuite('OCRA-1:HOTP-SHA1-6:QN08');

  test.each([
    { algorithm: 'MD5' },
    { digits: 3 },
    { digits: 6.5 },
    { digits: Number.NaN },
    { question: { format: 'X', length: 8 } },
    { question: { format: 'N', length: 65 } },
    { pin: 'MD5' },
    { session: 0 },
    { session: 1000 },
    { timeStep: 0 },
    { timeStep: 61 },
    { timeStep: 3601 },
    { timeStep: 49 * 3600 },
  ] as Partial<OcraSuite>[])('refuses parts that make no suite: %j', (wrong) => {
    expect(() => formatOcraSuite({ ...parts, ...wrong })).toThrow(CountersignError);
  });

  test('refuses parts that are missing', () => {
    for (const wrong of [undefined, null, {}, { ...parts, question: undefined }]) {
      expect(() => formatOcraSuite(wrong as never)).toThrow(CountersignError);
    }
  });
});
