import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type Algorithm, createHotp, createTotp, type TotpVerifyOptions } from '../src/index.ts';

type Vector = {
  unixTime: number;
  THex: string;
  algorithm: Algorithm;
  keyHex: string;
  digits: number;
  period: number;
  expected: string;
};
const { vectors } = JSON.parse(readFileSync(new URL('./vectors/rfc6238-totp.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
};
const secret = new TextEncoder().encode('12345678901234567890');
const totp = createTotp({ secret });
const mismatch = { ok: false, reason: 'mismatch' };
const malformed = { ok: false, reason: 'malformed' };
const replayed = expect.objectContaining({ ok: false, reason: 'replayed' });
const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });
const at = (step: number) => step * 30_000;

it('refuses options that are no object, an instant in their place too', () => {
  for (const options of [null, 5, at(1), 'now']) {
    expect(() => totp.generate(options as never)).toThrow(code('invalid-argument'));
    expect(() => totp.verify('000000', options as never)).toThrow(code('invalid-argument'));
    expect(() => totp.resynchronize(['000000', '000000'], options as never)).toThrow(code('invalid-argument'));
  }
});

describe('RFC 6238 Appendix B', () => {
  it.each(vectors)('$algorithm at $unixTime', ({ unixTime, THex, algorithm, keyHex, digits, period, expected }) => {
    const key = createTotp({ secret: Buffer.from(keyHex, 'hex'), algorithm, digits, period });
    const now = unixTime * 1000;
    expect(key.generate({ now })).toBe(expected);
    expect(key.timeStep(now)).toBe(Number(`0x${THex}`));
    expect(key.verify(expected, { after: null, now, window: 0 })).toEqual({
      ok: true,
      timeStep: key.timeStep(now),
      drift: 0,
    });
    expect(createHotp({ secret: Buffer.from(keyHex, 'hex'), algorithm, digits }).generate(BigInt(`0x${THex}`))).toBe(
      expected,
    );
  });
});

describe('each code is accepted once', () => {
  it.each([
    [910737, '911617'],
    [1300575, '761737'],
    [1390529, '360233'],
  ])('also when steps %i and the next give the same code (defect 1)', (step, otp) => {
    expect(totp.generate({ now: at(step) })).toBe(otp);
    expect(totp.generate({ now: at(step + 1) })).toBe(otp);
    for (const now of [at(step), at(step + 1), at(step + 2) - 1]) {
      const first = totp.verify(otp, { after: null, now });
      expect(first).toMatchObject({ ok: true, timeStep: step + 1 });
      expect(totp.verify(otp, { after: step + 1, now })).toEqual(replayed);
    }
    // With the newer step out of reach, the older is taken; its twin, one step later, is another code's time.
    expect(totp.verify(otp, { after: null, now: at(step), window: 0 })).toMatchObject({ ok: true, timeStep: step });
  });

  it('and a last used step ahead of the window is a result, not an exception (defect 2)', () => {
    const now = at(1_000_000);
    expect(totp.verify(totp.generate({ now }), { after: 2_000_000, now })).toEqual(replayed);
    expect(totp.verify('000000', { after: 2_000_000, now })).toEqual(mismatch);
  });

  it('in any order of verifications', () => {
    const tries = fc.array(
      fc.record({ made: fc.integer({ min: -4, max: 4 }), clock: fc.integer({ min: -2, max: 2 }) }),
      { minLength: 1, maxLength: 30 },
    );
    fc.assert(
      fc.property(fc.integer({ min: 10, max: 2 ** 31 }), tries, (start, sequence) => {
        let after: number | null = null;
        const accepted = new Set<number>();
        for (const { made, clock } of sequence) {
          const result = totp.verify(totp.generate({ now: at(start + made) }), {
            after,
            now: at(start + clock),
            window: 2,
          });
          if (!result.ok) continue;
          expect(accepted.has(result.timeStep)).toBe(false);
          expect(result.timeStep).toBeGreaterThan(after ?? -1);
          accepted.add(result.timeStep);
          after = result.timeStep;
        }
      }),
    );
  });

  it.each([undefined, Number.NaN, -1, 1.5, '5', 2n, 2 ** 53])('so `after` must be told: %s is refused', (after) => {
    expect(() => totp.verify('000000', { after: after as number })).toThrow(code('invalid-argument'));
    expect(() => totp.verify(null, { after: after as number })).toThrow(code('invalid-argument'));
    expect(() => totp.resynchronize(['000000', '000000'], { after: after as number })).toThrow(
      code('invalid-argument'),
    );
    expect(() => totp.verify('000000', undefined as never)).toThrow(code('invalid-argument'));
    expect(() => totp.resynchronize([], undefined as never)).toThrow(code('invalid-argument'));
  });
});

