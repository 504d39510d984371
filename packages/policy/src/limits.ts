import type { Limits } from './policy-types.ts';
import type { Ledger, Policy, Windows } from './types.ts';

/** What has been moved in the windows at one instant, now and after each time they move on. */
export type Usage = {
  readonly perDay: number;
  readonly perFiveBusinessDays: number;
  /** For each later boundary, what then still counts. */
  readonly later: readonly { readonly at: number; readonly perDay: number; readonly perFiveBusinessDays: number }[];
};

const WINDOWS = ['perAction', 'perDay', 'perFiveBusinessDays'] as const;
export type Window = (typeof WINDOWS)[number];

/** The lowest limit of each window, and the rule that sets it. */
export type Row = readonly { readonly window: Window; readonly limit: number; readonly rule: string }[];

/** Nothing was moved, for limits that count no days. */
export const UNUSED: Usage = { perDay: 0, perFiveBusinessDays: 0, later: [] };

/**
 * Sums a ledger's pool over the windows. A day counts as long as its last booking does; one that a clock ahead has
 * written counts as today. A sum beyond 2^53 is inexact, but above every limit.
 */
export function measureUsage(ledger: Ledger, pool: string, { dayStart, dayEnd, fiveDaysStart, moves }: Windows): Usage {
  let today = 0;
  let fiveDays = 0;
  const remaining = moves.map(() => 0);
  for (const { last, pool: from, sum } of ledger.days) {
    if (from !== pool || last < fiveDaysStart) continue;
    if (last >= dayStart) today += sum;
    fiveDays += sum;
    for (let index = 0; index < moves.length && last >= moves[index]!.fiveDaysStart; index++) remaining[index]! += sum;
  }
  const later = moves.map(({ at }, index) => ({ at, perDay: 0, perFiveBusinessDays: remaining[index]! }));
  const tomorrow = { at: dayEnd, perDay: 0, perFiveBusinessDays: fiveDays };
  return { perDay: today, perFiveBusinessDays: fiveDays, later: [tomorrow, ...later] };
}

/** Whether any limit of an action counts days, so that a ledger and a calendar are needed. */
export function countsDays(policy: Policy, action: string): boolean {
  const { pool, perKind } = policy.actions[action]!.limits!;
  const rows = [...Object.values(perKind), policy.optOut?.limits[pool] ?? 'unlimited'];
  return rows.some((row) => row !== 'unlimited' && (row.perDay ?? row.perFiveBusinessDays) !== undefined);
}

/** The lowest limits of some kinds, and of those who opted out, window by window. */
export function rowOf(policy: Policy, action: string, kinds: readonly string[], optedOut: boolean): Row {
  const { pool, perKind } = policy.actions[action]!.limits!;
  const rows: (readonly [path: string, limits: Limits | undefined])[] = kinds.map((kind) => [
    `actions.${action}.limits.perKind.${kind}`,
    perKind[kind],
  ]);
  if (optedOut) rows.push([`optOut.limits.${pool}`, policy.optOut?.limits[pool]]);
  const lowest: { window: Window; limit: number; rule: string }[] = [];
  for (const window of WINDOWS) {
    let found: (typeof lowest)[number] | undefined;
    for (const [path, limits] of rows) {
      const limit = limits === undefined || limits === 'unlimited' ? undefined : limits[window];
      if (limit !== undefined && limit < (found?.limit ?? Number.POSITIVE_INFINITY)) {
        found = { window, limit, rule: `${path}.${window}` };
      }
    }
    if (found !== undefined) lowest.push(found);
  }
  return lowest;
}

type Used = { readonly perDay: number; readonly perFiveBusinessDays: number };

/** What was used of a window. */
export function usedOf(window: Window, used: Used): number {
  return window === 'perAction' ? 0 : used[window];
}

/** What is left of all limits; `null` if there is none. */
export function availableOf(row: Row, used: Used): number | null {
  if (row.length === 0) return null;
  return Math.max(0, Math.min(...row.map(({ window, limit }) => limit - usedOf(window, used))));
}

/** When more becomes available without anything else happening; `null` if all of it is available already. */
export function nextIncrease(row: Row, usage: Usage): number | null {
  const available = availableOf(row, usage);
  if (available === null) return null;
  return usage.later.find((later) => availableOf(row, later)! > available)?.at ?? null;
}
