import { findBlock } from './attempts.ts';
import { assertAttempts, assertCall, assertDevices, assertOptOut, isRegular, own, readNow, told } from './checks.ts';
import { decideAmount } from './decide-amount.ts';
import { serve, tellBlock } from './judge-device.ts';
import type { LedgerTransition } from './ledger.ts';
import { conclude, createLooker, type Looker, lookerFor, reason } from './look.ts';
import { NONE } from './strength.ts';
import type {
  Calendar,
  Decision,
  Device,
  Ledger,
  Money,
  OptOutState,
  Policy,
  RateTable,
  Reason,
  Situation,
  Strength,
  Values,
} from './types.ts';

/** Who wants to do what, with which device, now. */
export type ActionRequest<A extends string = string> = Situation & {
  /** A key of the policy's `actions`. */
  readonly action: A;
  /** Id of the device with which the action is confirmed; `null` for none. */
  readonly device: string | null;
  /** Judge that device alone: half the work, and nothing about the others. */
  readonly only?: boolean | undefined;
  /** Whether the user opted out; `null` if nobody can. */
  readonly optOut: OptOutState | null;
  /** For actions with limits; what is no amount denies. */
  readonly amount?: Money | undefined;
  /** Needed for other currencies than the policy's. */
  readonly rates?: RateTable | undefined;
  /** What it is about; stands in the explanation. */
  readonly details?: Values | undefined;
  /** Names this payment, 1 … 32 of `A–Z a–z 0–9 . _ : -`, never used before: then the decision brings the ledger to write. */
  readonly reference?: string | undefined;
  readonly ledger?: Ledger | undefined;
  readonly calendar?: Calendar | undefined;
};

/** A device that can serve now, and how, the preferred way first. */
export type UsableDevice = {
  readonly device: string;
  readonly kind: string;
  /** Its level now: while it grows, no more than that of the device that bound it. */
  readonly level: number;
  readonly methods: readonly string[];
};

/** A device that cannot serve now, and every reason why. */
export type OtherDevice = { readonly device: string; readonly kind: string; readonly reasons: readonly Reason[] };

/** Another of the user's devices that would allow it. */
export type StepUp = {
  readonly device: string;
  readonly kind: string;
  /** Minor units of the policy's currency that are available with it; `null`: no limit. */
  readonly available: number | null;
};

export type ActionDecision = Decision & {
  /** Minor units of the policy's currency that the device allows now; `null`: no limit; 0 where it cannot be used. */
  readonly available: number | null;
  /** When more becomes available with the same device; `null`: not by waiting. */
  readonly nextIncreaseAt: number | null;
  /** False if the action may go on without a device. */
  readonly needsDevice: boolean;
  /** Regular devices before stopgaps, stronger before weaker, the one used last first. Empty with `only`. */
  readonly usable: readonly UsableDevice[];
  readonly others: readonly OtherDevice[];
  /** Other usable devices that would allow what was asked for, in the same order. */
  readonly stepUp: readonly StepUp[];
  /** The ledger to write before the money moves; `null` unless allowed, with limits and a `reference`. */
  readonly booking: LedgerTransition | null;
};

/**
 * The full decision: may this be done now, with this device, for this amount? With what is still available, when that grows,
 * which devices there are to choose from, and which other one would do.
 *
 * All withdrawals of a pool count, whichever device confirmed them, against the limits of the device at hand. Ask before the
 * device is used (to say what is possible) and again, with a `reference`, when its response was accepted: then write
 * `booking.next` by compare-and-swap, in the same write as whatever makes the response single-use, and act only on
 * `booking.reveal(true)`. Only what was allowed can be booked.
 *
 * Not for telling a stranger: show devices only after the password, and reasons only in settings.
 *
 * @throws CountersignError `invalid-policy` when the policy was not checked; `invalid-state` for states that are not ours;
 * `invalid-time`; `invalid-argument` when limits by day are decided without ledger or the policy's calendar
 *
 * @example
 * ```ts
 * import { decideAction, newDevicesState, newLedger } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 * import { createCalendar } from '@countersign/policy/calendar';
 *
 * const decision = decideAction(brokerPolicy, {
 *   action: 'withdrawal',
 *   device: null,
 *   devices: newDevicesState(),
 *   attempts: null,
 *   optOut: null,
 *   now: 1_800_000_000_000,
 *   amount: { minorUnits: 5_000_001, currency: 'USD' },
 *   ledger: newLedger(brokerPolicy),
 *   calendar: createCalendar(brokerPolicy.calendar!),
 * });
 * decision.reasons[0]?.code; // => 'over-daily-limit'
 * decision.available; // => 5000000
 * ```
 */
export function decideAction<A extends string, K extends string>(
  policy: Policy<A, K>,
  request: ActionRequest<NoInfer<A>>,
): ActionDecision {
  return decide(policy, request);
}

