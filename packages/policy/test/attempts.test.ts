import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptOutcome,
  type AttemptState,
  admitAttempt,
  definePolicy,
  newAttemptState,
  type Policy,
  unlockAttempts,
} from '../src/index.ts';
import type { AttemptRules, CounterRules } from '../src/policy-types.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy } from '../src/presets.ts';
import { codes, device, document, inState, NOW } from './helpers.ts';

const withRules = (rules: Partial<AttemptRules>): Policy =>
  definePolicy(document((p) => Object.assign(p.attempts, rules)));
const lenient: CounterRules = { waits: [0], limit: 1000, mode: 'temporary', locks: [1], warnAt: 0 };
const SECOND = 1000;

/** One try, written at once. */
function attempt(
  policy: Policy,
  state: AttemptState,
  id: string,
  success: boolean,
  now: number,
): [AttemptOutcome, AttemptState] | null {
  const admission = admitAttempt(policy, state, { device: id, now });
  if (!admission.ok) return null;
  const transition = admission.record(success);
  return [transition.reveal(true) as AttemptOutcome, transition.next];
}

/** Fails as soon as it may, until nothing is judged any more. */
function exhaust(
  policy: Policy,
  id = 'd',
): { judged: number; outcomes: AttemptOutcome[]; times: number[]; state: AttemptState } {
  let state = newAttemptState();
  let now = NOW;
  const outcomes: AttemptOutcome[] = [];
  const times: number[] = [];
  for (let tries = 0; tries < 300; tries++) {
    const result = attempt(policy, state, id, false, now);
    if (result === null) break;
    state = result[1];
    outcomes.push(result[0]);
    times.push(now);
    const { retryAt } = result[0] as { retryAt: number | null };
    if (retryAt === null) break;
    if (retryAt > now) expect(attempt(policy, state, id, true, retryAt - 1)).toBeNull();
    now = retryAt;
  }
  return { judged: outcomes.length, outcomes, times, state };
}

