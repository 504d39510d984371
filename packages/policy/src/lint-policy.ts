import { assertCall } from './checks.ts';
import type { Policy } from './types.ts';

/** A number that is allowed and probably not meant. */
export type PolicyHint = { readonly path: string; readonly hint: string };

/** A year in seconds: no wait, lock or lifetime of a device's code is longer on purpose, but as milliseconds they all are. */
const YEAR = 366 * 86_400;
const DURATIONS: readonly string[] = [
  'coolDown',
  'activationLifetime',
  'answerLifetime',
  'lifetime',
  'after',
  'near',
  'imminent',
  'lasts',
];
const LISTS: readonly string[] = ['waits', 'locks'];
const AMOUNTS: readonly string[] = ['perDay', 'perFiveBusinessDays', 'minimumEquity'];

/**
 * Numbers in a sound policy that first authors get wrong: milliseconds where seconds belong, whole currency units where
 * cents belong, cool-downs switched off. Hints, no errors: call it in a test of your policy and look at what it says.
 *
 * @example
 * ```ts
 * import { definePolicy, lintPolicy } from '@countersign/policy';
 * import { smallCompanyPolicy } from '@countersign/policy/presets';
 *
 * lintPolicy(smallCompanyPolicy); // => []
 * const kinds = { ...smallCompanyPolicy.kinds, totp: { ...smallCompanyPolicy.kinds.totp, activationLifetime: 86_400_000 } };
 * lintPolicy(definePolicy({ ...smallCompanyPolicy, kinds }))[0]?.path; // => 'kinds.totp.activationLifetime'
 * ```
 */
export function lintPolicy(policy: Policy): PolicyHint[] {
  assertCall(policy, {});
  const hints: PolicyHint[] = [];
  const hint = (path: string, text: string): void => {
    hints.push({ path, hint: text });
  };
  const duration = (path: string, seconds: number): void => {
    if (seconds > YEAR && seconds % 1000 === 0) {
      hint(path, `${seconds} seconds are ${Math.round(seconds / 86_400)} days; did you mean ${seconds / 1000}?`);
    }
  };
  const amount = (path: string, minorUnits: number): void => {
    if (minorUnits >= 10_000 && minorUnits < 1_000_000 && minorUnits % 10_000 === 0) {
      const major = (minorUnits / 100).toFixed(2);
      hint(path, `${minorUnits} minor units are ${major} ${policy.currency}; did you mean ${minorUnits * 100}?`);
    }
  };
  const walk = (value: unknown, path: string, name: string): void => {
    if (typeof value === 'number') {
      if (DURATIONS.includes(name)) duration(path, value);
      if (AMOUNTS.includes(name)) amount(path, value);
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, entry] of Object.entries(value)) {
        const where = path === '' ? key : `${path}.${key}`;
        if (LISTS.includes(name)) duration(where, entry as number);
        else walk(entry, where, key);
      }
    }
  };
  walk(policy, '', '');
  if (policy.binding.coolDown < 86_400) {
    hint('binding.coolDown', 'a lost or new device is trusted within a day; 259200 (72 h) leaves time to object');
  }
  const { account } = policy.attempts;
  if (account.repeat === true) hint('attempts.account.repeat', 'tries never end; NIST SP 800-63B allows 100 in a row');
  return hints;
}