describe('the window', () => {
  it('is one step each way by default', () => {
    const now = at(1000) + 29_999;
    for (const [step, ok] of [
      [998, false],
      [999, true],
      [1000, true],
      [1001, true],
      [1002, false],
    ] as const) {
      const result = totp.verify(totp.generate({ now: at(step) }), { after: null, now });
      expect(result).toEqual(ok ? { ok: true, timeStep: step, drift: step - 1000 } : mismatch);
    }
  });

  it('accepts every code exactly within it, past and future apart, whatever the drift', () => {
    const eight = createTotp({ secret, digits: 10, period: 60 });
    const property = fc.record({
      step: fc.integer({ min: 200, max: 2 ** 33 }),
      past: fc.nat(10),
      future: fc.nat(10),
      drift: fc.integer({ min: -100, max: 100 }),
      distance: fc.integer({ min: -115, max: 115 }),
      within: fc.nat(59_999),
    });
    fc.assert(
      fc.property(property, ({ step, past, future, drift, distance, within }) => {
        const now = step * 60_000 + within;
        const otp = eight.generate({ now: (step + distance) * 60_000 });
        const result = eight.verify(otp, { after: null, now, window: { past, future }, drift });
        const inside = distance >= drift - past && distance <= drift + future;
        expect(result).toEqual(inside ? { ok: true, timeStep: step + distance, drift: distance } : mismatch);
        if (past === future) expect(eight.verify(otp, { after: null, now, window: past, drift })).toEqual(result);
      }),
      { numRuns: 500 },
    );
  });

  it('near the first step never wraps (defect 3)', () => {
    expect(totp.verify(totp.generate({ now: 0 }), { after: null, now: 0, window: 10 })).toEqual({
      ok: true,
      timeStep: 0,
      drift: 0,
    });
    expect(totp.verify(totp.generate({ now: 0 }), { after: null, now: 0, window: 10, drift: -100 })).toEqual(mismatch);
    const last = createHotp({ secret }).generate(2n ** 64n - 1n);
    expect(totp.verify(last, { after: null, now: 0, window: 10 })).toEqual(mismatch);
    expect(totp.verify(totp.generate({ now: 0 }), { after: 0, now: 0 })).toEqual(replayed);
  });

  it.each([
    -1,
    11,
    0.5,
    Number.NaN,
    '1',
    null,
    {},
    { past: 1 },
    { past: 1, future: 11 },
    { past: -1, future: 0 },
    [1, 1],
    1e5,
  ])('of %j is refused (defect 6)', (window) => {
    expect(() => totp.verify('000000', { after: null, window: window as number })).toThrow(code('invalid-window'));
  });

  it.each([-10_001, 10_001, 0.5, Number.NaN, '1', null])('with a drift of %s is refused', (drift) => {
    expect(() => totp.verify('000000', { after: null, drift: drift as number })).toThrow(code('invalid-drift'));
  });
});

