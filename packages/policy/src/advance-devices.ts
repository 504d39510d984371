import { assertPolicy, FINAL, own } from './checks.ts';
import { applyEvent, type Changes, noticeOf } from './device-changes.ts';
import { conclude, createLooker, lookAtBasics } from './look.ts';
import { activationEnd, moveDevice } from './move-device.ts';
import { isOver } from './temporary-access.ts';
import type { Device, DevicesDecision, Notice, Policy, RuleLookedAt } from './types.ts';

/**
 * Does what time alone does: a device expires after its last phase or when it was not activated in time; a posted replacement
 * activates by itself, with a notice when that comes near and another when it is imminent, each given once.
 *
 * Call it from a daily job, and before a user's devices are shown. Decisions do not depend on it: they look at the clock
 * themselves.
 *
 * @returns the devices to write, and whom to tell. `allowed` is false only for a request that cannot be judged.
 *
 * @example
 * ```ts
 * import { advanceDevices, bindDevice, moveDevice } from '@countersign/policy/devices';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const day = 86_400_000;
 * const posted = 1_800_000_000_000;
 * const by = { role: 'support' } as const;
 * const bound = bindDevice(brokerPolicy, { devices: [], id: 'token-2', kind: 'pin-token', by, now: posted });
 * const { devices } = moveDevice(brokerPolicy, { devices: bound.devices, device: 'token-2', event: 'issue', by, now: posted });
 * advanceDevices(brokerPolicy, { devices, now: posted + 14 * day }).notices[0]?.topic; // => 'activation-near'
 * advanceDevices(brokerPolicy, { devices, now: posted + 21 * day }).devices[0]?.state; // => 'active'
 * ```
 */
export function advanceDevices(
  policy: Policy,
  request: { readonly devices: readonly Device[]; readonly now: number },
): DevicesDecision {
  assertPolicy(policy);
  const looker = createLooker();
  const { devices, now } = request;
  if (!lookAtBasics(policy, looker, now, devices)) return { ...conclude(looker), devices, notices: [] };
  const changes: Changes = { devices, notices: [] };
  for (const { id } of devices) {
    // As it is by now: an earlier device's activation may have retired it.
    const device = changes.devices.find((candidate) => candidate.id === id)!;
    if (FINAL.includes(device.state)) continue;
    const rule = expiryRule(policy, device, now);
    if (rule !== undefined) applyEvent(changes, id, 'expire', { by: 'system', now, rule });
    else looker.explanation.push(...activateWhenDue(policy, changes, device, now));
  }
  return { ...conclude(looker), ...changes };
}

/** The rule by which a device has expired. */
function expiryRule(policy: Policy, device: Device, now: number): string | undefined {
  const kind = own(policy.kinds, device.kind);
  if (kind === undefined) return undefined;
  if (isOver(kind, device, now)) return `kinds.${device.kind}.phases`;
  const end = device.activatedAt === null ? activationEnd(policy, device) : null;
  return end !== null && now >= end ? `kinds.${device.kind}.activationLifetime` : undefined;
}

function activateWhenDue(policy: Policy, changes: Changes, device: Device, now: number): readonly RuleLookedAt[] {
  const automatic = own(policy.kinds, device.kind)?.automaticActivation;
  if (automatic === undefined || device.state !== 'awaiting-activation' || device.issuedAt === null) return [];
  const due = device.issuedAt + automatic.after * 1000;
  if (now >= due) {
    const by = { role: 'system' } as const;
    const moved = moveDevice(policy, { devices: changes.devices, device: device.id, event: 'activate', by, now });
    changes.devices = moved.devices;
    changes.notices.push(...moved.notices);
    return moved.explanation;
  }
  for (const [topic, before] of [
    ['activation-near', automatic.near],
    ['activation-imminent', automatic.imminent],
  ] as const) {
    if (now >= due - before * 1000 && !device.noticesGiven.includes(topic)) giveNotice(changes, device.id, topic, now);
  }
  return [];
}

function giveNotice(changes: Changes, id: string, topic: 'activation-near' | 'activation-imminent', now: number): void {
  changes.devices = changes.devices.map((device) => {
    if (device.id !== id) return device;
    const notice: Notice = noticeOf(device, topic, now);
    changes.notices.push(notice);
    return { ...device, noticesGiven: [...device.noticesGiven, topic] };
  });
}
