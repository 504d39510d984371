// Rules that no result shows: how much work is done, how codes are compared, what is cleared, which path is taken.
import type { Algorithm } from '@countersign/primitives/algorithm';
import * as constantTime from '@countersign/primitives/constant-time';
import type { HmacMessage } from '@countersign/primitives/hmac-message';
import { hmacMessageSha1 } from '@countersign/primitives/hmac-message-sha1';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { hotpWith } from '../src/hotp.ts';
import { createHotp, createTotp, resynchronizeHotp, resynchronizeTotp, verifyTotp } from '../src/index.ts';
import { totpWith } from '../src/totp.ts';

vi.mock('@countersign/primitives/constant-time', async (load) => {
  const original = await load<typeof constantTime>();
  return { ...original, equalIntegers: vi.fn(original.equalIntegers) };
});
const equalIntegers = vi.mocked(constantTime.equalIntegers);

const secret = new TextEncoder().encode('12345678901234567890');
const at = (step: number): number => step * 30_000;

/** Every computation and every wipe, in order, of one message for all keys. */
const log: ('compute' | 'wipe')[] = [];
const real = hmacMessageSha1(8);
const instrumented: HmacMessage = {
  ...real,
  compute(key) {
    log.push('compute');
    return real.compute(key);
  },
  wipe() {
    log.push('wipe');
    real.wipe();
  },
};
const hashes = new Map<Algorithm, HmacMessage>([['SHA1', instrumented]]);
const totp = totpWith(hashes, { secret });
const hotp = hotpWith(hashes, { secret });

/** What a call computes and compares. */
function work(call: () => unknown): { computed: number; compared: number; wipes: string } {
  log.length = 0;
  equalIntegers.mockClear();
  call();
  const computed = log.filter((entry) => entry === 'compute').length;
  return { computed, compared: equalIntegers.mock.calls.length, wipes: log.slice(computed).join() };
}

afterEach(() => vi.restoreAllMocks());

describe('T3: no early exit, constant-time comparison, one wipe at the end', () => {
  const now = at(5000);

  it('TOTP: the same work wherever and whether a code matches', () => {
    const typed = [4997, 5000, 5003, 9999].map((step) => totp.generate({ now: at(step) }));
    const judged = typed.map((otp) => work(() => totp.verify(otp, { after: null, now, window: 3 })));
    judged.push(work(() => totp.verify(typed[0], { after: 4999, now, window: 3 })));
    // Once to learn that there is no earlier code, then twice for each of seven steps.
    for (const each of judged) expect(each).toEqual({ computed: 7, compared: 15, wipes: 'wipe' });
  });

  it('TOTP, two codes in a row: all steps, both codes', () => {
    const pair = (step: number): string[] => [step - 1, step].map((each) => totp.generate({ now: at(each) }));
    for (const codes of [pair(4990), pair(5000), pair(5010), ['000000', '000001']]) {
      const judged = work(() => totp.resynchronize(codes, { after: null, now, within: 10 }));
      expect(judged).toEqual({ computed: 22, compared: 45, wipes: 'wipe' });
    }
  });

  it('TOTP: two hours are searched when `within` is not given', () => {
    const judged = work(() => totp.resynchronize(['000000', '000001'], { after: null, now }));
    expect(judged.computed).toBe(2 * 120 + 2);
    const pair = (step: number) => [step - 1, step].map((each) => totp.generate({ now: at(each) }));
    for (const [drift, ok] of [
      [120, true],
      [-120, true],
      [121, false],
      [-121, false],
    ] as const) {
      expect(totp.resynchronize(pair(5000 + drift), { after: null, now }).ok).toBe(ok);
      expect(totp.resynchronize(pair(5000 + drift), { after: null, now, within: undefined }).ok).toBe(ok);
    }
  });

  it('HOTP: the same work wherever and whether a code matches', () => {
    for (const counter of [100, 105, 110, 999]) {
      const judged = work(() => hotp.verify(hotp.generate(counter), { counter: 100, lookAhead: 10 }));
      expect(judged).toEqual({ computed: 12, compared: 11, wipes: expect.stringContaining('wipe') });
    }
    const otp = hotp.generate(105);
    expect(work(() => hotp.verify(otp, { counter: 100, lookAhead: 10 }))).toEqual({
      computed: 11,
      compared: 11,
      wipes: 'wipe',
    });
    for (const codes of [
      [50, 51, 52],
      [100, 101, 102],
      [999, 1, 2],
    ]) {
      const row = codes.map((counter) => hotp.generate(counter));
      const judged = work(() => hotp.resynchronize(row, { counter: 40 }));
      expect(judged).toEqual({ computed: 103, compared: 309, wipes: 'wipe' });
    }
  });

  it('generating wipes, and a malformed code computes nothing', () => {
    expect(work(() => totp.generate({ now }))).toMatchObject({ computed: 1, wipes: 'wipe' });
    expect(work(() => hotp.generate(5))).toMatchObject({ computed: 1, wipes: 'wipe' });
    expect(work(() => totp.verify('x', { after: null, now })).computed).toBe(0);
    expect(work(() => hotp.verify('x', { counter: 0 })).computed).toBe(0);
  });
});

describe('T3: every hash takes the fast path', () => {
  it.each(['SHA1', 'SHA256', 'SHA512'] as const)('%s clones no hash to verify', (algorithm) => {
    const key = createTotp({ secret, algorithm });
    const counted = createHotp({ secret, algorithm });
    // What cloning comes to: noble copies the state as an array of its words, with a spread.
    const buffers = vi.spyOn(Uint8Array.prototype, 'set');
    key.verify('000000', { after: null, now: at(5000) });
    counted.verify('000000', { counter: 0 });
    expect(buffers).not.toHaveBeenCalled();
  });
});

it('without a learnt drift there is one place to look, with one there are two', () => {
  const now = at(5000);
  const judged = (drift: number) =>
    work(() => verifyTotp({ v: 1, after: null, drift }, '000000', { totp, now })).computed;
  expect([judged(0), judged(1), judged(-80)]).toEqual([3, 6, 6]);
});

it('the defaults of a stateful resynchronisation are those of the key', () => {
  const now = at(5000);
  expect(work(() => resynchronizeTotp({ v: 1, after: null, drift: 0 }, ['1', '2'], { totp, now })).computed).toBe(0);
  const two = ['000000', '000001'];
  expect(work(() => resynchronizeTotp({ v: 1, after: null, drift: 0 }, two, { totp, now })).computed).toBe(242);
  expect(work(() => resynchronizeHotp({ v: 1, counter: 0 }, two, { hotp })).computed).toBe(102);
});