describe('the clock', () => {
  it('is the system clock by default', () => {
    expect(totp.verify(totp.generate(), { after: null }).ok).toBe(true);
    expect(totp.generate({ now: undefined })).toHaveLength(6);
    expect(totp.timeStep()).toBeGreaterThan(59_000_000);
    expect(totp.secondsRemaining()).toBeGreaterThan(0);
    expect(
      totp.resynchronize([totp.generate({ now: Date.now() - 30_000 }), totp.generate()], { after: null }),
    ).toMatchObject({ ok: true });
  });

  it('counts down from the period to 1', () => {
    for (const [now, seconds] of [
      [0, 30],
      [1, 30],
      [999, 30],
      [1000, 29],
      [29_000, 1],
      [29_999, 1],
      [30_000, 30],
    ] as const) {
      expect(totp.secondsRemaining(now)).toBe(seconds);
    }
    const late = createTotp({ secret, period: 60, t0: 10 });
    expect(late.secondsRemaining(10_000)).toBe(60);
    expect(late.timeStep(69_999)).toBe(0);
    expect(late.timeStep(70_000)).toBe(1);
  });

  it.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 8.64e15 + 2, '0', null, new Date()])('refuses %s', (now) => {
    for (const call of [
      () => totp.generate({ now: now as number }),
      () => totp.verify('000000', { after: null, now: now as number }),
      () => totp.resynchronize(['000000', '000000'], { after: null, now: now as number }),
      () => totp.timeStep(now as number),
      () => totp.secondsRemaining(now as number),
    ]) {
      expect(call).toThrow(code('invalid-time'));
    }
  });

  it('refuses an instant before t0', () => {
    expect(() => createTotp({ secret, t0: 100 }).generate({ now: 99_999 })).toThrow(code('invalid-time'));
    expect(createTotp({ secret, t0: 100 }).generate({ now: 100_000 })).toBe(totp.generate({ now: 0 }));
  });

  it('works to the end of Date', () => {
    const now = 8.64e15;
    // A time step beyond 32 bits, as the 64-bit counter that RFC 6238 §4.2 asks for.
    expect(totp.generate({ now })).toBe(createHotp({ secret }).generate(288_000_000_000n));
    expect(totp.verify(totp.generate({ now }), { after: null, now })).toEqual({
      ok: true,
      timeStep: 288_000_000_000,
      drift: 0,
    });
  });
});

