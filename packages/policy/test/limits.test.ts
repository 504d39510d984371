import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../src/calendar.ts';
import {
  decideAction,
  definePolicy,
  type Ledger,
  newAttemptState,
  newLedger,
  type Policy,
  reverseBooking,
} from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, smallCompanyPolicy } from '../src/presets.ts';
import {
  broker,
  calendar,
  codes,
  DAY,
  lockForGood,
  NOW,
  owner,
  PASSWORD,
  SOUND_PHONES,
  SUPPORT,
  SYSTEM,
  usd,
  withdraw,
} from './support.ts';

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

/** A ledger with withdrawals of whole dollars, each at its own instant. */
function ledger(...entries: readonly (readonly [at: number, dollars: number])[]): Ledger {
  let booked = newLedger(broker);
  const gold = owner(broker, ['gold']);
  for (const [index, [now, dollars]] of [...entries].sort((a, b) => a[0] - b[0]).entries()) {
    booked = withdraw(dollars, 'gold', gold, { ledger: booked, now, reference: `entry-${index}` }).booking!.next;
  }
  return booked;
}

const decide = (
  dollars: number,
  kind: string | null,
  more: Parameters<typeof withdraw>[3] = {},
  others: string[] = [],
) => withdraw(dollars, kind, owner(broker, [...(kind === null ? [] : [kind]), ...others]), more);

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
    expect(decide(left, kind, { ledger: past })).toMatchObject({ allowed: true, available: left * 100 });
    expect(codes(decide(left + 0.01, kind, { ledger: past }))).toContain('over-five-day-limit');
  });

  it('five days use up exactly what the table says', () => {
    for (const [kind, perDay, perFive] of TABLE) {
      if (perDay === null || perFive === null) continue;
      const devices = owner(broker, kind === null ? [] : [kind]);
      let past = newLedger(broker);
      let total = 0;
      // Monday 16 to Friday 20 November 2026, then the weekend.
      for (let day = -2; day <= 4; day++) {
        const now = NOW + day * DAY;
        const { available } = withdraw(1, kind, devices, { ledger: past, now });
        if (available === 0) continue;
        const amount = { minorUnits: available!, currency: 'USD' };
        const decision = withdraw(0, kind, devices, { ledger: past, now, amount, reference: `day-${day}` });
        past = decision.booking!.next;
        if (day <= 2) total += available! / 100;
      }
      expect(total).toBe(Math.min(perFive, perDay * 5));
    }
  });
});

