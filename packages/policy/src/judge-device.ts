import { type AttemptRefusal, findBlock } from './attempts.ts';
import { own } from './checks.ts';
import { createLooker, type Looker, reason } from './look.ts';
import type { ActionRules } from './policy-types.ts';
import { lookAtPosture } from './posture.ts';
import { isObject } from './shape.ts';
import { effective, findUnserved, isGrowing, isOver, weaker } from './strength.ts';
import type { Device, Policy, Reason, ReasonCode, Situation, Strength } from './types.ts';

/**
 * Looks at every rule for one device and one action. Without a reason in the looker it can serve, with the strength that
 * is returned.
 */
export function judgeDevice(
  policy: Policy,
  situation: Situation,
  now: number,
  action: string,
  device: Device,
  looker: Looker,
): Strength | undefined {
  const { look } = looker;
  const owed = policy.actions[action]!;
  const rules = own(policy.kinds, device.kind);
  const { id, kind, state } = device;
  if (!look(rules !== undefined, () => reason('unknown-kind', 'kinds', id, { kind }))) return undefined;
  if (!look(state === 'active', () => reason('device-not-active', 'lifecycle', id, { kind, state }))) return undefined;
  if (rules!.phases !== undefined) {
    const tell = () => reason('device-expired', `kinds.${kind}.phases`, id, { kind });
    if (!look(!isOver(rules, device, now), tell)) return undefined;
  }
  const serving = rules!.methods.some((method) => !device.methodsOff.includes(method));
  look(serving, () => reason('methods-off', `kinds.${kind}.methods`, id, { kind }));

  const strength = strengthOf(policy, situation, now, device, looker);
  if (strength === undefined) return undefined;
  lookAtStrength(policy, action, owed, device, strength, now, looker);
  if (rules!.posture === true) lookAtPosture(policy, own(situation.posture ?? {}, id), id, looker);
  if (rules!.addressList !== undefined) lookAtAddress(situation, rules!.addressList, id, looker);
  lookAtLock(policy, situation, device, now, looker);
  return strength;
}

/** What a block is told as; without one, that there is none. */
export function tellBlock(block: AttemptRefusal | null, scope: 'device' | 'account', device: string | null): Reason {
  if (block === null) return reason('locked', `attempts.${scope}`, device, { scope, retryAt: null });
  const { retryAt } = block;
  const rule = `attempts.${block.scope === 'lane' ? 'lanes' : block.scope}`;
  return reason(block.reason, rule, device, { scope: block.scope, retryAt: retryAt === null ? null : { at: retryAt } });
}

/** Looks whether a device is locked, or has to wait, where the request comes from. */
export function lookAtLock(
  policy: Policy,
  { attempts, lane }: Situation,
  { id }: Device,
  now: number,
  { look }: Looker,
): void {
  const block = attempts && findBlock(policy, attempts, id, lane, now);
  look(!block, () => tellBlock(block, 'device', id));
}

/** What a device can be trusted for: a shared one for no more than its owner's can be now, while that works. */
export function strengthOf(
  policy: Policy,
  situation: Situation,
  now: number,
  device: Device,
  looker: Looker,
): Strength | undefined {
  const strength = effective(policy, device, now);
  if (device.sharedFrom === null) return strength;
  const owner = own(situation.owners ?? {}, device.sharedFrom.user);
  const origin = owner?.devices.list.find(({ id }) => id === device.sharedFrom!.device);
  const works =
    origin !== undefined &&
    origin.kind === device.kind &&
    origin.state === 'active' &&
    !isOver(policy.kinds[origin.kind], origin, now) &&
    (owner!.attempts === null || findBlock(policy, owner!.attempts, origin.id, null, now) === null);
  const tell = () => reason('owner-not-usable', 'owner', device.id, { owner: device.sharedFrom!.user });
  return looker.look(works, tell) ? weaker(strength, effective(policy, origin!, now)) : undefined;
}

function lookAtStrength(
  policy: Policy,
  action: string,
  owed: ActionRules,
  device: Device,
  strength: Strength,
  now: number,
  { look }: Looker,
): void {
  const path = `actions.${action}`;
  /** Where its own kind would be allowed, the rule that really holds is the growing one. */
  const told = (code: ReasonCode, rule: string, isMet: (grown: Strength) => boolean) => {
    const values = { action, kind: device.kind, level: strength.level, needed: owed.level };
    const grows = isGrowing(device, now) && isMet(effective(policy, { ...device, growing: null }, now));
    if (!grows) return reason(code, rule, device.id, values);
    const until = device.growing!.until;
    return reason('growing', 'binding.coolDown', device.id, {
      ...values,
      until: { at: until! },
    });
  };
  const demand = (code: ReasonCode, rule: string, isMet: (strength: Strength) => boolean): boolean =>
    look(isMet(strength), () => told(code, rule, isMet));
  demand('level-too-low', `${path}.level`, ({ level }) => level >= owed.level);
  const unserved = findUnserved(policy, action, strength);
  const kindRule = unserved ?? (owed.kinds === undefined ? `kinds.${device.kind}` : `${path}.kinds`);
  if (demand('kind-not-for-action', kindRule, (one) => findUnserved(policy, action, one) === null)) {
    if (strength.actions !== null) {
      const rule = `kinds.${device.kind}.phases`;
      demand('phase-not-for-action', rule, ({ actions }) => actions?.includes(action) !== false);
    }
  }
  if (owed.possession === true) demand('no-possession-element', `${path}.possession`, ({ possession }) => possession);
  if (owed.refuseRestricted === true) {
    demand('restricted-kind', `${path}.refuseRestricted`, ({ restricted }) => !restricted);
  }
}

function lookAtAddress({ client }: Situation, list: string, device: string, { look }: Looker): void {
  const given = isObject(client) && isObject(client.lists) && typeof client.lists.match === 'function';
  const path = `addressLists.${list}`;
  if (!look(given, () => reason('address-missing', path, device, { list }))) return;
  const match = client!.lists.match(list, client!.address);
  const code = match === 'malformed' ? 'address-malformed' : 'address-not-listed';
  look(match === 'listed', () => reason(code, path, device, { list }));
}

/** The strength of a device that can serve an action; `undefined`, with its reasons in `looker`, if it cannot. */
export function serve(
  policy: Policy,
  situation: Situation,
  now: number,
  action: string,
  device: Device,
  looker: Looker,
): Strength | undefined {
  const own = createLooker(looker.looked);
  const strength = judgeDevice(policy, situation, now, action, device, own);
  looker.reasons.push(...own.reasons);
  return own.reasons.length === 0 ? strength : undefined;
}
