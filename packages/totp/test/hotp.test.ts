import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createHotp } from '../src/index.ts';

const { vectors } = JSON.parse(readFileSync(new URL('./vectors/rfc4226-hotp.json', import.meta.url), 'utf8')) as {
  vectors: { counter: number; truncatedDec: number; otp6: string; otp7: string; otp8: string; otp9: string }[];
};
const secret = new TextEncoder().encode('12345678901234567890');
const hotp = createHotp({ secret });
const LAST = 2n ** 64n - 1n;
const mismatch = { ok: false, reason: 'mismatch' };
const malformed = { ok: false, reason: 'malformed' };
const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });

describe('RFC 4226 Appendix D', () => {
  it.each(vectors)('counter $counter', ({ counter, truncatedDec, otp6, otp7, otp8, otp9 }) => {
    const tenDigits = String(truncatedDec).padStart(10, '0');
    for (const [digits, otp] of [
      [6, otp6],
      [7, otp7],
      [8, otp8],
      [9, otp9],
      [10, tenDigits],
    ] as const) {
      const key = createHotp({ secret, digits });
      expect(key.generate(counter)).toBe(otp);
      expect(key.generate(BigInt(counter))).toBe(otp);
      expect(key.verify(otp, { counter })).toEqual({ ok: true, counter, nextCounter: counter + 1 });
    }
  });
});

describe('counters', () => {
  it('beyond 32 and 53 bits (defect 3)', () => {
    const big = [
      [2 ** 31, '197202'],
      [2 ** 32, '999456'],
      [2 ** 40, '445672'],
      [2 ** 53 - 1, '891307'],
      [LAST, '094451'],
    ] as const;
    for (const [counter, otp] of big) {
      expect(hotp.generate(counter)).toBe(otp);
      expect(hotp.generate(BigInt(counter))).toBe(otp);
    }
  });

  it.each([-1, 1.5, Number.NaN, 2 ** 53, 2n ** 64n, -1n, '5', null, undefined, Number.POSITIVE_INFINITY])(
    '%s is refused',
    (counter) => {
      expect(() => hotp.generate(counter as number)).toThrow(code('invalid-counter'));
      expect(() => hotp.verify('755224', { counter: counter as number })).toThrow(code('invalid-counter'));
      expect(() => hotp.verify('not a code', { counter: counter as number })).toThrow(code('invalid-counter'));
      expect(() => hotp.resynchronize(['755224', '287082'], { counter: counter as number })).toThrow(
        code('invalid-counter'),
      );
    },
  );

  it('come back as numbers to 2^53-1, then as bigints, and end at 2^64-1', () => {
    const at = (counter: number | bigint) => hotp.verify(hotp.generate(counter), { counter });
    expect(at(2 ** 53 - 2)).toEqual({ ok: true, counter: 2 ** 53 - 2, nextCounter: 2 ** 53 - 1 });
    expect(at(2 ** 53 - 1)).toEqual({ ok: true, counter: 2 ** 53 - 1, nextCounter: 2n ** 53n });
    expect(at(2n ** 53n)).toEqual({ ok: true, counter: 2n ** 53n, nextCounter: 2n ** 53n + 1n });
    expect(at(5n)).toEqual({ ok: true, counter: 5, nextCounter: 6 });
    expect(at(LAST)).toEqual({ ok: true, counter: LAST, nextCounter: null });
  });

  it('carry from one word into the next, and never wrap', () => {
    const next = hotp.generate(2 ** 32 + 1);
    expect(hotp.verify(next, { counter: 2 ** 32 - 2, lookAhead: 5 })).toMatchObject({ ok: true, counter: 2 ** 32 + 1 });
    expect(hotp.verify(hotp.generate(0), { counter: LAST - 1n, lookAhead: 100 })).toEqual(mismatch);
    expect(hotp.verify(hotp.generate(LAST), { counter: LAST - 1n, lookAhead: 100 })).toEqual({
      ok: true,
      counter: LAST,
      nextCounter: null,
    });
    expect(hotp.resynchronize([hotp.generate(LAST), hotp.generate(0)], { counter: LAST - 9n })).toEqual(mismatch);
    expect(hotp.resynchronize([hotp.generate(LAST - 1n), hotp.generate(LAST)], { counter: LAST - 9n })).toEqual({
      ok: true,
      counter: LAST,
      nextCounter: null,
    });
  });

  it('keep leading zeros over 20,000 values (defect 4)', () => {
    for (const digits of [6, 8, 10]) {
      const key = createHotp({ secret, digits });
      for (let counter = 0; counter < 20_000; counter++) {
        const otp = key.generate(counter);
        if (otp.length !== digits) throw new Error(`${digits} digits at ${counter}`);
      }
    }
    expect(hotp.generate(LAST)).toBe('094451');
  });
});

