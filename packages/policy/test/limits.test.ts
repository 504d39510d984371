import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../src/calendar.ts';
import {
  type ActionRequest,
  type Device,
  decideAction,
  definePolicy,
  type Ledger,
  newLedger,
  recordWithdrawal,
} from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';
import { calendar, codes, DAY, device, document, ledger, NOW, usd, withdrawing } from './helpers.ts';

/** The table, in US dollars: kind, per day, in five business days. */
const TABLE: [string | null, number | null, number | null][] = [
  [null, 50_000, 100_000],
  ['sms', 200_000, 600_000],
  ['security-card', 200_000, 600_000],
  ['phone-app', 1_000_000, 1_000_000],
  ['totp', 1_000_000, 1_000_000],
  ['digital-security-card', 1_000_000, 1_500_000],
  ['pin-token', null, null],
  ['gold', null, null],
  ['platinum', null, null],
];
const decide = (
  dollars: number,
  kind: string | null,
  more: Partial<ActionRequest> = {},
  others: readonly Device[] = [],
) =>
  decideAction(brokerPolicy, withdrawing(dollars, kind, [...(kind === null ? [] : [device(kind)]), ...others], more));

describe('every number of the table', () => {
  it.each(TABLE)('%s: %s a day, %s in five business days', (kind, perDay, perFive) => {
    if (perDay === null || perFive === null) {
      const decision = decide(Number.MAX_SAFE_INTEGER / 200, kind, { ledger: ledger([NOW, 10_000_000_000]) });
      expect(decision).toMatchObject({ allowed: true, available: null, nextIncreaseAt: null, stepUp: [] });
      return;
    }
    expect(decide(perDay - 0.01, kind)).toMatchObject({ allowed: true, available: perDay * 100 });
    expect(decide(perDay, kind).allowed).toBe(true);
    const above = decide(perDay + 0.01, kind);
    expect(above.reasons[0]).toMatchObject({ code: 'over-daily-limit', values: { limit: usd(perDay) } });
    // What is used yesterday and before counts in five days only: leave one day's worth, then one cent less.
    const left = Math.min(perDay, perFive - 1000);
    const past = ledger([NOW - DAY, perFive - left]);
    expect(decide(left - 0.01, kind, { ledger: past }).allowed).toBe(true);
    expect(decide(left, kind, { ledger: past })).toMatchObject({ allowed: true, available: left * 100 });
    expect(codes(decide(left + 0.01, kind, { ledger: past }))).toContain('over-five-day-limit');
  });

  it('five days use up exactly what the table says', () => {
    for (const [kind, perDay, perFive] of TABLE) {
      if (perDay === null || perFive === null) continue;
      let past: Ledger = newLedger(brokerPolicy);
      let total = 0;
      // Monday 16 to Friday 20 November 2026, then the weekend.
      for (let day = -2; day <= 4; day++) {
        const now = NOW + day * DAY;
        const { available } = decide(1, kind, { ledger: past, now });
        if (available === 0) continue;
        const amount = { minorUnits: available!, currency: 'USD' };
        const decision = decide(0, kind, { ledger: past, now, amount });
        expect(decision.allowed).toBe(true);
        past = recordWithdrawal(brokerPolicy, past, { action: 'withdrawal', amount, now, calendar });
        if (day <= 2) total += available! / 100;
      }
      expect(total).toBe(Math.min(perFive, perDay * 5));
    }
  });
});

