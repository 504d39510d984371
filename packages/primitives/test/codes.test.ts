import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '../src/bytes.ts';
import { equalBytes, equalIntegers } from '../src/constant-time.ts';
import { formatDecimalCode, MALFORMED, parseDecimalCode } from '../src/decimal-code.ts';
import { encodeFields } from '../src/encode-fields.ts';
import { escapeMarkup } from '../src/escape-markup.ts';
import {
  checkCharacter,
  groupCode,
  normalizeReadableCode,
  READABLE_ALPHABET,
  randomReadableCode,
} from '../src/readable-code.ts';

const readable = (length: number) =>
  fc.string({ unit: fc.constantFrom(...READABLE_ALPHABET), minLength: 2, maxLength: length });

it('no typed code is taken for a malformed one, nor the other way round', () => {
  expect(MALFORMED).toBeLessThan(0);
  for (const code of ['000002', '000001', '000000', '999999']) expect(parseDecimalCode(code, 6)).toBe(Number(code));
  for (const typed of ['00000', '0000000', '00000a', '00000/', '00000:', 2, null]) {
    expect(parseDecimalCode(typed, 6)).toBe(MALFORMED);
  }
});

it('typed text is looked at up to 128 characters, and may not have anything before or after the code', () => {
  expect(normalizeReadableCode('AB'.padStart(128), 2)).toBe('AB');
  expect(normalizeReadableCode('AB'.padStart(129), 2)).toBeUndefined();
  for (const typed of ['\u00C4BC', 'AB\u00C4', '!BC', 'AB!', 'ABU', 'UAB']) {
    expect(normalizeReadableCode(typed, 3)).toBeUndefined();
  }
});

describe('decimal codes', () => {
  it('keep leading zeros and take the last digits', () => {
    expect(formatDecimalCode(1284755224, 6)).toBe('755224');
    expect(formatDecimalCode(5, 6)).toBe('000005');
    expect(formatDecimalCode(0x7fffffff, 10)).toBe('2147483647');
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 0x7fffffff }), fc.integer({ min: 4, max: 10 }), (value, digits) => {
        expect(parseDecimalCode(formatDecimalCode(value, digits), digits)).toBe(value % 10 ** digits);
      }),
    );
  });

  it('of ten digits never match what only their low 32 bits equal', () => {
    expect(parseDecimalCode('4294967301', 10)).toBe(-1);
    expect(equalIntegers(parseDecimalCode('4294967301', 10), 5)).toBe(0);
    expect(parseDecimalCode('2147483648', 10)).toBe(-1);
    expect(parseDecimalCode('2147483647', 10)).toBe(2147483647);
  });

  it('are strict about anything else', () => {
    const wrong = [
      '02692',
      '0269200',
      '02692x',
      '+26920',
      ' 26920',
      '２６９２００',
      '٠٢٦٩٢٠',
      null,
      undefined,
      26920,
      ['026920'],
      {},
    ];
    for (const value of wrong) expect(parseDecimalCode(value, 6)).toBe(MALFORMED);
  });
});

describe('constant-time comparison', () => {
  it('of integers, over the whole 32 bits', () => {
    const int32 = fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 });
    fc.assert(fc.property(int32, int32, (a, b) => void expect(equalIntegers(a, b)).toBe(a === b ? 1 : 0)));
    fc.assert(fc.property(int32, (a) => void expect(equalIntegers(a, a)).toBe(1)));
    fc.assert(fc.property(int32, fc.nat(31), (a, bit) => void expect(equalIntegers(a, a ^ (1 << bit))).toBe(0)));
  });

  it('of bytes', () => {
    fc.assert(fc.property(fc.uint8Array(), (a) => void expect(equalBytes(a, a.slice())).toBe(true)));
    const some = fc.uint8Array({ minLength: 1 });
    fc.assert(
      fc.property(some, fc.nat(), fc.integer({ min: 1, max: 255 }), (a, place, flip) => {
        const b = a.slice();
        b[place % b.length]! ^= flip;
        expect(equalBytes(a, b)).toBe(false);
        expect(equalBytes(a, a.subarray(1))).toBe(false);
        expect(equalBytes(a.subarray(1), a)).toBe(false);
      }),
    );
  });
});

