import { assertPolicy, FINAL, isObject, nameOf, own } from './checks.ts';
import { conclude, createLooker, type Looker, lookAtBasics } from './look.ts';
import type { KindRules } from './policy-types.ts';
import { isOver } from './temporary-access.ts';
import type { Decision, Device, Policy, Sharing } from './types.ts';

/** One side of a sharing. */
export type Participant = {
  readonly user: string;
  /** The legal entity to which the user name belongs; two users of the same entity need no comparison of identities. */
  readonly entity: string;
  /** Identification data by field name, as the policy's `sharing` names them. Compared exactly: normalise before. */
  readonly identity: { readonly [field: string]: string };
  readonly devices: readonly Device[];
};

export type SharingRequest = {
  readonly requester: Participant;
  readonly owner: Participant;
  /** Id of the owner's device. */
  readonly device: string;
  /** Whether the requester has just answered a challenge with that device, after the owner's credentials. */
  readonly proven: boolean;
  readonly now: number;
};

export type SharingDecision = Decision & {
  /** The record to keep on both sides, `approved` or `pending`; `null` when refused. */
  readonly sharing: Sharing | null;
};

/**
 * Whether a user may use the device of another: same entity, or the same identification data field by field; no participant
 * with a temporary device; and the shared device is of the highest protection level among all of both (equal ones: either).
 * An approved request becomes effective by {@link beginSharing}; a pending one waits for {@link reviewSharing}.
 *
 * The reasons name fields, never what is in them. Count tries with a shared device under its owner, or each user name that
 * shares it adds guesses.
 *
 * @example
 * ```ts
 * import { requestSharing } from '@countersign/policy/sharing';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const person = { entity: 'e-1', identity: {}, devices: [] };
 * const request = { requester: { user: 'a', ...person }, owner: { user: 'b', ...person }, device: 'token', proven: true };
 * requestSharing(brokerPolicy, { ...request, now: 1_800_000_000_000 }).reasons[0]?.code; // => 'unknown-device'
 * ```
 */
export function requestSharing(policy: Policy, request: SharingRequest): SharingDecision {
  assertPolicy(policy);
  const looker = createLooker();
  const { look } = looker;
  const { requester, owner, now } = request;
  const device = lookAtRequest(policy, request, looker);
  if (device === undefined) return { ...conclude(looker), sharing: null };

  lookAtLevels(policy, [...requester.devices, ...owner.devices], device.kind, now, looker);
  const sameEntity = requester.entity !== '' && requester.entity === owner.entity;
  if (!sameEntity) lookAtIdentity(policy, requester, owner, looker);
  look(request.proven === true, 'sharing.proven', 'not-proven', { device: device.id });
  const decision = conclude(looker);
  if (!decision.allowed) return { ...decision, sharing: null };

  const { review } = policy.sharing;
  const status = review === 'always' || (review === 'different-entities' && !sameEntity) ? 'pending' : 'approved';
  const sharing: Sharing = {
    v: 1,
    status,
    requester: requester.user,
    owner: owner.user,
    device: device.id,
    kind: device.kind,
    changedAt: now,
    suspended: [],
  };
  return { ...decision, sharing };
}

/** Looks whether a shared device of this kind may stand beside these: none of them temporary, none of a higher level. */
export function lookAtLevels(
  policy: Policy,
  devices: readonly Device[],
  kind: string,
  now: number,
  { look }: Looker,
): void {
  const everyone = devices.filter((device) => isInUse(policy, device, now));
  const rulesOf = (name: string): KindRules | undefined => own(policy.kinds, name);
  const unknown = [kind, ...everyone.map((device) => device.kind)].find((name) => rulesOf(name) === undefined);
  // An unknown kind may be anything, also temporary or stronger.
  if (!look(unknown === undefined, 'kinds', 'unknown-kind', { kind: unknown ?? null })) return;
  const rules = rulesOf(kind)!;
  const temporary = everyone.find((device) => rulesOf(device.kind)!.temporary === true);
  look(temporary === undefined, 'sharing.temporary', 'temporary-device', { kind: temporary?.kind ?? null });
  look(rules.shareable, `kinds.${kind}.shareable`, 'kind-not-shareable', { kind });
  const highest = Math.max(rules.level, ...everyone.map((device) => rulesOf(device.kind)!.level));
  look(rules.level >= highest, 'sharing.level', 'less-secure-device', { level: rules.level, highest });
}

/** Whether the request can be judged at all, and the device that it is about. */
function lookAtRequest(policy: Policy, request: SharingRequest, looker: Looker): Device | undefined {
  const { look } = looker;
  const { requester, owner, now } = request;
  const sound =
    look(isParticipant(requester) && isParticipant(owner), 'request', 'invalid-request') &&
    lookAtBasics(policy, looker, now, requester.devices) &&
    lookAtBasics(policy, looker, now, owner.devices) &&
    look(policy.sharing.offered, 'sharing.offered', 'not-offered') &&
    look(requester.user !== owner.user, 'sharing', 'same-user');
  if (!sound) return undefined;
  const device = owner.devices.find(({ id }) => id === request.device);
  if (!look(device !== undefined, 'devices', 'unknown-device', { device: nameOf(request.device) })) return undefined;
  const usable = device!.state === 'active' && device!.sharedFrom === null;
  if (!look(usable, 'lifecycle', 'device-not-active', { device: device!.id, state: device!.state })) return undefined;
  return device;
}

function isParticipant(value: unknown): boolean {
  return (
    isObject(value) && typeof value.user === 'string' && typeof value.entity === 'string' && isObject(value.identity)
  );
}

function lookAtIdentity(policy: Policy, requester: Participant, owner: Participant, { look }: Looker): void {
  const equal = (field: string): boolean => {
    const mine = own(requester.identity, field);
    // A field that both lack proves nothing.
    return typeof mine === 'string' && mine !== '' && mine === own(owner.identity, field);
  };
  for (const field of policy.sharing.identityFields) {
    look(equal(field), 'sharing.identityFields', 'different-identification', { field });
  }
  const alternatives = policy.sharing.identityAlternatives;
  if (alternatives.length > 0) {
    const field = alternatives.map((group) => group.join(' + ')).join(' | ');
    const met = alternatives.some((group) => group.every(equal));
    look(met, 'sharing.identityAlternatives', 'different-identification', { field });
  }
}

/** Devices that count: what a user has or may have again. The clock expires a device, not the job that writes it down. */
function isInUse(policy: Policy, device: Device, now: number): boolean {
  if (FINAL.includes(device.state) || device.activatedAt === null) return false;
  const kind = own(policy.kinds, device.kind);
  return kind === undefined || !isOver(kind, device, now);
}