describe('what is left, and when more', () => {
  it('a weak device is answered with a stronger one', () => {
    const decision = decide(250_000, 'security-card', {}, [device('totp'), device('pin-token'), device('sms')]);
    expect(decision.allowed).toBe(false);
    expect(decision.available).toBe(20_000_000);
    expect(decision.stepUp).toEqual([
      { device: 'pin-token', kind: 'pin-token', available: null },
      { device: 'totp', kind: 'totp', available: 100_000_000 },
    ]);
    expect(decide(2_000_000, 'totp', {}, [device('security-card')]).stepUp).toEqual([]);
  });

  it('without a device: the ones that would do', () => {
    const request = withdrawing(60_000, null, [device('sms')]);
    expect(decideAction(brokerPolicy, request)).toMatchObject({ allowed: false, stepUp: [{ device: 'sms' }] });
  });

  it('more tomorrow at New York midnight, or when the oldest day leaves', () => {
    const midnight = Date.UTC(2026, 10, 19, 5);
    const now = decide(1, 'sms', { ledger: ledger([NOW - 3600_000, 200_000]) });
    expect(now).toMatchObject({ allowed: false, available: 0, nextIncreaseAt: midnight });
    // Thursday to Monday, 200,000 each on three of them: the five days are full.
    const monday = Date.UTC(2026, 10, 16, 17);
    const past = ledger([monday - 3 * DAY, 200_000], [monday - 4 * DAY, 200_000], [monday, 200_000]);
    const full = decide(1, 'sms', { ledger: past, now: monday + DAY });
    // On Tuesday the window begins with Wednesday. Thursday leaves it at the end of Wednesday.
    expect(full).toMatchObject({ available: 0, nextIncreaseAt: midnight });
    expect(decide(1, 'sms', { ledger: past, now: midnight - 1 }).available).toBe(0);
    expect(decide(1, 'sms', { ledger: past, now: midnight }).available).toBe(20_000_000);
    expect(decide(1, 'sms').nextIncreaseAt).toBeNull();
  });

  it('a window begins with its first millisecond', () => {
    const { dayStart, dayEnd, fiveDaysStart, moves } = calendar.windows(NOW);
    const left = (at: number, now = NOW) => decide(1, 'sms', { ledger: ledger([at, 150_000]), now }).available! / 100;
    expect([left(dayStart - 1), left(dayStart)]).toEqual([200_000, 50_000]);
    expect([left(dayEnd - 1, dayEnd - 1), left(dayEnd - 1, dayEnd)]).toEqual([50_000, 200_000]);
    const none = (at: number, now = NOW) => decide(1, null, { ledger: ledger([at, 100_000]), now });
    expect([none(fiveDaysStart - 1).available, none(fiveDaysStart).available]).toEqual([5_000_000, 0]);
    expect(none(fiveDaysStart).nextIncreaseAt).toBe(moves[0]?.at);
    expect(none(moves[0]!.fiveDaysStart).nextIncreaseAt).toBe(moves[1]?.at);
    expect(none(moves[0]!.fiveDaysStart - 1).nextIncreaseAt).toBe(moves[0]?.at);
    expect(none(fiveDaysStart, moves[0]!.at).available).toBe(5_000_000);
  });

  it('all withdrawals count, whichever device confirmed them', () => {
    expect(decide(1, 'sms', { ledger: ledger([NOW, 900_000]) }).available).toBe(0);
    const other: Ledger = { ...ledger([NOW, 900_000]), entries: [{ at: NOW, amount: 90_000_000, pool: 'elsewhere' }] };
    expect(decide(1, 'sms', { ledger: other }).available).toBe(20_000_000);
  });

  it('a device that cannot be used now allows nothing, and others are named', () => {
    const attempts = {
      v: 1,
      account: { failures: 0, blockedUntil: 0, lock: 'none' },
      devices: { totp: { failures: 5, blockedUntil: NOW + 1, lock: 'temporary' } },
      judged: 5,
      latest: NOW,
    } as const;
    const decision = decide(1, 'totp', { attempts }, [device('sms')]);
    expect(decision).toMatchObject({ allowed: false, available: 0, nextIncreaseAt: null, stepUp: [{ device: 'sms' }] });
    expect(decision.reasons).toEqual([
      { code: 'locked', values: { device: 'totp', kind: 'totp', scope: 'device', retryAt: { at: NOW + 1 } } },
    ]);
  });

  it('opted out: the lower of both limits', () => {
    const optOut = { v: 1, status: 'out', changedAt: NOW - DAY } as const;
    expect(decide(50_000, 'pin-token', { optOut })).toMatchObject({ allowed: true, available: 5_000_000 });
    expect(codes(decide(50_000.01, 'pin-token', { optOut }))).toEqual(['over-daily-limit']);
    expect(decide(1, 'totp', { optOut, ledger: ledger([NOW - DAY, 75_000]) }).available).toBe(2_500_000);
    const policy = definePolicy(
      document((p) => (p.optOut.limits.withdrawals = { perDay: null, perFiveBusinessDays: null })),
    );
    expect(decideAction(policy, withdrawing(1, 'sms', [device('sms')], { optOut })).available).toBe(20_000_000);
  });

  it('actions without limits: only the device', () => {
    const request = { ...withdrawing(1, null, [device('totp')]), action: 'login' };
    expect(decideAction(brokerPolicy, request)).toMatchObject({
      allowed: false,
      available: 0,
      stepUp: [{ device: 'totp', available: null }],
    });
    expect(codes(decideAction(brokerPolicy, request))).toEqual(['device-required']);
    expect(decideAction(brokerPolicy, { ...request, device: 'totp' })).toMatchObject({
      allowed: true,
      available: null,
      stepUp: [],
    });
    expect(codes(decideAction(brokerPolicy, { ...request, device: 'none' }))).toEqual(['unknown-device']);
    expect(codes(decideAction(brokerPolicy, { ...request, devices: [] }))).toEqual([
      'device-required',
      'no-usable-device',
    ]);
    expect(decideAction(brokerPolicy, { ...request, action: 'fly' })).toMatchObject({ allowed: false, stepUp: [] });
    expect(decideAction(brokerPolicy, { ...request, action: 'trade-restricted-product' }).allowed).toBe(true);
  });

  it('limits of an action that needs a device', () => {
    const policy = definePolicy(
      document((p) => {
        p.actions.withdrawal.level = 30;
        const { perKind } = p.actions.withdrawal.limits;
        for (const kind of ['none', 'sms', 'security-card', 'online-card', 'temporary-code']) delete perKind[kind];
      }),
    );
    const decision = decideAction(policy, withdrawing(1, null, [device('totp')]));
    expect(decision).toMatchObject({ allowed: false, available: 0, stepUp: [{ device: 'totp' }] });
  });
});

