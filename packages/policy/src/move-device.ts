import { CountersignError } from '@countersign/primitives/error';
import { endedBy, levelOf, lookAtEnded, lookAtRoom, lookAtTurn, neededToBind } from './bind-device.ts';
import { assertId, isFinal, isRegular, own } from './checks.ts';
import { beginChanges, type Changes, endChanges, isResting, isWaiting, putDevice, retire } from './devices-state.ts';
import { lookAtLock, strengthOf } from './judge-device.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { conclude, reason } from './look.ts';
import {
  type Asked,
  beginChange,
  isGuarding,
  lookAtSession,
  type Session,
  sessionIfAny,
  sessionOf,
} from './session.ts';
import { lookAtSharedUse } from './share-device.ts';
import { effective, isOver, weaker } from './strength.ts';
import type { ChangeRequest, Device, DeviceEvent, DevicesDecision, Leave, Policy } from './types.ts';

/** An event in a device's life. */
export type MoveRequest = ChangeRequest & {
  /** Id of the device that is moved. */
  readonly device: string;
  readonly event: DeviceEvent;
  /** Whether the user has just proven to hold this device, in this request: for `activate` and `restore`. */
  readonly proven?: boolean | undefined;
};

/** A move that was found whole: what the parts of it need. */
type Move = Asked & { readonly request: MoveRequest; readonly device: Device; readonly session: Session };

/**
 * Moves a device through its life, by {@link LIFECYCLE}, and applies what follows: an activation retires the device that it
 * replaces, older ones of an exclusive kind (one phone per user), and kinds that leave (SMS).
 *
 * - `activate` needs a proof with the device. Its binder must still be active and strong enough; what support bound, and
 *   the first device, need no more than the proof.
 * - `suspend` and `report-lost` need nothing. But from a session weaker than the device it goes on guarding for
 *   `binding.coolDown`, as long as it is locked and that long after; and a proof with it brings it back to its earlier
 *   state, and for one cool-down only a session as strong can do the same again.
 * - `restore` by another device needs a session as strong.
 * - `retire` needs a session as strong.
 *
 * The system may retire a shared device: that is how a sharing ends when its owner ends it.
 *
 * @returns the states to write, whom to tell and what to log; the same states when denied. There is no way back from
 * `expired` and `retired`.
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { bindDevice, moveDevice, newDevicesState } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const request = { attempts: null, by: { role: 'support', name: 'desk 3' }, now } as const;
 * const { devices } = bindDevice(brokerPolicy, { ...request, devices: newDevicesState(), id: 'token-1', kind: 'pin-token' });
 * const by = { role: 'user', device: null } as const;
 * const active = moveDevice(brokerPolicy, { ...request, by, devices, device: 'token-1', event: 'activate', proven: true });
 * const lost = moveDevice(brokerPolicy, { ...request, by, devices: active.devices, device: 'token-1', event: 'report-lost' });
 * lost.notices[0]?.opensAt; // => 1_800_259_200_000
 * ```
 */
export function moveDevice(policy: Policy, request: MoveRequest): DevicesDecision {
  const asked = beginChange(policy, request);
  const { now, looker } = asked;
  const { device: id, event, by } = request;
  assertId(id, 'device');
  const rule = own(LIFECYCLE, event);
  if (rule === undefined) throw new CountersignError('invalid-argument', 'event must be one of LIFECYCLE');
  const changes = beginChanges(policy, request, now);
  const sound: MoveRequest = { ...request, devices: changes.devices };
  const device = changes.devices.list.find((one) => one.id === id);
  if (looker.look(device !== undefined, () => reason('unknown-device', 'known-device', id))) {
    const about = { state: device!.state, event };
    looker.look(!isFinal(device!), () => reason('final-state', 'lifecycle', id, about));
    const from = isFinal(device!) || rule.from.includes(device!.state);
    looker.look(from, () => reason('wrong-state', 'lifecycle', id, about));
    looker.look(rule.by.includes(by.role), () =>
      reason('actor-not-allowed', 'lifecycle', id, { ...about, role: by.role }),
    );
    if (looker.reasons.length === 0)
      move(policy, { ...asked, request: sound, device: device!, session: NOBODY }, changes);
  }
  return endChanges(conclude(looker), request, changes, isGuarding(policy, sound, now));
}