describe('counting', () => {
  it('waits longer after each failure, and begins anew after a success', () => {
    const policy = withRules({
      device: { waits: [1, 2, 4], limit: 10, mode: 'permanent', locks: [], warnAt: 0 },
      account: lenient,
    });
    const { times } = exhaust(policy);
    expect(times.slice(1, 6).map((at, index) => (at - times[index]!) / SECOND)).toEqual([1, 2, 4, 4, 4]);
    const [, failed] = attempt(policy, newAttemptState(), 'd', false, NOW)!;
    const [outcome, next] = attempt(policy, failed, 'd', true, NOW + SECOND)!;
    expect(outcome).toEqual({ ok: true });
    expect(next).toEqual({ ...newAttemptState(), judged: 2, latest: NOW + SECOND });
  });

  it('locks for a time, longer each time, and then for good (mixed)', () => {
    const device: CounterRules = { waits: [0], limit: 3, mode: 'mixed', locks: [60, 600], warnAt: 2 };
    const { judged, outcomes, times, state } = exhaust(withRules({ device, account: lenient }));
    expect(judged).toBe(9);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.deviceLock)).toEqual([
      'none',
      'none',
      'temporary',
      'none',
      'none',
      'temporary',
      'none',
      'none',
      'permanent',
    ]);
    expect(times[3]! - times[2]!).toBe(60 * SECOND);
    expect(times[6]! - times[5]!).toBe(600 * SECOND);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.triesLeft)).toEqual([8, 7, 6, 5, 4, 3, 2, 1, 0]);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.warn)).toEqual([
      false,
      false,
      false,
      false,
      false,
      false,
      true,
      true,
      false,
    ]);
    expect(admitAttempt(withRules({ device, account: lenient }), state, { device: 'd', now: NOW * 2 })).toEqual({
      ok: false,
      reason: 'locked',
      scope: 'device',
      retryAt: null,
    });
  });

  it('says what it waits for', () => {
    const device: CounterRules = { waits: [5], limit: 2, mode: 'temporary', locks: [60], warnAt: 0 };
    const policy = withRules({ device, account: lenient });
    const [first, once] = attempt(policy, newAttemptState(), 'd', false, NOW)!;
    expect(first).toEqual({
      ok: false,
      reason: 'failed',
      retryAt: NOW + 5000,
      deviceLock: 'none',
      accountLock: 'none',
      triesLeft: null,
      warn: false,
    });
    expect(admitAttempt(policy, once, { device: 'd', now: NOW + 4999 })).toMatchObject({
      reason: 'waiting',
      scope: 'device',
      retryAt: NOW + 5000,
    });
    expect(admitAttempt(policy, once, { device: 'other', now: NOW + 4999 }).ok).toBe(true);
    const [, twice] = attempt(policy, once, 'd', false, NOW + 5000)!;
    expect(admitAttempt(policy, twice, { device: 'd', now: NOW + 64_999 })).toMatchObject({
      reason: 'locked',
      scope: 'device',
      retryAt: NOW + 65_000,
    });
    expect(admitAttempt(policy, twice, { device: 'd', now: NOW + 65_000 }).ok).toBe(true);
  });

  it('counts for the account, over all devices', () => {
    const account: CounterRules = { waits: [0], limit: 4, mode: 'permanent', locks: [], warnAt: 1 };
    const policy = withRules({ device: lenient, account });
    let state = newAttemptState();
    for (const id of ['a', 'b', '__proto__', 'constructor']) state = attempt(policy, state, id, false, NOW)![1];
    expect(admitAttempt(policy, state, { device: 'e', now: NOW })).toEqual({
      ok: false,
      reason: 'locked',
      scope: 'account',
      retryAt: null,
    });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    expect(Object.keys(state.devices)).toHaveLength(4);
  });

  it('a success with one device does not forgive guesses at another', () => {
    const device: CounterRules = { waits: [0], limit: 3, mode: 'permanent', locks: [], warnAt: 0 };
    const policy = withRules({ device, account: lenient });
    let state = newAttemptState();
    for (let round = 0; round < 3; round++) {
      state = attempt(policy, state, 'guessed', false, NOW)![1];
      state = attempt(policy, state, 'own', true, NOW)![1];
    }
    expect(attempt(policy, state, 'guessed', true, NOW)).toBeNull();
  });
});

describe('presets', () => {
  it('NIST: at most 100 consecutive failures, whatever the pauses', () => {
    const accountOnly = definePolicy({ ...nistAal2Policy, attempts: { ...nistAal2Policy.attempts, device: lenient } });
    expect(exhaust(accountOnly).judged).toBe(100);
    expect(exhaust(nistAal2Policy).judged).toBe(10);
    const waits = nistAal2Policy.attempts.account.waits;
    expect([...waits].sort((a, b) => a - b)).toEqual(waits);
  });

  it('PSD2: a block after five, and a warning before the permanent one', () => {
    const { outcomes } = exhaust(psd2Policy);
    const locks = outcomes.map((outcome) => !outcome.ok && outcome.accountLock);
    expect(locks.indexOf('temporary')).toBe(4);
    expect(locks.indexOf('permanent')).toBe(14);
    expect(outcomes.map((outcome) => !outcome.ok && outcome.warn)[13]).toBe(true);
  });

  it('broker: locks devices before accounts, and never judges more than 40 in a row', () => {
    const { outcomes } = exhaust(brokerPolicy);
    expect(outcomes).toHaveLength(15);
    expect(outcomes[4]).toMatchObject({ deviceLock: 'temporary', accountLock: 'none' });
    let state = newAttemptState();
    let now = NOW;
    let judged = 0;
    for (let tries = 0; tries < 200; tries++) {
      const result = attempt(brokerPolicy, state, `d${tries}`, false, now);
      if (result === null) break;
      judged++;
      state = result[1];
      now = (result[0] as { retryAt: number | null }).retryAt ?? now;
    }
    expect(judged).toBe(40);
  });
});

