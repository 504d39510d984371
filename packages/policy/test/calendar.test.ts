import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createCalendar } from '../src/calendar.ts';
import { book } from '../src/ledger.ts';
import { availableOf, measureUsage, nextIncrease, type Row } from '../src/limits.ts';
import type { CalendarRules } from '../src/policy-types.ts';
import type { Ledger } from '../src/types.ts';
import { broker, DAY, NOW } from './support.ts';

const QUARTER = 15 * 60_000;
const utc = (...parts: [number, number, number, number?, number?]): number =>
  Date.UTC(parts[0], parts[1] - 1, parts[2], parts[3] ?? 0, parts[4] ?? 0);

describe('days', () => {
  const lengthOf = (timeZone: string, at: number): number => {
    const { dayStart, dayEnd } = createCalendar({ timeZone, weekend: [6, 7], holidays: [] }).windows(at);
    expect(dayStart <= at && at < dayEnd).toBe(true);
    return (dayEnd - dayStart) / 3_600_000;
  };

  it.each([
    ['New York, spring', 'America/New_York', utc(2026, 3, 8, 12), 23],
    ['New York, autumn', 'America/New_York', utc(2026, 11, 1, 12), 25],
    ['Brussels, spring', 'Europe/Brussels', utc(2026, 3, 29, 12), 23],
    ['Lord Howe, half an hour', 'Australia/Lord_Howe', utc(2026, 4, 4, 20), 24.5],
    ['São Paulo, no midnight', 'America/Sao_Paulo', utc(2017, 10, 15, 12), 23],
    ['Samoa, the day before the skipped one', 'Pacific/Apia', utc(2011, 12, 30, 5), 24],
    ['UTC', 'UTC', utc(2026, 12, 31, 23), 24],
    [
      'Newfoundland, back over midnight: the day has begun and stays begun',
      'America/St_Johns',
      utc(2010, 11, 7, 2, 45),
      25,
    ],
  ])('%s', (_, timeZone, at, hours) => {
    expect(lengthOf(timeZone, at)).toBe(hours);
  });

  it('refuses what is no instant', () => {
    const calendar = createCalendar({ timeZone: 'UTC', weekend: [], holidays: [] });
    for (const now of [Number.NaN, -1, 8.7e15, Number.POSITIVE_INFINITY]) {
      expect(() => calendar.windows(now)).toThrow(expect.objectContaining({ code: 'invalid-time' }));
    }
    expect(calendar.windows(0).dayStart).toBe(0);
    expect(calendar.windows(0.5).dayEnd).toBe(DAY);
  });

  it('keeps its rules when the caller changes theirs', () => {
    const rules = { timeZone: 'UTC', weekend: [6 as const], holidays: ['2026-11-18'] };
    const calendar = createCalendar(rules);
    rules.timeZone = 'America/New_York';
    rules.holidays.push('2026-11-19');
    expect(calendar.rules).toEqual({ timeZone: 'UTC', weekend: [6], holidays: ['2026-11-18'] });
    const frozen = Object.freeze({ ...rules });
    expect(createCalendar(frozen).rules).toBe(frozen);
  });

  it('refuses an unknown time zone and a week without business days', () => {
    const zone = (timeZone: string): CalendarRules => ({ timeZone, weekend: [], holidays: [] });
    expect(() => createCalendar(zone('Mars/Phobos'))).toThrow(expect.objectContaining({ code: 'invalid-policy' }));
    expect(() => createCalendar({ ...zone('UTC'), weekend: [1, 2, 3, 4, 5, 6, 7] })).toThrow(/leaves no business day/);
  });
});

describe('business days', () => {
  const rules: CalendarRules = { timeZone: 'America/New_York', weekend: [6, 7], holidays: ['2026-11-26'] };
  const startFor = (at: number): string => {
    const { fiveDaysStart } = createCalendar(rules).windows(at);
    return new Date(fiveDaysStart - 5 * 3_600_000).toISOString().slice(0, 16);
  };

  it.each([
    ['a Friday: from Monday, with the weekend before it', utc(2026, 11, 20, 17), '2026-11-14T00:00'],
    ['the Saturday after: counts for Monday, from Tuesday', utc(2026, 11, 21, 17), '2026-11-17T00:00'],
    ['the Sunday after: the same', utc(2026, 11, 22, 17), '2026-11-17T00:00'],
    ['the Monday: the same', utc(2026, 11, 23, 17), '2026-11-17T00:00'],
    ['the Tuesday', utc(2026, 11, 24, 17), '2026-11-18T00:00'],
    ['Thanksgiving: counts for Friday', utc(2026, 11, 26, 17), '2026-11-20T00:00'],
    ['the Friday after it: the same', utc(2026, 11, 27, 17), '2026-11-20T00:00'],
  ])('%s', (_, at, start) => {
    expect(startFor(at)).toBe(start);
  });

  it('a day that a zone skipped is no business day', () => {
    const samoa = createCalendar({ timeZone: 'Pacific/Apia', weekend: [6, 7], holidays: [] });
    // Thursday 5 January 2012; before it Wednesday, Tuesday, Monday, and Thursday 29 December: there was no Friday.
    const { fiveDaysStart } = samoa.windows(utc(2012, 1, 5, 0));
    expect(new Date(fiveDaysStart).toISOString()).toBe('2011-12-29T10:00:00.000Z');
  });

  it('remembers boundaries, and answers the same afterwards', () => {
    const calendar = createCalendar(rules);
    const fresh = (at: number): unknown => createCalendar(rules).windows(at);
    for (let index = 0; index < 60; index++) {
      const at = NOW + ((index * 7919) % 3000) * DAY;
      expect(calendar.windows(at)).toEqual(fresh(at));
    }
    expect(calendar.windows(NOW)).toBe(calendar.windows(NOW + 3_600_000));
  });
});

