import { assertPolicy, isObject, own } from './checks.ts';
import { conclude, createLooker, type Looker } from './look.ts';
import type { Decision, Policy, PostureReport } from './types.ts';

/**
 * Whether a phone may be used, by what its app reports: a platform that the policy takes, at least its lowest version, not
 * rooted or jailbroken, a screen lock switched on. A missing field denies.
 *
 * The report is the phone's own word. It keeps honest users from an unsafe phone; it does not stop an attacker who lies.
 *
 * @param report - what the app reported, unchecked.
 *
 * @example
 * ```ts
 * import { decidePosture } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const phone = { platform: 'ios', systemVersion: '17.4.1', rooted: false, screenLock: true };
 * decidePosture(brokerPolicy, phone).allowed; // => true
 * decidePosture(brokerPolicy, { ...phone, systemVersion: '12.9' }).reasons[0]?.code; // => 'system-too-old'
 * ```
 */
export function decidePosture(policy: Policy, report: unknown): Decision {
  assertPolicy(policy);
  const looker = createLooker();
  lookAtPosture(policy, report, looker);
  return conclude(looker);
}

/** The same for one device among others. */
export function lookAtPosture(policy: Policy, report: unknown, { look }: Looker): void {
  const rules = policy.posture;
  if (!look(isObject(report), 'posture', 'posture-missing')) return;
  const { platform, systemVersion, rooted, screenLock } = report as Partial<PostureReport>;
  const floor = own(rules.platforms, platform);
  const named = typeof platform === 'string' ? platform : null;
  if (look(floor !== undefined, 'posture.platforms', 'platform-not-supported', { platform: named })) {
    const lowest = floor!.minimumVersion;
    const version = typeof systemVersion === 'string' ? systemVersion : null;
    look(isAtLeast(version, lowest), `posture.platforms.${named}.minimumVersion`, 'system-too-old', {
      version,
      lowest,
    });
  }
  if (rules.refuseRooted) look(rooted === false, 'posture.refuseRooted', 'rooted');
  if (rules.requireScreenLock) look(screenLock === true, 'posture.requireScreenLock', 'no-screen-lock');
}

/** Compares versions number by number: 13 is 13.0, and 13.10 is after 13.9. What is no version is too old. */
function isAtLeast(version: string | null, lowest: string): boolean {
  if (version === null || !/^\d{1,9}(\.\d{1,9}){0,5}$/.test(version)) return false;
  const floor = lowest.split('.').map(Number);
  const parts = version.split('.').map(Number);
  for (let index = 0; index < floor.length; index++) {
    const difference = (parts[index] ?? 0) - floor[index]!;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
