import { forgetDevice } from './attempts.ts';
import { assertCall, assertDevices, assertId, isFinal, isRegular, own, readNow } from './checks.ts';
import { effective } from './strength.ts';
import type {
  Actor,
  AttemptState,
  ChangeRecord,
  ChangeRequest,
  Decision,
  Device,
  DevicesDecision,
  DevicesState,
  Notice,
  Policy,
} from './types.ts';

/** Final devices that are kept, for people who look at their list. */
const MAX_FINAL = 1;
const DAY = 86_400_000;

/**
 * A user without devices.
 *
 * @example
 * ```ts
 * import { newDevicesState } from '@countersign/policy';
 *
 * newDevicesState().everActive; // => false
 * ```
 */
export function newDevicesState(): DevicesState {
  return { v: 1, everActive: false, regularAt: null, temporaryAt: {}, bindings: [], list: [] };
}

/**
 * Notes that a verification with a device succeeded: what is offered first next time, and when a temporary device may be
 * given again. Call it in the same write that burns the code.
 *
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 * @example
 * ```ts
 * import { bindDevice, moveDevice, newDevicesState, noteUse } from '@countersign/policy';
 * import { smallCompanyPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const by = { role: 'user', device: null } as const;
 * const bound = bindDevice(smallCompanyPolicy, { devices: newDevicesState(), attempts: null, id: 'app-1', kind: 'totp', by, now });
 * noteUse(smallCompanyPolicy, bound.devices, { device: 'app-1', now }).list[0]?.lastUsedAt; // => 1_800_000_000_000
 * ```
 */
export function noteUse(
  policy: Policy,
  devices: DevicesState,
  request: { readonly device: string; readonly now: number },
): DevicesState {
  assertCall(policy, request);
  assertDevices(devices);
  assertId(request.device, 'device');
  const now = readNow(request.now);
  const used = devices.list.find(({ id }) => id === request.device);
  const regular = isRegular(own(policy.kinds, used?.kind));
  return {
    ...devices,
    regularAt: regular ? now : devices.regularAt,
    list: devices.list.map((device) => (device === used ? { ...device, lastUsedAt: now } : device)),
  };
}

/** A user's devices while one event and all that follows from it are applied. */
export type Changes = {
  devices: DevicesState;
  attempts: AttemptState | null;
  readonly notices: Notice[];
  readonly records: ChangeRecord[];
  readonly dropped: Device[];
};

export function beginChanges(policy: Policy, { devices, attempts }: ChangeRequest, now: number): Changes {
  const latest = now + policy.clockTolerance * 1000;
  const sound = asOfNow(devices, now, latest, policy.binding.coolDown * 1000);
  return { devices: sound, attempts, notices: [], records: [], dropped: [] };
}

/**
 * Instants that a clock ahead has written become now, so that what they stand for begins now and ends in time. A guard
 * must not vanish because the clock that began it was wrong.
 */
function asOfNow(devices: DevicesState, now: number, latest: number, coolDown: number): DevicesState {
  const past = <T extends number | null>(at: T): T => (at !== null && at > latest ? (now as T) : at);
  const end = <T extends number | null>(until: T): T =>
    until !== null && until > latest + coolDown ? ((now + coolDown) as T) : until;
  return {
    ...devices,
    regularAt: past(devices.regularAt),
    bindings: devices.bindings.map(past),
    temporaryAt: Object.fromEntries(Object.entries(devices.temporaryAt).map(([kind, at]) => [kind, past(at)])),
    list: devices.list.map((device) => ({
      ...device,
      boundAt: past(device.boundAt),
      issuedAt: past(device.issuedAt),
      activatedAt: past(device.activatedAt),
      lastUsedAt: past(device.lastUsedAt),
      growing: grown(device.growing && { ...device.growing, until: end(device.growing.until) }, now),
      left: device.left && { ...device.left, at: past(device.left.at) },
      shieldedUntil: end(device.shieldedUntil),
    })),
  };
}

/** What has ended need not be kept. */
function grown(growing: Device['growing'], now: number): Device['growing'] {
  return growing !== null && growing.until !== null && growing.until <= now ? null : growing;
}

/** Who caused a change, when, and by which rule if no person did. */
export type Cause = {
  readonly event: ChangeRecord['event'];
  readonly by: Actor;
  readonly now: number;
  readonly rule?: string | undefined;
  readonly opensAt?: number | null | undefined;
  readonly cancelBy?: readonly string[] | undefined;
};

