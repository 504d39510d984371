import { assertId, assertLedger } from './checks.ts';
import type { ActionRequest } from './decide-action.ts';
import { book, type LedgerTransition, windowsOf } from './ledger.ts';
import {
  availableOf,
  countsDays,
  measureUsage,
  nextIncrease,
  type Row,
  rowOf,
  UNUSED,
  type Usage,
  usedOf,
  type Window,
} from './limits.ts';
import { type Looker, reason } from './look.ts';
import { convert, readMoney } from './money.ts';
import type { Money, Policy, ReasonCode, Strength } from './types.ts';

export type Bounded = {
  readonly available: number | null;
  readonly nextIncreaseAt: number | null;
  /** What another device allows, `null` without a limit; `false` when that is not enough. */
  availableWith(strength: Strength): number | null | false;
  book(): LedgerTransition | null;
};

const OVER: { readonly [window in Window]: ReasonCode } = {
  perAction: 'over-action-limit',
  perDay: 'over-daily-limit',
  perFiveBusinessDays: 'over-five-day-limit',
};

/** Looks at the limits of an action, with what the device that is used can be trusted for; `undefined`: none can be used. */
export function decideAmount(
  policy: Policy,
  request: ActionRequest,
  now: number,
  used: Strength | undefined,
  looker: Looker,
): Bounded {
  const { action, reference } = request;
  const given = readMoney(request.amount);
  const byDay = countsDays(policy, action);
  const { ledger } = request;
  if (byDay || reference !== undefined) assertLedger(ledger, policy.currency);
  // What is booked counts by day wherever the policy counts days, whichever action it was.
  const counted = byDay || (reference !== undefined && policy.calendar !== null);
  const windows = counted ? windowsOf(policy, request.calendar, now) : null;
  const { pool } = policy.actions[action]!.limits!;
  const usage: Usage = byDay ? measureUsage(ledger!, pool, windows!) : UNUSED;
  const optedOut = request.optOut?.status === 'out';
  const amount = given && convert(policy, given, request.rates);
  if (looker.look(given !== null, () => reason('invalid-amount', 'amount'))) {
    looker.look(amount !== null, () => reason('no-rate', 'rates', null, { currency: given!.currency }));
  }
  if (reference !== undefined) {
    assertId(reference, 'reference');
    const taken = ledger!.bookings.some((one) => one.reference === reference);
    looker.look(!taken, () => reason('duplicate-reference', 'reference', null, { reference }));
  }
  const row = used === undefined ? null : rowOf(policy, action, used.kinds, optedOut);
  if (row !== null && amount !== null) lookAtRow(policy, request.device, row, usage, amount, looker);
  return {
    available: row === null ? 0 : availableOf(row, usage),
    nextIncreaseAt: row === null ? null : nextIncrease(row, usage),
    availableWith(strength) {
      const available = availableOf(rowOf(policy, action, strength.kinds, optedOut), usage);
      return amount !== null && (available === null || available >= amount) ? available : false;
    },
    book() {
      if (reference === undefined) return null;
      const next = book(policy, ledger!, { reference, amount: amount!, pool }, windows, now);
      return {
        next,
        reveal: (written) => (written === true ? { ok: true, reference } : { ok: false, reason: 'not-written' }),
      };
    },
  };
}

function lookAtRow(
  policy: Policy,
  device: string | null,
  row: Row,
  usage: Usage,
  amount: number,
  { look }: Looker,
): void {
  const money = (minorUnits: number): Money => ({ minorUnits, currency: policy.currency! });
  for (const { window, limit, rule } of row) {
    const used = usedOf(window, usage);
    look(used + amount <= limit, () =>
      reason(OVER[window], rule, device, { amount: money(amount), used: money(used), limit: money(limit) }),
    );
  }
}