describe('what is left, and when more', () => {
  it('a weak device is answered with a stronger one', () => {
    const decision = decide(250_000, 'security-card', {}, ['totp', 'pin-token']);
    expect(decision).toMatchObject({
      allowed: false,
      available: 20_000_000,
      stepUp: [
        { device: 'pin-token', kind: 'pin-token', available: null },
        { device: 'totp', kind: 'totp', available: 100_000_000 },
      ],
    });
    expect(decide(2_000_000, 'totp', {}, ['security-card']).stepUp).toEqual([]);
    expect(withdraw(60_000, null, owner(broker, ['sms']))).toMatchObject({
      allowed: false,
      stepUp: [{ device: 'sms' }],
    });
  });

  it('one device can be judged alone', () => {
    const decision = decide(250_000, 'security-card', { only: true }, ['totp']);
    expect(decision).toMatchObject({
      allowed: false,
      available: 20_000_000,
      stepUp: [],
      usable: [{ device: 'security-card' }],
      others: [],
    });
    expect(decide(1, null, { only: true }, ['totp'])).toMatchObject({ allowed: true, usable: [] });
  });

  it('offers regular devices before stopgaps, stronger before weaker, the last used first', () => {
    const devices = owner(broker, ['security-card', 'recovery-code', 'totp', 'online-card']);
    const used = {
      ...devices,
      list: devices.list.map((one) => (one.id === 'recovery-code' ? { ...one, lastUsedAt: NOW } : one)),
    };
    expect(withdraw(1, null, used).usable.map(({ device }) => device)).toEqual([
      'totp',
      'recovery-code',
      'security-card',
      'online-card',
    ]);
  });

  it('more tomorrow at New York midnight, or when the oldest day leaves', () => {
    const midnight = Date.UTC(2026, 10, 19, 5);
    expect(decide(1, 'sms', { ledger: ledger([NOW - 3600_000, 200_000]) })).toMatchObject({
      allowed: false,
      available: 0,
      nextIncreaseAt: midnight,
    });
    const monday = Date.UTC(2026, 10, 16, 17);
    const past = ledger([monday - 3 * DAY, 200_000], [monday - 4 * DAY, 200_000], [monday, 200_000]);
    // On Tuesday the window begins with Wednesday. Thursday leaves it at the end of Wednesday.
    expect(decide(1, 'sms', { ledger: past, now: monday + DAY })).toMatchObject({
      available: 0,
      nextIncreaseAt: midnight,
    });
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
    expect(none(fiveDaysStart).nextIncreaseAt).toBe(moves[0]!.at);
    expect(none(fiveDaysStart, moves[0]!.at).available).toBe(5_000_000);
  });

  it('opted out: the lower of both limits, and closed actions', () => {
    const optOut = { v: 1, status: 'out', changedAt: NOW - DAY } as const;
    expect(decide(50_000, 'pin-token', { optOut })).toMatchObject({ allowed: true, available: 5_000_000 });
    expect(decide(50_000.01, 'pin-token', { optOut }).reasons).toMatchObject([
      { code: 'over-daily-limit', rule: 'optOut.limits.withdrawals.perDay' },
    ]);
    const closed = decideAction(brokerPolicy, {
      action: 'trade-restricted-product',
      device: null,
      devices: owner(broker, ['totp']),
      attempts: null,
      optOut,
      now: NOW,
    });
    expect(closed).toMatchObject({ allowed: false, usable: [], stepUp: [], reasons: [{ code: 'denied-by-opt-out' }] });
    const login = {
      action: 'login',
      device: null,
      devices: owner(broker, []),
      attempts: null,
      optOut,
      now: NOW,
    } as const;
    expect(decideAction(brokerPolicy, login)).toMatchObject({ allowed: true, needsDevice: false });
  });

  it('actions without limits: only the device', () => {
    const request = {
      action: 'login',
      device: null,
      devices: owner(broker, ['totp']),
      attempts: null,
      optOut: null,
      now: NOW,
    } as const;
    expect(decideAction(brokerPolicy, request)).toMatchObject({
      allowed: false,
      available: 0,
      stepUp: [{ device: 'totp', available: null }],
      booking: null,
    });
    expect(codes(decideAction(brokerPolicy, request))).toEqual(['device-required']);
    expect(decideAction(brokerPolicy, { ...request, device: 'totp' })).toMatchObject({
      allowed: true,
      available: null,
      stepUp: [],
    });
    expect(codes(decideAction(brokerPolicy, { ...request, device: 'none' }))).toEqual(['unknown-device']);
    expect(codes(decideAction(brokerPolicy, { ...request, device: undefined as never }))).toEqual(['unknown-device']);
    expect(codes(decideAction(brokerPolicy, { ...request, devices: owner(broker, []) }))).toEqual([
      'no-usable-device',
      'device-required',
    ]);
    expect(codes(decideAction(brokerPolicy, { ...request, action: 'fly' as never }))).toEqual(['unknown-action']);
    expect(codes(decideAction(brokerPolicy, { ...request, action: 7 as never }))).toEqual(['unknown-action']);
  });

  it('says how a device can be used: without the methods that are off', () => {
    const devices = owner(broker, ['phone-app']);
    const off = { ...devices, list: devices.list.map((one) => ({ ...one, methodsOff: ['push-approval'] })) };
    expect(withdraw(1, 'phone-app', off).usable[0]!.methods).toEqual(['challenge-response']);
    const none = {
      ...devices,
      list: devices.list.map((one) => ({ ...one, methodsOff: ['push-approval', 'challenge-response'] })),
    };
    expect(codes(withdraw(1, 'phone-app', none))).toEqual(['methods-off']);
  });
});

