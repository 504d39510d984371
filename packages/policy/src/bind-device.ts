import { assertPolicy, FINAL, isActor, isRegular, nameOf, own } from './checks.ts';
import { applyEvent, type Changes, lookAtRoom, noticeOf, sessionToBind } from './device-changes.ts';
import { conclude, createLooker, type Looker, lookAtBasics } from './look.ts';
import type { KindRules } from './policy-types.ts';
import { isSecondInARow } from './temporary-access.ts';
import type { Actor, Device, DevicesDecision, Policy } from './types.ts';

/** A device to be bound to a user. */
export type BindRequest = {
  /** All devices of the user, also retired ones. */
  readonly devices: readonly Device[];
  /** Id of the new device, never used before for this user. */
  readonly id: string;
  readonly kind: string;
  readonly by: Actor;
  readonly now: number;
  /** Id of the device that it replaces, if it does. */
  readonly replaces?: string | null | undefined;
  /** The account's equity in minor units of the policy's currency; needed for kinds with `minimumEquity`. */
  readonly equity?: number | undefined;
};

/**
 * Binds a new device to a user, in state `pending`; {@link moveDevice} issues and activates it. Looked at are the caps, who may
 * get the kind, what the account is worth, and whether the session is strong enough: as strong as the new device, or as the
 * strongest that the user can still use; once any device was active, a password alone binds nothing.
 *
 * A new device of an exclusive kind retires earlier ones that were never activated: only the last QR code works.
 *
 * @returns the devices to write; the same list when denied.
 *
 * @example
 * ```ts
 * import { bindDevice } from '@countersign/policy/devices';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'user', level: 0 } as const;
 * const bound = bindDevice(brokerPolicy, { devices: [], id: 'app-1', kind: 'totp', by, now: 1_800_000_000_000 });
 * bound.devices[0]?.state; // => 'pending'
 * bound.notices[0]?.topic; // => 'bind'
 * ```
 */
export function bindDevice(policy: Policy, request: BindRequest): DevicesDecision {
  assertPolicy(policy);
  const looker = createLooker();
  const { devices, id, kind, by, now } = request;
  if (lookAtRequest(policy, request, looker)) lookAtKind(policy, request, own(policy.kinds, kind)!, looker);
  const decision = conclude(looker);
  if (!decision.allowed) return { ...decision, devices, notices: [] };
  const bound: Device = {
    v: 1,
    id,
    kind,
    state: 'pending',
    issuedAt: null,
    activatedAt: null,
    lastUsedAt: null,
    replaces: request.replaces ?? null,
    sharedFrom: null,
    methodsOff: [],
    noticesGiven: [],
    history: [{ at: now, event: 'bind', by: by.role, state: 'pending' }],
  };
  const changes: Changes = { devices, notices: [noticeOf(bound, 'bind', now)] };
  if (own(policy.kinds, kind)!.exclusive === true) {
    for (const other of devices) {
      if (other.kind === kind && (other.state === 'pending' || other.state === 'awaiting-activation')) {
        applyEvent(changes, other.id, 'retire', { by: 'system', now, rule: `kinds.${kind}.exclusive` });
      }
    }
  }
  return { ...decision, devices: [...changes.devices, bound], notices: changes.notices };
}

function lookAtRequest(policy: Policy, request: BindRequest, looker: Looker): boolean {
  const { look } = looker;
  const { devices, id, kind, by, now } = request;
  return (
    lookAtBasics(policy, looker, now, devices) &&
    look(isActor(by) && typeof id === 'string' && id !== '', 'request', 'invalid-request') &&
    look(!devices.some((device) => device.id === id), 'devices', 'duplicate-device', { device: id }) &&
    look(own(policy.kinds, kind) !== undefined, 'kinds', 'unknown-kind', { kind: nameOf(kind) })
  );
}

function lookAtKind(policy: Policy, request: BindRequest, rules: KindRules, looker: Looker): void {
  const { look } = looker;
  const { devices, kind, by, replaces } = request;
  const path = `kinds.${kind}`;
  if (by.role === 'user') {
    look(rules.legacy !== true, `${path}.legacy`, 'legacy-kind', { kind });
    const needed = sessionToBind(policy, devices, kind, request.now);
    look(by.level >= needed, 'lifecycle.binding', 'session-too-weak', { level: by.level, needed });
    look(rules.temporary !== true || isPrinted(policy, kind), `${path}.temporary`, 'actor-not-allowed', {
      role: by.role,
    });
  }
  if (replaces != null) {
    const old = devices.find(({ id }) => id === replaces);
    look(old !== undefined && !FINAL.includes(old.state), 'replaces', 'unknown-device', { device: nameOf(replaces) });
  }
  lookAtRoom(policy, devices, { id: request.id, kind, replaces: replaces ?? null }, looker);
  const isOther = (device: Device): boolean =>
    device.kind !== kind && device.id !== replaces && device.state === 'active';
  const beside = devices.some((device) => isOther(device) && isRegular(own(policy.kinds, device.kind)));
  if (rules.minimumEquity !== undefined && beside) {
    const equity = Number.isSafeInteger(request.equity) ? request.equity! : null;
    const needed = { minorUnits: rules.minimumEquity, currency: policy.currency };
    look(equity !== null && equity >= rules.minimumEquity, `${path}.minimumEquity`, 'equity-too-low', { needed });
  }
  if (rules.notTwiceInARow === true) {
    look(!isSecondInARow(policy, devices, kind), `${path}.notTwiceInARow`, 'temporary-twice-in-a-row', { kind });
  }
}

/** The online card is the one stopgap that users get by themselves, by the action that prints it. */
function isPrinted(policy: Policy, kind: string): boolean {
  return kind === policy.recovery.onlineCard;
}