/** Puts a changed device in the list, with its record and its notice, and does what its new state means for the rest. */
export function putDevice(policy: Policy, changes: Changes, device: Device, cause: Cause): void {
  const { event, by, now, rule = null, opensAt = null, cancelBy = [] } = cause;
  const { id, kind, state } = device;
  const { devices } = changes;
  const before = devices.list.find((other) => other.id === id);
  const list = before ? devices.list.map((other) => (other === before ? device : other)) : [...devices.list, device];
  const record: ChangeRecord = { at: now, event, device: id, kind, state, by, rule };
  const becameActive = state === 'active' && before?.state !== 'active';
  const rules = own(policy.kinds, kind);
  changes.devices = {
    ...devices,
    everActive: devices.everActive || becameActive,
    regularAt: becameActive && isRegular(rules) ? now : devices.regularAt,
    temporaryAt:
      becameActive && rules?.notTwiceInARow === true ? { ...devices.temporaryAt, [kind]: now } : devices.temporaryAt,
    list,
  };
  if (isFinal(device) || state === 'lost') {
    changes.attempts = forgetDevice(policy, changes.attempts, id, isFinal(device), now);
  }
  changes.records.push(record);
  const to: Notice['to'] = device.sharedFrom === null ? ['user'] : ['user', 'owner'];
  changes.notices.push({ topic: event, device: id, kind, at: now, to, opensAt, cancelBy });
  if (before?.state === 'active' && state !== 'active') retirePendingOf(policy, changes, id, now);
}

/** What was being bound with a device that is no longer active is bound by nobody. */
function retirePendingOf(policy: Policy, changes: Changes, binder: string, now: number): void {
  for (const device of changes.devices.list) {
    if (device.binder === binder && isWaiting(device)) retire(policy, changes, device, 'authority', now);
  }
}

export const isWaiting = ({ state }: Device): boolean => state === 'pending' || state === 'awaiting';

/** It rests while a shared device is in use: a proof with it brings it back, so that it counts as if it were active. */
export const isResting = ({ state, left }: Device): boolean =>
  state === 'suspended' && left?.by === 'equal' && left.back === 'active';

/** Retires a device because a rule says so. It guards no longer: what ordered this was as strong. */
export function retire(policy: Policy, changes: Changes, device: Device, rule: string, now: number): void {
  const left = { at: now, by: 'equal', level: effective(policy, device, now).level, back: null } as const;
  const gone: Device = { ...device, state: 'retired', left };
  putDevice(policy, changes, gone, { event: 'retire', by: { role: 'system' }, now, rule });
}

/** Whether a device is not active, but once was, and still counts when somebody asks for authority. */
export function guardsUntil(policy: Policy, { left, activatedAt }: Device, lockedUntil: number): number {
  if (left === null || left.by === 'equal' || activatedAt === null) return 0;
  const coolDown = policy.binding.coolDown * 1000;
  // What somebody keeps locked cannot come back and object: its guard lasts as long as the lock, and then for its time.
  return coolDown === 0 ? 0 : Math.max(left.at, lockedUntil) + coolDown;
}

/** The states after all changes, or the same ones when denied; devices that need not be remembered are dropped. */
export function endChanges(
  decision: Decision,
  request: ChangeRequest,
  changes: Changes,
  guards: (device: Device) => boolean,
): DevicesDecision {
  if (!decision.allowed) {
    const { devices, attempts } = request;
    return { ...decision, devices, attempts, notices: [], records: [], dropped: [] };
  }
  const final = changes.devices.list.filter((device) => isFinal(device) && !guards(device));
  const dropped = final.slice(0, Math.max(0, final.length - MAX_FINAL));
  const list = changes.devices.list.filter((device) => !dropped.includes(device));
  const { attempts, notices, records } = changes;
  return {
    ...decision,
    devices: { ...changes.devices, list },
    attempts,
    notices,
    records,
    dropped: [...changes.dropped, ...dropped],
  };
}

/** Bindings of the last 24 hours, as of now where a clock ahead has written them. */
export function recentBindings(devices: DevicesState, now: number): number[] {
  return devices.bindings.map((at) => Math.min(at, now)).filter((at) => now - at < DAY);
}
