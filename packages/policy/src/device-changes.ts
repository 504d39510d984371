import { FINAL, GONE, isRegular, own } from './checks.ts';
import { LIFECYCLE } from './lifecycle.ts';
import type { Looker } from './look.ts';
import { isOver } from './temporary-access.ts';
import type { Actor, Device, DeviceEvent, DeviceState, Notice, Policy } from './types.ts';

/** A user's devices while one event and all that follows from it are applied. */
export type Changes = { devices: readonly Device[]; readonly notices: Notice[] };

/** Who caused a change, when, and by which rule if no person did. */
export type Cause = { readonly by: Actor['role']; readonly now: number; readonly rule?: string | undefined };

/** Applies one event that was found allowed: the state, the history, the notice. */
export function applyEvent(changes: Changes, id: string, event: DeviceEvent, cause: Cause): void {
  const { by, now, rule } = cause;
  const state = LIFECYCLE[event].to;
  changes.devices = changes.devices.map((device) => {
    if (device.id !== id) return device;
    changes.notices.push(noticeOf(device, event, now));
    return {
      ...device,
      state,
      issuedAt: event === 'issue' ? now : device.issuedAt,
      activatedAt: state === 'active' ? (device.activatedAt ?? now) : device.activatedAt,
      history: [...device.history, { at: now, event, by, state, ...(rule === undefined ? {} : { rule }) }],
    };
  });
}

export function noticeOf(device: Device, topic: Notice['topic'], now: number): Notice {
  const to: Notice['to'] = device.sharedFrom === null ? ['user'] : ['user', 'owner'];
  return { topic, device: device.id, kind: device.kind, at: now, to };
}

/**
 * The level that a user's own session needs to bind a device: as strong as the new one, or as the strongest that the user can
 * still use if that is weaker; and never the password alone once any device was active, or a stolen password would be enough
 * to bind a new one (NIST SP 800-63B-4 section 4.1.2.1). Without a usable device left, only support can help.
 */
export function sessionToBind(policy: Policy, devices: readonly Device[], kind: string, now: number): number {
  const known = devices.filter(({ activatedAt }) => activatedAt !== null);
  if (known.length === 0) return 0;
  const active = known
    .filter(({ state }) => state === 'active')
    .map((device) => ({ device, rules: own(policy.kinds, device.kind) }))
    .filter(({ device, rules }) => rules !== undefined && rules.actions === undefined && !isOver(rules, device, now))
    .map(({ rules }) => rules!.level);
  return Math.max(1, Math.min(own(policy.kinds, kind)!.level, Math.max(0, ...active)));
}

/** Looks whether there is room for a device beside the user's others: when it is bound, and again when it becomes active. */
export function lookAtRoom(
  policy: Policy,
  devices: readonly Device[],
  { id, kind, replaces }: Pick<Device, 'id' | 'kind' | 'replaces'>,
  { look }: Looker,
): void {
  const rules = own(policy.kinds, kind)!;
  const others = devices.filter((other) => other.id !== id && other.id !== replaces && !GONE.includes(other.state));
  if (rules.leaves === true) {
    const other = others.find((candidate) => candidate.state === 'active' && drivesOut(policy, candidate));
    look(other === undefined, `kinds.${kind}.leaves`, 'leaves-for-other-device', { kind, other: other?.id ?? null });
  }
  if (rules.exclusive !== true) {
    const held = others.filter((other) => other.kind === kind).length;
    look(held < rules.maximum, `kinds.${kind}.maximum`, 'too-many-devices', { kind, held, maximum: rules.maximum });
  }
}

/** Retires what the policy says leaves when this device has become active. */
export function applyConsequences(policy: Policy, changes: Changes, device: Device, now: number): void {
  const rules = own(policy.kinds, device.kind)!;
  const path = `kinds.${device.kind}`;
  for (const other of changes.devices) {
    if (other.id === device.id || FINAL.includes(other.state)) continue;
    const mayReturn: readonly DeviceState[] = ['active', 'suspended', 'locked', 'lost'];
    let rule: string | undefined;
    if (other.id === device.replaces) rule = 'replaces';
    else if (!mayReturn.includes(other.state)) continue;
    else if (rules.exclusive === true && other.kind === device.kind) rule = `${path}.exclusive`;
    else if (own(policy.kinds, other.kind)?.leaves === true && drivesOut(policy, device))
      rule = `kinds.${other.kind}.leaves`;
    if (rule !== undefined) applyEvent(changes, other.id, 'retire', { by: 'system', now, rule });
  }
}

/** A regular device that does not leave itself: temporary ones and key files are no reason to lose the telephone. */
function drivesOut(policy: Policy, device: Device): boolean {
  const rules = own(policy.kinds, device.kind);
  return isRegular(rules) && rules.leaves !== true;
}