describe('currencies', () => {
  const rates = { EUR: { multiplier: 108_370, divisor: 100_000 }, JPY: { multiplier: 67, divisor: 100 } };
  const at = (minorUnits: number, currency: string, more: Partial<ActionRequest> = {}) =>
    decide(0, 'sms', { amount: { minorUnits, currency }, rates, ...more });

  it('converts exactly, rounding up', () => {
    expect(at(1, 'JPY').explanation.at(-1)?.values.amount).toEqual({ minorUnits: 1, currency: 'USD' });
    expect(at(100, 'JPY').explanation.at(-1)?.values.amount).toEqual({ minorUnits: 67, currency: 'USD' });
    // 184,553 EUR × 1.0837 = 200,000.0861 USD; 184,552.92 EUR = 199,999.999404 USD, which is 200,000.00 rounded up.
    expect(at(18_455_292, 'EUR').allowed).toBe(true);
    expect(at(18_455_293, 'EUR').allowed).toBe(false);
  });

  it('denies without a usable rate', () => {
    for (const rate of [
      undefined,
      null,
      'par',
      {},
      { multiplier: 0, divisor: 1 },
      { multiplier: 1, divisor: 0 },
      { multiplier: 1.5, divisor: 1 },
      { multiplier: 1, divisor: Number.NaN },
      { multiplier: -1, divisor: 1 },
    ]) {
      expect(codes(at(1, 'EUR', { rates: { EUR: rate as never } }))).toEqual(['no-rate']);
    }
    expect(codes(at(1, 'CHF'))).toEqual(['no-rate']);
    expect(codes(at(1, 'constructor'))).toEqual(['no-rate']);
    expect(codes(at(1, 'EUR', { rates: undefined }))).toEqual(['no-rate']);
    expect(codes(at(Number.MAX_SAFE_INTEGER, 'EUR'))).toEqual(['no-rate']);
  });
});