describe('the seal', () => {
  const admission = admitAttempt(brokerPolicy, newAttemptState(), { device: 'd', now: NOW });
  if (!admission.ok) throw new Error('refused');

  it('opens only for a write that happened', () => {
    for (const success of [true, false]) {
      const transition = admission.record(success);
      for (const written of [false, undefined, null, 1, 'true', {}]) {
        expect(transition.reveal(written as boolean)).toEqual({ ok: false, reason: 'not-written' });
      }
      expect(transition.reveal(true)).toMatchObject({ ok: success });
      expect(Object.keys(transition)).toEqual(['next', 'reveal']);
    }
  });

  it('takes anything but true for a failure', () => {
    expect(admission.record('yes' as never).reveal(true).ok).toBe(false);
  });

  it('every judged try is another state, so that a compare-and-swap by value sees it', () => {
    expect(admission.record(true).next).not.toEqual(newAttemptState());
  });
});

describe('over any interleaving', () => {
  it('no more outcomes are revealed than the rules allow', () => {
    const account: CounterRules = { waits: [0], limit: 4, mode: 'mixed', locks: [30], warnAt: 0 };
    const policy = withRules({ device: { ...account, limit: 3 }, account });
    // Workers read, judge and write in any order, as on several servers; the clock moves on, sometimes backwards by a little.
    const step = fc.record({
      worker: fc.nat(3),
      device: fc.constantFrom('a', 'b'),
      pass: fc.integer({ min: -2, max: 40 }),
      guess: fc.integer({ min: 0, max: 19 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120 }), (steps) => {
        let stored = newAttemptState();
        let version = 0;
        let now = NOW;
        const open = new Map<
          number,
          { version: number; next: AttemptState; reveal(written: boolean): { ok: boolean; reason?: string } }
        >();
        let failures = 0;
        const failuresOf: Record<string, number> = { a: 0, b: 0 };
        for (const { worker, device: id, pass, guess } of steps) {
          now += pass * SECOND;
          const waiting = open.get(worker);
          if (waiting === undefined) {
            const admitted = admitAttempt(policy, stored, { device: id, now });
            if (!admitted.ok) continue;
            const success = guess === 0;
            const { next, reveal } = admitted.record(success);
            open.set(worker, {
              version,
              next,
              reveal: (written) => {
                const outcome = reveal(written);
                if (written && success) {
                  failures = 0;
                  failuresOf[id] = 0;
                } else if (written) {
                  failures++;
                  failuresOf[id]!++;
                }
                return outcome;
              },
            });
            continue;
          }
          open.delete(worker);
          const written = waiting.version === version;
          if (written) {
            stored = JSON.parse(JSON.stringify(waiting.next));
            version++;
          }
          const outcome = waiting.reveal(written);
          expect(outcome.reason === 'not-written').toBe(!written);
        }
        expect(failures).toBeLessThanOrEqual(8);
        expect(Math.max(failuresOf.a!, failuresOf.b!)).toBeLessThanOrEqual(6);
        expect(stored.judged).toBe(version);
        expect(stored.account.failures).toBe(failures);
      }),
      { numRuns: 500 },
    );
  });

  it('tightening the limit never admits more', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 12 }), fc.integer({ min: 0, max: 5 }), (limit, less) => {
        const rules = (n: number): CounterRules => ({ waits: [0], limit: n, mode: 'permanent', locks: [], warnAt: 0 });
        const loose = exhaust(withRules({ device: rules(limit + less), account: lenient })).judged;
        expect(exhaust(withRules({ device: rules(limit), account: lenient })).judged).toBeLessThanOrEqual(loose);
      }),
      { numRuns: 20 },
    );
  });
});

