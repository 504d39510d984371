import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createHotp,
  createTotp,
  type HotpState,
  newHotpState,
  newTotpState,
  resynchronizeHotp,
  resynchronizeTotp,
  type TotpState,
  type TotpStateResult,
  verifyHotp,
  verifyTotp,
} from '../src/index.ts';

const secret = new TextEncoder().encode('12345678901234567890');
const totp = createTotp({ secret });
const hotp = createHotp({ secret });
const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });
const NOW = 1_700_000_000_000;
const STEP = totp.timeStep(NOW);
const at = (step: number): number => step * 30_000;
const codeAt = (now: number): string => totp.generate({ now });
const HOSTILE = [null, undefined, 5, 5n, '', 'x', '12345', '1234567', ['123456'], {}, Symbol('c'), '9'.repeat(1e6)];

/** A state that any change throws at. */
function frozen<T extends object>(state: T): T {
  return Object.freeze(state);
}

describe('TOTP with a state', () => {
  it('begins empty, is plain JSON, and every result carries a fresh copy in one order', () => {
    expect(JSON.stringify(newTotpState())).toBe('{"v":1,"after":null,"drift":0}');
    const state = frozen<TotpState>({ drift: 3, after: STEP - 9, v: 1 });
    const results: TotpStateResult[] = [
      verifyTotp(state, codeAt(NOW), { totp, now: NOW }),
      verifyTotp(state, '000000', { totp, now: NOW }),
      verifyTotp(state, 'x', { totp, now: NOW }),
      resynchronizeTotp(state, ['000000', '000000'], { totp, now: NOW }),
    ];
    for (const result of results) {
      expect(Object.keys(result.state)).toEqual(['v', 'after', 'drift']);
      expect(result.state).not.toBe(state);
      expect(JSON.parse(JSON.stringify(result.state))).toEqual(result.state);
      if (!result.ok) expect(result.state).toEqual({ v: 1, after: STEP - 9, drift: 3 });
    }
  });

  it('accepts a code once, and says what was a guess', () => {
    const first = verifyTotp(newTotpState(), codeAt(NOW), { totp, now: NOW });
    expect(first).toEqual({ ok: true, timeStep: STEP, drift: 0, state: { v: 1, after: STEP, drift: 0 } });
    const { state } = first;
    expect(verifyTotp(state, codeAt(NOW), { totp, now: NOW })).toEqual({
      ok: false,
      reason: 'replayed',
      guess: false,
      drift: 0,
      usableAt: at(STEP + 1),
      state,
    });
    expect(verifyTotp(state, '000000', { totp, now: NOW })).toEqual({
      ok: false,
      reason: 'mismatch',
      guess: true,
      state,
    });
    for (const typed of HOSTILE) {
      const malformed = { ok: false, reason: 'malformed', guess: false, state };
      expect(verifyTotp(state, typed, { totp, now: NOW })).toEqual(malformed);
      expect(resynchronizeTotp(state, typed, { totp, now: NOW })).toEqual(malformed);
      expect(resynchronizeTotp(state, ['000000', typed], { totp, now: NOW })).toEqual(malformed);
    }
  });

  it('uses the clock, the window and the reach that it is given', () => {
    expect(verifyTotp(newTotpState(), totp.generate(), { totp }).ok).toBe(true);
    const pair = [totp.generate({ now: Date.now() - 30_000 }), totp.generate()];
    expect(resynchronizeTotp(newTotpState(), pair, { totp }).ok).toBe(true);
    const ahead = codeAt(at(STEP + 4));
    expect(verifyTotp(newTotpState(), ahead, { totp, now: NOW, window: { past: 0, future: 4 } }).ok).toBe(true);
    expect(verifyTotp(newTotpState(), ahead, { totp, now: NOW, window: 3 }).ok).toBe(false);
    const far = [codeAt(at(STEP + 199)), codeAt(at(STEP + 200))];
    expect(resynchronizeTotp(newTotpState(), far, { totp, now: NOW }).ok).toBe(false);
    expect(resynchronizeTotp(newTotpState(), far, { totp, now: NOW, within: 200 }).ok).toBe(true);
    expect(resynchronizeTotp(newTotpState(), far, { totp, now: NOW, within: 199 }).ok).toBe(false);
  });

  it('learns the drift of a slow phone, follows it, and takes the clock when it is corrected', () => {
    const slow = (now: number): string => codeAt(now - 2_400_000);
    const found = resynchronizeTotp(newTotpState(), [slow(NOW - 30_000), slow(NOW)], { totp, now: NOW });
    expect(found).toEqual({
      ok: true,
      timeStep: STEP - 80,
      drift: -80,
      state: { v: 1, after: STEP - 80, drift: -80 },
    });
    const later = NOW + 60_000;
    const next = verifyTotp(found.state, slow(later), { totp, now: later });
    expect(next).toMatchObject({ ok: true, drift: -80 });
    // Its user follows the advice, and turns on automatic time: accepted at once, and the drift is forgotten.
    const corrected = verifyTotp(next.state, codeAt(later), { totp, now: later });
    expect(corrected).toEqual({ ok: true, timeStep: STEP + 2, drift: 0, state: { v: 1, after: STEP + 2, drift: 0 } });
    // The drift that was learnt is no longer a way in.
    expect(verifyTotp(corrected.state, slow(later), { totp, now: later })).toMatchObject({ reason: 'mismatch' });
  });

  it('T2: a fast phone that is corrected is told when its codes are good again', () => {
    const fast = (now: number): string => codeAt(now + 2_400_000);
    const found = resynchronizeTotp(newTotpState(), [fast(NOW - 30_000), fast(NOW)], { totp, now: NOW });
    expect(found).toMatchObject({ ok: true, drift: 80, state: { after: STEP + 80, drift: 80 } });
    for (const now of [NOW + 30_000, NOW + 600_000, at(STEP + 81) - 1]) {
      expect(verifyTotp(found.state, codeAt(now), { totp, now })).toEqual({
        ok: false,
        reason: 'replayed',
        guess: false,
        drift: 0,
        usableAt: at(STEP + 81),
        state: found.state,
      });
      // Left as it was, the phone goes on working.
      expect(verifyTotp(found.state, fast(now), { totp, now })).toMatchObject({ ok: true, drift: 80 });
    }
    const usableAt = at(STEP + 81);
    expect(verifyTotp(found.state, codeAt(usableAt), { totp, now: usableAt })).toMatchObject({ ok: true, drift: 0 });
  });

  it('of a code that is right at both places, the newer is taken, so that neither is replayed', () => {
    // Steps 910737 and 910738 both give 911617.
    const now = at(910_737);
    for (const state of [
      { v: 1, after: null, drift: 3 },
      { v: 1, after: null, drift: -3 },
      { v: 1, after: 910_737, drift: 1 },
    ] as const) {
      const first = verifyTotp(state, '911617', { totp, now });
      expect(first).toMatchObject({ ok: true, timeStep: 910_738 });
      expect(verifyTotp(first.state, '911617', { totp, now })).toMatchObject({ ok: false, reason: 'replayed' });
    }
    // The newer at the drift, the older at the clock, and the other way round.
    expect(verifyTotp({ v: 1, after: null, drift: 2 }, '911617', { totp, now: at(910_736) }).state.after).toBe(910_738);
    expect(verifyTotp({ v: 1, after: null, drift: -2 }, '911617', { totp, now: at(910_738) }).state.after).toBe(
      910_738,
    );
    expect(verifyTotp({ v: 1, after: 910_737, drift: -2 }, '911617', { totp, now: at(910_738) }).ok).toBe(true);
    expect(verifyTotp({ v: 1, after: 910_737, drift: 2 }, '911617', { totp, now: at(910_736) }).ok).toBe(true);
    const around = { v: 1, after: 910_738, drift: 4 } as const;
    expect(verifyTotp(around, '911617', { totp, now })).toMatchObject({ reason: 'replayed', drift: 1 });
  });

  it('T1: whatever drift is found can be stored and used; it is kept within ±2,881', () => {
    for (const steps of [2880, -2880]) {
      const phone = NOW + steps * 30_000;
      const codes = [codeAt(phone - 30_000), codeAt(phone)];
      const found = resynchronizeTotp(newTotpState(), codes, { totp, now: NOW, within: 2880 });
      expect(found.state.drift).toBe(steps);
      const later = NOW + 30_000;
      const beyond = codeAt(phone + 30_000 + Math.sign(steps) * 10 * 30_000);
      // Ten steps further off, the drift found is told as it is, and kept within its limit.
      const next = verifyTotp({ ...found.state, after: null }, beyond, { totp, now: later, window: 10 });
      expect(next).toMatchObject({ ok: true, drift: steps + Math.sign(steps) * 10 });
      expect(next.state.drift).toBe(Math.sign(steps) * 2881);
      expect(verifyTotp(next.state, '000000', { totp, now: later, window: 10 }).ok).toBe(false);
    }
  });

  it('in any order of codes and clocks, no step is accepted twice, and the drift follows the phone', () => {
    const tries = fc.array(
      fc.record({
        made: fc.integer({ min: -90, max: 90 }),
        clock: fc.integer({ min: -3, max: 3 }),
        pair: fc.boolean(),
      }),
      { minLength: 1, maxLength: 20 },
    );
    fc.assert(
      fc.property(tries, (sequence) => {
        let state = newTotpState();
        const accepted: number[] = [];
        for (const { made, clock, pair } of sequence) {
          const now = NOW + clock * 30_000;
          const [a, b] = [codeAt(NOW + (made - 1) * 30_000), codeAt(NOW + made * 30_000)];
          const result = pair ? resynchronizeTotp(state, [a, b], { totp, now }) : verifyTotp(state, b, { totp, now });
          if (result.ok) {
            expect(result.timeStep).toBeGreaterThan(accepted.at(-1) ?? -1);
            expect(result.state).toEqual({ v: 1, after: result.timeStep, drift: result.drift });
            accepted.push(result.timeStep);
          } else expect(result.state).toEqual(state);
          state = result.state;
        }
      }),
    );
  });

  it.each([
    null,
    undefined,
    5,
    '{}',
    [],
    {},
    { v: 2, after: null, drift: 0 },
    { v: 1, after: null },
    { v: 1, after: null, drift: 0, more: 1 },
    { v: 1, after: -1, drift: 0 },
    { v: 1, after: '5', drift: 0 },
    { v: 1, after: 2 ** 53, drift: 0 },
    { v: 1, after: 0.5, drift: 0 },
    { v: 1, after: null, drift: 2882 },
    { v: 1, after: null, drift: -2882 },
    { v: 1, after: null, drift: null },
    { v: 1, counter: 0 },
    new Proxy({}, { ownKeys: () => ['v'] }),
  ])('refuses the state number %#', (state) => {
    for (const typed of ['000000', null]) {
      expect(() => verifyTotp(state as TotpState, typed, { totp })).toThrow(code('invalid-state'));
      expect(() => verifyTotp(state as TotpState, typed, { totp })).toThrow('what newTotpState or verifyTotp gave');
    }
    expect(() => resynchronizeTotp(state as TotpState, [], { totp })).toThrow(code('invalid-state'));
    expect(() => resynchronizeTotp(state as TotpState, [], { totp })).toThrow('what newTotpState or verifyTotp gave');
  });

  it('takes the outermost states', () => {
    for (const drift of [2881, -2881]) {
      expect(verifyTotp({ v: 1, after: 2 ** 53 - 1, drift }, '000000', { totp, now: NOW }).ok).toBe(false);
    }
  });

  it('refuses options and keys that are missing or of another kind', () => {
    for (const options of [undefined, null, 5, {}, { totp: null }, { totp: hotp }, { totp: { secret } }]) {
      expect(() => verifyTotp(newTotpState(), '000000', options as never)).toThrow(code('invalid-argument'));
      expect(() => resynchronizeTotp(newTotpState(), [], options as never)).toThrow(code('invalid-argument'));
    }
    expect(() => verifyTotp(newTotpState(), '0', { totp: hotp as never })).toThrow('totp must be what createTotp gave');
    expect(() => verifyTotp(newTotpState(), '0', { totp, window: 11 })).toThrow(code('invalid-window'));
    expect(() => verifyTotp(newTotpState(), '0', { totp, now: -1 })).toThrow(code('invalid-time'));
    expect(() => resynchronizeTotp(newTotpState(), [], { totp, within: 2881 })).toThrow(code('invalid-window'));
  });
});

