import { isAmount, own } from './checks.ts';
import { isObject } from './shape.ts';
import type { Money, Policy, RateTable } from './types.ts';

/** An amount that can be moved: more than nothing, in whole minor units. NaN, fractions and negative ones are `null`. */
export function readMoney(value: unknown): Money | null {
  if (!isObject(value)) return null;
  const { minorUnits, currency } = value;
  return isAmount(minorUnits) && minorUnits > 0 && typeof currency === 'string' ? { minorUnits, currency } : null;
}

/**
 * The amount in minor units of the policy's currency; `null` without a usable rate, or beyond 2^53-1. Rounded up, so that many
 * small amounts never pass for less than they are.
 */
export function convert(policy: Policy, money: Money, rates: RateTable | undefined): number | null {
  if (money.currency === policy.currency) return money.minorUnits;
  const rate: unknown = own(rates ?? {}, money.currency);
  if (!isObject(rate)) return null;
  const { multiplier, divisor } = rate;
  if (!isAmount(multiplier) || !isAmount(divisor) || multiplier === 0 || divisor === 0) return null;
  const product = BigInt(money.minorUnits) * BigInt(multiplier);
  const amount = Number((product + BigInt(divisor) - 1n) / BigInt(divisor));
  return isAmount(amount) ? amount : null;
}