describe('look-ahead', () => {
  it('goes forward only, and no further than told (defect 8)', () => {
    expect(hotp.verify(vectors[4]!.otp6, { counter: 5, lookAhead: 100 })).toEqual(mismatch);
    expect(hotp.verify(vectors[9]!.otp6, { counter: 5, lookAhead: 3 })).toEqual(mismatch);
    expect(hotp.verify(vectors[9]!.otp6, { counter: 5, lookAhead: 4 })).toEqual({
      ok: true,
      counter: 9,
      nextCounter: 10,
    });
    expect(hotp.verify(vectors[6]!.otp6, { counter: 5 })).toEqual(mismatch);
  });

  it('takes the earlier of two equal codes, or the token is stranded (defect 8)', () => {
    // Counters 910737 and 910738 both give 911617.
    expect(hotp.generate(910737)).toBe('911617');
    expect(hotp.generate(910738)).toBe('911617');
    expect(hotp.verify('911617', { counter: 910730, lookAhead: 20 })).toEqual({
      ok: true,
      counter: 910737,
      nextCounter: 910738,
    });
  });

  it.each([-1, 101, 0.5, Number.NaN, '1', null])('of %s is refused', (lookAhead) => {
    expect(() => hotp.verify('755224', { counter: 0, lookAhead: lookAhead as number })).toThrow(code('invalid-window'));
  });

  it('accepts exactly the codes of its range, and never one twice', () => {
    const counters = fc.record({
      start: fc.nat(1e6),
      lookAhead: fc.nat(100),
      distance: fc.integer({ min: -120, max: 220 }),
    });
    fc.assert(
      fc.property(counters, ({ start, lookAhead, distance }) => {
        const key = createHotp({ secret, digits: 10 });
        const made = Math.max(0, start + distance);
        const result = key.verify(key.generate(made), { counter: start, lookAhead });
        expect(result.ok).toBe(made >= start && made <= start + lookAhead);
        if (result.ok)
          expect(key.verify(key.generate(made), { counter: result.nextCounter!, lookAhead })).toEqual(mismatch);
      }),
    );
  });
});

describe('resynchronization on codes in a row (RFC 4226 §7.4)', () => {
  const row = (start: number, count: number) => Array.from({ length: count }, (_, i) => hotp.generate(start + i));

  it('finds two or three codes within the look-ahead', () => {
    expect(hotp.resynchronize(row(700, 2), { counter: 0, lookAhead: 1000 })).toEqual({
      ok: true,
      counter: 701,
      nextCounter: 702,
    });
    expect(hotp.resynchronize(row(1000, 3), { counter: 0, lookAhead: 1000 })).toEqual({
      ok: true,
      counter: 1002,
      nextCounter: 1003,
    });
    expect(hotp.resynchronize(row(1001, 2), { counter: 0, lookAhead: 1000 })).toEqual(mismatch);
    expect(hotp.resynchronize(row(100, 2), { counter: 0 })).toMatchObject({ ok: true });
    expect(hotp.resynchronize(row(101, 2), { counter: 0 })).toEqual(mismatch);
    expect(hotp.resynchronize(row(0, 2), { counter: 0, lookAhead: 0 })).toEqual({
      ok: true,
      counter: 1,
      nextCounter: 2,
    });
  });

  it('refuses codes that are not in a row, out of order, or used', () => {
    const [a, b, c] = row(50, 3) as [string, string, string];
    expect(hotp.resynchronize([b, a], { counter: 0 })).toEqual(mismatch);
    expect(hotp.resynchronize([a, c], { counter: 0 })).toEqual(mismatch);
    expect(hotp.resynchronize([a, a], { counter: 0 })).toEqual(mismatch);
    expect(hotp.resynchronize([a, b, a], { counter: 0 })).toEqual(mismatch);
    expect(hotp.resynchronize([a, b], { counter: 51 })).toEqual(mismatch);
    expect(hotp.resynchronize([a, b], { counter: 50 })).toMatchObject({ ok: true });
  });

  it('takes the earliest of equal rows', () => {
    // Three equal codes in a row do not occur nearby; the same counter reached twice by the scan must count once.
    expect(hotp.resynchronize(['911617', '911617'], { counter: 910700, lookAhead: 60 })).toMatchObject({
      ok: true,
      counter: 910738,
    });
  });

  it.each([
    [['755224']],
    [['1', '2', '3', '4']],
    [[]],
    ['755224'],
    [null],
    [undefined],
    [{ length: 2, 0: '755224', 1: '287082' }],
    [['755224', 287082]],
    [['755224', '28708']],
    [7],
  ])('of %j is malformed', (codes) => {
    expect(hotp.resynchronize(codes, { counter: 0 })).toEqual(malformed);
  });

  it.each([-1, 1001, 0.5, Number.NaN])('refuses a look-ahead of %s', (lookAhead) => {
    expect(() => hotp.resynchronize(['755224', '287082'], { counter: 0, lookAhead })).toThrow(code('invalid-window'));
  });
});

it('refuses options that are missing', () => {
  for (const none of [undefined, null, 5, 'x']) {
    expect(() => hotp.verify('755224', none as never)).toThrow(code('invalid-argument'));
    expect(() => hotp.resynchronize(['755224', '287082'], none as never)).toThrow(code('invalid-argument'));
  }
});
