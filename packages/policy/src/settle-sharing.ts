import { assertPolicy, FINAL, isActor, isInstant, isSharing, nameOf } from './checks.ts';
import { applyEvent, type Changes, noticeOf } from './device-changes.ts';
import { conclude, createLooker, type Looker, lookAtBasics, lookAtClock } from './look.ts';
import { lookAtLevels } from './request-sharing.ts';
import type { Actor, Decision, Device, DevicesDecision, Policy, Sharing } from './types.ts';

/** What happens to a sharing, and to the requester's devices. */
export type SettleRequest = {
  readonly sharing: Sharing;
  /** All devices of the requester. */
  readonly devices: readonly Device[];
  /** Id of the shared device in the requester's list. */
  readonly id: string;
  readonly by: Actor;
  readonly now: number;
};

export type SettleDecision = DevicesDecision & { readonly sharing: Sharing };

/**
 * Compliance says yes or no to a pending sharing. Only support does.
 *
 * @returns the sharing to write; the same one when denied.
 *
 * @example
 * ```ts
 * import { reviewSharing } from '@countersign/policy/sharing';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const people = { requester: 'a', owner: 'b', device: 'token', kind: 'pin-token', suspended: [] };
 * const sharing = { v: 1, status: 'pending', changedAt: now, ...people } as const;
 * reviewSharing(brokerPolicy, { sharing, approve: true, by: { role: 'support' }, now }).sharing.status; // => 'approved'
 * ```
 */
export function reviewSharing(
  policy: Policy,
  request: { readonly sharing: Sharing; readonly approve: boolean; readonly by: Actor; readonly now: number },
): Decision & { readonly sharing: Sharing } {
  assertPolicy(policy);
  const looker = createLooker();
  const { look } = looker;
  const { sharing, approve, by, now } = request;
  const allowed =
    look(isInstant(now) && typeof approve === 'boolean', 'request', 'invalid-request') &&
    look(isSharing(sharing), 'sharing', 'invalid-state') &&
    lookAtClock(policy, looker, now, sharing.changedAt) &&
    look(sharing.status === 'pending', 'sharing', 'wrong-state', { event: 'review', state: sharing.status }) &&
    look(isActor(by) && by.role === 'support', 'sharing.review', 'actor-not-allowed', { role: nameOf(by?.role) });
  const status = approve ? 'approved' : 'declined';
  return { ...conclude(looker), sharing: allowed ? { ...sharing, status, changedAt: now } : sharing };
}

/**
 * Makes an approved sharing effective: the shared device joins the requester's list as active, and the requester's own active
 * devices rest (`suspended`) until it is cancelled. The requester's devices are looked at again: one that is stronger, or temporary,
 * and was bound since the request, denies.
 *
 * @returns the sharing and the requester's devices to write; the same ones when denied.
 *
 * @example
 * ```ts
 * import { beginSharing } from '@countersign/policy/sharing';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const people = { requester: 'a', owner: 'b', device: 'token', kind: 'pin-token', suspended: [] };
 * const sharing = { v: 1, status: 'approved', changedAt: now, ...people } as const;
 * const begun = beginSharing(brokerPolicy, { sharing, devices: [], id: 'shared-1', by: { role: 'system' }, now });
 * begun.devices[0]?.sharedFrom; // => { user: 'b', device: 'token' }
 * ```
 */
export function beginSharing(policy: Policy, request: SettleRequest): SettleDecision {
  const { sharing, devices, id, by, now } = request;
  const decision = lookAtSettling(policy, request, ['approved'], (looker) => {
    // Compliance may have taken days: what the requester has bound since counts too.
    lookAtLevels(policy, devices, sharing.kind, now, looker);
  });
  if (!decision.allowed) return { ...decision, sharing, devices, notices: [] };
  const changes: Changes = { devices, notices: [] };
  const suspended = devices.filter(({ state }) => state === 'active').map((device) => device.id);
  for (const resting of suspended) applyEvent(changes, resting, 'suspend', { by: by.role, now, rule: 'sharing' });
  const shared: Device = {
    v: 1,
    id,
    kind: sharing.kind,
    state: 'active',
    issuedAt: now,
    activatedAt: now,
    lastUsedAt: null,
    replaces: null,
    sharedFrom: { user: sharing.owner, device: sharing.device },
    methodsOff: [],
    noticesGiven: [],
    history: [{ at: now, event: 'bind', by: by.role, state: 'active', rule: 'sharing' }],
  };
  changes.notices.push(noticeOf(shared, 'bind', now));
  return {
    ...decision,
    sharing: { ...sharing, status: 'active', changedAt: now, suspended },
    devices: [...changes.devices, shared],
    notices: changes.notices,
  };
}

