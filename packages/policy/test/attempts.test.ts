import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type AttemptOutcome,
  type AttemptState,
  admitAttempt,
  type CounterRules,
  decideAction,
  definePolicy,
  type LaneRules,
  newAttemptState,
  type Policy,
} from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';
import { bind, broker, DAY, granted, move, NOW, owner, PASSWORD, SUPPORT } from './support.ts';

const SECOND = 1000;
const LENIENT: CounterRules = { limit: 1000, locks: [1], repeat: true };

const withRules = (device: CounterRules, account: CounterRules = LENIENT, lanes: LaneRules | null = null): Policy =>
  definePolicy({ ...smallCompanyPolicy, attempts: { device, account, lanes } });

type Place = { readonly device?: string; readonly lane?: string; readonly earn?: string };

/** One try, written at once; `null` when it was not admitted. */
function attempt(
  policy: Policy,
  state: AttemptState,
  verdict: 'success' | 'guess' | 'ignored',
  now: number,
  { device = 'd', lane, earn }: Place = {},
): [AttemptOutcome, AttemptState] | null {
  const admission = admitAttempt(policy, state, { device, lane, now });
  if (!admission.ok) return null;
  const transition = admission.record(verdict, { earn });
  return [transition.reveal(true) as AttemptOutcome, transition.next];
}

/** Fails as soon as it may, until nothing is judged any more or `most` were. */
function exhaust(policy: Policy, place: Place = {}, from = newAttemptState(), most = 300, start = NOW) {
  let state = from;
  let now = start;
  const outcomes: AttemptOutcome[] = [];
  const times: number[] = [];
  while (outcomes.length < most) {
    const admission = admitAttempt(policy, state, { device: place.device ?? 'd', lane: place.lane, now });
    if (!admission.ok) {
      if (admission.retryAt === null) break;
      now = admission.retryAt;
      continue;
    }
    const transition = admission.record('guess');
    outcomes.push(transition.reveal(true) as AttemptOutcome);
    times.push(now);
    state = transition.next;
  }
  return { outcomes, times, state, now };
}

