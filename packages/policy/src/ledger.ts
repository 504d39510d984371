import { CountersignError } from '@countersign/primitives/error';
import { assertActor, assertCall, assertId, assertLedger, readNow } from './checks.ts';
import { conclude, createLooker, reason } from './look.ts';
import type { Actor, Booking, Calendar, DaySum, Decision, Ledger, Policy, Windows } from './types.ts';

/** So many bookings can be reversed; their sums count however many there are. */
const MAX_BOOKINGS = 8;

/** A booking under seal: the ledger to write, and the word that it was written. */
export type LedgerTransition = {
  readonly next: Ledger;
  reveal(
    written: boolean,
  ): { readonly ok: true; readonly reference: string } | { readonly ok: false; readonly reason: 'not-written' };
};

/**
 * A ledger without withdrawals.
 *
 * @throws CountersignError `invalid-argument` for a policy without a currency, which has no limits
 * @example
 * ```ts
 * import { newLedger } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * newLedger(brokerPolicy).currency; // => 'USD'
 * ```
 */
export function newLedger(policy: Policy): Ledger {
  assertCall(policy, {});
  if (policy.currency === null) throw new CountersignError('invalid-argument', 'the policy has no currency');
  return { v: 1, currency: policy.currency, days: [], bookings: [] };
}

/** The ledger with one more amount, without the days that no window needs any more. A policy without a calendar counts no days. */
export function book(
  policy: Policy,
  ledger: Ledger,
  booking: { readonly reference: string; readonly amount: number; readonly pool: string },
  windows: Windows | null,
  now: number,
): Ledger {
  const { reference, amount, pool } = booking;
  const kept = ledger.bookings.slice(1 - MAX_BOOKINGS);
  const noted = { reference, day: windows?.dayStart ?? now, pool, amount, reversed: false };
  if (windows === null) return { ...ledger, bookings: [...kept, noted] };
  const oldest = Math.min(windows.fiveDaysStart, windows.dayStart) - policy.clockTolerance * 1000;
  const day = windows.dayStart;
  const days = ledger.days.filter(({ last }) => last >= oldest).map((sum) => asOfNow(sum, day, now));
  const merged: DaySum[] = [];
  for (const next of [...days, { day, last: now, pool, sum: amount }]) {
    const same = merged.findIndex((other) => other.day === next.day && other.pool === next.pool);
    const other = merged[same];
    if (other === undefined) merged.push(next);
    else {
      const sum = Math.min(Number.MAX_SAFE_INTEGER, other.sum + next.sum);
      merged[same] = { ...next, last: Math.max(other.last, next.last), sum };
    }
  }
  const bookings = kept.map((one) => (one.day > day ? { ...one, day } : one));
  return { v: 1, currency: ledger.currency, days: merged, bookings: [...bookings, noted] };
}

/** What a clock ahead has written counts as today's from the next booking on. */
function asOfNow(sum: DaySum, day: number, now: number): DaySum {
  return sum.day > day ? { ...sum, day, last: now } : sum;
}

/**
 * Takes a booking back, once: the payment behind it did not happen. Only the application and support may; the amount
 * becomes available again. Bookings can be reversed while they are among the latest eight.
 *
 * @param request - `reference`: as it was given to {@link decideAction}
 * @returns the decision, and the ledger to write: the same one when denied
 *
 * @example
 * ```ts
 * import { newLedger, reverseBooking } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'system' } as const;
 * const request = { ledger: newLedger(brokerPolicy), reference: 'payment-1', by, now: 1_800_000_000_000 };
 * reverseBooking(brokerPolicy, request).reasons[0]?.code; // => 'unknown-reference'
 * ```
 */
export function reverseBooking(
  policy: Policy,
  request: { readonly ledger: Ledger; readonly reference: string; readonly by: Actor; readonly now: number },
): Decision & { readonly ledger: Ledger } {
  assertCall(policy, request);
  const { ledger, reference, by } = request;
  assertLedger(ledger, policy.currency);
  assertId(reference, 'reference');
  assertActor(by);
  readNow(request.now);
  const looker = createLooker(null);
  const booking = ledger.bookings.find((one) => one.reference === reference);
  looker.look(by.role !== 'user', () => reason('actor-not-allowed', 'authority', null, { role: by.role }));
  if (looker.look(booking !== undefined, () => reason('unknown-reference', 'reference', null, { reference }))) {
    looker.look(!booking!.reversed, () => reason('already-reversed', 'reference', null, { reference }));
  }
  const decision = conclude(looker);
  return { ...decision, ledger: decision.allowed ? reversed(ledger, booking!) : ledger };
}

function reversed(ledger: Ledger, booking: Booking): Ledger {
  return {
    ...ledger,
    days: ledger.days.map((sum) =>
      sum.day === booking.day && sum.pool === booking.pool
        ? { ...sum, sum: Math.max(0, sum.sum - booking.amount) }
        : sum,
    ),
    bookings: ledger.bookings.map((one) => (one === booking ? { ...one, reversed: true } : one)),
  };
}

/** The windows of an instant, by the policy's own calendar. */
export function windowsOf(policy: Policy, calendar: Calendar | undefined, now: number): Windows {
  const own = policy.calendar;
  const same = own === null || calendar?.rules === own || JSON.stringify(calendar?.rules) === JSON.stringify(own);
  if (!same || typeof calendar?.windows !== 'function') {
    throw new CountersignError('invalid-argument', 'calendar must be createCalendar(policy.calendar)');
  }
  return calendar.windows(now);
}
