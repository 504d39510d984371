import { assertOptOut } from './checks.ts';
import { conclude, type Looker, reason } from './look.ts';
import { type Asked, beginChange, type Session, sessionOf } from './session.ts';
import type { ChangeRequest, Decision, OptOutState, Policy } from './types.ts';

/** Somebody changes the login protection of an account. */
export type OptOutRequest = ChangeRequest & { readonly optOut: OptOutState };

export type OptOutDecision = Decision & {
  /** The state to write; the same one when denied. */
  readonly optOut: OptOutState;
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
 * `decideAction` enforces. Needs the account's primary user, a session with a device of the policy's level, and the
 * cool-down since opting in.
 *
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 * @example
 * ```ts
 * import { newDevicesState, newOptOutState, optOut } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'user', device: null } as const;
 * const request = { optOut: newOptOutState(), devices: newDevicesState(), attempts: null, by, now: 1_800_000_000_000 };
 * const account = { user: 'anna', primaryUser: 'bert' };
 * optOut(brokerPolicy, { ...request, account }).reasons.map(({ code }) => code); // => ['only-primary-user', 'session-too-weak']
 * ```
 */
export function optOut(policy: Policy, request: OptOutRequest): OptOutDecision {
  return change(policy, request, 'out', (session, { now, looker }) => {
    const { changedAt } = request.optOut;
    const { level, coolDown } = policy.optOut!;
    lookAtLevel(session, level, 'optOut.level', looker);
    // What a clock ahead has written would block until that clock is right.
    const ahead = changedAt === null || changedAt > now + policy.clockTolerance * 1000;
    const until = ahead ? 0 : changedAt + coolDown * 1000;
    looker.look(now >= until, () => reason('cool-down', 'optOut.coolDown', null, { until: { at: until } }));
  });
}

/**
 * Comes back under login protection, which ends the restrictions. Needs the primary user and a device.
 *
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 * @example
 * ```ts
 * import { newDevicesState, optIn } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const state = { v: 1, status: 'out', changedAt: 1_799_000_000_000 } as const;
 * const by = { role: 'support', name: 'desk 3' } as const;
 * const request = { optOut: state, devices: newDevicesState(), attempts: null, by, now: 1_800_000_000_000 };
 * optIn(brokerPolicy, request).optOut.status; // => 'in'
 * ```
 */
export function optIn(policy: Policy, request: OptOutRequest): OptOutDecision {
  return change(policy, request, 'in', (session, { looker }) => lookAtLevel(session, 1, 'authority', looker));
}

function lookAtLevel({ strength }: Session, needed: number, rule: string, looker: Looker): void {
  if (strength === null) return;
  const { level } = strength;
  looker.look(level >= needed, () => reason('session-too-weak', rule, null, { level, needed }));
}

function change(
  policy: Policy,
  request: OptOutRequest,
  status: OptOutState['status'],
  lookFurther: (session: Session, asked: Asked) => void,
): OptOutDecision {
  const asked = beginChange(policy, request);
  const { now, looker } = asked;
  const { optOut: state, by } = request;
  assertOptOut(state);
  looker.look(by.role !== 'system', () => reason('actor-not-allowed', 'authority', null, { role: by.role }));
  if (looker.look(policy.optOut !== null, () => reason('not-offered', 'optOut'))) {
    if (looker.look(state.status !== status, () => reason('already-so', 'optOut', null, { status }))) {
      lookFurther(sessionOf(policy, request, asked), asked);
    }
  }
  const decision = conclude(looker);
  return { ...decision, optOut: decision.allowed ? { v: 1, status, changedAt: now } : state };
}
