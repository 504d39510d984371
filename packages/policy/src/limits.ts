import type { WindowLimits } from './policy-types.ts';
import type { Ledger, Windows } from './types.ts';

/** What has been moved in the windows at one instant, now and after each time they move on. */
export type Usage = {
  readonly day: number;
  readonly fiveDays: number;
  /** For each later boundary, what then still counts. */
  readonly later: readonly { readonly at: number; readonly day: number; readonly fiveDays: number }[];
};

/**
 * Sums a ledger's pool over the windows. An entry up to the clock tolerance ahead counts as of now, so that
 * a clock that lags a little brings nothing back. A sum beyond 2^53 is
 * inexact, but above every limit.
 */
export function measureUsage(ledger: Ledger, pool: string, { dayStart, dayEnd, fiveDaysStart, moves }: Windows): Usage {
  let day = 0;
  let fiveDays = 0;
  const remaining = moves.map(() => 0);
  for (const entry of ledger.entries) {
    if (entry.pool !== pool) continue;
    if (entry.at >= dayStart) day += entry.amount;
    if (entry.at < fiveDaysStart) continue;
    fiveDays += entry.amount;
    for (let index = 0; index < moves.length && entry.at >= moves[index]!.fiveDaysStart; index++) {
      remaining[index]! += entry.amount;
    }
  }
  const later = moves.map(({ at }, index) => ({ at, day: 0, fiveDays: remaining[index]! }));
  return { day, fiveDays, later: [{ at: dayEnd, day: 0, fiveDays }, ...later] };
}

/** What is left of both limits; `null` if there is none. */
export function availableOf(limits: WindowLimits, day: number, fiveDays: number): number | null {
  const { perDay, perFiveBusinessDays } = limits;
  const left = Math.min(
    perDay === null ? Number.POSITIVE_INFINITY : perDay - day,
    perFiveBusinessDays === null ? Number.POSITIVE_INFINITY : perFiveBusinessDays - fiveDays,
  );
  return left === Number.POSITIVE_INFINITY ? null : Math.max(0, left);
}

/** When more becomes available without anything else happening; `null` if all of it is available already. */
export function nextIncrease(limits: WindowLimits, usage: Usage): number | null {
  const available = availableOf(limits, usage.day, usage.fiveDays);
  if (available === null) return null;
  const increase = usage.later.find(({ day, fiveDays }) => availableOf(limits, day, fiveDays)! > available);
  return increase?.at ?? null;
}

/** The stricter of two rows, window by window. */
export function stricter(first: WindowLimits, second: WindowLimits | undefined): WindowLimits {
  if (second === undefined) return first;
  const lower = (a: number | null, b: number | null): number | null =>
    a === null ? b : b === null ? a : Math.min(a, b);
  return {
    perDay: lower(first.perDay, second.perDay),
    perFiveBusinessDays: lower(first.perFiveBusinessDays, second.perFiveBusinessDays),
  };
}
