import { findBlock } from './attempts.ts';
import { assertCall, isRegular, own, readNow } from './checks.ts';
import { assertSituation } from './decide-action.ts';
import { isOver } from './strength.ts';
import { isSecondInARow } from './temporary-access.ts';
import type { Device, Policy, Situation } from './types.ts';

/** What somebody who cannot get in does next. */
export type RecoveryStep =
  | 'use-device'
  | 'wait'
  | 'ask-support-to-unlock'
  | 'activate-device'
  | 'print-online-card'
  | 'order-replacement'
  | 'await-replacement'
  | 'ask-support-for-temporary-code'
  | 'prove-identity-to-support';

/**
 * The way back for somebody whose devices are lost or locked: what is open now, the best first; never empty. Support issues
 * a temporary code, with it an online card is printed, and a replacement is ordered in the meantime. When the last temporary
 * code was followed by no regular device, no other is issued: identity must be proven to support anew.
 *
 * It only says where the user stands; binding and deciding look again.
 *
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-time`
 * @example
 * ```ts
 * import { newDevicesState, recoverySteps } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const nothing = { devices: newDevicesState(), attempts: null, now: 1_800_000_000_000 };
 * recoverySteps(brokerPolicy, nothing); // => ['ask-support-for-temporary-code']
 * ```
 */
export function recoverySteps(policy: Policy, situation: Situation): readonly RecoveryStep[] {
  assertCall(policy, situation);
  assertSituation(situation);
  const now = readNow(situation.now);
  const { devices, attempts, lane } = situation;
  const { temporaryCode, onlineCard } = policy.recovery ?? {};
  const working = (device: Device): boolean => {
    const kind = own(policy.kinds, device.kind);
    return device.state === 'active' && kind !== undefined && !isOver(kind, device, now);
  };
  const block = ({ id }: Device) => attempts && findBlock(policy, attempts, id, lane, now);
  const regular = devices.list.filter((device) => isRegular(own(policy.kinds, device.kind)));
  const usable = regular.filter(working);
  if (usable.some((device) => !block(device))) return ['use-device'];
  if (usable.some((device) => block(device)!.retryAt !== null)) return ['wait'];
  const steps: RecoveryStep[] = usable.length > 0 ? ['ask-support-to-unlock'] : [];
  const posted = regular.some(({ state }) => state === 'awaiting');
  if (posted) steps.push('activate-device');
  const hasCard = devices.list.some((device) => device.kind === onlineCard && working(device));
  const hasCode = devices.list.some((device) => device.kind === temporaryCode && working(device));
  if (!hasCard && hasCode && onlineCard !== undefined) steps.push('print-online-card');
  const ordered = regular.some(({ state }) => state === 'pending');
  if ((hasCard || hasCode) && !posted) steps.push(ordered ? 'await-replacement' : 'order-replacement');
  if (!hasCard && !hasCode) {
    const open = temporaryCode !== undefined && !isSecondInARow(devices, temporaryCode);
    steps.push(open ? 'ask-support-for-temporary-code' : 'prove-identity-to-support');
  }
  return steps;
}
