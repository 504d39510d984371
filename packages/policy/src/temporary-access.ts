import { isRegular, own } from './checks.ts';
import type { KindRules, Phase } from './policy-types.ts';
import type { Device, Policy } from './types.ts';

/** The phase that a device is in, counted from its activation; `undefined` after the last one. */
export function phaseOf(kind: KindRules, device: Device, now: number): Phase | undefined {
  let end = device.activatedAt ?? Number.NaN;
  return kind.phases?.find((phase) => {
    end += phase.lasts * 1000;
    return now < end;
  });
}

/** When the last phase ends; `null` for a device without phases or not activated. */
function phasesEnd(kind: KindRules, device: Device): number | null {
  if (kind.phases === undefined || device.activatedAt === null) return null;
  return device.activatedAt + kind.phases.reduce((sum, { lasts }) => sum + lasts * 1000, 0);
}

/** Whether its last phase is over: by the clock, before any job has written it down. */
export function isOver(kind: KindRules, device: Device, now: number): boolean {
  const end = phasesEnd(kind, device);
  return end !== null && now >= end;
}

/**
 * Whether another device of this kind would be the second in a row: one was active before, and no regular device was used or
 * became active since.
 */
export function isSecondInARow(policy: Policy, devices: readonly Device[], kind: string): boolean {
  const earlier = devices.filter((device) => device.kind === kind && device.activatedAt !== null);
  if (earlier.length === 0) return false;
  const last = Math.max(...earlier.map(({ activatedAt }) => activatedAt!));
  return !devices.some(
    (device) =>
      isRegular(own(policy.kinds, device.kind)) &&
      ((device.lastUsedAt ?? 0) > last || device.history.some(({ at, state }) => state === 'active' && at > last)),
  );
}
