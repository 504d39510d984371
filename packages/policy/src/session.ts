import { CountersignError } from '@countersign/primitives/error';
import { lockedUntil } from './attempts.ts';
import { assertActor, assertCall, own, readNow, told } from './checks.ts';
import { assertSituation } from './decide-action.ts';
import { guardsUntil, isResting } from './devices-state.ts';
import { serve } from './judge-device.ts';
import { createLooker, type Looker, lookerFor, reason } from './look.ts';
import { isObject } from './shape.ts';
import { effective, NONE } from './strength.ts';
import type { ChangeRequest, Device, Policy, Strength } from './types.ts';

/** The action that every change of security settings is. */
export const CHANGE = 'change-settings' as const;

/** What somebody who asks for a change can be trusted for. */
export type Session = {
  /** `null` for support and the system, whom the application vouches for. */
  readonly strength: Strength | null;
  readonly device: Device | null;
};

export type Asked = {
  readonly now: number;
  readonly looker: Looker;
};

/** Begins every change: what the programmer got wrong throws; who may not change this account is denied. */
export function beginChange(policy: Policy, request: ChangeRequest): Asked {
  assertCall(policy, request);
  const now = readNow(request.now);
  assertSituation(request);
  assertActor(request.by);
  const looker = lookerFor(request);
  const { account, by } = request;
  if (account !== undefined && !isObject(account)) {
    throw new CountersignError('invalid-argument', 'account must be { user, primaryUser }');
  }
  if (account !== undefined && by.role === 'user') {
    const { user, primaryUser } = account;
    const primary = typeof user === 'string' && user === primaryUser;
    const tell = () => reason('only-primary-user', 'primary-user', null, { primaryUser: told(primaryUser) });
    looker.look(primary, tell);
  }
  return { now, looker };
}

/**
 * The session of whoever asks. A user's device goes through the same rules as for every action, so that its phase, its
 * actions, possession, posture and locks hold here too; the password alone is worth nothing.
 */
export function sessionOf(
  policy: Policy,
  request: ChangeRequest,
  { now, looker }: Asked,
  action: string = CHANGE,
): Session {
  const { by, devices } = request;
  if (by.role !== 'user') return { strength: null, device: null };
  if (by.device === null) return { strength: NONE, device: null };
  const device = devices.list.find(({ id }) => id === by.device);
  if (!looker.look(device !== undefined, () => reason('unknown-device', 'known-device', by.device))) {
    return { strength: NONE, device: null };
  }
  return { strength: serve(policy, request, now, action, device!, looker) ?? NONE, device: device! };
}

/** The same for what only makes things safer, such as reporting a loss: a device that cannot serve counts as none. */
export function sessionIfAny(policy: Policy, request: ChangeRequest, { now, looker }: Asked): Session {
  const quiet = createLooker(looker.looked);
  const session = sessionOf(policy, request, { now, looker: quiet });
  return quiet.reasons.length === 0 ? session : { strength: NONE, device: null };
}

/** Looks whether a session is at least as strong as a level. */
export function lookAtSession(
  { strength }: Session,
  needed: number,
  { look }: Looker,
  device: string | null = null,
): boolean {
  if (strength === null) return true;
  const { level } = strength;
  return look(level >= needed, () => reason('session-too-weak', 'authority', device, { level, needed }));
}

/** Whether a device that is not active any more still counts. */
export function isGuarding(policy: Policy, request: ChangeRequest, now: number): (device: Device) => boolean {
  return (device) => now < guardsUntil(policy, device, lockedUntil(policy, request.attempts, device.id, now));
}

/**
 * The highest level among the devices that must agree when authority moves: those that are active, also when they are
 * locked, rest for a shared one or cannot be used at this moment, and those that left `active` and still guard. Devices whose loss support
 * confirmed together with the temporary code of this very session do not count. Key files and other devices that change
 * no settings never do.
 */
export function guardLevel(policy: Policy, request: ChangeRequest, now: number, session: Device | null): number {
  const guarding = isGuarding(policy, request, now);
  let level = 0;
  for (const device of request.devices.list) {
    const rules = own(policy.kinds, device.kind);
    if (rules?.actions !== undefined && !rules.actions.includes(CHANGE)) continue;
    if (session?.confirms.includes(device.id)) continue;
    if (device.state === 'active' || isResting(device)) level = Math.max(level, effective(policy, device, now).level);
    else if (guarding(device)) level = Math.max(level, device.left!.level);
  }
  return level;
}
