import { CLEAR, isAttemptState } from './attempts.ts';
import { assertPolicy, isActor, own } from './checks.ts';
import { conclude, createLooker, lookAtBasics } from './look.ts';
import type { Actor, AttemptState, Decision, Device, Policy } from './types.ts';

/** Who unlocks what, for whom. */
export type UnlockRequest = {
  /** The device whose failures are forgotten, or `null` for those of the account. */
  readonly device: string | null;
  /** All devices of the user. */
  readonly devices: readonly Device[];
  readonly by: Actor;
  readonly now: number;
};

/**
 * Forgets the failures of a device or of the account. A user may do so only from a session as strong as what is unlocked
 * (NIST SP 800-63B-4 section 3.2.2): the device's level, or for the account the highest level among the user's devices.
 * Support may always; nothing happens by itself.
 *
 * @returns the decision, and the state to write: the same one when denied.
 *
 * @example
 * ```ts
 * import { newAttemptState, unlockAttempts } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'support' } as const;
 * unlockAttempts(brokerPolicy, newAttemptState(), { device: null, devices: [], by, now: 1_800_000_000_000 }).allowed; // => true
 * ```
 */
export function unlockAttempts(
  policy: Policy,
  state: AttemptState,
  request: UnlockRequest,
): Decision & { readonly state: AttemptState } {
  assertPolicy(policy);
  const looker = createLooker();
  const { look } = looker;
  const { device, devices, by, now } = request;
  const denied = (): Decision & { readonly state: AttemptState } => ({ ...conclude(looker), state });
  if (!look(isAttemptState(state) && isActor(by), 'state', 'invalid-state')) return denied();
  if (!lookAtBasics(policy, looker, now, devices, state.latest)) return denied();
  const concerned =
    device === null
      ? devices.filter(({ activatedAt }) => activatedAt !== null)
      : devices.filter(({ id }) => id === device);
  if (!look(device === null || concerned.length === 1, 'device', 'unknown-device', { device })) return denied();
  const needed = Math.max(
    1,
    ...concerned.map(({ kind }) => own(policy.kinds, kind)?.level ?? Number.POSITIVE_INFINITY),
  );
  if (!look(by.role !== 'system', 'attempts.unlock', 'actor-not-allowed', { role: by.role })) return denied();
  const strong = by.role !== 'user' || by.level >= needed;
  if (
    !look(strong, 'attempts.unlock', 'session-too-weak', {
      needed: needed === Number.POSITIVE_INFINITY ? null : needed,
    })
  ) {
    return denied();
  }
  const { [device ?? '']: _forgotten, ...others } = state.devices;
  const latest = Math.max(now, state.latest);
  return {
    ...conclude(looker),
    state: device === null ? { ...state, account: CLEAR, latest } : { ...state, devices: others, latest },
  };
}