describe('HOTP with a state', () => {
  it('begins at a counter, and accepts a code once', () => {
    expect(JSON.stringify(newHotpState())).toBe('{"v":1,"counter":0}');
    expect(newHotpState(7)).toEqual({ v: 1, counter: 7 });
    const first = verifyHotp(frozen(newHotpState(3)), hotp.generate(5), { hotp, lookAhead: 2 });
    expect(first).toEqual({ ok: true, counter: 5, state: { v: 1, counter: 6 } });
    for (const counter of [3, 4, 5]) {
      expect(verifyHotp(first.state, hotp.generate(counter), { hotp, lookAhead: 100 })).toEqual({
        ok: false,
        reason: 'mismatch',
        guess: true,
        state: { v: 1, counter: 6 },
      });
    }
    expect(verifyHotp(newHotpState(3), hotp.generate(4), { hotp })).toMatchObject({ ok: false });
    for (const typed of HOSTILE) {
      const malformed = { ok: false, reason: 'malformed', guess: false, state: { v: 1, counter: 0 } };
      expect(verifyHotp(newHotpState(), typed, { hotp })).toEqual(malformed);
      expect(resynchronizeHotp(newHotpState(), typed, { hotp })).toEqual(malformed);
    }
  });

  it('is found again from codes in a row', () => {
    const row = [500, 501, 502].map((counter) => hotp.generate(counter));
    expect(resynchronizeHotp(newHotpState(), row, { hotp })).toMatchObject({ reason: 'mismatch', guess: true });
    expect(resynchronizeHotp(newHotpState(), row, { hotp, lookAhead: 1000 })).toEqual({
      ok: true,
      counter: 502,
      state: { v: 1, counter: 503 },
    });
    expect(resynchronizeHotp(newHotpState(500), row.slice(1), { hotp }).state).toEqual({ v: 1, counter: 503 });
  });

  it('counts on above 2^53-1 as text, and ends after 2^64-1', () => {
    const last = 2n ** 64n - 1n;
    expect(newHotpState(2n ** 53n)).toEqual({ v: 1, counter: '9007199254740992' });
    expect(newHotpState(9n)).toEqual({ v: 1, counter: 9 });
    const edge = verifyHotp(newHotpState(2 ** 53 - 1), hotp.generate(2 ** 53 - 1), { hotp });
    expect(edge).toMatchObject({ counter: 2 ** 53 - 1, state: { counter: '9007199254740992' } });
    const beyond = verifyHotp(edge.state, hotp.generate(2n ** 53n), { hotp });
    expect(beyond).toMatchObject({ counter: 2n ** 53n, state: { counter: '9007199254740993' } });
    const end = verifyHotp(newHotpState(last), hotp.generate(last), { hotp });
    expect(end).toEqual({ ok: true, counter: last, state: { v: 1, counter: null } });
    for (const judged of [
      verifyHotp(end.state, hotp.generate(last), { hotp }),
      resynchronizeHotp(end.state, [hotp.generate(0), hotp.generate(1)], { hotp }),
    ]) {
      expect(judged).toEqual({ ok: false, reason: 'voided', guess: false, state: { v: 1, counter: null } });
    }
  });

  it.each([
    null,
    undefined,
    {},
    { v: 1 },
    { v: 0, counter: 0 },
    { v: 1, counter: -1 },
    { v: 1, counter: 0.5 },
    { v: 1, counter: 5n },
    { v: 1, counter: '5' },
    { v: 1, counter: '' },
    { v: 1, counter: '0x20000000000000' },
    { v: 1, counter: '09007199254740992' },
    { v: 1, counter: '18446744073709551616' },
    { v: 1, counter: 'x' },
    { v: 1, counter: undefined },
    { v: 1, counter: 0, after: null },
    newTotpState(),
  ])('refuses the state number %#', (state) => {
    expect(() => verifyHotp(state as HotpState, '000000', { hotp })).toThrow(code('invalid-state'));
    expect(() => verifyHotp(state as HotpState, '000000', { hotp })).toThrow('what newHotpState or verifyHotp gave');
    expect(() => resynchronizeHotp(state as HotpState, [], { hotp })).toThrow(code('invalid-state'));
  });

  it('refuses options, keys and counters that are missing or of another kind', () => {
    for (const options of [undefined, null, 5, {}, { hotp: null }, { hotp: totp }, { hotp: { verify: () => 1 } }]) {
      expect(() => verifyHotp(newHotpState(), '000000', options as never)).toThrow(code('invalid-argument'));
      expect(() => resynchronizeHotp(newHotpState(), [], options as never)).toThrow(code('invalid-argument'));
    }
    expect(() => verifyHotp(newHotpState(), '0', { hotp: totp as never })).toThrow('hotp must be what createHotp gave');
    expect(() => verifyHotp(newHotpState(), '0', { hotp, lookAhead: 101 })).toThrow(code('invalid-window'));
    expect(() => resynchronizeHotp(newHotpState(), [], { hotp, lookAhead: 1001 })).toThrow(code('invalid-window'));
    for (const counter of [-1, 0.5, '5', null, 2 ** 53, 2n ** 64n]) {
      expect(() => newHotpState(counter as number)).toThrow(code('invalid-counter'));
    }
  });
});