describe('failing closed', () => {
  const good = newAttemptState();
  it.each([
    null,
    undefined,
    {},
    { ...good, v: 2 },
    { ...good, account: undefined },
    { ...good, account: { failures: Number.NaN, blockedUntil: 0, lock: 'none' } },
    { ...good, account: { failures: 0, blockedUntil: '0', lock: 'none' } },
    { ...good, account: { failures: 0, blockedUntil: 0, lock: 'open' } },
    { ...good, devices: [] },
    { ...good, devices: { d: null } },
    { ...good, judged: '1' },
    { ...good, latest: Number.NaN },
  ])('refuses the state %j', (state) => {
    expect(admitAttempt(brokerPolicy, state as never, { device: 'd', now: NOW })).toMatchObject({
      ok: false,
      reason: 'invalid-state',
    });
  });

  it('refuses a time or a device that is none', () => {
    for (const now of [Number.NaN, -1, Number.POSITIVE_INFINITY, '1', undefined, null]) {
      expect(admitAttempt(brokerPolicy, good, { device: 'd', now: now as number })).toMatchObject({
        ok: false,
        reason: 'invalid-time',
      });
    }
    expect(admitAttempt(brokerPolicy, good, { device: 7 as never, now: NOW })).toMatchObject({
      ok: false,
      reason: 'invalid-state',
    });
  });

  it('refuses when the clock went backwards, and shortens no wait within the tolerance', () => {
    const [, state] = attempt(brokerPolicy, good, 'd', false, NOW)!;
    expect(admitAttempt(brokerPolicy, state, { device: 'e', now: NOW - 5001 })).toEqual({
      ok: false,
      reason: 'clock-went-backwards',
      scope: null,
      retryAt: NOW,
    });
    const open = { ...state, account: good.account };
    const admitted = admitAttempt(brokerPolicy, open, { device: 'e', now: NOW - 5000 });
    expect(admitted.ok && admitted.record(false).next.latest).toBe(NOW);
  });
});

describe('unlocking', () => {
  const { state } = exhaust(
    withRules({ device: { waits: [0], limit: 2, mode: 'permanent', locks: [], warnAt: 0 }, account: lenient }),
    'totp',
  );
  const devices = [device('totp'), device('pin-token')];
  const unlock = (more: object) =>
    unlockAttempts(brokerPolicy, state, {
      device: 'totp',
      devices,
      by: { role: 'support' },
      now: state.latest,
      ...more,
    } as never);

  it('takes support, or a session as strong as the device', () => {
    expect(unlock({}).state.devices).toEqual({});
    expect(unlock({}).state.account).toEqual(state.account);
    expect(unlock({ by: { role: 'user', level: 30 } }).allowed).toBe(true);
    expect(codes(unlock({ by: { role: 'user', level: 29 } }))).toEqual(['session-too-weak']);
    expect(codes(unlock({ by: { role: 'system' } }))).toEqual(['actor-not-allowed']);
    expect(unlock({ by: { role: 'system' } }).state).toBe(state);
  });

  it('takes the strongest device for the account', () => {
    expect(codes(unlock({ device: null, by: { role: 'user', level: 49 } }))).toEqual(['session-too-weak']);
    const { state: open } = unlock({ device: null, by: { role: 'user', level: 50 } });
    expect(open.account.failures).toBe(0);
    expect(open.devices).toEqual(state.devices);
    expect(
      codes(
        unlock({
          device: null,
          devices: [inState('totp', 'pending', { activatedAt: null })],
          by: { role: 'user', level: 0 },
        }),
      ),
    ).toEqual(['session-too-weak']);
  });

  it('fails closed', () => {
    expect(codes(unlock({ device: 'other' }))).toEqual(['unknown-device']);
    expect(codes(unlock({ now: Number.NaN }))).toEqual(['invalid-time']);
    expect(codes(unlock({ now: state.latest - 5001 }))).toEqual(['clock-went-backwards']);
    expect(codes(unlock({ devices: null }))).toEqual(['invalid-state']);
    expect(codes(unlock({ by: { role: 'user' } }))).toEqual(['invalid-state']);
    expect(
      codes(unlock({ device: 'telepathy', devices: [device('telepathy')], by: { role: 'user', level: 9999 } })),
    ).toEqual(['session-too-weak']);
    expect(
      codes(unlockAttempts(brokerPolicy, null as never, { device: null, devices, by: { role: 'support' }, now: NOW })),
    ).toEqual(['invalid-state']);
  });
});