const NOBODY: Session = { strength: null, device: null };

function move(policy: Policy, asked: Move, changes: Changes): void {
  const { event } = asked.request;
  if (event === 'activate') activate(policy, asked, changes);
  else if (event === 'suspend' || event === 'report-lost') leave(policy, asked, changes);
  else if (event === 'restore') restore(policy, asked, changes);
  else if (event === 'retire') retireByRequest(policy, asked, changes);
  else if (event === 'issue') put(policy, asked, changes, { state: 'awaiting', issuedAt: asked.now });
  else expire(policy, asked, changes);
}

/** When a device ends by the clock: after its last phase, or when it was not activated in time; and the rule that says so. */
export function endOf(policy: Policy, device: Device): { readonly at: number; readonly rule: string } | null {
  const rules = own(policy.kinds, device.kind);
  const { activatedAt, issuedAt } = device;
  if (activatedAt !== null && rules?.phases !== undefined) {
    const lasts = rules.phases.reduce((sum, phase) => sum + phase.lasts, 0);
    return { at: activatedAt + lasts * 1000, rule: `kinds.${device.kind}.phases` };
  }
  if (activatedAt !== null || issuedAt === null || rules?.activationLifetime === undefined) return null;
  return { at: issuedAt + rules.activationLifetime * 1000, rule: `kinds.${device.kind}.activationLifetime` };
}

/** It goes on guarding like every device that left `active`. */
function expire(policy: Policy, asked: Move, changes: Changes): void {
  const { device, now, looker } = asked;
  const end = endOf(policy, device);
  const rule = end?.rule ?? 'lifecycle';
  const tell = () => reason('too-early', rule, device.id, { due: end && { at: end.at } });
  if (!looker.look(end !== null && now >= end.at, tell)) return;
  const { level } = policy.kinds[device.kind]!;
  const left: Leave = device.left ?? { at: now, by: 'weaker', level, back: null };
  const by = { role: 'system' } as const;
  putDevice(
    policy,
    changes,
    { ...device, state: 'expired', left: { ...left, back: null } },
    { event: 'expire', by, now, rule },
  );
}

function put(
  policy: Policy,
  { request: { event, by }, device, now }: Move,
  changes: Changes,
  change: Partial<Device>,
): void {
  putDevice(policy, changes, { ...device, ...change }, { event, by, now });
}

function activate(policy: Policy, asked: Move, changes: Changes): void {
  const { request, device, now, looker } = asked;
  const { look } = looker;
  const { by, devices } = request;
  const rules = own(policy.kinds, device.kind);
  const path = `kinds.${device.kind}`;
  if (!look(rules !== undefined, () => reason('unknown-kind', 'kinds', device.id, { kind: device.kind }))) return;
  const issued = device.issuedAt!;
  if (by.role === 'system') {
    const after = rules!.automaticActivation?.after;
    const due = after === undefined ? null : issued + after * 1000;
    const rule = due === null ? 'lifecycle' : `${path}.automaticActivation`;
    look(due !== null && now >= due, () =>
      reason('too-early', rule, device.id, { due: due === null ? null : { at: due } }),
    );
  } else {
    // A code that support reads out has nothing to prove yet.
    const spoken = by.role === 'support' && rules!.temporary === true && device.boundBy === 'support';
    look(spoken || request.proven === true, () => reason('not-proven', 'proof', device.id));
  }
  const end = endOf(policy, device);
  if (end !== null) look(now < end.at, () => reason('device-expired', end.rule, device.id));
  const first = device.boundBy === 'user' && device.growing === null && device.binder === null;
  look(!first || !devices.everActive, () =>
    reason('session-too-weak', 'authority', device.id, { level: 0, needed: 1 }),
  );
  lookAtLock(policy, request, device, now, looker);
  lookAtRoom(policy, devices, device, asked);
  lookAtTurn(policy, devices, device.kind, looker);
  const growing = lookAtBinderAgain(policy, asked);
  if (device.sharedFrom !== null) lookAtSharedUse(policy, request, device, now, looker);
  if (looker.reasons.length > 0) return;
  const until = now + policy.binding.coolDown * 1000;
  const limited = growing === null || policy.binding.coolDown === 0 ? null : { ...growing, until };
  const active: Device = { ...device, state: 'active', activatedAt: now, growing: limited };
  const stronger = devices.list.filter(
    (other) => other.state === 'active' && effective(policy, other, now).level >= effective(policy, active, now).level,
  );
  const notice = limited === null ? {} : { opensAt: until, cancelBy: stronger.map(({ id }) => id) };
  const before = changes.devices.everActive;
  putDevice(policy, changes, active, { event: 'activate', by, now, ...notice });
  applyConsequences(policy, changes, active, !before, now);
}

