import { own } from './checks.ts';
import { type Looker, reason } from './look.ts';
import { isObject } from './shape.ts';
import type { Policy, PostureReport } from './types.ts';

/**
 * Whether a phone may be used, by what its app reports: a platform that the policy takes, at least its lowest version, not
 * rooted or jailbroken, a screen lock switched on. A missing field denies. The report is the phone's own word: it keeps
 * honest users from an unsafe phone; it does not stop an attacker who lies.
 */
export function lookAtPosture(policy: Policy, report: unknown, device: string, { look }: Looker): void {
  const rules = policy.posture!;
  if (!look(isObject(report), () => reason('posture-missing', 'posture', device))) return;
  const { platform, systemVersion, rooted, screenLock } = report as Partial<PostureReport>;
  const floor = own(rules.platforms, platform);
  const named = typeof platform === 'string' ? platform : null;
  const known = look(floor !== undefined, () =>
    reason('platform-not-supported', 'posture.platforms', device, { platform: named }),
  );
  if (known) {
    const lowest = floor!.minimumVersion;
    const version = typeof systemVersion === 'string' ? systemVersion : null;
    const path = `posture.platforms.${named}.minimumVersion`;
    look(isAtLeast(version, lowest), () => reason('system-too-old', path, device, { version, lowest }));
  }
  if (rules.refuseRooted) look(rooted === false, () => reason('rooted', 'posture.refuseRooted', device));
  if (rules.requireScreenLock) {
    look(screenLock === true, () => reason('no-screen-lock', 'posture.requireScreenLock', device));
  }
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
