import { assertPolicy, isInstant, isOptOutState } from './checks.ts';
import { conclude, createLooker, type Looker, lookAtClock } from './look.ts';
import type { Decision, OptOutState, Policy } from './types.ts';

/** Somebody changes the login protection of an account. */
export type OptOutRequest = {
  readonly state: OptOutState;
  /** User name of whoever asks. */
  readonly user: string;
  /** User name of the account's primary user, who alone may. */
  readonly primaryUser: string;
  /** Protection level of the device with which the request was just confirmed; 0 for none. */
  readonly level: number;
  readonly now: number;
};

export type OptOutDecision = Decision & {
  /** The state to write; the same one when denied. */
  readonly state: OptOutState;
};

/**
 * A user under login protection, as every user begins.
 *
 * @example
 * ```ts
 * import { newOptOutState } from '@countersign/policy';
 *
 * newOptOutState().status; // => 'in'
 * ```
 */
export function newOptOutState(): OptOutState {
  return { v: 1, status: 'in', changedAt: null };
}

/**
 * Leaves login protection, and takes on the restrictions of the policy's `optOut`: denied actions and lower limits, which
 * `decideAction` enforces. Needs the primary user, a device of the policy's level, and the cool-down since opting in.
 *
 * @example
 * ```ts
 * import { newOptOutState, optOut } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const request = { state: newOptOutState(), user: 'anna', primaryUser: 'bert', level: 30, now: 1_800_000_000_000 };
 * optOut(brokerPolicy, request).reasons; // => [{ code: 'only-primary-user', values: { primaryUser: 'bert' } }]
 * optOut(brokerPolicy, { ...request, user: 'bert' }).state.status; // => 'out'
 * ```
 */
export function optOut(policy: Policy, request: OptOutRequest): OptOutDecision {
  return change(policy, request, 'out', ({ look }) => {
    const { state, now, level } = request;
    look(policy.optOut.offered, 'optOut.offered', 'not-offered');
    const { level: needed, coolDown } = policy.optOut;
    look(level >= needed, 'optOut.level', 'session-too-weak', { level, needed });
    const until = state.changedAt === null ? null : state.changedAt + coolDown * 1000;
    look(until === null || now >= until, 'optOut.coolDown', 'cool-down', {
      until: until === null ? null : { at: until },
    });
  });
}

/**
 * Comes back under login protection, which ends the restrictions. Needs the primary user and a device.
 *
 * @example
 * ```ts
 * import { optIn } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const state = { v: 1, status: 'out', changedAt: 1_799_000_000_000 } as const;
 * optIn(brokerPolicy, { state, user: 'bert', primaryUser: 'bert', level: 30, now: 1_800_000_000_000 }).state.status; // => 'in'
 * ```
 */
export function optIn(policy: Policy, request: OptOutRequest): OptOutDecision {
  return change(policy, request, 'in', ({ look }) => {
    look(request.level >= 1, 'optOut.level', 'session-too-weak', { level: request.level, needed: 1 });
  });
}

/**
 * Whether somebody may change an account's security settings: only its primary user. Others are told who can.
 *
 * @example
 * ```ts
 * import { decideSecurityChange } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * decideSecurityChange(brokerPolicy, { user: 'bert', primaryUser: 'bert' }).allowed; // => true
 * ```
 */
export function decideSecurityChange(
  policy: Policy,
  request: { readonly user: string; readonly primaryUser: string },
): Decision {
  assertPolicy(policy);
  const looker = createLooker();
  lookAtUser(request, looker);
  return conclude(looker);
}

function lookAtUser(
  { user, primaryUser }: { readonly user: string; readonly primaryUser: string },
  { look }: Looker,
): void {
  if (!look(typeof user === 'string' && typeof primaryUser === 'string' && user !== '', 'request', 'invalid-request'))
    return;
  look(user === primaryUser, 'security-settings', 'only-primary-user', { primaryUser });
}

function change(
  policy: Policy,
  request: OptOutRequest,
  status: OptOutState['status'],
  lookFurther: (looker: Looker) => void,
): OptOutDecision {
  assertPolicy(policy);
  const looker = createLooker();
  const { look } = looker;
  const { state, now, level } = request;
  const sound =
    look(isInstant(now), 'now', 'invalid-time') &&
    look(Number.isSafeInteger(level), 'request', 'invalid-request') &&
    look(isOptOutState(state), 'state', 'invalid-state') &&
    lookAtClock(policy, looker, now, state.changedAt ?? 0);
  if (sound && look(state.status !== status, 'optOut', 'already-so', { status })) {
    lookAtUser(request, looker);
    lookFurther(looker);
  }
  const decision = conclude(looker);
  return { ...decision, state: decision.allowed ? { v: 1, status, changedAt: now } : state };
}
