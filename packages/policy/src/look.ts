import type { Decision, Reason, ReasonCode, RuleLookedAt, Values } from './types.ts';

/**
 * Rules that hold under every policy and have no path in it. Every other `rule` of a reason is a path in the policy.
 *
 * @example
 * ```ts
 * import { FIXED_RULES } from '@countersign/policy';
 *
 * FIXED_RULES['proof']; // => 'a device is activated, and brought back, by a proof that the user holds it'
 * ```
 */
export const FIXED_RULES: { readonly [rule: string]: string } = {
  lifecycle: 'which event moves a device from which state, and who may cause it',
  authority: 'a session must be at least as strong as what it changes, and as what still guards',
  proof: 'a device is activated, and brought back, by a proof that the user holds it',
  'primary-user': 'only the primary user of an account changes its security settings',
  'known-device': 'the device is one of the user',
  amount: 'an amount is a positive whole number of minor units',
  rates: 'an amount in another currency needs a rate',
  reference: 'each booking has a reference of its own, and is reversed once',
  owner: 'a shared device works while it works for its owner',
};

/** Tells one rule, and what was compared. Called only when it is needed. */
export type Tell = () => Reason;

/** Notes of the rules that were not met the reason; and every rule, if asked to. */
export type Looker = {
  readonly reasons: Reason[];
  readonly looked: RuleLookedAt[] | null;
  look(passed: boolean, tell: Tell): boolean;
};

const NOTHING: Values = {};

export function reason(code: ReasonCode, rule: string, device: string | null = null, values: Values = NOTHING): Reason {
  return { code, rule, device, values };
}

/** A looker. Several may share one list of rules looked at and keep their reasons apart. */
export function createLooker(looked: RuleLookedAt[] | null): Looker {
  const reasons: Reason[] = [];
  return {
    reasons,
    looked,
    look(passed, tell) {
      if (passed && looked === null) return true;
      const told = tell();
      looked?.push({ ...told, passed });
      if (!passed) reasons.push(told);
      return passed;
    },
  };
}

export function lookerFor({ explain }: { readonly explain?: boolean | undefined }): Looker {
  return createLooker(explain === true ? [] : null);
}

/** The verdict: allowed if every rule was met. */
export function conclude({ reasons, looked }: Looker): Decision {
  return { allowed: reasons.length === 0, reasons, looked };
}