describe('recording', () => {
  const record = (past: Ledger, more: object = {}) =>
    recordWithdrawal(brokerPolicy, past, { action: 'withdrawal', amount: usd(1), now: NOW, calendar, ...more });

  it('keeps what the windows need, and no more', () => {
    const { fiveDaysStart } = calendar.windows(NOW);
    const past = ledger([fiveDaysStart - 5001, 1], [fiveDaysStart - 5000, 2], [fiveDaysStart, 3], [NOW - DAY, 4]);
    expect(record(past).entries.map(({ amount }) => amount)).toEqual([200, 300, 400, 100]);
    expect(record(past).latest).toBe(NOW);
    expect(past.entries).toHaveLength(4);
  });

  it('never writes an entry before those that are there', () => {
    const past = ledger([NOW + 3000, 1]);
    expect(record(past).entries.at(-1)?.at).toBe(NOW + 3000);
    expect(record({ ...past, latest: 0 }).latest).toBe(NOW + 3000);
  });

  it('throws for what decideAction denies', () => {
    const code = (expected: string) => expect.objectContaining({ code: expected });
    expect(() => record(null as never)).toThrow(code('invalid-state'));
    expect(() => record({ ...ledger(), currency: 'EUR' })).toThrow(code('invalid-state'));
    expect(() => record(ledger(), { now: Number.NaN })).toThrow(code('invalid-time'));
    expect(() => record(ledger(), { action: 'login' })).toThrow(code('invalid-argument'));
    expect(() => record(ledger(), { action: 'fly' })).toThrow(code('invalid-argument'));
    expect(() => record(ledger(), { amount: usd(0) })).toThrow(code('invalid-argument'));
    expect(() => record(ledger(), { amount: { minorUnits: 1, currency: 'EUR' } })).toThrow(code('invalid-argument'));
    expect(() => record(ledger(), { calendar: undefined })).toThrow(code('invalid-argument'));
    expect(() => record(ledger(), { calendar: null })).toThrow(code('invalid-argument'));
    expect(() => record(ledger([NOW + 5001, 1]))).toThrow(code('invalid-time'));
    expect(() => record({ ...ledger(), latest: NOW + 5001 })).toThrow(code('invalid-time'));
    expect(record(ledger([NOW + 5000, 1])).latest).toBe(NOW + 5000);
    expect(() => record(ledger(), { calendar: createCalendar({ ...brokerPolicy.calendar, timeZone: 'UTC' }) })).toThrow(
      code('invalid-argument'),
    );
    expect(
      record(ledger(), { calendar: createCalendar(JSON.parse(JSON.stringify(brokerPolicy.calendar))) }).entries,
    ).toHaveLength(1);
  });

  it('pruning never changes a later decision', () => {
    fc.assert(
      fc.property(
        fc.array(
          fc.record({ pass: fc.integer({ min: 0, max: 3 * DAY }), dollars: fc.integer({ min: 1, max: 300_000 }) }),
          { maxLength: 20 },
        ),
        (steps) => {
          let pruned = newLedger(brokerPolicy);
          let whole: Ledger = newLedger(brokerPolicy);
          let now = NOW;
          for (const { pass, dollars } of steps) {
            now += pass;
            const a = decide(dollars, 'sms', { ledger: pruned, now });
            const b = decide(dollars, 'sms', { ledger: whole, now });
            expect([a.allowed, a.available, a.nextIncreaseAt]).toEqual([b.allowed, b.available, b.nextIncreaseAt]);
            if (!a.allowed) continue;
            pruned = record(pruned, { amount: usd(dollars), now });
            whole = {
              ...whole,
              latest: now,
              entries: [...whole.entries, { at: now, amount: dollars * 100, pool: 'withdrawals' }],
            };
          }
        },
      ),
      { numRuns: 100 },
    );
  });
});