/** Looks at the session that bound a device once more, as it is now: by the same rules as when it was bound. */
function lookAtBinderAgain(policy: Policy, { request, device, now, looker }: Move): Device['growing'] {
  if (device.growing === null) return null;
  const binder = request.devices.list.find(({ id }) => id === device.binder);
  const works = binder?.state === 'active' && !isOver(own(policy.kinds, binder.kind), binder, now);
  const tell = () =>
    reason('device-not-active', 'authority', device.binder, {
      state: binder?.state ?? null,
      kind: binder?.kind ?? null,
    });
  if (!looker.look(works, tell)) return null;
  const { until: _until, ...bound } = device.growing;
  const current = strengthOf(policy, request, now, binder!, looker);
  if (current === undefined) return null;
  const strength = weaker(bound, device.kind === policy.recovery?.onlineCard ? { ...current, actions: null } : current);
  const session: Session = { strength, device: binder! };
  const rules = policy.kinds[device.kind]!;
  lookAtSession(session, Math.max(1, neededToBind(policy, request, rules, session, now)), looker, device.id);
  lookAtEnded(policy, request, device, session, { now, looker });
  return { ...strength, until: null };
}

/** Retires what the policy says leaves when this device has become active. */
function applyConsequences(policy: Policy, changes: Changes, device: Device, first: boolean, now: number): void {
  for (const { id } of changes.devices.list) {
    // As it is by now: what was retired before may have taken others along.
    const other = changes.devices.list.find((one) => one.id === id)!;
    if (other.id === device.id || isFinal(other)) continue;
    const begun = first && other.boundBy === 'user' && other.binder === null && isWaiting(other);
    const rule = endedBy(policy, device, other) ?? (begun ? 'authority' : undefined);
    const rests = device.sharedFrom !== null && other.state === 'active' && isRegular(own(policy.kinds, other.kind));
    if (rule !== undefined) retire(policy, changes, other, rule, now);
    else if (rests) rest(policy, changes, other, now);
  }
}

/** A device that rests while a shared one is in use: a proof with it, or a session as strong, brings it back. */
function rest(policy: Policy, changes: Changes, device: Device, now: number): void {
  const left: Leave = { at: now, by: 'equal', level: effective(policy, device, now).level, back: 'active' };
  const by = { role: 'system' } as const;
  putDevice(policy, changes, { ...device, state: 'suspended', left }, { event: 'suspend', by, now, rule: 'sharing' });
}

function leave(policy: Policy, asked: Move, changes: Changes): void {
  const { request, device, now, looker } = asked;
  const { by, event } = request;
  const level = levelOf(policy, device, now);
  const session = sessionIfAny(policy, request, asked);
  const strong = by.role !== 'user' || session.strength!.level >= level;
  const shielded = device.shieldedUntil !== null && now < device.shieldedUntil;
  const until = { until: { at: device.shieldedUntil ?? now } };
  if (!looker.look(strong || !shielded, () => reason('cool-down', 'binding.coolDown', device.id, until))) return;
  const resting = isResting(device);
  const before = resting ? null : device.left;
  let left: Leave;
  if (strong) left = { at: now, by: by.role === 'support' ? 'support' : 'equal', level, back: null };
  else if (before === null) left = { at: now, by: 'weaker', level, back: resting ? 'active' : device.state };
  else left = { ...before, back: before.by === 'weaker' ? before.back : device.state };
  const state = event === 'suspend' ? 'suspended' : 'lost';
  const guards = left.by !== 'equal' && device.activatedAt !== null;
  const cancelBy = [device.id, ...strongerThan(policy, request, level, now, device.id)];
  const notice = guards ? { opensAt: left.at + policy.binding.coolDown * 1000, cancelBy } : {};
  putDevice(policy, changes, { ...device, state, left }, { event, by, now, ...notice });
}