/**
 * Ends a sharing, also one that is pending: the shared device is retired, and the devices that rested for it work again, unless
 * something else happened to them meanwhile. Either user may, once it is active from a session with a device; and support. Call it also when the owner's device is retired.
 *
 * @returns the sharing and the requester's devices to write; the same ones when denied.
 *
 * @example
 * ```ts
 * import { beginSharing, cancelSharing } from '@countersign/policy/sharing';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const now = 1_800_000_000_000;
 * const by = { role: 'support' } as const;
 * const people = { requester: 'a', owner: 'b', device: 'token', kind: 'pin-token', suspended: [] };
 * const approved = { v: 1, status: 'approved', changedAt: now, ...people } as const;
 * const { sharing, devices } = beginSharing(brokerPolicy, { sharing: approved, devices: [], id: 'shared-1', by, now });
 * cancelSharing(brokerPolicy, { sharing, devices, id: 'shared-1', by, now }).devices[0]?.state; // => 'retired'
 * ```
 */
export function cancelSharing(policy: Policy, request: SettleRequest): SettleDecision {
  const { sharing, devices, id, by, now } = request;
  const decision = lookAtSettling(policy, request, ['pending', 'approved', 'active'], ({ look }) => {
    // Devices come back to life: as for retiring one, a password alone is not enough.
    if (sharing.status !== 'active' || by.role !== 'user') return;
    look(by.level >= 1, 'lifecycle.retire', 'session-too-weak', { level: by.level, needed: 1 });
  });
  if (!decision.allowed) return { ...decision, sharing, devices, notices: [] };
  const changes: Changes = { devices, notices: [] };
  if (sharing.status === 'active') {
    for (const device of devices) {
      if (device.id === id) {
        if (!FINAL.includes(device.state)) applyEvent(changes, id, 'retire', { by: by.role, now, rule: 'sharing' });
      } else if (sharing.suspended.includes(device.id) && device.state === 'suspended') {
        applyEvent(changes, device.id, 'resume', { by: by.role, now, rule: 'sharing' });
      }
    }
  }
  return { ...decision, sharing: { ...sharing, status: 'cancelled', changedAt: now }, ...changes };
}

/** What both have in common: a known state, a request that can be judged, and a device that is there, or is not yet. */
function lookAtSettling(
  policy: Policy,
  { sharing, devices, id, by, now }: SettleRequest,
  from: readonly Sharing['status'][],
  lookFurther: (looker: Looker) => void,
): Decision {
  assertPolicy(policy);
  const looker = createLooker();
  const { look } = looker;
  const sound =
    look(isActor(by) && nameOf(id) !== null && id !== '', 'request', 'invalid-request') &&
    look(isSharing(sharing), 'sharing', 'invalid-state') &&
    lookAtBasics(policy, looker, now, devices, sharing.changedAt) &&
    look(from.includes(sharing.status), 'sharing', 'wrong-state', { event: 'sharing', state: sharing.status });
  if (sound) {
    const device = devices.find((candidate) => candidate.id === id);
    const origin = device?.sharedFrom;
    const isShared = origin != null && origin.user === sharing.owner && origin.device === sharing.device;
    if (sharing.status === 'active') look(isShared, 'devices', 'unknown-device', { device: nameOf(id) });
    else look(device === undefined, 'devices', 'duplicate-device', { device: nameOf(id) });
    lookFurther(looker);
  }
  return conclude(looker);
}
