import { CountersignError } from '@countersign/primitives/error';
import { assertId, isFinal, isRegular, own, told } from './checks.ts';
import {
  beginChanges,
  endChanges,
  guardsUntil,
  isWaiting,
  putDevice,
  recentBindings,
  retire,
} from './devices-state.ts';
import { conclude, type Looker, reason } from './look.ts';
import type { KindRules } from './policy-types.ts';
import {
  type Asked,
  beginChange,
  CHANGE,
  guardLevel,
  isGuarding,
  lookAtSession,
  type Session,
  sessionOf,
} from './session.ts';
import { effective, NONE } from './strength.ts';
import { isSecondInARow } from './temporary-access.ts';
import type { ChangeRequest, Device, DevicesDecision, DevicesState, Policy } from './types.ts';

/** A device to be bound to a user. */
export type BindRequest<K extends string = string> = ChangeRequest & {
  /** Id of the new device, 1 … 32 of `A–Z a–z 0–9 . _ : -`, never used before for this user: make it random. */
  readonly id: string;
  readonly kind: K;
  /** Ordered and not issued yet (posted later): it stays `pending` until it is issued. Default: issued now. */
  readonly ordered?: boolean | undefined;
  /** Id of the device that it replaces, if it does. */
  readonly replaces?: string | null | undefined;
  /** The account's equity in minor units of the policy's currency; needed for kinds with `minimumEquity`. */
  readonly equity?: number | undefined;
  /** With a temporary code from support: ids of the devices whose loss support has confirmed. */
  readonly confirms?: readonly string[] | undefined;
};

/**
 * Binds a new device to a user: `awaiting` its activation by {@link moveDevice}, or `pending` when it is `ordered` first.
 *
 * Who may (NIST SP 800-63B-4 sections 4.1.2, 4.2; RTS Art. 24(2)(b)): the password alone, as long as no device was ever
 * active; support; or a session with a device that may change settings and is as strong as the new device or, if that is
 * less, as the strongest that the user has. A device that was reported lost, suspended or has expired counts there until
 * `binding.coolDown` is over. What a new device retires (an exclusive predecessor, what it `replaces`) needs a session as
 * strong as that. Until the cool-down after its activation, the new device can do no more than the one that bound it;
 * the first one, and those that support binds, can do everything at once.
 *
 * A new device of an exclusive kind retires earlier ones that were never activated (only the last QR code works), except
 * those that support or a stronger session has bound.
 *
 * @returns the states to write, whom to tell and what to log; the same states when denied.
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { bindDevice, moveDevice, newDevicesState } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const request = { attempts: null, by: { role: 'user', device: null }, now } as const;
 * const bound = bindDevice(brokerPolicy, { ...request, devices: newDevicesState(), id: 'app-1', kind: 'totp' });
 * bound.devices.list[0]?.state; // => 'awaiting'
 * const typed = { ...request, devices: bound.devices, device: 'app-1', event: 'activate' } as const;
 * moveDevice(brokerPolicy, typed).reasons[0]?.code; // => 'not-proven'
 * moveDevice(brokerPolicy, { ...typed, proven: true }).devices.list[0]?.state; // => 'active'
 * ```
 */
export function bindDevice<A extends string, K extends string>(
  policy: Policy<A, K>,
  request: BindRequest<NoInfer<K>>,
): DevicesDecision {
  return bind(policy, request);
}

function bind(policy: Policy, request: BindRequest): DevicesDecision {
  const asked = beginChange(policy, request);
  const { now, looker } = asked;
  const { id, kind, by, replaces = null, ordered = false } = request;
  assertId(id, 'id');
  const rules = own(policy.kinds, kind);
  const changes = beginChanges(policy, request, now);
  const sound = { ...request, devices: changes.devices };
  if (looker.look(rules !== undefined, () => reason('unknown-kind', 'kinds', null, { kind: told(kind) }))) {
    const confirms = readConfirms(policy, request);
    const session = lookAtBinder(policy, sound, rules!, asked);
    lookAtKind(policy, sound, rules!, asked);
    const device = newDevice({ id, kind, by, replaces, now, session: printing(policy, kind, session) });
    if (looker.reasons.length === 0) {
      for (const other of changes.devices.list) {
        const mayEnd = by.role !== 'user' || levelOfWaiting(policy, other) <= (session.strength ?? NONE).level;
        if (rules!.exclusive === true && other.kind === kind && isWaiting(other) && mayEnd) {
          retire(policy, changes, other, `kinds.${kind}.exclusive`, now);
        }
      }
      const issued: Device = ordered ? device : { ...device, state: 'awaiting', issuedAt: now };
      const bindings = by.role === 'support' ? changes.devices.bindings : [...recentBindings(sound.devices, now), now];
      changes.devices = { ...changes.devices, bindings };
      // What support confirmed for a temporary code also holds for the stopgap that is made with it.
      const inherited = rules!.temporary === true ? (session.device?.confirms ?? []) : [];
      putDevice(policy, changes, { ...issued, confirms: [...inherited, ...confirms] }, { event: 'bind', by, now });
    }
  }
  return endChanges(conclude(looker), request, changes, isGuarding(policy, sound, now));
}