describe('limits at once', () => {
  const pay = (minorUnits: number, device: string | null, more: object = {}) =>
    decideAction(smallCompanyPolicy, {
      action: 'payment',
      device,
      devices: owner(smallCompanyPolicy, ['totp', 'approval']),
      attempts: null,
      optOut: null,
      now: NOW,
      amount: { minorUnits, currency: 'EUR' },
      ...more,
    });

  it('a payment above 1,000 EUR is stepped up, without ledger and calendar', () => {
    expect(pay(100_000, 'totp')).toMatchObject({ allowed: true, available: 100_000, booking: null });
    expect(pay(100_001, 'totp')).toMatchObject({
      allowed: false,
      reasons: [{ code: 'over-action-limit', rule: 'actions.payment.limits.perKind.totp.perAction' }],
      stepUp: [{ device: 'approval', available: null }],
      nextIncreaseAt: null,
    });
    expect(pay(100_001, 'approval').allowed).toBe(true);
  });

  it('can be booked all the same, so that no reference is used twice', () => {
    const first = pay(5, 'totp', { reference: 'p-1', ledger: newLedger(smallCompanyPolicy) });
    const ledger = first.booking!.next;
    expect(codes(pay(5, 'totp', { reference: 'p-1', ledger }))).toEqual(['duplicate-reference']);
    expect(() => pay(5, 'totp', { reference: 'p-1' })).toThrow(expect.objectContaining({ code: 'invalid-state' }));
    expect(() => newLedger(nistAal2Policy)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

describe('currencies', () => {
  const rates = { EUR: { multiplier: 108_370, divisor: 100_000 }, JPY: { multiplier: 67, divisor: 100 } };
  const at = (minorUnits: number, currency: string, more: object = {}) =>
    decide(0, 'sms', { amount: { minorUnits, currency }, rates, explain: true, ...more });

  it('converts exactly, rounding up', () => {
    expect(at(1, 'JPY').looked!.find(({ code }) => code === 'over-daily-limit')!.values.amount).toEqual({
      minorUnits: 1,
      currency: 'USD',
    });
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
    ]) {
      expect(codes(at(1, 'EUR', { rates: { EUR: rate as never } }))).toEqual(['no-rate']);
    }
    for (const currency of ['CHF', 'constructor']) expect(codes(at(1, currency))).toEqual(['no-rate']);
    expect(codes(at(1, 'EUR', { rates: undefined }))).toEqual(['no-rate']);
    expect(codes(at(Number.MAX_SAFE_INTEGER, 'EUR'))).toEqual(['no-rate']);
  });
});

describe('booking', () => {
  it('sums a day and pool in one entry, and keeps no more than the windows need', () => {
    const many = ledger(...Array.from({ length: 300 }, (_, index) => [NOW - 20 * DAY + index * 5_000_000, 1] as const));
    expect(many.days.length).toBeLessThanOrEqual(8);
    expect(many.bookings).toHaveLength(8);
    expect(JSON.stringify(many).length).toBeLessThan(2048);
  });

  it('what a clock ahead has booked counts, and is today’s from the next booking on', () => {
    const ahead = ledger([NOW + 30 * DAY, 100_000]);
    expect(decide(1, 'sms', { ledger: ahead }).available).toBe(10_000_000);
    const gold = owner(broker, ['gold']);
    const next = withdraw(1, 'gold', gold, { ledger: ahead, reference: 'now' }).booking!.next;
    expect(next.days).toHaveLength(1);
    expect(decide(1, 'sms', { ledger: next, now: NOW + 10 * DAY }).available).toBe(20_000_000);
    const back = reverseBooking(broker, { ledger: next, reference: 'entry-0', by: SUPPORT, now: NOW }).ledger;
    expect(decide(1, 'sms', { ledger: back }).available).toBe(20_000_000 - 100);
  });

  it('users reverse nothing', () => {
    const request = { ledger: ledger([NOW, 5]), reference: 'entry-0', by: PASSWORD, now: NOW };
    expect(codes(reverseBooking(broker, request))).toEqual(['actor-not-allowed']);
    expect(reverseBooking(broker, { ...request, by: SYSTEM }).allowed).toBe(true);
  });

  it('a sum never passes what can be counted exactly', () => {
    const huge = ledger([NOW, 80_000_000_000_000], [NOW, 80_000_000_000_000]);
    expect(huge.days[0]!.sum).toBe(Number.MAX_SAFE_INTEGER);
  });

  it('agrees with a plain sum over random histories, reversals and all', () => {
    const step = fc.record({
      wait: fc.integer({ min: 0, max: 2 * DAY }),
      dollars: fc.integer({ min: 1, max: 250_000 }),
      reverse: fc.nat(6),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 25 }), (steps) => {
        const devices = owner(broker, ['digital-security-card']);
        let booked = newLedger(broker);
        let plain: { reference: string; at: number; amount: number }[] = [];
        let now = NOW;
        for (const [index, { wait, dollars, reverse }] of steps.entries()) {
          now += wait;
          const reference = `r-${index}`;
          const decision = withdraw(dollars, 'digital-security-card', devices, { ledger: booked, now, reference });
          const { dayStart, fiveDaysStart } = calendar.windows(now);
          const sum = (from: number) =>
            plain.filter(({ at }) => at >= from).reduce((total, { amount }) => total + amount, 0);
          const available = Math.max(0, Math.min(100_000_000 - sum(dayStart), 150_000_000 - sum(fiveDaysStart)));
          expect(decision.available).toBe(available);
          expect(decision.booking !== null).toBe(dollars * 100 <= available);
          if (decision.booking === null) continue;
          booked = decision.booking.next;
          plain.push({ reference, at: now, amount: dollars * 100 });
          if (reverse === 0) {
            booked = reverseBooking(broker, { ledger: booked, reference, by: SYSTEM, now }).ledger;
            plain = plain.filter((one) => one.reference !== reference);
          }
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('failing closed', () => {
  it.each([Number.NaN, Number.POSITIVE_INFINITY, -1, 0, 0.5, 2 ** 53, '100', null, undefined, {}, 10n])(
    'an amount of %s',
    (minorUnits) => {
      const decision = decide(0, 'pin-token', { amount: { minorUnits: minorUnits as never, currency: 'USD' } }, [
        'totp',
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
    { ...good, days: {} },
    { ...good, days: [null] },
    { ...good, days: [{ day: NOW, last: NOW, pool: 'withdrawals', sum: -1 }] },
    { ...good, days: [{ day: Number.NaN, last: NOW, pool: 'withdrawals', sum: 1 }] },
    { ...good, bookings: [{ reference: 'r' }] },
    { ...good, bookings: null },
  ])('a ledger that is %j throws', (past) => {
    expect(() => decide(1, 'pin-token', { ledger: past as never })).toThrow(
      expect.objectContaining({ code: 'invalid-state' }),
    );
  });

  it('a missing or foreign calendar, a wrong time and missing states throw', () => {
    const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });
    for (const other of [undefined, null, createCalendar({ timeZone: 'UTC', weekend: [6, 7], holidays: [] })]) {
      expect(() => decide(1, 'sms', { calendar: other as never })).toThrow(code('invalid-argument'));
    }
    expect(
      decide(1, 'sms', { calendar: createCalendar(JSON.parse(JSON.stringify(brokerPolicy.calendar))) }).allowed,
    ).toBe(true);
    expect(() => decide(1, 'sms', { now: Number.NaN })).toThrow(code('invalid-time'));
    expect(() => decide(1, 'sms', { attempts: undefined as never })).toThrow(code('invalid-state'));
    expect(() => decide(1, 'sms', { optOut: {} as never })).toThrow(code('invalid-state'));
    expect(() => decide(1, 'sms', { reference: '' })).toThrow(code('invalid-argument'));
    expect(() => decide(1, 'sms', { owners: { anna: null as never } })).toThrow(code('invalid-state'));
    expect(
      decide(1, 'sms', { owners: { anna: { devices: owner(broker, []), attempts: newAttemptState() } } }).allowed,
    ).toBe(true);
  });

  it('a locked device allows nothing, and others are named', () => {
    const attempts = lockForGood(broker, 'totp', NOW);
    const decision = decide(1, 'totp', { attempts, now: NOW + 30 * DAY }, ['security-card']);
    expect(decision).toMatchObject({
      allowed: false,
      available: 0,
      nextIncreaseAt: null,
      stepUp: [{ device: 'security-card' }],
    });
    expect(decision.reasons).toEqual([
      { code: 'locked', rule: 'attempts.device', device: 'totp', values: { scope: 'device', retryAt: null } },
    ]);
  });
});

describe('properties', () => {
  const kinds = TABLE.map(([kind]) => kind);
  const past = fc.array(fc.tuple(fc.integer({ min: 0, max: 12 * DAY }), fc.integer({ min: 1, max: 500_000 })), {
    maxLength: 8,
  });

  it('tightening any limit never allows more', () => {
    const amounts = fc.integer({ min: 1, max: 1_600_000 });
    fc.assert(
      fc.property(
        fc.constantFrom(...kinds),
        past,
        amounts,
        fc.integer({ min: 0, max: 150_000_000 }),
        (kind, entries, dollars, limit) => {
          const copy = JSON.parse(JSON.stringify(broker));
          const rows = copy.actions.withdrawal.limits.perKind;
          const row = rows[kind ?? 'none'];
          const lower = (old: number | undefined): number => Math.min(old ?? limit, limit);
          rows[kind ?? 'none'] = { perDay: lower(row.perDay), perFiveBusinessDays: row.perFiveBusinessDays ?? limit };
          const policy = definePolicy(copy) as Policy;
          const request = {
            action: 'withdrawal',
            device: kind,
            devices: owner(broker, kind === null ? [] : [kind]),
            attempts: null,
            optOut: null,
            now: NOW,
            amount: usd(dollars),
            ledger: ledger(...entries.map(([age, sum]) => [NOW - age, sum] as const)),
            calendar,
            posture: SOUND_PHONES,
          };
          const loose = decideAction(broker, request);
          const tight = decideAction(policy, request);
          expect(tight.allowed && !loose.allowed).toBe(false);
          expect(tight.available ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(
            loose.available ?? Number.POSITIVE_INFINITY,
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('depends on nothing but its arguments, and changes none of them', () => {
    fc.assert(
      fc.property(fc.constantFrom(...kinds), past, fc.integer({ min: 1, max: 1_600_000 }), (kind, entries, dollars) => {
        const devices = owner(broker, kind === null ? [] : [kind]);
        const more = { ledger: ledger(...entries.map(([age, sum]) => [NOW - age, sum] as const)), reference: 'x' };
        const before = JSON.stringify([devices, more]);
        const clock = Date.now;
        const random = Math.random;
        Date.now = () => {
          throw new Error('looked at the clock');
        };
        Math.random = () => {
          throw new Error('used randomness');
        };
        try {
          const first = withdraw(dollars, kind, devices, more);
          expect(JSON.stringify(withdraw(dollars, kind, devices, more))).toBe(JSON.stringify(first));
        } finally {
          Date.now = clock;
          Math.random = random;
        }
        expect(JSON.stringify([devices, more])).toBe(before);
      }),
      { numRuns: 60 },
    );
  });
});
