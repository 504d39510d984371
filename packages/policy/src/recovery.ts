import { assertPolicy, isRegular, own } from './checks.ts';
import { conclude, createLooker, lookAtBasics } from './look.ts';
import { isSecondInARow, phaseOf } from './temporary-access.ts';
import type { Decision, Device, Policy } from './types.ts';

/** What somebody who cannot get in does next. */
export type RecoveryStep =
  | 'use-device'
  | 'activate-device'
  | 'print-online-card'
  | 'order-replacement'
  | 'await-replacement'
  | 'ask-support-for-temporary-code'
  | 'prove-identity-to-support';

/** The steps that are open now, the best first. Never empty for a valid request. */
export type RecoveryPath = Decision & { readonly steps: readonly RecoveryStep[] };

/**
 * The way back for somebody whose devices are lost: support issues a temporary code, with it an online card is printed, and a
 * replacement is ordered in the meantime. When the last temporary code was followed by no regular device, no other is issued:
 * identity must be proven to support anew.
 *
 * It only says where the user stands; binding and choosing decide again.
 *
 * @example
 * ```ts
 * import { recoverySteps } from '@countersign/policy/devices';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * recoverySteps(brokerPolicy, { devices: [], now: 1_800_000_000_000 }).steps; // => ['ask-support-for-temporary-code']
 * ```
 */
export function recoverySteps(
  policy: Policy,
  request: { readonly devices: readonly Device[]; readonly now: number },
): RecoveryPath {
  assertPolicy(policy);
  const looker = createLooker();
  const { devices, now } = request;
  if (!lookAtBasics(policy, looker, now, devices)) return { ...conclude(looker), steps: [] };
  const { temporaryCode, onlineCard, printAction } = policy.recovery;
  const working = (device: Device): boolean => {
    const kind = own(policy.kinds, device.kind);
    return (
      device.state === 'active' &&
      kind !== undefined &&
      (kind.phases === undefined || phaseOf(kind, device, now) !== undefined)
    );
  };
  const steps: RecoveryStep[] = [];
  const regular = devices.filter((device) => isRegular(own(policy.kinds, device.kind)));
  if (regular.some(working)) return { ...conclude(looker), steps: ['use-device'] };
  if (regular.some(({ state }) => state === 'awaiting-activation')) steps.push('activate-device');
  const hasCard = devices.some((device) => device.kind === onlineCard && working(device));
  const code = devices.find((device) => device.kind === temporaryCode && working(device));
  if (!hasCard && code !== undefined && printAction !== null) steps.push('print-online-card');
  const posted = steps[0] === 'activate-device';
  const ordered = regular.some(({ state }) => state === 'pending');
  if ((hasCard || code !== undefined) && !posted) steps.push(ordered ? 'await-replacement' : 'order-replacement');
  if (!hasCard && code === undefined) {
    const open = temporaryCode !== null && !isSecondInARow(policy, devices, temporaryCode);
    looker.explanation.push({
      rule: 'recovery.temporaryCode',
      passed: open,
      code: 'temporary-twice-in-a-row',
      values: {},
    });
    steps.push(open ? 'ask-support-for-temporary-code' : 'prove-identity-to-support');
  }
  return { ...conclude(looker), steps };
}