describe('field encoding', () => {
  const field = fc.oneof(fc.string({ unit: 'grapheme' }), fc.uint8Array(), fc.maxSafeNat());

  it('is as documented, byte for byte', () => {
    const encoded = encodeFields('a', ['é', Uint8Array.of(7), 2 ** 32 + 1]);
    expect(bytesToHex(encoded)).toBe('0000000161' + '00000002c3a9' + '0000000107' + '000000080000000100000001');
  });

  it('never encodes two lists of texts alike', () => {
    const texts = fc.array(fc.string({ unit: 'grapheme' }), { maxLength: 4 });
    fc.assert(
      fc.property(texts, texts, (a, b) => {
        expect(bytesToHex(encodeFields('d', a)) === bytesToHex(encodeFields('d', b))).toBe(
          JSON.stringify(a) === JSON.stringify(b),
        );
      }),
    );
    expect(encodeFields('d', ['ab', 'c'])).not.toEqual(encodeFields('d', ['a', 'bc']));
    fc.assert(
      fc.property(
        fc.array(field),
        (fields) => void expect(encodeFields('a', fields)).not.toEqual(encodeFields('b', fields)),
      ),
    );
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53])('refuses the number %s', (value) => {
    expect(() => encodeFields('d', [value])).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('refuses lone surrogates, which UTF-8 would make alike', () => {
    expect(() => encodeFields('d', ['\ud800'])).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    expect(() => encodeFields('d', ['😀'])).not.toThrow();
  });
});

describe('readable codes', () => {
  it('are five bits a character, without look-alikes', () => {
    expect(new Set(READABLE_ALPHABET).size).toBe(32);
    expect(READABLE_ALPHABET).not.toMatch(/[ILOU]/);
    expect(randomReadableCode(12)).toMatch(/^[0-9A-HJKMNP-TV-Z]{12}$/);
    expect(groupCode('ABCDEFGHJK', 4)).toBe('ABCD-EFGH-JK');
    expect(groupCode('ABCD', 4, ' ')).toBe('ABCD');
  });

  it('are read as people type them', () => {
    expect(normalizeReadableCode(' abcd-oil7 ', 8)).toBe('ABCD0117');
    expect(normalizeReadableCode('ab.cd\u2013ef', 6)).toBe('ABCDEF');
    expect(normalizeReadableCode('ab, cd\u2212ef', 6)).toBe('ABCDEF');
    for (const wrong of ['ABCDU', 'ABCD', 'ABCDEF', 'ABCD\u0131', null, 5, ['ABCDE'], 'A'.repeat(1e6), { length: 5 }]) {
      expect(normalizeReadableCode(wrong, 5)).toBeUndefined();
    }
  });

  it('have a check character that catches every single typo and every swap', () => {
    fc.assert(
      fc.property(readable(30), fc.nat(), fc.nat(), fc.integer({ min: 1, max: 31 }), (code, i, j, shift) => {
        const whole = [...code, checkCharacter(code)];
        const sound = (characters: string[]) => checkCharacter(characters.slice(0, -1).join('')) === characters.at(-1);
        expect(sound(whole)).toBe(true);
        const [a, b] = [i % whole.length, j % whole.length];
        const typo = [...whole];
        typo[a] = READABLE_ALPHABET[(READABLE_ALPHABET.indexOf(typo[a]!) + shift) % 32]!;
        expect(sound(typo)).toBe(false);
        const swapped = [...whole];
        [swapped[a], swapped[b]] = [swapped[b]!, swapped[a]!];
        expect(sound(swapped)).toBe(whole[a] === whole[b]);
      }),
      { numRuns: 2000 },
    );
  });
});

it('text cannot become markup, and what XML cannot hold is replaced', () => {
  expect(escapeMarkup(`<a href="x">'&`)).toBe('&lt;a href=&quot;x&quot;&gt;&#39;&amp;');
  expect(escapeMarkup('a\u0000b\ud800c\u001bd😀\n')).toBe('a\ufffdb\ufffdc\ufffdd😀\n');
});

it('bytes to hex and back', () => {
  fc.assert(fc.property(fc.uint8Array(), (bytes) => void expect(hexToBytes(bytesToHex(bytes))).toEqual(bytes)));
  expect(concatBytes(utf8ToBytes('a'), utf8ToBytes('é'))).toEqual(Uint8Array.of(0x61, 0xc3, 0xa9));
});