/** Nobody ever had a device: the password begins. */
const isFirst = ({ devices, by }: ChangeRequest): boolean => !devices.everActive && by.role === 'user';

/** A new device as it is before it was issued. It can do no more than the session that binds it. */
export function newDevice(given: {
  readonly id: string;
  readonly kind: string;
  readonly by: ChangeRequest['by'];
  readonly now: number;
  readonly session: Session;
  readonly replaces?: string | null;
  readonly sharedFrom?: Device['sharedFrom'];
}): Device {
  const { id, kind, by, now, session, replaces = null, sharedFrom = null } = given;
  return {
    id,
    kind,
    state: 'pending',
    boundAt: now,
    boundBy: by.role,
    binder: session.device?.id ?? null,
    issuedAt: null,
    activatedAt: null,
    lastUsedAt: null,
    replaces,
    sharedFrom,
    methodsOff: [],
    notices: [],
    growing: session.strength === null ? null : { ...session.strength, until: null },
    left: null,
    shieldedUntil: null,
    confirms: [],
  };
}

/** A phase in which a temporary code serves for printing the online card alone restricts the code, and not that card. */
function printing({ recovery }: Policy, kind: string, { strength, device }: Session): Session {
  const printed = kind === recovery?.onlineCard && device?.kind === recovery.temporaryCode;
  return { device, strength: printed && strength !== null ? { ...strength, actions: null } : strength };
}

function readConfirms(policy: Policy, { confirms = [], by, kind, devices }: BindRequest): readonly string[] {
  const ids: unknown = confirms;
  if (!Array.isArray(ids) || !ids.every((id) => devices.list.some((device) => device.id === id))) {
    throw new CountersignError('invalid-argument', 'confirms must name devices of the user');
  }
  if (ids.length > 0 && (by.role !== 'support' || kind !== policy.recovery?.temporaryCode)) {
    throw new CountersignError('invalid-argument', 'confirms is for a temporary code that support issues');
  }
  return [...new Set(ids)];
}

/** Who may bind this kind, with which session. */
export function lookAtBinder(
  policy: Policy,
  request: ChangeRequest & Pick<BindRequest, 'id' | 'kind' | 'replaces'>,
  rules: KindRules,
  asked: Asked,
): Session {
  const { id, kind, by, devices, replaces = null } = request;
  const { now, looker } = asked;
  const { look } = looker;
  const path = `kinds.${kind}`;
  const printed = kind === policy.recovery?.onlineCard ? policy.recovery.printAction : undefined;
  look(by.role !== 'system', () => reason('actor-not-allowed', 'authority', null, { role: by.role }));
  if (by.role !== 'user') return { strength: null, device: null };
  if (rules.legacy === true) look(false, () => reason('legacy-kind', `${path}.legacy`, null, { kind }));
  if (rules.temporary === true) {
    look(printed !== undefined, () => reason('actor-not-allowed', `${path}.temporary`, null, { role: by.role }));
  }
  const recent = recentBindings(devices, now).length;
  const { perDay } = policy.binding;
  look(recent < perDay, () => reason('too-many-bindings', 'binding.perDay', null, { held: recent, maximum: perDay }));
  if (isFirst(request)) {
    lookAtEnded(policy, request, { id, kind, replaces }, { strength: NONE, device: null }, asked);
    return { strength: null, device: null };
  }
  // Who may print an online card may not thereby end another device.
  const session = sessionOf(policy, request, asked, replaces === null ? (printed ?? CHANGE) : CHANGE);
  lookAtSession(session, Math.max(1, neededToBind(policy, request, rules, session, now)), looker);
  lookAtEnded(policy, request, { id, kind, replaces }, session, asked);
  return session;
}

type New = Pick<Device, 'id' | 'kind' | 'replaces'>;

/** The rule by which a device ends another when it becomes active; `undefined`: it does not. */
export function endedBy(policy: Policy, { id, kind, replaces }: New, other: Device): string | undefined {
  if (other.id === id || isFinal(other)) return undefined;
  if (other.id === replaces) return 'authority';
  if (isWaiting(other)) return undefined;
  if (policy.kinds[kind]!.exclusive === true && other.kind === kind) return `kinds.${kind}.exclusive`;
  const leaves = own(policy.kinds, other.kind)?.leaves === true && drivesOut(policy, kind);
  return leaves ? `kinds.${other.kind}.leaves` : undefined;
}