describe('failing closed', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 2 ** 53, '100', null, undefined, {}, 10n])(
    'an amount of %s',
    (minorUnits) => {
      const decision = decide(0, 'pin-token', { amount: { minorUnits: minorUnits as never, currency: 'USD' } }, [
        device('totp'),
      ]);
      expect(codes(decision)).toEqual(['invalid-amount']);
      expect(decision.stepUp).toEqual([]);
    },
  );

  it.each([undefined, null, 100, { minorUnits: 1 }, { minorUnits: 1, currency: 840 }])(
    'an amount that is %j',
    (amount) => {
      expect(codes(decide(0, 'pin-token', { amount: amount as never }))).toEqual(['invalid-amount']);
    },
  );

  const good = ledger([NOW - 1, 1]);
  it.each([
    undefined,
    null,
    {},
    [],
    { ...good, v: 0 },
    { ...good, currency: 'EUR' },
    { ...good, latest: Number.NaN },
    { ...good, entries: {} },
    { ...good, entries: [null] },
    { ...good, entries: [{ at: NOW, amount: Number.NaN, pool: 'withdrawals' }] },
    { ...good, entries: [{ at: NOW, amount: -1, pool: 'withdrawals' }] },
    { ...good, entries: [{ at: '1', amount: 1, pool: 'withdrawals' }] },
    { ...good, entries: [{ at: NOW, amount: 1 }] },
  ])('a ledger that is %j', (past) => {
    expect(codes(decide(1, 'pin-token', { ledger: past as never }))).toEqual(['invalid-state']);
  });

  it('a clock that went backwards, beyond the tolerance', () => {
    expect(decide(1, 'sms', { ledger: ledger([NOW + 5000, 200_000]) }).available).toBe(0);
    expect(codes(decide(1, 'sms', { ledger: ledger([NOW + 5001, 1]) }))).toEqual(['clock-went-backwards']);
    expect(codes(decide(1, 'sms', { ledger: { ...ledger(), latest: NOW + 5001 } }))).toEqual(['clock-went-backwards']);
    expect(codes(decide(1, 'sms', { ledger: { ...ledger([NOW + 5001, 1]), latest: 0 } }))).toEqual([
      'clock-went-backwards',
    ]);
  });

  it('a lagging clock within the tolerance brings nothing back at midnight', () => {
    const midnight = Date.UTC(2026, 10, 19, 5);
    const past = ledger([midnight - 1000, 200_000], [midnight + 1000, 200_000]);
    expect(decide(1, 'sms', { ledger: past, now: midnight - 2000 }).available).toBe(0);
  });

  it('a missing or foreign calendar is the programmer’s mistake', () => {
    for (const other of [undefined, createCalendar({ timeZone: 'UTC', weekend: [6, 7], holidays: [] })]) {
      expect(() => decide(1, 'sms', { calendar: other })).toThrow(
        expect.objectContaining({ code: 'invalid-argument' }),
      );
    }
  });

  it('an unknown device, and a choice that is barred', () => {
    expect(codes(decide(1, 'sms', { device: 'other' }))).toEqual(['unknown-device']);
    expect(codes(decide(1, 'sms', { device: undefined as never }))).toEqual(['unknown-device']);
    expect(codes(decide(1, 'sms', { now: Number.NaN }))).toEqual(['invalid-time']);
    expect(decide(1, 'sms', { devices: null as never })).toMatchObject({ available: 0, stepUp: [], allowed: false });
  });
});

describe('properties', () => {
  const kinds = TABLE.map(([kind]) => kind);
  const past = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 * DAY }), fc.integer({ min: 1, max: 500_000 })), {
    maxLength: 12,
  });

  it('tightening any limit never allows more', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        past,
        fc.integer({ min: 1, max: 1_600_000 }),
        fc.integer({ min: 0, max: 150_000_000 }),
        fc.boolean(),
        (kind, entries, dollars, limit, daily) => {
          const policy = definePolicy(
            document((p) => {
              const row = p.actions.withdrawal.limits.perKind[kind ?? 'none'];
              const lower = (old: number | null): number => (old === null ? limit : Math.min(old, limit));
              row.perDay = lower(row.perDay);
              if (!daily) row.perFiveBusinessDays = row.perDay;
            }),
          );
          const request = withdrawing(dollars, kind, kind === null ? [] : [device(kind)], {
            ledger: ledger(...entries.map(([age, sum]) => [NOW - age, sum] as const)),
          });
          const loose = decideAction(brokerPolicy, request);
          const tight = decideAction(policy, { ...request, calendar });
          expect(tight.allowed && !loose.allowed).toBe(false);
          expect(tight.available ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
            loose.available ?? Number.POSITIVE_INFINITY,
          );
        },
      ),
      { numRuns: 200 },
    );
  });

  it('depends on nothing but its arguments, and changes none of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), past, fc.integer({ min: 1, max: 1_600_000 }), (kind, entries, dollars) => {
        const request = withdrawing(dollars, kind, kind === null ? [] : [device(kind)], {
          ledger: ledger(...entries.map(([age, sum]) => [NOW - age, sum] as const)),
        });
        const before = JSON.stringify(request);
        const clock = Date.now;
        const random = Math.random;
        Date.now = () => {
          throw new Error('looked at the clock');
        };
        Math.random = () => {
          throw new Error('used randomness');
        };
        try {
          const first = decideAction(brokerPolicy, request);
          const again = decideAction(definePolicy(document()), {
            ...request,
            calendar: createCalendar(brokerPolicy.calendar),
          });
          expect(again).toEqual(first);
        } finally {
          Date.now = clock;
          Math.random = random;
        }
        expect(JSON.stringify(request)).toBe(before);
      }),
      { numRuns: 60 },
    );
  });
});