function strongerThan(policy: Policy, { devices }: ChangeRequest, level: number, now: number, id: string): string[] {
  const strong = (other: Device): boolean =>
    other.state === 'active' && other.id !== id && effective(policy, other, now).level >= level;
  return devices.list.filter(strong).map((other) => other.id);
}

function restore(policy: Policy, asked: Move, changes: Changes): void {
  const { request, device, now, looker } = asked;
  const { look } = looker;
  const { by } = request;
  const rules = own(policy.kinds, device.kind);
  if (!look(rules !== undefined, () => reason('unknown-kind', 'kinds', device.id, { kind: device.kind }))) return;
  if (isOver(rules, device, now)) look(false, () => reason('device-expired', `kinds.${device.kind}.phases`, device.id));
  const used = device.activatedAt === null ? 'awaiting' : 'active';
  const byItself = by.role === 'user' && by.device === device.id;
  if (byItself) lookAtProof(policy, asked);
  else if (by.role === 'user')
    lookAtSession(sessionOf(policy, request, asked), Math.max(1, levelOf(policy, device, now)), looker, device.id);
  const state = byItself ? (device.left?.back ?? used) : used;
  if (state === 'active') lookAtRoom(policy, request.devices, device, asked);
  if (looker.reasons.length > 0) return;
  const shieldedUntil = byItself ? now + policy.binding.coolDown * 1000 : device.shieldedUntil;
  const left = state === 'suspended' ? { ...device.left!, back: null } : null;
  put(policy, asked, changes, { state, left, shieldedUntil });
}

/** A proof with the device itself undoes what a weaker session did, and no more; and it is not judged while it is locked. */
function lookAtProof(policy: Policy, { request, device, now, looker }: Move): void {
  const { look } = looker;
  look(request.proven === true, () => reason('not-proven', 'proof', device.id));
  const tell = () =>
    reason('session-too-weak', 'authority', device.id, { level: 0, needed: levelOf(policy, device, now) });
  look((device.left?.back ?? null) !== null, tell);
  lookAtLock(policy, request, device, now, looker);
}

function retireByRequest(policy: Policy, asked: Move, changes: Changes): void {
  const { request, device, now, looker } = asked;
  const { by } = request;
  if (by.role === 'user') {
    lookAtSession(sessionOf(policy, request, asked), levelOf(policy, device, now), looker, device.id);
  } else if (by.role === 'system') {
    const shared = device.sharedFrom !== null;
    looker.look(shared, () => reason('actor-not-allowed', 'authority', device.id, { role: by.role }));
  }
  if (looker.reasons.length > 0) return;
  // Its owner ended it, and not a session of this user's: it goes on guarding.
  const ended = by.role === 'system' ? 'weaker' : 'equal';
  const left: Leave = { at: now, by: ended, level: levelOf(policy, device, now), back: null };
  put(policy, asked, changes, { state: 'retired', left });
  if (device.sharedFrom !== null && by.role !== 'system') wake(policy, asked, changes);
}

/** The devices that rested for a sharing come back, as far as whoever ends it could bind them. */
function wake(policy: Policy, asked: Move, changes: Changes): void {
  const { request, now } = asked;
  const session = sessionIfAny(policy, request, asked);
  const by = request.by;
  for (const device of changes.devices.list) {
    if (isResting(device) && (session.strength === null || session.strength.level >= device.left!.level)) {
      putDevice(
        policy,
        changes,
        { ...device, state: 'active', left: null },
        { event: 'restore', by, now, rule: 'sharing' },
      );
    }
  }
}