/** Looks whether a session is as strong as each device that a new one ends: when that is bound, and when it becomes active. */
export function lookAtEnded(
  policy: Policy,
  { devices }: ChangeRequest,
  device: New,
  session: Session,
  { now, looker }: Asked,
): void {
  for (const other of devices.list) {
    if (endedBy(policy, device, other) === undefined || session.device?.confirms.includes(other.id)) continue;
    lookAtSession(session, levelOf(policy, other, now), looker, other.id);
  }
}

/** The level at which a device must be met by who ends it. */
export function levelOf(policy: Policy, device: Device, now: number): number {
  if (isWaiting(device)) return levelOfWaiting(policy, device);
  return device.left?.level ?? effective(policy, device, now).level;
}

/** The level of what bound a device that was never active: of support that of the kind, of the password none. */
function levelOfWaiting(policy: Policy, { boundBy, growing, kind }: Device): number {
  return growing?.level ?? (boundBy === 'support' ? (own(policy.kinds, kind)?.level ?? 0) : 0);
}

/** As strong as the new device, or as the strongest that still counts, if that is less. */
export function neededToBind(
  policy: Policy,
  request: ChangeRequest,
  rules: KindRules,
  session: Session,
  now: number,
): number {
  return Math.min(rules.level, guardLevel(policy, request, now, session.device));
}

function lookAtKind(policy: Policy, request: BindRequest, rules: KindRules, { now, looker }: Asked): void {
  const { look } = looker;
  const { devices, id, kind, replaces = null } = request;
  const path = `kinds.${kind}`;
  look(!devices.list.some((device) => device.id === id), () => reason('duplicate-device', 'known-device', id));
  const old = devices.list.find((device) => device.id === replaces);
  const sound = replaces === null || (old !== undefined && !isFinal(old));
  look(sound, () => reason('unknown-device', 'known-device', told(replaces)));
  lookAtRoom(policy, devices, { id, kind, replaces }, { now, looker });
  lookAtTurn(policy, devices, kind, looker);
  const beside = devices.list.some(
    (device) =>
      device.id !== replaces &&
      device.kind !== kind &&
      !isFinal(device) &&
      device.activatedAt !== null &&
      isRegular(own(policy.kinds, device.kind)),
  );
  if (rules.minimumEquity !== undefined && beside) {
    const equity = Number.isSafeInteger(request.equity) ? request.equity! : -1;
    look(equity >= rules.minimumEquity, () => {
      const needed = { minorUnits: rules.minimumEquity!, currency: policy.currency! };
      return reason('equity-too-low', `${path}.minimumEquity`, null, { needed });
    });
  }
}

/** Looks whether there is room for a device beside the user's others: when it is bound, and again when it becomes active. */
export function lookAtRoom(
  policy: Policy,
  devices: DevicesState,
  { id, kind, replaces }: New,
  { now, looker: { look } }: Asked,
): void {
  const rules = own(policy.kinds, kind)!;
  const path = `kinds.${kind}`;
  const others = devices.list.filter((other) => other.id !== id && other.id !== replaces && !isFinal(other));
  const { maximumDevices } = policy.binding;
  look(others.length < maximumDevices, () =>
    reason('too-many-devices', 'binding.maximumDevices', null, { kind, held: others.length, maximum: maximumDevices }),
  );
  if (rules.leaves === true) {
    const other = others.find((candidate) => candidate.state === 'active' && drivesOut(policy, candidate.kind));
    look(other === undefined, () =>
      reason('leaves-for-other-device', `${path}.leaves`, id, { kind, other: other?.id ?? null }),
    );
  }
  if (rules.exclusive !== true) {
    // One that was reported lost keeps its place while it guards, so that it can come back.
    const holds = (other: Device): boolean => other.state !== 'lost' || now < guardsUntil(policy, other, 0);
    const held = others.filter((other) => other.kind === kind && holds(other)).length;
    const maximum = rules.maximum!;
    look(held < maximum, () => reason('too-many-devices', `${path}.maximum`, null, { kind, held, maximum }));
  }
}

/** Looks whether a stopgap would be the second in a row: when it is bound, and again when it becomes active. */
export function lookAtTurn(policy: Policy, devices: DevicesState, kind: string, { look }: Looker): void {
  if (policy.kinds[kind]!.notTwiceInARow !== true) return;
  const rule = `kinds.${kind}.notTwiceInARow`;
  look(!isSecondInARow(devices, kind), () => reason('temporary-twice-in-a-row', rule, null, { kind }));
}

/** A regular device that does not leave itself: temporary ones and key files are no reason to lose the telephone. */
function drivesOut(policy: Policy, kind: string): boolean {
  const rules = own(policy.kinds, kind);
  return isRegular(rules) && rules.leaves !== true;
}