describe('counting', () => {
  it('waits longer after each failure, and begins anew after a success', () => {
    const policy = withRules({ limit: 10, waits: [1, 2, 4] });
    const { times } = exhaust(policy);
    expect(times.slice(1, 6).map((at, index) => (at - times[index]!) / SECOND)).toEqual([1, 2, 4, 4, 4]);
    const [, failed] = attempt(policy, newAttemptState(), 'guess', NOW)!;
    const [outcome, next] = attempt(policy, failed, 'success', NOW + SECOND)!;
    expect(outcome).toEqual({ ok: true });
    expect(next).toEqual(newAttemptState());
  });

  it('locks for a time, longer each time, and then for good', () => {
    const policy = withRules({ limit: 3, locks: [60, 600], warnAt: 2 });
    const { outcomes, times, state } = exhaust(policy);
    const N = 'none';
    const T = 'temporary';
    expect(outcomes.map((one) => !one.ok && one.reason === 'failed' && one.deviceLock)).toEqual([
      N,
      N,
      T,
      N,
      N,
      T,
      N,
      N,
      'permanent',
    ]);
    expect([times[3]! - times[2]!, times[6]! - times[5]!]).toEqual([60 * SECOND, 600 * SECOND]);
    expect(outcomes.map((one) => !one.ok && one.reason === 'failed' && one.triesLeft)).toEqual([
      8, 7, 6, 5, 4, 3, 2, 1, 0,
    ]);
    expect(outcomes.map((one) => !one.ok && one.reason === 'failed' && one.warn)).toEqual([
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
    expect(admitAttempt(policy, state, { device: 'd', now: NOW + 1000 * DAY })).toEqual({
      ok: false,
      reason: 'locked',
      scope: 'device',
      retryAt: null,
    });
    expect(admitAttempt(policy, state, { device: 'other', now: NOW + 1000 * DAY }).ok).toBe(true);
  });

  it('repeats the last lock where it is told to, and then never says how many are left', () => {
    const { outcomes, times } = exhaust(withRules({ limit: 2, locks: [5, 9], repeat: true }), {}, newAttemptState(), 9);
    expect(times.filter((_, index) => index % 2 === 0).map((at) => (at - NOW) / SECOND)).toEqual([0, 5, 14, 23, 32]);
    expect(outcomes[0]).toMatchObject({ triesLeft: null, warn: false });
  });

  it('counts for the account, over all devices', () => {
    const policy = withRules(LENIENT, { limit: 4, warnAt: 1 });
    let state = newAttemptState();
    for (const device of ['a', 'b', 'c', 'd']) state = attempt(policy, state, 'guess', NOW, { device })![1];
    expect(admitAttempt(policy, state, { device: 'e', now: NOW + DAY })).toMatchObject({
      scope: 'account',
      reason: 'locked',
    });
  });

  it('a success clears the account and its own device, and no other', () => {
    let state = newAttemptState();
    for (const device of ['a', 'b']) state = attempt(withRules(LENIENT), state, 'guess', NOW, { device })![1];
    state = attempt(withRules(LENIENT), state, 'success', NOW, { device: 'a' })![1];
    expect([state.account.failures, Object.keys(state.devices)]).toEqual([0, ['b']]);
  });

  it('what was no guess is neither counted nor written', () => {
    const state = attempt(broker, newAttemptState(), 'guess', NOW)![1];
    const admission = admitAttempt(broker, state, { device: 'd', now: NOW + DAY });
    if (!admission.ok) throw new Error(admission.reason);
    const transition = admission.record('ignored');
    expect([transition.changed, transition.next]).toEqual([false, state]);
    expect(transition.reveal(true)).toEqual({ ok: false, reason: 'ignored' });
  });

  it('reveals nothing before it was written', () => {
    for (const verdict of ['success', 'guess'] as const) {
      const admission = admitAttempt(broker, newAttemptState(), { device: 'd', now: NOW });
      if (!admission.ok) throw new Error(admission.reason);
      for (const written of [false, undefined, 1, 'true']) {
        expect(admission.record(verdict).reveal(written as boolean)).toEqual({ ok: false, reason: 'not-written' });
      }
    }
  });

  it('of many simultaneous tries only as many are revealed as the rules allow', () => {
    fc.assert(
      fc.property(fc.array(fc.nat(7), { minLength: 1, maxLength: 60 }), (winners) => {
        const policy = withRules({ limit: 5 }, { limit: 5 });
        let written = newAttemptState();
        let revealed = 0;
        for (const winner of winners) {
          // Eight servers read the same state; one of them writes.
          const admissions = Array.from({ length: 8 }, () => admitAttempt(policy, written, { device: 'd', now: NOW }));
          const before = written;
          admissions.forEach((admission, index) => {
            if (!admission.ok) return;
            const transition = admission.record('guess');
            const won = index === winner && written === before;
            if (won) written = transition.next;
            const outcome = transition.reveal(won);
            if (!outcome.ok && outcome.reason === 'failed') revealed++;
          });
        }
        expect(revealed).toBeLessThanOrEqual(5);
        expect(written.account.failures).toBe(revealed);
      }),
    );
  });

  it('more devices than a state holds share a counter; none is forgotten', () => {
    let state = newAttemptState();
    const policy = withRules({ limit: 5 });
    for (let index = 0; index < 40; index++) {
      const device = `device-${index}`;
      const result = attempt(policy, state, 'guess', NOW, { device });
      if (result !== null) state = result[1];
    }
    expect(Object.keys(state.devices)).toHaveLength(11);
    expect(state.devices['*']).toMatchObject({ failures: 5, lock: 'permanent' });
    const cleared = attempt(policy, state, 'success', NOW, { device: 'device-3' })![1];
    expect(cleared.devices['*']!.failures).toBe(5);
  });
});

describe('known browsers', () => {
  const lanes: LaneRules = { maximum: 2, tries: 3 };
  const policy = withRules({ limit: 10, waits: [1] }, { limit: 20 }, lanes);
  const known = attempt(policy, newAttemptState(), 'success', NOW, { earn: 'home' })![1];

  it('the total of tries is divided: the common lane has the rest', () => {
    expect(exhaust(policy).outcomes).toHaveLength(10 - 2 * 3);
    expect(exhaust(withRules({ limit: 10 }, { limit: 20 })).outcomes).toHaveLength(10);
  });

  it('a locked common lane does not close another', () => {
    const { state, now } = exhaust(policy, {}, known);
    expect(admitAttempt(policy, state, { device: 'd', now })).toMatchObject({ ok: false, retryAt: null });
    expect(admitAttempt(policy, state, { device: 'd', lane: 'elsewhere', now }).ok).toBe(false);
    expect(admitAttempt(policy, state, { device: 'd', lane: 'home', now })).toMatchObject({ ok: true, lane: 'home' });
  });

  it('serves only the device that earned it', () => {
    const { state } = exhaust(policy, { device: 'other' }, known);
    expect(admitAttempt(policy, state, { device: 'other', lane: 'home', now: NOW + DAY }).ok).toBe(false);
  });

  it('a success clears its lane only', () => {
    const common = attempt(policy, known, 'guess', NOW)![1];
    const failed = attempt(policy, common, 'guess', NOW, { lane: 'home' })![1];
    expect(failed.lanes[0]!.counter.failures).toBe(1);
    const cleared = attempt(policy, failed, 'success', NOW + SECOND, { lane: 'home' })![1];
    expect([cleared.lanes[0]!.counter.failures, cleared.account.failures, cleared.devices.d!.failures]).toEqual([
      0, 1, 1,
    ]);
  });

  it('one browser may earn a lane with each device', () => {
    const both = attempt(policy, known, 'success', NOW, { device: 'other', earn: 'home' })![1];
    expect(both.lanes.map(({ id, device }) => [id, device])).toEqual([
      ['home', 'd'],
      ['home', 'other'],
    ]);
    expect(attempt(policy, both, 'success', NOW, { earn: 'home' })![1].lanes).toHaveLength(2);
  });

  it('a device in a locked lane says that it is the lane', () => {
    const failed = attempt(policy, known, 'guess', NOW, { lane: 'home' })![1];
    const devices = {
      ...owner(policy, ['totp']),
      list: owner(policy, ['totp']).list.map((one) => ({ ...one, id: 'd' })),
    };
    const request = { action: 'login', device: 'd', devices, attempts: failed, optOut: null, now: NOW };
    expect(decideAction(policy, { ...request, lane: 'home' }).reasons).toMatchObject([
      { code: 'waiting', rule: 'attempts.lanes' },
    ]);
    expect(decideAction(policy, request).allowed).toBe(true);
  });

  it('waits in its lane, and says so', () => {
    const failed = attempt(policy, known, 'guess', NOW, { lane: 'home' })![1];
    expect(admitAttempt(policy, failed, { device: 'd', lane: 'home', now: NOW })).toEqual({
      ok: false,
      reason: 'waiting',
      scope: 'lane',
      retryAt: NOW + SECOND,
    });
    expect(attempt(policy, known, 'guess', NOW, { lane: 'home' })![0]).toMatchObject({
      triesLeft: 2,
      retryAt: NOW + SECOND,
    });
  });

  it('ends with its tries, which join the common ones', () => {
    const { state } = exhaust(policy, { lane: 'home' }, known, 3);
    expect(state.lanes).toEqual([]);
    expect([state.account.failures, state.devices.d!.failures]).toEqual([3, 3]);
    expect(exhaust(policy, { lane: 'home' }, known).outcomes).toHaveLength(4);
  });

  it('ends after its lifetime, and when another takes its place', () => {
    const failed = attempt(policy, known, 'guess', NOW, { lane: 'home' })![1];
    const late = NOW + 90 * DAY;
    const after = attempt(policy, failed, 'guess', late, { lane: 'home' })![1];
    expect([after.lanes, after.account.failures]).toEqual([[], 2]);
    expect(admitAttempt(policy, failed, { device: 'd', lane: 'home', now: late - 1 })).toMatchObject({ lane: 'home' });
    let state = failed;
    for (const earn of ['office', 'phone']) state = attempt(policy, state, 'success', NOW + 5000, { earn })![1];
    expect(state.lanes.map(({ id }) => id)).toEqual(['office', 'phone']);
    expect(state.account.failures).toBe(1);
  });

  it('ends with a report of loss, and with its device', () => {
    const start = owner(broker, ['totp']);
    const earned = attempt(broker, newAttemptState(), 'success', NOW, { device: 'totp', earn: 'home' })![1];
    const failed = attempt(broker, earned, 'guess', NOW, { device: 'totp', lane: 'home' })![1];
    const lost = granted(move(start, 'totp', 'report-lost', PASSWORD, { attempts: failed }));
    expect([lost.attempts!.lanes, lost.attempts!.devices.totp!.failures]).toEqual([[], 1]);
    const retired = granted(move(start, 'totp', 'retire', SUPPORT, { attempts: failed }));
    expect([retired.attempts!.lanes, retired.attempts!.devices, retired.attempts!.account.failures]).toEqual([
      [],
      {},
      1,
    ]);
    const other = granted(bind(start, 'sms', SUPPORT, { attempts: failed, replaces: 'totp' }));
    expect(other.attempts!.lanes).toHaveLength(1);
    const resting = granted(move(start, 'totp', 'suspend', PASSWORD, { attempts: failed }));
    expect(resting.attempts!.lanes).toHaveLength(1);
  });

  it('one that a clock ahead has written is over, and psd2 has none', () => {
    const ahead = attempt(policy, newAttemptState(), 'success', NOW + DAY, { earn: 'home' })![1];
    expect(admitAttempt(policy, ahead, { device: 'd', lane: 'home', now: NOW })).toMatchObject({
      ok: true,
      lane: null,
    });
    expect(attempt(psd2Policy, newAttemptState(), 'success', NOW, { earn: 'home' })![1].lanes).toEqual([]);
    expect(() => attempt(policy, newAttemptState(), 'success', NOW, { earn: 'x'.repeat(65) })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  it('no mixture of lanes, devices and successes of others gives a guesser more than the total', () => {
    const steps = fc.array(
      fc.record({
        lane: fc.constantFrom(undefined, 'a', 'b', 'c'),
        wait: fc.constantFrom(0, 1000, 60_000, DAY, 91 * DAY),
      }),
      { maxLength: 80 },
    );
    fc.assert(
      fc.property(steps, fc.constantFrom('a', 'b'), (guesses, first) => {
        let state = newAttemptState();
        for (const earn of [first, 'c']) state = attempt(policy, state, 'success', NOW, { earn })![1];
        let now = NOW;
        let judged = 0;
        for (const { lane, wait } of guesses) {
          now += wait;
          const result = attempt(policy, state, 'guess', now, lane === undefined ? {} : { lane });
          if (result === null) continue;
          judged++;
          state = result[1];
        }
        expect(judged).toBeLessThanOrEqual(10);
      }),
    );
  });
});

describe('presets', () => {
  it.each([
    ['broker', brokerPolicy, 10],
    ['nist-aal2: of ten, four are for known browsers', nistAal2Policy, 6],
    ['psd2: five, then a block; 15 in all', psd2Policy, 15],
    ['small company: five', smallCompanyPolicy, 5],
  ] as const)('%s', (_, policy, tries) => {
    expect(exhaust(policy).outcomes).toHaveLength(tries);
  });

  it('nist-aal2: never more than 100 in a row over the whole account', () => {
    let state = newAttemptState();
    let now = NOW;
    let judged = 0;
    for (let device = 0; device < 40; device++) {
      const next = exhaust(nistAal2Policy, { device: `d${device}` }, state, 300, now);
      judged += next.outcomes.length;
      ({ state, now } = next);
    }
    expect(judged).toBe(66);
  });
});

describe('states that are not ours', () => {
  const counter = { failures: 0, at: 0, until: 0, lock: 'none' };
  const good = {
    v: 1,
    account: counter,
    devices: { d: counter },
    lanes: [{ id: 'l', device: 'd', at: 0, counter }],
    lockedUntil: 0,
  };
  it.each([
    null,
    undefined,
    [],
    { ...good, v: 2 },
    { ...good, account: { ...counter, failures: -1 } },
    { ...good, account: { ...counter, at: Number.NaN } },
    { ...good, account: { ...counter, until: '1' } },
    { ...good, devices: { d: { ...counter, lock: 'maybe' } } },
    { ...good, devices: [] },
    { ...good, lanes: {} },
    { ...good, lockedUntil: null },
    { ...good, lanes: [null] },
    { ...good, lanes: [{ id: '', device: 'd', at: 0, counter }] },
  ])('%j', (state) => {
    const refused = expect.objectContaining({ name: 'CountersignError', code: 'invalid-state' });
    expect(() => admitAttempt(broker, state as never, { device: 'd', now: NOW })).toThrow(refused);
    expect(admitAttempt(broker, good as never, { device: 'd', now: NOW }).ok).toBe(true);
  });

  it('requests that are wrong', () => {
    const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });
    expect(() => admitAttempt(broker, newAttemptState(), { device: '', now: NOW })).toThrow(code('invalid-argument'));
    expect(() => admitAttempt(broker, newAttemptState(), { device: 'd', now: Number.NaN })).toThrow(
      code('invalid-time'),
    );
    expect(() => admitAttempt(broker, newAttemptState(), null as never)).toThrow(code('invalid-argument'));
  });
});

describe('the total of tries', () => {
  type Step = {
    readonly device: number;
    readonly lane: number;
    readonly verdict: 'guess' | 'success';
    readonly wait: number;
  };
  const steps: fc.Arbitrary<Step[]> = fc.array(
    fc.record({
      device: fc.nat(3),
      lane: fc.nat(6),
      verdict: fc.constantFrom('guess', 'guess', 'guess', 'success'),
      wait: fc.constantFrom(0, 1000, 60_000, DAY, 40 * DAY),
    }),
    { minLength: 20, maxLength: 150 },
  );

  it('of one device is never above its permanent lock, whatever lanes there are and what other devices prove', () => {
    const property = fc.property(steps, fc.nat(5), (history, known) => {
      let state = newAttemptState();
      let now = NOW;
      let judged = 0;
      const attempt = (device: string, lane: string, verdict: 'guess' | 'success'): void => {
        const admission = admitAttempt(broker, state, { device, lane, now });
        if (!admission.ok) return;
        if (device === 'victim') judged++;
        state = JSON.parse(JSON.stringify(admission.record(verdict, { earn: lane }).next));
      };
      for (let lane = 0; lane < known; lane++) attempt('victim', `browser-${lane}`, 'success');
      judged = 0;
      for (const { device, lane, verdict, wait } of history) {
        now += wait;
        // The owner proves other devices; the victim is only guessed at.
        const name = device === 0 ? `other-${lane}` : 'victim';
        attempt(name, `browser-${lane}`, name === 'victim' ? 'guess' : verdict);
      }
      // Five tries, four locks: 25, of which 15 are reserved for known browsers.
      expect(judged).toBeLessThanOrEqual(25);
      if (known === 0) expect(judged).toBeLessThanOrEqual(10);
    });
    fc.assert(property, { numRuns: 500 });
  });
});
