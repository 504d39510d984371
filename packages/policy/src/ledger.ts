import { CountersignError } from '@countersign/primitives/error';
import { assertPolicy, isInstant, isLedger, isObject, own } from './checks.ts';
import { convert, isMoney } from './money.ts';
import type { Calendar, Ledger, Money, Policy, RateTable } from './types.ts';

/** What was moved. */
export type Withdrawal = {
  /** The action by which it was moved: a key of the policy's `actions` that has limits. */
  readonly action: string;
  readonly amount: Money;
  readonly now: number;
  readonly calendar: Calendar;
  /** Needed for other currencies than the policy's. */
  readonly rates?: RateTable | undefined;
};

/**
 * A ledger without withdrawals.
 *
 * @example
 * ```ts
 * import { newLedger } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * newLedger(brokerPolicy).currency; // => 'USD'
 * ```
 */
export function newLedger(policy: Policy): Ledger {
  assertPolicy(policy);
  return { v: 1, currency: policy.currency, latest: 0, entries: [] };
}

/**
 * The ledger with one more withdrawal, without the entries that no window needs any more. Call it after {@link decideAction}
 * has allowed the withdrawal, and write the result by compare-and-swap *before* the money moves: then no two withdrawals
 * that are decided at the same moment pass the limit together. The amount is kept in the policy's currency at today's rate.
 *
 * @throws CountersignError `invalid-state` for a malformed ledger, `invalid-argument` for an amount, a rate or an action that
 * `decideAction` denies, `invalid-time` also for a clock that went backwards
 *
 * @example
 * ```ts
 * import { newLedger, recordWithdrawal } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 * import { createCalendar } from '@countersign/policy/calendar';
 *
 * const calendar = createCalendar(brokerPolicy.calendar);
 * const amount = { minorUnits: 12_500, currency: 'USD' };
 * const now = 1_800_000_000_000;
 * const ledger = recordWithdrawal(brokerPolicy, newLedger(brokerPolicy), { action: 'withdrawal', amount, now, calendar });
 * ledger.entries.length; // => 1
 * ```
 */
export function recordWithdrawal(policy: Policy, ledger: Ledger, withdrawal: Withdrawal): Ledger {
  assertPolicy(policy);
  const { action, amount, now, calendar, rates } = withdrawal;
  assertCalendar(policy, calendar);
  if (!isInstant(now)) throw new CountersignError('invalid-time', 'now must be milliseconds since the Unix epoch');
  if (!isLedger(ledger, policy.currency)) {
    throw new CountersignError('invalid-state', "ledger must be a ledger in the policy's currency");
  }
  const pool = own(policy.actions, action)?.limits?.pool;
  if (pool === undefined) throw new CountersignError('invalid-argument', 'action must be one that has limits');
  const counted = isMoney(amount) ? convert(policy, amount, rates) : null;
  if (counted === null) throw new CountersignError('invalid-argument', 'amount must be positive and have a rate');
  // A server whose clock lags a little must not write an entry before those that are there already.
  const at = ledger.entries.reduce((last, entry) => Math.max(last, entry.at), Math.max(now, ledger.latest));
  if (at > now + policy.clockTolerance * 1000) {
    throw new CountersignError('invalid-time', 'now lies before what the ledger holds: the clock went backwards');
  }
  const { fiveDaysStart, dayStart } = calendar.windows(at);
  const oldest = Math.min(fiveDaysStart, dayStart) - policy.clockTolerance * 1000;
  const entries = ledger.entries.filter((entry) => entry.at >= oldest);
  return { v: 1, currency: ledger.currency, latest: at, entries: [...entries, { at, amount: counted, pool }] };
}

/** Refuses a calendar of other rules than the policy's: its days would be wrong. */
export function assertCalendar(policy: Policy, calendar: Calendar | undefined): asserts calendar is Calendar {
  const same =
    isObject(calendar) &&
    (calendar.rules === policy.calendar || JSON.stringify(calendar.rules) === JSON.stringify(policy.calendar));
  if (!same) throw new CountersignError('invalid-argument', 'calendar must be createCalendar(policy.calendar)');
}
