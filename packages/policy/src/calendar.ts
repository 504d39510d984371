import { assertInteger } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { Temporal } from 'temporal-polyfill';
import { LAST_INSTANT } from './checks.ts';
import type { CalendarRules } from './policy-types.ts';
import type { Calendar, Windows } from './types.ts';

const DAY = 86_400_000;
/** The current business day and the four before it. */
const BUSINESS_DAYS = 5;

/**
 * Days and business days in a policy's time zone, with its holidays, for {@link decideAction}.
 * Create it once for a policy: it remembers the boundaries of the days it was asked about (a few dozen numbers).
 *
 * A *day* runs from local midnight (or the first moment after it, where a clock change skips midnight) to the next: 23 to 25
 * hours where clocks change. A *business day* also takes in the weekend days and holidays before it: what happens on Saturday
 * counts for Monday, as a bank books it. The window of *five business days* is the current one and the four before it; so it
 * moves on at the end of a business day, and stands still over a weekend. A day that a time zone skipped altogether (Samoa,
 * 30 December 2011) is no business day.
 *
 * This is the only module that loads the time-zone library (temporal-polyfill; on runtimes that have Temporal, theirs).
 *
 * @param given - `policy.calendar`
 * @throws CountersignError `invalid-policy` for a time zone that the runtime does not know
 *
 * @example
 * ```ts
 * import { createCalendar } from '@countersign/policy/calendar';
 *
 * const calendar = createCalendar({ timeZone: 'America/New_York', weekend: [6, 7], holidays: [] });
 * const { dayStart, dayEnd } = calendar.windows(Date.UTC(2026, 2, 8, 12)); // clocks go forward
 * (dayEnd - dayStart) / 3_600_000; // => 23
 * ```
 */
export function createCalendar(given: CalendarRules): Calendar {
  // Decisions compare these rules with the policy's: they must stay what the windows were made of. A policy's own are frozen.
  const rules = Object.isFrozen(given) ? given : structuredClone(given);
  const { timeZone } = rules;
  const holidays = new Set(rules.holidays.map((day) => Date.parse(`${day}T00:00:00Z`) / DAY));
  const weekend = new Set<number>(rules.weekend);
  if (weekend.size >= 7) throw new CountersignError('invalid-policy', 'calendar.weekend leaves no business day');
  try {
    startOfDay(0, timeZone);
  } catch {
    throw new CountersignError('invalid-policy', 'calendar.timeZone is not known to this runtime');
  }
  const starts = new Map<number, number>();
  const start = (day: number): number => {
    let at = starts.get(day);
    if (at === undefined) {
      // Some weeks are enough for every window around one instant; jumping about in time starts afresh.
      if (starts.size > 100) starts.clear();
      at = startOfDay(day, timeZone);
      starts.set(day, at);
    }
    return at;
  };
  const isBusinessDay = (day: number): boolean =>
    // 1 January 1970, day 0, was a Thursday: day 4 of the week.
    !weekend.has(((((day + 3) % 7) + 7) % 7) + 1) && !holidays.has(day) && start(day) < start(day + 1);
  const nextBusinessDay = (day: number, step: 1 | -1): number => {
    let next = day + step;
    while (!isBusinessDay(next)) next += step;
    return next;
  };

  const compute = (now: number): Windows => {
    const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(timeZone);
    const date = Date.UTC(local.year, local.month - 1, local.day) / DAY;
    // Where clocks go back over midnight (Newfoundland until 2011), a day has begun at its first midnight and stays begun.
    const today = start(date + 1) <= now ? date + 1 : date;
    const current = isBusinessDay(today) ? today : nextBusinessDay(today, 1);
    // Ends of business days, each the start of the next business day's period: of the five before the current one, …
    const ends = [start(current + 1)];
    for (let day = current, back = 0; back < BUSINESS_DAYS; back++) {
      day = nextBusinessDay(day, -1);
      ends.unshift(start(day + 1));
    }
    // … of the current one, and of the four after it.
    for (let day = current, ahead = 1; ahead < BUSINESS_DAYS; ahead++) {
      day = nextBusinessDay(day, 1);
      ends.push(start(day + 1));
    }
    const moves = Array.from({ length: BUSINESS_DAYS }, (_, index) => ({
      at: ends[BUSINESS_DAYS + index]!,
      fiveDaysStart: ends[index + 1]!,
    }));
    return { dayStart: start(today), dayEnd: start(today + 1), fiveDaysStart: ends[0]!, moves };
  };

  let latest: Windows | undefined;
  return {
    rules,
    windows(now) {
      assertInteger(Math.floor(now), 'now', 0, LAST_INSTANT, 'invalid-time');
      if (latest === undefined || now < latest.dayStart || now >= latest.dayEnd) latest = compute(Math.floor(now));
      return latest;
    },
  };
}

/** The first instant of a local day, given as days since 1 January 1970. */
function startOfDay(day: number, timeZone: string): number {
  const date = new Date(day * DAY);
  const plain = new Temporal.PlainDate(date.getUTCFullYear(), date.getUTCMonth() + 1, date.getUTCDate());
  return plain.toZonedDateTime(timeZone).epochMilliseconds;
}
