import { isLedger, nameOf, own } from './checks.ts';
import { type ChooseRequest, chooseDevice, type DeviceChoice, type UsableDevice } from './choose-device.ts';
import { assertCalendar } from './ledger.ts';
import { availableOf, measureUsage, nextIncrease, stricter, type Usage } from './limits.ts';
import { conclude, createLooker, type Looker, lookAtClock } from './look.ts';
import { convert, isMoney } from './money.ts';
import type { ActionLimits, WindowLimits } from './policy-types.ts';
import type { Calendar, Decision, DeviceKind, Ledger, Money, Policy, RateTable } from './types.ts';

/** What {@link chooseDevice} takes, the device that is used, and for actions with limits the amount and its history. */
export type ActionRequest = ChooseRequest & {
  /** Id of the device with which the action is confirmed; `null` for none. */
  readonly device: string | null;
  readonly amount?: Money | undefined;
  readonly ledger?: Ledger | undefined;
  readonly calendar?: Calendar | undefined;
  /** Needed for other currencies than the policy's. */
  readonly rates?: RateTable | undefined;
};

/** Another of the user's devices that would allow it. */
export type StepUp = {
  readonly device: string;
  readonly kind: DeviceKind;
  /** Minor units of the policy's currency that are available with it; `null`: no limit. */
  readonly available: number | null;
};

export type ActionDecision = Decision & {
  /** Minor units of the policy's currency that the device allows now; `null`: no limit; 0 where it cannot be used. */
  readonly available: number | null;
  /** When more becomes available with the same device; `null`: not by waiting. */
  readonly nextIncreaseAt: number | null;
  /** Other usable devices that would allow what was asked for, as {@link chooseDevice} orders them. */
  readonly stepUp: readonly StepUp[];
  readonly choice: DeviceChoice;
};

/**
 * The full decision: may this be done now, with this device, for this amount? With what is still available, when that grows,
 * and which other device would do.
 *
 * All withdrawals of a pool count, whichever device confirmed them, against the limits of the device at hand. Nothing is
 * reserved: record it with {@link recordWithdrawal} in the same compare-and-swap. Ask before the device is used (to say what
 * is possible) and again when its response was accepted (to decide).
 *
 * @param request - what is wrong in it denies: NaN, an unknown kind, a missing field, a state from the future.
 * @throws CountersignError `invalid-policy` when the policy was not checked; `invalid-argument` when an action with limits is
 * decided without the policy's calendar
 *
 * @example
 * ```ts
 * import { decideAction, newLedger } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 * import { createCalendar } from '@countersign/policy/calendar';
 *
 * const decision = decideAction(brokerPolicy, {
 *   action: 'withdrawal',
 *   device: null,
 *   devices: [],
 *   attempts: null,
 *   optOut: null,
 *   now: 1_800_000_000_000,
 *   amount: { minorUnits: 5_000_001, currency: 'USD' },
 *   ledger: newLedger(brokerPolicy),
 *   calendar: createCalendar(brokerPolicy.calendar),
 * });
 * decision.reasons[0]?.code; // => 'over-daily-limit'
 * decision.available; // => 5000000
 * ```
 */
export function decideAction(policy: Policy, request: ActionRequest): ActionDecision {
  const choice = chooseDevice(policy, request);
  const looker = createLooker([...choice.explanation]);
  const used = choice.usable.find(({ device }) => device === request.device);
  lookAtChoice(request, choice, used, looker);
  const limits = own(policy.actions, request.action)?.limits;
  if (limits === undefined) {
    const decision = conclude(looker);
    // A denial that has to do with the device is mended by any device that can serve.
    const others = decision.allowed || isBarred(choice) ? [] : choice.usable;
    const stepUp = others.map(({ device, kind }) => ({ device, kind, available: null }));
    return { ...decision, available: decision.allowed ? null : 0, nextIncreaseAt: null, stepUp, choice };
  }
  assertCalendar(policy, request.calendar);
  return decideAmount(policy, request, limits, request.calendar, { choice, used, looker });
}

/** Whether something other than the want of a device stands in the way. */
function isBarred(choice: DeviceChoice): boolean {
  return choice.reasons.some(({ code }) => code !== 'no-usable-device');
}

