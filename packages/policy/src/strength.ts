import { own } from './checks.ts';
import type { KindRules, Phase } from './policy-types.ts';
import type { Device, Policy, Strength } from './types.ts';

/** The password alone. */
export const NONE: Strength = { level: 0, possession: false, restricted: false, kinds: ['none'], actions: null };

/** Where a kind is not in the policy any more, its device might have been anything. */
const UNKNOWN_LEVEL = 1000;

/** The phase that a device is in, counted from its activation; `undefined` after the last one. */
export function phaseOf(rules: KindRules, { activatedAt }: Device, now: number): Phase | undefined {
  let end = activatedAt ?? Number.NaN;
  return rules.phases?.find((phase) => {
    end += phase.lasts * 1000;
    return now < end;
  });
}

/** Whether its last phase is over: by the clock, before anything has written it down. */
export function isOver(rules: KindRules | undefined, device: Device, now: number): boolean {
  return rules?.phases !== undefined && device.activatedAt !== null && phaseOf(rules, device, now) === undefined;
}

const both = (a: readonly string[] | null | undefined, b: readonly string[] | null | undefined) =>
  a == null ? (b ?? null) : b == null ? a : a.filter((name) => b.includes(name));

/** What two devices can be trusted for together, when one stands on the other. */
export function weaker(a: Strength, b: Strength): Strength {
  return {
    level: Math.min(a.level, b.level),
    possession: a.possession && b.possession,
    restricted: a.restricted || b.restricted,
    kinds: [...new Set([...a.kinds, ...b.kinds])],
    actions: both(a.actions, b.actions),
  };
}

/** What a kind can be trusted for when nothing else restricts it. */
function strengthOfKind(rules: KindRules | undefined, kind: string, phase: Phase | undefined): Strength {
  return {
    level: rules?.level ?? UNKNOWN_LEVEL,
    possession: rules?.possessionElement === true,
    restricted: rules?.restricted === true,
    kinds: [kind],
    actions: both(rules?.actions, phase?.actions),
  };
}

/** Whether a new device is still bound to what its binder could do. */
export function isGrowing(device: Device, now: number): boolean {
  const until = device.growing?.until;
  return until !== undefined && (until === null || now < until);
}

/**
 * What a device can be trusted for now: its kind's rules, in its phase; and until the cool-down after its activation is
 * over no more than the device that bound it. "As strong" always compares the levels of this.
 */
export function effective(policy: Policy, device: Device, now: number): Strength {
  const rules = own(policy.kinds, device.kind);
  const phase = rules?.phases === undefined ? undefined : phaseOf(rules, device, now);
  const strength = strengthOfKind(rules, device.kind, phase);
  return isGrowing(device, now) ? weaker(strength, device.growing!) : strength;
}

/** Whether every kind in the chain, and the chain's own list, serves an action; the rule that does not, if one does not. */
export function findUnserved(policy: Policy, action: string, strength: Strength): string | null {
  const listed = policy.actions[action]!.kinds;
  const outside = strength.kinds.find((kind) => listed?.includes(kind) === false);
  if (outside !== undefined) return `actions.${action}.kinds`;
  // A kind that has left the policy has no limits any more: it must not stand for none.
  if (!strength.kinds.every((kind) => Object.hasOwn(policy.kinds, kind))) return 'kinds';
  const unserving = strength.kinds.find((kind) => policy.kinds[kind]!.actions?.includes(action) === false);
  return unserving === undefined ? null : `kinds.${unserving}.actions`;
}
