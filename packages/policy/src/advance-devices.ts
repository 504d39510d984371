import { isFinal, own } from './checks.ts';
import { beginChanges, type Changes, endChanges } from './devices-state.ts';
import { conclude } from './look.ts';
import { endOf, moveDevice } from './move-device.ts';
import { beginChange, isGuarding } from './session.ts';
import type { ChangeRequest, Device, DevicesDecision, DevicesState, Policy } from './types.ts';

const BY = { role: 'system' } as const;

/**
 * Does what time alone does: a device expires after its last phase or when it was not activated in time; a posted replacement
 * activates by itself, with a notice when that comes near and another when it is imminent, each given once; and what a
 * clock ahead has written counts from now on.
 *
 * Call it from a daily job, and before a user's devices are shown. Decisions do not depend on it: they look at the clock
 * themselves.
 *
 * @returns the states to write, and whom to tell. Always allowed. `changed` is false when there is nothing to write.
 *
 * @example
 * ```ts
 * import { advanceDevices, bindDevice, newDevicesState } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const day = 86_400_000;
 * const posted = 1_800_000_000_000;
 * const by = { role: 'support', name: 'desk 3' } as const;
 * const token = { devices: newDevicesState(), attempts: null, id: 'token-1', kind: 'pin-token', by, now: posted } as const;
 * const { devices } = bindDevice(brokerPolicy, token);
 * advanceDevices(brokerPolicy, { devices, attempts: null, now: posted + 14 * day }).notices[0]?.topic; // => 'activation-near'
 * advanceDevices(brokerPolicy, { devices, attempts: null, now: posted + 21 * day }).devices.list[0]?.state; // => 'active'
 * ```
 */
export function advanceDevices(
  policy: Policy,
  given: Omit<ChangeRequest, 'by'>,
): DevicesDecision & { readonly changed: boolean } {
  const request: ChangeRequest = { ...given, by: BY };
  const { now, looker } = beginChange(policy, request);
  const changes = beginChanges(policy, request, now);
  for (const { id } of changes.devices.list) {
    // As it is by now: an earlier device's activation may have retired it.
    const device = changes.devices.list.find((candidate) => candidate.id === id)!;
    if (isFinal(device)) continue;
    const end = endOf(policy, device);
    if (end !== null && now >= end.at) apply(policy, changes, { ...request, devices: changes.devices }, id, 'expire');
    else activateWhenDue(policy, changes, request, device, now);
  }
  const ended = endChanges(conclude(looker), request, changes, isGuarding(policy, request, now));
  const changed = JSON.stringify(ended.devices) !== JSON.stringify(request.devices);
  return { ...ended, changed };
}

/** Applies an event, if it is allowed. */
function apply(
  policy: Policy,
  changes: Changes,
  request: ChangeRequest,
  device: string,
  event: 'expire' | 'activate',
): void {
  const moved = moveDevice(policy, { ...request, device, event });
  if (!moved.allowed) return;
  changes.devices = moved.devices;
  changes.attempts = moved.attempts;
  changes.notices.push(...moved.notices);
  changes.records.push(...moved.records);
  changes.dropped.push(...moved.dropped);
}

function activateWhenDue(policy: Policy, changes: Changes, request: ChangeRequest, device: Device, now: number): void {
  const automatic = own(policy.kinds, device.kind)?.automaticActivation;
  if (automatic === undefined || device.state !== 'awaiting' || device.issuedAt === null) return;
  const due = device.issuedAt + automatic.after * 1000;
  if (now >= due) {
    apply(policy, changes, { ...request, devices: changes.devices }, device.id, 'activate');
    return;
  }
  for (const [topic, before] of [
    ['activation-near', automatic.near],
    ['activation-imminent', automatic.imminent],
  ] as const) {
    if (now < due - before * 1000 || device.notices.includes(topic)) continue;
    const { id, kind } = device;
    changes.notices.push({ topic, device: id, kind, at: now, to: ['user'], opensAt: due, cancelBy: [] });
    changes.devices = withNotice(changes.devices, id, topic);
  }
}

function withNotice(devices: DevicesState, id: string, topic: Device['notices'][number]): DevicesState {
  const list = devices.list.map((device) =>
    device.id === id ? { ...device, notices: [...device.notices, topic] } : device,
  );
  return { ...devices, list };
}
