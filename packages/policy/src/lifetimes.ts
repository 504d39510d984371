import { CountersignError } from '@countersign/primitives/error';
import { assertCall, own } from './checks.ts';
import type { Policy } from './types.ts';

/** How long things of one kind last, in seconds; `null`: without an end, or not said. */
export type Lifetimes = {
  /** An issued device, until it must be activated: the lifetime of its activation code. */
  readonly activation: number | null;
  /** A code, challenge or approval, until it must be answered. */
  readonly answer: number | null;
  /** The device itself, all its phases together: the lifetime of a temporary code. */
  readonly device: number | null;
};

/**
 * How long the codes, challenges and devices of a kind last, for the `lifetime` that verifiers ask for. They are written in
 * the policy and nowhere else.
 *
 * @throws CountersignError `invalid-policy`; `invalid-argument` for a kind that the policy does not have
 * @example
 * ```ts
 * import { lifetimesOf } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * lifetimesOf(brokerPolicy, 'sms'); // => { activation: 600, answer: 600, device: null }
 * lifetimesOf(brokerPolicy, 'temporary-code').device; // => 1_036_800
 * ```
 */
export function lifetimesOf<A extends string, K extends string>(policy: Policy<A, K>, kind: NoInfer<K>): Lifetimes {
  assertCall(policy as Policy, {});
  const rules = own((policy as Policy).kinds, kind);
  if (rules === undefined) throw new CountersignError('invalid-argument', 'kind must be one of the policy');
  return {
    activation: rules.activationLifetime ?? null,
    answer: rules.answerLifetime ?? null,
    device: rules.phases?.reduce((sum, { lasts }) => sum + lasts, 0) ?? null,
  };
}