function decide(policy: Policy, request: ActionRequest): ActionDecision {
  assertCall(policy, request);
  const now = readNow(request.now);
  assertSituation(request);
  const { action, optOut } = request;
  if (optOut !== null) assertOptOut(optOut);
  const looker = lookerFor(request);
  const owed = own(policy.actions, action);
  if (!looker.look(owed !== undefined, () => reason('unknown-action', 'actions', null, { action: told(action) }))) {
    return { ...conclude(looker), ...NOTHING, needsDevice: true, usable: [], others: [] };
  }
  const out = optOut?.status === 'out';
  const rules = policy.optOut;
  if (out) {
    const closed = rules?.deniedActions.includes(action) === true;
    looker.look(!closed, () => reason('denied-by-opt-out', 'optOut.deniedActions', null, { action }));
  }
  const barred = looker.reasons.length > 0;
  const needsDevice = owed!.level > 0 && !(out && rules?.waivedActions.includes(action) === true);
  const candidates: Candidate[] = [];
  let used = lookAtUsed(policy, request, now, needsDevice, looker, candidates);
  if (request.only !== true) lookAtOthers(policy, request, now, looker, candidates);
  const usable = candidates.filter(isUsable).sort(byPreference(policy));
  const others = candidates.filter((one) => one.strength === undefined);
  if (used === undefined && !needsDevice && request.device === null && looker.reasons.length === 0) used = NONE;
  if (needsDevice && request.device === null && request.only !== true && usable.length === 0) {
    looker.reasons.unshift(reason('no-usable-device', `actions.${action}.level`, null, { level: owed!.level }));
  }
  const bounded = owed!.limits === undefined ? null : decideAmount(policy, request, now, used, looker);
  const decision = conclude(looker);
  const stepUp = decision.allowed || barred ? [] : usable.filter(({ device }) => device.id !== request.device);
  if (decision.allowed && looker.looked !== null) {
    looker.looked.push({
      ...reason('allowed', `actions.${action}`, request.device, { ...request.details, action }),
      passed: true,
    });
  }
  return {
    // Written out: spreading another object into one this large costs more than the whole decision.
    allowed: decision.allowed,
    reasons: decision.reasons,
    looked: decision.looked,
    available: bounded === null ? (decision.allowed ? null : 0) : bounded.available,
    nextIncreaseAt: bounded?.nextIncreaseAt ?? null,
    needsDevice,
    usable: barred ? [] : usable.map(shown(policy)),
    others: others.map(({ device: { id, kind }, reasons }) => ({ device: id, kind, reasons })),
    stepUp: stepUp.flatMap(({ device: { id, kind }, strength }) => {
      const available = bounded === null ? null : bounded.availableWith(strength);
      return available === false ? [] : [{ device: id, kind, available }];
    }),
    booking: decision.allowed && bounded !== null ? bounded.book() : null,
  };
}

const NOTHING = { available: 0, nextIncreaseAt: null, stepUp: [], booking: null } as const;

type Candidate = {
  readonly device: Device;
  readonly strength: Strength | undefined;
  readonly reasons: readonly Reason[];
};
type Usable = Candidate & { readonly strength: Strength };

const isUsable = (one: Candidate): one is Usable => one.strength !== undefined;

/** States that are whole, and nothing missing that a decision needs. */
export function assertSituation({ devices, attempts, owners }: Situation): void {
  assertDevices(devices);
  if (attempts !== null) assertAttempts(attempts);
  for (const owner of Object.values(owners ?? {})) {
    assertDevices(owner?.devices, 'owners');
    if (owner.attempts !== null) assertAttempts(owner.attempts);
  }
}

/** Looks at the device that is used, or at the account's own lock where none is. */
function lookAtUsed(
  policy: Policy,
  request: ActionRequest,
  now: number,
  needsDevice: boolean,
  looker: Looker,
  candidates: Candidate[],
): Strength | undefined {
  const { action, device: id, attempts } = request;
  if (id === null) {
    looker.look(!needsDevice, () => reason('device-required', `actions.${action}.level`, null, { action }));
    const block = attempts && findBlock(policy, attempts, null, null, now);
    looker.look(!block, () => tellBlock(block, 'account', null));
    return undefined;
  }
  const device = request.devices.list.find((one) => one.id === id);
  if (!looker.look(device !== undefined, () => reason('unknown-device', 'known-device', told(id)))) return undefined;
  const own = createLooker(looker.looked);
  const strength = serve(policy, request, now, action, device!, own);
  looker.reasons.push(...own.reasons);
  candidates.push({ device: device!, strength, reasons: own.reasons });
  return strength;
}

function lookAtOthers(
  policy: Policy,
  request: ActionRequest,
  now: number,
  looker: Looker,
  candidates: Candidate[],
): void {
  for (const device of request.devices.list) {
    if (device.id === request.device) continue;
    const own = createLooker(looker.looked);
    const strength = serve(policy, request, now, request.action, device, own);
    candidates.push({ device, strength, reasons: own.reasons });
  }
}

const byPreference =
  (policy: Policy) =>
  (a: Usable, b: Usable): number => {
    const regular = ({ device }: Usable): number => Number(isRegular(own(policy.kinds, device.kind)));
    const used = ({ device }: Usable): number => device.lastUsedAt ?? device.activatedAt!;
    return (
      regular(b) - regular(a) ||
      b.strength.level - a.strength.level ||
      used(b) - used(a) ||
      (a.device.id < b.device.id ? -1 : 1)
    );
  };

const shown =
  (policy: Policy) =>
  ({ device, strength }: Usable): UsableDevice => {
    const { methods } = policy.kinds[device.kind]!;
    const left = device.methodsOff.length === 0 ? methods : methods.filter((one) => !device.methodsOff.includes(one));
    return { device: device.id, kind: device.kind, level: strength.level, methods: left };
  };
