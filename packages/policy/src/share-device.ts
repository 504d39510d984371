import { CountersignError } from '@countersign/primitives/error';
import { levelOf, lookAtBinder, lookAtRoom, newDevice } from './bind-device.ts';
import { assertId, isFinal, own } from './checks.ts';
import { beginChanges, endChanges, putDevice, recentBindings } from './devices-state.ts';
import { conclude, createLooker, type Looker, reason } from './look.ts';
import { beginChange, isGuarding, lookAtSession, sessionOf } from './session.ts';
import { isObject } from './shape.ts';
import { effective, isOver } from './strength.ts';
import type { ChangeRequest, Device, DevicesDecision, DevicesState, Policy, Situation } from './types.ts';

/** Who somebody is. */
export type Identity = {
  /** The user name. */
  readonly user: string;
  /** The legal entity to which the user name belongs; two users of the same entity need no comparison of identities. */
  readonly entity: string;
  /** Identification data by field name, as the policy's `sharing` names them. Compared exactly: normalise before. */
  readonly identity: { readonly [field: string]: string };
};

/** A user, the requester, asks to use the device of another, its owner. The request itself is the requester's. */
export type ShareRequest = ChangeRequest & {
  /** Id of the new device in the requester's list. */
  readonly id: string;
  readonly requester: Identity;
  readonly owner: Identity &
    /** The owner's own states, and the device with which the owner was just verified. */
    Omit<ChangeRequest, 'now' | 'account' | 'explain' | 'owners'> & {
      /** Id of the owner's device. */
      readonly device: string;
    };
};

/**
 * Lets a user use the device of another: a device in the requester's list, `sharedFrom` the owner's, with a life of its own.
 * `pending`: it waits for compliance, which approves by the event `issue` and declines by `retire`; `awaiting`: it becomes
 * active by {@link moveDevice} with a proof of the owner's device, when everything is looked at once more; it ends by
 * `retire`, and what rested for it comes back as far as the session that ends it could bind it.
 *
 * Both must agree: the requester as for binding any device, the owner with a session as strong as the device. Same entity,
 * or the same identification data field by field; no participant with a temporary device; and the shared device is of the
 * highest level among all of both (equal ones: either). It works while it works for its owner: give decisions the owner's
 * states as `owners`, and count tries under the owner.
 *
 * The reasons name fields, never what is in them.
 *
 * @returns the requester's states to write; the owner's do not change. Notices say that the owner is told too.
 * @throws CountersignError `invalid-policy`, `invalid-state`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { newDevicesState, shareDevice } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const by = { role: 'user', device: null } as const;
 * const party = { devices: newDevicesState(), attempts: null, by, entity: 'e-1', identity: {} };
 * const request = { ...party, id: 'shared-1', requester: { ...party, user: 'anna' }, now: 1_800_000_000_000 };
 * const decision = shareDevice(brokerPolicy, { ...request, owner: { ...party, user: 'bert', device: 'token-1' } });
 * decision.reasons[0]?.code; // => 'unknown-device'
 * ```
 */
export function shareDevice(policy: Policy, request: ShareRequest): DevicesDecision {
  const asked = beginChange(policy, request);
  const { now, looker } = asked;
  const { look } = looker;
  const { id, by, requester, owner } = request;
  assertId(id, 'id');
  assertIdentity(requester, 'requester');
  assertIdentity(owner, 'owner');
  assertId(owner.device, 'owner.device');
  const changes = beginChanges(policy, request, now);
  const sound = { ...request, devices: changes.devices };
  const ownerRequest = { ...owner, now };
  const ownerAsked = beginChange(policy, ownerRequest);
  const sharing = policy.sharing;
  const offered =
    look(sharing !== null, () => reason('not-offered', 'sharing')) &&
    look(requester.user !== owner.user, () => reason('same-user', 'sharing', null, { user: owner.user }));
  const device = owner.devices.list.find((one) => one.id === owner.device);
  const mine = offered && look(device !== undefined, () => reason('unknown-device', 'known-device', owner.device));
  if (mine) {
    look(!changes.devices.list.some((one) => one.id === id), () => reason('duplicate-device', 'known-device', id));
    const rules = own(policy.kinds, device!.kind);
    if (look(rules !== undefined, () => reason('unknown-kind', 'kinds', owner.device, { kind: device!.kind }))) {
      lookAtOrigin(policy, device!, now, looker);
      const ownerSession = sessionOf(policy, ownerRequest, { now, looker: ownerAsked.looker });
      lookAtSession(ownerSession, Math.max(1, levelOf(policy, device!, now)), ownerAsked.looker, device!.id);
      looker.reasons.push(...ownerAsked.looker.reasons);
      const session = lookAtBinder(policy, { ...sound, kind: device!.kind }, rules!, asked);
      lookAtLevels(policy, changes.devices, owner.devices, device!, now, looker);
      lookAtRoom(policy, changes.devices, { id, kind: device!.kind, replaces: null }, asked);
      const sameEntity = requester.entity !== '' && requester.entity === owner.entity;
      if (!sameEntity) lookAtIdentity(policy, requester, owner, looker);
      if (looker.reasons.length === 0) {
        const review = sharing!.review === 'always' || (sharing!.review === 'different-entities' && !sameEntity);
        const sharedFrom = { user: owner.user, device: device!.id };
        const shared = newDevice({ id, kind: device!.kind, by, now, session, sharedFrom });
        const state: Device = review ? shared : { ...shared, state: 'awaiting', issuedAt: now };
        changes.devices = { ...changes.devices, bindings: [...recentBindings(changes.devices, now), now] };
        putDevice(policy, changes, state, { event: 'share', by, now });
      }
    }
  }
  return endChanges(conclude(looker), request, changes, isGuarding(policy, sound, now));
}

