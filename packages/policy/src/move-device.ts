import { assertPolicy, FINAL, isActor, nameOf, own } from './checks.ts';
import { applyConsequences, applyEvent, type Changes, lookAtRoom, sessionToBind } from './device-changes.ts';
import { LIFECYCLE } from './lifecycle.ts';
import { conclude, createLooker, type Looker, lookAtBasics } from './look.ts';
import { isOver, isSecondInARow } from './temporary-access.ts';
import type { Actor, Device, DeviceEvent, DevicesDecision, Policy } from './types.ts';

/** An event in a device's life. */
export type MoveRequest = {
  /** All devices of the user, also retired ones. */
  readonly devices: readonly Device[];
  /** Id of the device that is moved. */
  readonly device: string;
  readonly event: DeviceEvent;
  readonly by: Actor;
  /** Whether the user has just proven to hold this device: for `activate` and `reactivate`. */
  readonly proven?: boolean | undefined;
  readonly now: number;
};

/**
 * Moves a device through its life, by {@link LIFECYCLE}, and applies what follows: an activation retires the device that it
 * replaces, older ones of an exclusive kind (one phone per user), and kinds that leave (SMS). Each change is in the device's
 * history and among the notices.
 *
 * @returns the devices to write; the same list when denied. There is no way back from `expired` and `retired`.
 *
 * @example
 * ```ts
 * import { bindDevice, moveDevice } from '@countersign/policy/devices';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const by = { role: 'user', level: 0 } as const;
 * const bound = bindDevice(brokerPolicy, { devices: [], id: 'app-1', kind: 'totp', by, now });
 * const shown = moveDevice(brokerPolicy, { devices: bound.devices, device: 'app-1', event: 'issue', by, now });
 * const typed = { devices: shown.devices, device: 'app-1', event: 'activate', by, now } as const;
 * moveDevice(brokerPolicy, typed).reasons[0]?.code; // => 'not-proven'
 * moveDevice(brokerPolicy, { ...typed, proven: true }).devices[0]?.state; // => 'active'
 * ```
 */
export function moveDevice(policy: Policy, request: MoveRequest): DevicesDecision {
  assertPolicy(policy);
  const looker = createLooker();
  const { devices, device: id, event, by, now } = request;
  const changes: Changes = { devices, notices: [] };
  if (lookAtRequest(policy, request, looker)) {
    const device = devices.find((candidate) => candidate.id === id)!;
    lookAtEvent(policy, request, device, looker);
    if (looker.reasons.length === 0) {
      applyEvent(changes, id, event, { by: by.role, now });
      if (LIFECYCLE[event].to === 'active') applyConsequences(policy, changes, device, now);
    }
  }
  return { ...conclude(looker), ...changes };
}

function lookAtRequest(policy: Policy, request: MoveRequest, looker: Looker): boolean {
  const { look } = looker;
  const { devices, device, event, by, now } = request;
  return (
    lookAtBasics(policy, looker, now, devices) &&
    look(isActor(by) && own(LIFECYCLE, event) !== undefined, 'request', 'invalid-request') &&
    look(
      devices.some(({ id }) => id === device),
      'devices',
      'unknown-device',
      { device: nameOf(device) },
    )
  );
}

function lookAtEvent(policy: Policy, request: MoveRequest, device: Device, looker: Looker): void {
  const { look } = looker;
  const { event, by, now, devices } = request;
  const rule = LIFECYCLE[event];
  const path = `lifecycle.${event}`;
  const about = { device: device.id, state: device.state, event };
  if (!look(!FINAL.includes(device.state), path, 'final-state', about)) return;
  if (!look(rule.from.includes(device.state), path, 'wrong-state', about)) return;
  look(rule.by.includes(by.role), path, 'actor-not-allowed', { ...about, role: by.role });
  const kind = own(policy.kinds, device.kind);
  const becomesActive = rule.to === 'active';
  // What leaves may always leave; what comes into use must be known.
  if (kind === undefined) {
    look(!becomesActive && event !== 'issue', 'kinds', 'unknown-kind', { device: device.id, kind: device.kind });
    return;
  }
  if (by.role === 'user') {
    const needed = {
      any: 0,
      verified: 1,
      binding: sessionToBind(policy, devices, device.kind, now),
      equal: kind.level,
    };
    const level = needed[event === 'reactivate' && wasHeld(device) ? 'equal' : rule.session];
    look(by.level >= level, path, 'session-too-weak', { ...about, level: by.level, needed: level });
    if (rule.proven) look(request.proven === true, path, 'not-proven', about);
  }
  if (event === 'activate' && by.role === 'system') {
    const after = kind.automaticActivation?.after;
    const due = after === undefined || device.issuedAt === null ? null : device.issuedAt + after * 1000;
    look(due !== null && now >= due, `kinds.${device.kind}.automaticActivation`, 'too-early', {
      device: device.id,
      due: due === null ? null : { at: due },
    });
  }
  if (becomesActive) {
    const end = device.activatedAt === null ? activationEnd(policy, device) : null;
    look(end === null || now < end, `kinds.${device.kind}.activationLifetime`, 'device-expired', about);
    look(!isOver(kind, device, now), `kinds.${device.kind}.phases`, 'device-expired', about);
    lookAtRoom(policy, devices, device, looker);
    if (kind.notTwiceInARow === true && device.activatedAt === null) {
      const second = isSecondInARow(policy, devices, device.kind);
      look(!second, `kinds.${device.kind}.notTwiceInARow`, 'temporary-twice-in-a-row', { kind: device.kind });
    }
  }
}

/** Whether it was locked or suspended when it was reported lost: that must not be the way round `unlock` and `resume`. */
function wasHeld({ history }: Device): boolean {
  const before = history.at(-2)?.state;
  return before === 'locked' || before === 'suspended';
}

/** Until when an issued device can be activated; `null`: without an end, or not issued. */
export function activationEnd(policy: Policy, device: Device): number | null {
  const lifetime = own(policy.kinds, device.kind)?.activationLifetime;
  return lifetime === undefined || device.issuedAt === null ? null : device.issuedAt + lifetime * 1000;
}