describe('a wrong clock is found from two codes in a row', () => {
  const now = 1_700_000_000_000;
  const pair = (phone: number) => [totp.generate({ now: phone }), totp.generate({ now: phone + 30_000 })];

  it('40 minutes fast or slow', () => {
    for (const minutes of [40, -40]) {
      const steps = minutes * 2;
      const result = totp.resynchronize(pair(now + (steps - 1) * 30_000), { after: null, now });
      expect(result).toEqual({ ok: true, timeStep: totp.timeStep(now) + steps, drift: steps });
      const next = totp.generate({ now: now + (steps + 1) * 30_000 });
      expect(totp.verify(next, { after: totp.timeStep(now) + steps, now: now + 30_000, drift: steps })).toEqual({
        ok: true,
        timeStep: totp.timeStep(now) + steps + 1,
        drift: steps,
      });
    }
  });

  it('for every drift within reach and none beyond', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 50 }), fc.integer({ min: -55, max: 55 }), (within, drift) => {
        const key = createTotp({ secret, digits: 8 });
        const phone = now + (drift - 1) * 30_000;
        const codes = [key.generate({ now: phone }), key.generate({ now: phone + 30_000 })];
        const result = key.resynchronize(codes, { after: null, now, within });
        expect(result).toEqual(
          Math.abs(drift) <= within ? { ok: true, timeStep: key.timeStep(now) + drift, drift } : mismatch,
        );
      }),
    );
  });

  it('once: both codes must be new', () => {
    const codes = pair(now);
    const step = totp.timeStep(now);
    expect(totp.resynchronize(codes, { after: step - 1, now })).toMatchObject({ ok: true, timeStep: step + 1 });
    expect(totp.resynchronize(codes, { after: step, now })).toEqual(replayed);
    expect(totp.resynchronize(codes, { after: step + 1, now })).toEqual(replayed);
  });

  it('T1: `verify` takes every drift that it or `resynchronize` gives', () => {
    for (const steps of [120, -120, 2880, -2880]) {
      const phone = now + steps * 30_000;
      const found = totp.resynchronize(pair(phone - 30_000), { after: null, now, within: 2880 });
      expect(found).toEqual({ ok: true, timeStep: totp.timeStep(phone), drift: steps });
      if (!found.ok) continue;
      const next = totp.generate({ now: phone + 300_000 });
      const judged = totp.verify(next, { after: found.timeStep, now, drift: found.drift, window: 10 });
      expect(judged).toEqual({ ok: true, timeStep: totp.timeStep(phone) + 10, drift: steps + 10 });
      if (judged.ok) expect(totp.verify(next, { after: null, now, drift: judged.drift }).ok).toBe(true);
    }
    // At the limit the window is cut, so that no result is beyond what can be given back.
    for (const sign of [1, -1]) {
      const options = { after: null, now, drift: sign * 10_000, window: 10 };
      const at10k = totp.generate({ now: now + sign * 10_000 * 30_000 });
      expect(totp.verify(at10k, options)).toMatchObject({ ok: true, drift: sign * 10_000 });
      const beyond = totp.generate({ now: now + sign * 10_001 * 30_000 });
      expect(totp.verify(beyond, options)).toEqual(mismatch);
    }
  });

  it('T2: a fast phone whose clock is corrected is told when its codes are good again', () => {
    const late = createTotp({ secret, period: 60, t0: 77 });
    for (const [key, within] of [
      [totp, 120],
      [totp, 2880],
      [late, 120],
    ] as const) {
      const period = key === late ? 60 : 30;
      const fast = now + within * period * 1000;
      const codes = [key.generate({ now: fast - period * 1000 }), key.generate({ now: fast })];
      const found = key.resynchronize(codes, { after: null, now, within });
      expect(found).toMatchObject({ ok: true, drift: within });
      const after = found.ok ? found.timeStep : 0;
      const corrected = key.verify(key.generate({ now }), { after, now });
      expect(corrected).toMatchObject({ ok: false, reason: 'replayed', drift: 0 });
      const { usableAt } = corrected as { usableAt: number };
      // Until then every code is refused, and from then on none is: to the millisecond.
      const judge = (instant: number) => key.verify(key.generate({ now: instant }), { after, now: instant });
      expect(judge(usableAt - 1)).toMatchObject({ reason: 'replayed', drift: 0, usableAt });
      expect(judge(usableAt)).toEqual({ ok: true, timeStep: after + 1, drift: 0 });
    }
  });

  it('T2: `usableAt` is for the clock that showed the code', () => {
    const step = totp.timeStep(now);
    const behind = totp.generate({ now: now - 30_000 });
    const after = step + 3;
    const result = totp.verify(behind, { after, now });
    expect(result).toEqual({ ok: false, reason: 'replayed', drift: -1, usableAt: (step + 5) * 30_000 });
    const usableAt = (step + 5) * 30_000;
    expect(totp.verify(totp.generate({ now: usableAt - 30_000 }), { after, now: usableAt }).ok).toBe(true);
    // Of a pair the older one must be unused too: the same step is named.
    const pairUsed = totp.resynchronize(pair(now), { after: step, now });
    expect(pairUsed).toEqual({ ok: false, reason: 'replayed', drift: 1, usableAt: step * 30_000 });
  });

  it('in order and in a row', () => {
    const [first, second] = pair(now) as [string, string];
    const third = totp.generate({ now: now + 60_000 });
    for (const codes of [
      [second, first],
      [first, third],
      [first, first],
    ]) {
      expect(totp.resynchronize(codes, { after: null, now })).toEqual(mismatch);
    }
  });

  it('and no first code can stand for none', () => {
    const right = totp.generate({ now });
    for (const first of ['000003', '000002', '000001', '000000']) {
      expect(totp.resynchronize([first, right], { after: null, now })).toEqual(mismatch);
    }
  });

  it('near the first step, and a day away', () => {
    expect(totp.resynchronize(pair(0), { after: null, now: 0, within: 2880 })).toEqual({
      ok: true,
      timeStep: 1,
      drift: 1,
    });
    expect(totp.resynchronize(pair(now - 2881 * 30_000), { after: null, now, within: 2880 })).toMatchObject({
      ok: true,
      drift: -2880,
    });
  });

  it.each([
    [['755224']],
    [['1', '2', '3']],
    [[]],
    ['755224'],
    [null],
    [undefined],
    [{ length: 2 }],
    [['000000', 5]],
    [[5, '000000']],
    [['00000', '000000']],
  ])('%j is malformed', (codes) => {
    expect(totp.resynchronize(codes, { after: null })).toEqual(malformed);
  });

  it.each([-1, 2881, 0.5, Number.NaN, '5'])('a reach of %s is refused', (within) => {
    expect(() => totp.resynchronize(['000000', '000000'], { after: null, within: within as number })).toThrow(
      code('invalid-window'),
    );
  });
});

