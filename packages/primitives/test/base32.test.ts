import { readFileSync } from 'node:fs';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decodeBase32, decodeBase32Lenient, encodeBase32 } from '../src/base32.ts';

const { vectors } = JSON.parse(readFileSync(new URL('./vectors/rfc4648-base32.json', import.meta.url), 'utf8')) as {
  vectors: [string, string][];
};
const invalid = expect.objectContaining({ name: 'CountersignError', code: 'invalid-base32' });
const ascii = (text: string): Uint8Array => new TextEncoder().encode(text);

describe('Base32', () => {
  it.each(vectors)('RFC 4648 §10: %j is %j', (plain, padded) => {
    expect(decodeBase32(padded)).toEqual(ascii(plain));
    expect(decodeBase32(padded.replace(/=+$/, ''))).toEqual(ascii(plain));
    expect(decodeBase32Lenient(padded.toLowerCase())).toEqual(ascii(plain));
    expect(encodeBase32(ascii(plain))).toBe(padded.replace(/=+$/, ''));
  });

  it.each([
    ['a digit outside the alphabet', 'MZXW6YT1'],
    ['zero', 'MZXW6YT0'],
    ['eight', '8ZXW6YTB'],
    ['a tab', 'MZXW\t6YT'],
    ['padding in the middle', 'MZ=W6YTB'],
    ['padding in the middle of a padded text', 'MY=A===='],
    ['length 1 mod 8', 'M'],
    ['length 3 mod 8', 'MZX'],
    ['length 6 mod 8', 'MZXW6Y'],
    ['non-zero trailing bits, 2 characters', 'MZ'],
    ['non-zero trailing bits, 4 characters', 'MZXR'],
    ['non-zero trailing bits, 5 characters', 'MZXW7'],
    ['non-zero trailing bits, 7 characters', 'MZXW6YR'],
    ['padding cut short', 'MY==='],
    ['padding of a whole group', 'MZXW6YTB========'],
    ['too much padding', 'MZXW6Y=='],
    ['padding alone', '======'],
    ['lower case', 'mzxw6ytb'],
    ['a dotless i, which toUpperCase makes an I', 'MZXW6YT\u0131'],
    ['a long s, which toUpperCase makes an S', 'MZXW6YT\u017f'],
  ])('refuses %s', (_, text) => {
    expect(() => decodeBase32(text)).toThrow(invalid);
    if (text !== text.toLowerCase()) expect(() => decodeBase32Lenient(text)).toThrow(invalid);
  });

  it('encodes bytes of another realm (finding: a raw TypeError)', () => {
    expect(encodeBase32(runInNewContext('Uint8Array.of(72, 101, 108, 108, 111)'))).toBe('JBSWY3DP');
    expect(encodeBase32(Buffer.from('Hello'))).toBe('JBSWY3DP');
    expect(encodeBase32(new Uint8Array(ascii('..Hello')).subarray(2))).toBe('JBSWY3DP');
  });

  it('refuses what is not text', () => {
    for (const value of [null, undefined, 5, ['MY'], ascii('MY')]) {
      expect(() => decodeBase32(value as unknown as string)).toThrow(invalid);
      expect(() => decodeBase32Lenient(value as unknown as string)).toThrow(invalid);
    }
  });

  it('says where the fault is and never the text', () => {
    expect(() => decodeBase32('GEZDGNBVG1')).toThrow('character 10 is not Base32 (A-Z, 2-7)');
    expect(() => decodeBase32('GEZDGNBVG1')).not.toThrow(/GEZD/);
  });

  it('tolerates case, spaces, hyphens and padding when asked', () => {
    expect(decodeBase32Lenient(' mzxw-6ytb oi====== ')).toEqual(ascii('foobar'));
  });

  it('round-trips any bytes, and no two texts give one key', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 80 }), (bytes) => {
        const text = encodeBase32(bytes);
        expect(text).toMatch(/^[A-Z2-7]*$/);
        expect(decodeBase32(text)).toEqual(bytes);
      }),
    );
    const base32Text = fc.string({ unit: fc.constantFrom(...'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567='), maxLength: 24 });
    fc.assert(
      fc.property(base32Text, (text) => {
        let bytes: Uint8Array;
        try {
          bytes = decodeBase32(text);
        } catch (error) {
          expect(error).toEqual(invalid);
          return;
        }
        expect(encodeBase32(bytes)).toBe(text.replace(/=+$/, ''));
      }),
      { numRuns: 2000 },
    );
  });
});