type Entry = { readonly at: number; readonly amount: number };

/** Counts by what a wall calendar shows every quarter of an hour; knows nothing of offsets. */
function bruteForce(
  rules: CalendarRules,
  now: number,
  entries: readonly Entry[],
  perDay: number,
  perFive: number,
): { available: number; next: number | null } {
  const format = new Intl.DateTimeFormat('en-CA', {
    timeZone: rules.timeZone,
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
  });
  const first = Math.floor((now - 26 * DAY) / QUARTER) * QUARTER;
  const last = now + 26 * DAY;
  const dates: string[] = [];
  const indexAt: number[] = [];
  for (let at = first; at < last; at += QUARTER) {
    const date = format.format(at);
    if (dates.at(-1) !== date) dates.push(date);
    indexAt.push(dates.length - 1);
  }
  const isBusiness = (date: string): boolean => {
    const weekday = new Date(`${date}T12:00:00Z`).getUTCDay() || 7;
    return !rules.weekend.includes(weekday as 1) && !rules.holidays.includes(date);
  };
  // Each date belongs to the business day that is not before it; business days are numbered.
  let number = 0;
  const businessOf = dates.map((date) => (isBusiness(date) ? number++ : number));
  const dateAt = (at: number): number => indexAt[Math.floor((at - first) / QUARTER)]!;
  const availableAt = (at: number): number => {
    let day = 0;
    let five = 0;
    for (const entry of entries) {
      if (entry.at < first) continue;
      if (dateAt(entry.at) === dateAt(at)) day += entry.amount;
      if (businessOf[dateAt(entry.at)]! > businessOf[dateAt(at)]! - 5) five += entry.amount;
    }
    return Math.max(0, Math.min(perDay - day, perFive - five));
  };
  const available = availableAt(now);
  for (let at = Math.floor(now / QUARTER + 1) * QUARTER; at < last - DAY; at += QUARTER) {
    // Only where a date begins can anything change.
    if (dateAt(at) !== dateAt(at - QUARTER) && availableAt(at) > available) return { available, next: at };
  }
  return { available, next: null };
}

describe('ledgers against a wall calendar', () => {
  const moments: [string, number][] = [
    ['America/New_York', utc(2026, 3, 8, 7)],
    ['America/New_York', utc(2026, 11, 1, 6)],
    ['America/New_York', utc(2027, 1, 1, 5)],
    ['Europe/Brussels', utc(2026, 10, 25, 1)],
    ['Asia/Kathmandu', utc(2026, 12, 31, 18, 15)],
    ['Australia/Lord_Howe', utc(2026, 10, 3, 15, 30)],
    ['America/Sao_Paulo', utc(2017, 10, 15, 3)],
    ['America/Havana', utc(2026, 11, 1, 5)],
    ['Pacific/Apia', utc(2011, 12, 30, 10)],
    ['Pacific/Chatham', utc(2026, 4, 4, 14, 30)],
    ['UTC', utc(2028, 2, 29)],
  ];
  const weekends: CalendarRules['weekend'][] = [[6, 7], [5, 6], [], [7], [1, 2, 3, 4, 5, 6]];
  const gap = fc.oneof(fc.constantFrom(-1, 0, 1), fc.integer({ min: -12 * DAY, max: 12 * DAY }));

  it('gives the same amounts and the same next increase', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...moments),
        gap,
        fc.constantFrom(...weekends),
        fc.array(fc.integer({ min: -8, max: 16 }), { maxLength: 4 }),
        fc.array(
          fc.record({
            age: fc.oneof(fc.integer({ min: 0, max: 9 * DAY }), fc.integer({ min: 0, max: DAY })),
            amount: fc.integer({ min: 1, max: 40 }),
          }),
          { maxLength: 12 },
        ),
        fc.integer({ min: 0, max: 120 }),
        fc.integer({ min: 0, max: 200 }),
        ([timeZone, around], offset, weekend, days, past, perDay, perFive) => {
          const now = around + offset;
          const holidays = [...new Set(days.map((day) => new Date(around + day * DAY).toISOString().slice(0, 10)))];
          // One business day a week and a holiday on it would lead beyond what the oracle looks at.
          const rules: CalendarRules = { timeZone, weekend, holidays: weekend.length > 2 ? [] : holidays };
          const entries = past.map(({ age, amount }) => ({ at: now - age, amount })).sort((a, b) => a.at - b.at);
          const calendar = createCalendar(rules);
          let ledger: Ledger = { v: 1, currency: 'USD', days: [], bookings: [] };
          for (const { at, amount } of entries) {
            ledger = book(broker, ledger, { reference: 'r', amount, pool: 'p' }, calendar.windows(at), at);
          }
          const usage = measureUsage(ledger, 'p', calendar.windows(now));
          const row: Row = [
            { window: 'perDay', limit: perDay, rule: 'perDay' },
            { window: 'perFiveBusinessDays', limit: perFive, rule: 'perFiveBusinessDays' },
          ];
          const expected = bruteForce(rules, now, entries, perDay, perFive);
          expect(availableOf(row, usage)).toBe(expected.available);
          // With one business day a week the window outlives the oracle's horizon.
          if (weekend.length < 6) expect(nextIncrease(row, usage)).toBe(expected.next);
        },
      ),
      { numRuns: 150 },
    );
  });
});
