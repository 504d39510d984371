import { CountersignError } from '@countersign/primitives/error';
import { levelOf } from './bind-device.ts';
import { assertId, isFinal, own, told } from './checks.ts';
import { beginChanges, endChanges, putDevice } from './devices-state.ts';
import { conclude, reason } from './look.ts';
import { beginChange, isGuarding, lookAtSession, sessionOf } from './session.ts';
import type { ChangeRequest, DevicesDecision, Policy } from './types.ts';

/** Which methods of a device are switched off. */
export type MethodsRequest = ChangeRequest & {
  readonly device: string;
  /** The methods that are off from now on, such as `['push-approval']`; an empty list switches all on. */
  readonly off: readonly string[];
};

/**
 * Switches methods of a device off and on, such as seamless login. At least one stays on. A user needs a session as
 * strong as the device; support may.
 *
 * @returns the states to write; the same ones when denied.
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { newDevicesState, setMethods } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'user', device: 'phone-1' } as const;
 * const request = { devices: newDevicesState(), attempts: null, by, now: 1_800_000_000_000 };
 * setMethods(brokerPolicy, { ...request, device: 'phone-1', off: ['push-approval'] }).allowed; // => false
 * ```
 */
export function setMethods(policy: Policy, request: MethodsRequest): DevicesDecision {
  const asked = beginChange(policy, request);
  const { now, looker } = asked;
  const { device: id, off, by } = request;
  assertId(id, 'device');
  if (!Array.isArray(off)) throw new CountersignError('invalid-argument', 'off must be a list of methods');
  const changes = beginChanges(policy, request, now);
  const sound = { ...request, devices: changes.devices };
  const device = changes.devices.list.find((one) => one.id === id);
  looker.look(by.role !== 'system', () => reason('actor-not-allowed', 'authority', id, { role: by.role }));
  const mine = device !== undefined && !isFinal(device);
  if (looker.look(mine, () => reason('unknown-device', 'known-device', id))) {
    const { kind } = device!;
    const methods = own(policy.kinds, kind)?.methods ?? [];
    const rule = `kinds.${kind}.methods`;
    const unknown = off.find((method) => !methods.includes(method));
    looker.look(unknown === undefined, () => reason('unknown-method', rule, id, { method: told(unknown) }));
    looker.look(
      methods.some((method) => !off.includes(method)),
      () => reason('last-method', rule, id),
    );
    const session = sessionOf(policy, sound, asked);
    lookAtSession(session, Math.max(1, levelOf(policy, device!, now)), looker, id);
    if (looker.reasons.length === 0) {
      putDevice(policy, changes, { ...device!, methodsOff: [...new Set(off)] }, { event: 'set-methods', by, now });
    }
  }
  return endChanges(conclude(looker), request, changes, isGuarding(policy, sound, now));
}
