import { areDevices, isInstant } from './checks.ts';
import type { Decision, Device, Policy, Reason, ReasonCode, RuleLookedAt, Values } from './types.ts';

/** Notes each rule that is looked at, and of those that were not met the reason. */
export type Looker = {
  readonly explanation: RuleLookedAt[];
  readonly reasons: Reason[];
  look(passed: boolean, rule: string, code: ReasonCode, values?: Values): boolean;
};

const NOTHING: Values = {};

/** A looker that appends to an explanation. Several lookers may share one explanation and keep their reasons apart. */
export function createLooker(explanation: RuleLookedAt[] = []): Looker {
  const reasons: Reason[] = [];
  return {
    explanation,
    reasons,
    look(passed, rule, code, values = NOTHING) {
      explanation.push({ rule, passed, code, values });
      if (!passed) reasons.push({ code, values });
      return passed;
    },
  };
}

/** The verdict: allowed if every rule was met. */
export function conclude({ reasons, explanation }: Looker): Decision {
  return { allowed: reasons.length === 0, reasons, explanation };
}

/** Looks at what every decision needs: a known time, whole devices, and nothing from the future (a clock that went backwards). */
export function lookAtBasics(
  policy: Policy,
  { look }: Looker,
  now: number,
  devices: readonly Device[],
  latest = 0,
): boolean {
  return (
    look(isInstant(now), 'now', 'invalid-time') &&
    look(areDevices(devices), 'devices', 'invalid-state') &&
    lookAtClock(policy, { look }, now, latestOf(devices, latest))
  );
}

/** Clocks of several servers may differ by the policy's tolerance, no more. */
export function lookAtClock(policy: Policy, { look }: Pick<Looker, 'look'>, now: number, latest: number): boolean {
  const ahead = latest - policy.clockTolerance * 1000;
  return look(ahead <= now, 'clockTolerance', 'clock-went-backwards', { latest: { at: latest } });
}

/** The latest instant that a user's devices have seen. */
function latestOf(devices: readonly Device[], latest: number): number {
  return devices.reduce(
    (last, { history, activatedAt, lastUsedAt }) =>
      Math.max(last, history.at(-1)?.at ?? 0, activatedAt ?? 0, lastUsedAt ?? 0),
    latest,
  );
}
