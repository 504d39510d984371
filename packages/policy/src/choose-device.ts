import { findBlock, isAttemptState } from './attempts.ts';
import { assertPolicy, isObject, isOptOutState, isRegular, nameOf, own } from './checks.ts';
import { conclude, createLooker, type Looker, lookAtBasics } from './look.ts';
import type { ActionRules, KindRules } from './policy-types.ts';
import { lookAtPosture } from './posture.ts';
import { phaseOf } from './temporary-access.ts';
import type {
  AddressLists,
  AttemptState,
  Decision,
  Device,
  DeviceKind,
  OptOutState,
  Policy,
  PostureReport,
  Reason,
} from './types.ts';

/** Who wants to do what, with which devices, now. What is required cannot be forgotten; `null` says that there is none. */
export type ChooseRequest = {
  /** A key of the policy's `actions`. */
  readonly action: string;
  /** All devices of the user, also retired ones. */
  readonly devices: readonly Device[];
  /** Failed tries so far; `null` if another part of the program keeps them. */
  readonly attempts: AttemptState | null;
  /** Whether the user opted out; `null` if nobody can. */
  readonly optOut: OptOutState | null;
  /** Milliseconds since the epoch, of the server's clock. */
  readonly now: number;
  /** What phone apps reported, by device id; needed for kinds with `posture`. */
  readonly posture?: { readonly [device: string]: PostureReport } | undefined;
  /** The client's address as the server saw it; needed for kinds with an `addressList`. */
  readonly client?: { readonly address: unknown; readonly lists: AddressLists } | undefined;
};

/** A device that can serve now, and how, the preferred way first. */
export type UsableDevice = {
  readonly device: string;
  readonly kind: DeviceKind;
  readonly level: number;
  readonly methods: readonly string[];
};

/** A device that cannot serve now, and every reason why. */
export type OtherDevice = { readonly device: string; readonly kind: DeviceKind; readonly reasons: readonly Reason[] };

export type DeviceChoice = Decision & {
  /** False if the action may go on without a device. */
  readonly needsDevice: boolean;
  /** Regular devices before stopgaps, stronger before weaker, the one used last first. */
  readonly usable: readonly UsableDevice[];
  readonly others: readonly OtherDevice[];
};

/**
 * Which of the user's devices can serve this action now, in what order, and for the others why not.
 * It denies when none can and one is needed. Amounts are not looked at: that is {@link decideAction}.
 *
 * Not for telling a stranger: show the list only after the password, and reasons only in settings.
 *
 * @throws CountersignError `invalid-policy` when the policy was not checked. What is wrong in the request denies.
 *
 * @example
 * ```ts
 * import { chooseDevice } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const choice = chooseDevice(brokerPolicy, { action: 'login', devices: [], attempts: null, optOut: null, now: 1_800_000_000_000 });
 * choice.allowed; // => false
 * choice.reasons[0]?.code; // => 'no-usable-device'
 * ```
 */
export function chooseDevice(policy: Policy, request: ChooseRequest): DeviceChoice {
  assertPolicy(policy);
  const main = createLooker();
  const { look, explanation } = main;
  const usable: (UsableDevice & { readonly regular: boolean; readonly used: number })[] = [];
  const others: OtherDevice[] = [];
  let needsDevice = true;
  const action = own(policy.actions, request.action);
  const { attempts, optOut } = request;
  // Also where no device is needed: what is damaged or from the future may hide failures or restrictions.
  const latest = Math.max(
    isAttemptState(attempts) ? attempts.latest : 0,
    isOptOutState(optOut) ? (optOut.changedAt ?? 0) : 0,
  );
  const sound = [
    lookAtBasics(policy, main, request.now, request.devices, latest),
    look(attempts === null || isAttemptState(attempts), 'attempts', 'invalid-state'),
    look(optOut === null || isOptOutState(optOut), 'optOut', 'invalid-state'),
    look(action !== undefined, 'actions', 'unknown-action', { action: nameOf(request.action) }),
  ];
  if (action !== undefined && !sound.includes(false)) {
    const out = optOut?.status === 'out';
    if (out) {
      const denied = policy.optOut.deniedActions.includes(request.action);
      look(!denied, 'optOut.deniedActions', 'denied-by-opt-out', { action: request.action });
    }
    needsDevice = action.level > 0 && !(out && policy.optOut.waivedActions.includes(request.action));
    for (const device of request.devices) {
      const looker = createLooker(explanation);
      const kind = lookAtDevice(policy, request, action, device, looker);
      if (kind === undefined || looker.reasons.length > 0) {
        others.push({ device: device.id, kind: device.kind, reasons: looker.reasons });
      } else {
        const methods = kind.methods.filter((method) => !device.methodsOff.includes(method));
        const used = device.lastUsedAt ?? device.activatedAt!;
        usable.push({
          device: device.id,
          kind: device.kind,
          level: kind.level,
          methods,
          regular: isRegular(kind),
          used,
        });
      }
    }
    usable.sort(
      (a, b) =>
        Number(b.regular) - Number(a.regular) || b.level - a.level || b.used - a.used || (a.device < b.device ? -1 : 1),
    );
    if (needsDevice)
      look(usable.length > 0, `actions.${request.action}.level`, 'no-usable-device', { level: action.level });
  }
  return {
    ...conclude(main),
    needsDevice,
    usable: usable.map(({ device, kind, level, methods }) => ({ device, kind, level, methods })),
    others,
  };
}