function lookAtChoice(
  request: ActionRequest,
  choice: DeviceChoice,
  used: UsableDevice | undefined,
  looker: Looker,
): void {
  if (isBarred(choice)) {
    looker.reasons.push(...choice.reasons);
  } else if (request.device === null) {
    const level = `actions.${request.action}.level`;
    looker.look(!choice.needsDevice, level, 'device-required', { action: request.action });
    if (choice.needsDevice) looker.reasons.push(...choice.reasons);
  } else if (used === undefined) {
    const other = choice.others.find(({ device }) => device === request.device);
    if (other === undefined) looker.look(false, 'devices', 'unknown-device', { device: nameOf(request.device) });
    else looker.reasons.push(...other.reasons);
  }
}

type Chosen = {
  readonly choice: DeviceChoice;
  readonly used: UsableDevice | undefined;
  readonly looker: Looker;
};

function decideAmount(
  policy: Policy,
  request: ActionRequest,
  limits: ActionLimits,
  calendar: Calendar,
  { choice, used, looker }: Chosen,
): ActionDecision {
  const { look } = looker;
  const { ledger, now } = request;
  const denied = (): ActionDecision => ({
    ...conclude(looker),
    available: 0,
    nextIncreaseAt: null,
    stepUp: [],
    choice,
  });
  if (isBarred(choice)) return denied();
  if (!look(isLedger(ledger, policy.currency), 'ledger', 'invalid-state')) return denied();
  const past = ledger as Ledger;
  const latest = past.entries.reduce((last, { at }) => Math.max(last, at), past.latest);
  if (!lookAtClock(policy, looker, now, latest)) return denied();
  const usage = measureUsage(past, limits.pool, calendar.windows(now));
  const amount = isMoney(request.amount) ? convert(policy, request.amount, request.rates) : null;
  if (look(isMoney(request.amount), 'amount', 'invalid-amount')) {
    look(amount !== null, 'rates', 'no-rate', { currency: request.amount!.currency });
  }
  const optedOut = request.optOut?.status === 'out' ? own(policy.optOut.limits, limits.pool) : undefined;
  const rowOf = (kind: string) => stricter(limits.perKind[kind]!, optedOut);

  let available: number | null = 0;
  let nextIncreaseAt: number | null = null;
  if (used !== undefined || (request.device === null && !choice.needsDevice)) {
    const kind = used?.kind ?? 'none';
    const row = rowOf(kind);
    available = availableOf(row, usage.day, usage.fiveDays);
    nextIncreaseAt = nextIncrease(row, usage);
    // The rule that is named is the one that holds: the kind's own, or the lower one of users who opted out.
    const ruleOf = (window: keyof WindowLimits): string =>
      row[window] === limits.perKind[kind]![window]
        ? `actions.${request.action}.limits.perKind.${kind}.${window}`
        : `optOut.limits.${limits.pool}.${window}`;
    if (amount !== null) lookAtRow(policy, ruleOf, row, usage, amount, looker);
  }
  const decision = conclude(looker);
  const stepUp: StepUp[] = [];
  if (!decision.allowed && amount !== null) {
    for (const { device, kind } of choice.usable) {
      const other = availableOf(rowOf(kind), usage.day, usage.fiveDays);
      if (device !== request.device && (other === null || other >= amount))
        stepUp.push({ device, kind, available: other });
    }
  }
  return { ...decision, available, nextIncreaseAt, stepUp, choice };
}

function lookAtRow(
  policy: Policy,
  ruleOf: (window: keyof WindowLimits) => string,
  row: WindowLimits,
  usage: Usage,
  amount: number,
  { look }: Looker,
): void {
  const money = (minorUnits: number | null): Money | null =>
    minorUnits === null ? null : { minorUnits, currency: policy.currency };
  const { perDay, perFiveBusinessDays: perFive } = row;
  const day = { amount: money(amount), used: money(usage.day), limit: money(perDay) };
  look(perDay === null || usage.day + amount <= perDay, ruleOf('perDay'), 'over-daily-limit', day);
  const five = { amount: money(amount), used: money(usage.fiveDays), limit: money(perFive) };
  look(
    perFive === null || usage.fiveDays + amount <= perFive,
    ruleOf('perFiveBusinessDays'),
    'over-five-day-limit',
    five,
  );
}