describe('what users type never throws (defect 5)', () => {
  const now = at(2); // 359152
  const otp = totp.generate({ now });
  const hostile: unknown[] = [
    `${otp}x`,
    ` ${otp}`,
    `+${otp}`,
    `${otp}\n`,
    [otp],
    3784.5,
    Number(otp),
    '３５９１５２',
    '٣٥٩١٥٢',
    '🔒🔒🔒',
    null,
    undefined,
    true,
    new TextEncoder().encode(otp),
    new String(otp),
    { length: 6, toString: () => otp },
    '',
    '0'.repeat(1_000_000),
    Symbol('code'),
    359152n,
    () => otp,
    '-59152',
    '3e5152',
    '0x5915',
    '35915 ',
    '359 52',
    '3591\u00002',
    new Proxy(
      {},
      {
        get: () => {
          throw new Error('trap');
        },
      },
    ),
  ];

  it.each(hostile.map((value, index) => [index, value]))('malformed: number %i', (_, value) => {
    expect(totp.verify(value, { after: null, now })).toEqual(malformed);
    expect(createHotp({ secret }).verify(value, { counter: 2 })).toEqual(malformed);
  });

  it('of a megabyte nothing but the length is looked at', () => {
    const text = '7'.repeat(1_000_000);
    const read = vi.spyOn(String.prototype, 'charCodeAt');
    expect(totp.verify(text, { after: null, now })).toEqual(malformed);
    expect(read).not.toHaveBeenCalled();
    expect(totp.verify(otp, { after: null, now }).ok).toBe(true);
    expect(read).toHaveBeenCalledTimes(6);
    read.mockRestore();
  });

  it('ten digits are not mistaken for their low 32 bits', () => {
    const ten = createTotp({ secret, digits: 10 });
    const real = ten.generate({ now });
    const twin = String(Number(real) + 2 ** 32);
    expect(twin).toHaveLength(10);
    expect(ten.verify(twin, { after: null, now })).toEqual(mismatch);
    expect(ten.verify(real, { after: null, now }).ok).toBe(true);
  });
});

it('does the same work wherever and whether a code matches', () => {
  const calls = (options: TotpVerifyOptions, typed: string): number => {
    let count = 0;
    const original = DataView.prototype.getUint8;
    DataView.prototype.getUint8 = function (offset) {
      count++;
      return original.call(this, offset);
    };
    try {
      totp.verify(typed, options);
    } finally {
      DataView.prototype.getUint8 = original;
    }
    return count;
  };
  const now = at(5000);
  const options = { after: null, now, window: 3 };
  const typed = [4997, 5000, 5003, 9999].map((step) => totp.generate({ now: at(step) }));
  // The dynamic truncation reads one byte for each candidate: seven, whatever was typed.
  expect(typed.map((otp) => calls(options, otp))).toEqual([7, 7, 7, 7]);
  expect(calls({ ...options, after: 4999 }, typed[0]!)).toBe(7);
});
