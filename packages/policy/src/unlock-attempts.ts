import { CountersignError } from '@countersign/primitives/error';
import { CLEAR } from './attempts.ts';
import { levelOf } from './bind-device.ts';
import { told } from './checks.ts';
import { conclude, reason } from './look.ts';
import { beginChange, guardLevel, lookAtSession, sessionOf } from './session.ts';
import type { AttemptState, ChangeRequest, Decision, Policy } from './types.ts';

/** Who unlocks what, for whom. */
export type UnlockRequest = Omit<ChangeRequest, 'attempts'> & {
  readonly attempts: AttemptState;
  /** The device whose failures are forgotten, or `null` for those of the account and of all its devices. */
  readonly device: string | null;
};

/**
 * Forgets the failures of a device or of the account. A user may do so only from a session as strong as what is unlocked
 * (NIST SP 800-63B-4 section 3.2.2): the device, or for the account the strongest that counts or has failures. Support always can;
 * nothing happens by itself.
 *
 * @returns the decision, and the attempts to write: the same ones when denied.
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { newAttemptState, newDevicesState, unlockAttempts } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'support', name: 'desk 3' } as const;
 * const request = { attempts: newAttemptState(), devices: newDevicesState(), device: null, by, now: 1_800_000_000_000 };
 * unlockAttempts(brokerPolicy, request).allowed; // => true
 * ```
 */
export function unlockAttempts(policy: Policy, request: UnlockRequest): Decision & { readonly attempts: AttemptState } {
  const asked = beginChange(policy, request);
  if (request.attempts === null) throw new CountersignError('invalid-state', 'attempts must be given to be unlocked');
  const { now, looker } = asked;
  const { device: id, devices, by, attempts } = request;
  const device = devices.list.find((one) => one.id === id);
  looker.look(by.role !== 'system', () => reason('actor-not-allowed', 'authority', told(id), { role: by.role }));
  if (looker.look(id === null || device !== undefined, () => reason('unknown-device', 'known-device', told(id)))) {
    const session = sessionOf(policy, request, asked);
    // What has left `active` and guards no longer still has its counter.
    const forgotten = device ? [device] : devices.list.filter((one) => Object.hasOwn(attempts.devices, one.id));
    const guards = device ? 0 : guardLevel(policy, request, now, session.device);
    const needed = Math.max(1, guards, ...forgotten.map((one) => levelOf(policy, one, now)));
    lookAtSession(session, needed, looker, told(id));
  }
  const decision = conclude(looker);
  if (!decision.allowed) return { ...decision, attempts };
  if (id === null) return { ...decision, attempts: { ...attempts, account: CLEAR, devices: {}, lockedUntil: 0 } };
  const { [id]: _forgotten, ...others } = attempts.devices;
  return { ...decision, attempts: { ...attempts, devices: others } };
}