/** Looks at every rule for one device. Without a reason, it can serve. */
function lookAtDevice(
  policy: Policy,
  request: ChooseRequest,
  action: ActionRules,
  device: Device,
  looker: Looker,
): KindRules | undefined {
  const { look } = looker;
  const { now } = request;
  const name = request.action;
  const kind = own(policy.kinds, device.kind);
  // One object for all rules of a device: an explanation holds dozens, and is made for every decision.
  const { id, state } = device;
  const about = {
    device: id,
    kind: device.kind,
    state,
    action: name,
    level: kind?.level ?? null,
    needed: action.level,
  };
  if (!look(kind !== undefined, 'kinds', 'unknown-kind', about)) return undefined;
  const rules = kind!;
  const path = `kinds.${device.kind}`;
  const active = device.state === 'active' && device.activatedAt !== null;
  if (!look(active, 'lifecycle', 'device-not-active', about)) return rules;
  look(rules.level >= action.level, `actions.${name}.level`, 'level-too-low', about);
  const methods = rules.methods.some((method) => !device.methodsOff.includes(method));
  look(methods, `${path}.methods`, 'methods-off', about);
  if (rules.actions !== undefined || action.kinds !== undefined) {
    const listed = rules.actions?.includes(name) !== false && action.kinds?.includes(device.kind) !== false;
    look(listed, `actions.${name}.kinds`, 'kind-not-for-action', about);
  }
  if (rules.phases !== undefined) {
    const phase = phaseOf(rules, device, now);
    if (look(phase !== undefined, `${path}.phases`, 'device-expired', about)) {
      const listed = phase!.actions?.includes(name) !== false;
      look(listed, `${path}.phases`, 'phase-not-for-action', about);
    }
  }
  if (action.possession === true) {
    look(rules.possessionElement, `${path}.possessionElement`, 'no-possession-element', about);
  }
  if (action.refuseRestricted === true) look(rules.restricted !== true, `${path}.restricted`, 'restricted-kind', about);
  if (rules.posture === true) lookAtPosture(policy, own(request.posture ?? {}, device.id), looker);
  if (rules.addressList !== undefined) lookAtAddress(request, rules.addressList, looker);
  if (request.attempts !== null) {
    const block = findBlock(policy, request.attempts, id, now);
    if (block === null) look(true, 'attempts', 'locked', about);
    else {
      const retryAt = block.retryAt === null ? null : { at: block.retryAt };
      look(false, 'attempts', block.reason, { device: id, kind: device.kind, scope: block.scope, retryAt });
    }
  }
  return rules;
}

function lookAtAddress({ client }: ChooseRequest, list: string, { look }: Looker): void {
  const given = isObject(client) && isObject(client.lists);
  if (!look(given, `addressLists.${list}`, 'address-missing', { list })) return;
  const match = client!.lists.match(list, client!.address);
  const code = match === 'malformed' ? 'address-malformed' : 'address-not-listed';
  look(match === 'listed', `addressLists.${list}`, code, { list });
}