/** Looks once more, when a shared device becomes active, at what allowed the sharing. */
export function lookAtSharedUse(
  policy: Policy,
  situation: Situation,
  shared: Device,
  now: number,
  looker: Looker,
): void {
  const { user, device } = shared.sharedFrom!;
  const owner = own(situation.owners ?? {}, user);
  const origin = owner?.devices.list.find(({ id }) => id === device);
  const found = origin !== undefined && origin.kind === shared.kind;
  if (!looker.look(found, () => reason('owner-not-usable', 'owner', shared.id, { owner: user }))) return;
  const quiet = createLooker(looker.looked);
  lookAtOrigin(policy, origin!, now, quiet);
  looker.look(quiet.reasons.length === 0, () => reason('owner-not-usable', 'owner', shared.id, { owner: user }));
  lookAtLevels(policy, situation.devices, owner!.devices, origin!, now, looker);
}

/** The owner's device works, and is the owner's own. */
function lookAtOrigin(policy: Policy, device: Device, now: number, { look }: Looker): void {
  const { id, kind, state } = device;
  const active = state === 'active' && !isOver(policy.kinds[kind], device, now);
  look(active, () => reason('device-not-active', 'lifecycle', id, { kind, state }));
  const shareable = own(policy.kinds, kind)?.shareable === true && device.sharedFrom === null;
  look(shareable, () => reason('kind-not-shareable', `kinds.${kind}`, id, { kind }));
}

/** No participant has a temporary device, issued or not; and no device of either is stronger than the shared one. */
function lookAtLevels(
  policy: Policy,
  requester: DevicesState,
  owner: DevicesState,
  shared: Device,
  now: number,
  { look }: Looker,
): void {
  const everyone = [...requester.list, ...owner.list].filter((device) => !isFinal(device));
  const temporary = everyone.find(({ kind }) => own(policy.kinds, kind)?.temporary === true);
  const kind = temporary?.kind ?? null;
  look(temporary === undefined, () => reason('temporary-device', 'sharing', temporary?.id ?? null, { kind }));
  const { level } = effective(policy, shared, now);
  const levels = everyone
    .filter((device) => device.activatedAt !== null)
    .map((device) => effective(policy, device, now).level);
  const highest = Math.max(level, ...levels);
  look(level >= highest, () => reason('less-secure-device', 'sharing', shared.id, { level, highest }));
}

function lookAtIdentity(policy: Policy, requester: Identity, owner: Identity, { look }: Looker): void {
  const { identityFields, identityAlternatives } = policy.sharing!;
  const same = (field: string): boolean => {
    const [mine, theirs] = [own(requester.identity, field), own(owner.identity, field)];
    return typeof mine === 'string' && mine !== '' && mine === theirs;
  };
  identityFields.forEach((field, index) => {
    look(same(field), () => reason('different-identification', `sharing.identityFields.${index}`, null, { field }));
  });
  if (identityAlternatives.length > 0) {
    const met = identityAlternatives.some((fields) => fields.every(same));
    const field = identityAlternatives.map((fields) => fields.join(' + ')).join(', ');
    look(met, () => reason('different-identification', 'sharing.identityAlternatives', null, { field }));
  }
}

function assertIdentity(value: unknown, what: string): void {
  const sound =
    isObject(value) &&
    typeof value.user === 'string' &&
    value.user.length >= 1 &&
    value.user.length <= 256 &&
    typeof value.entity === 'string' &&
    isObject(value.identity);
  if (!sound) throw new CountersignError('invalid-argument', `${what} must have user, entity and identity`);
}
