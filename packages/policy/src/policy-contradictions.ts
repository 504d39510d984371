import { own } from './checks.ts';
import type { ActionRules, CounterRules, KindRules, PolicyDocument, WindowLimits } from './policy-types.ts';
import type { Report } from './shape.ts';

type Names = readonly string[] | undefined;

const UNREACHABLE = 'is reached by no kind that a user can get';
const NO_ACTION = 'is no action';

/** An absent list allows everything. */
const listed = (names: Names, name: string): boolean => names?.includes(name) !== false;

/** Whether a kind can ever serve an action: the same rules as `chooseDevice`, without a device. */
function canServe(kind: KindRules, name: string, action: ActionRules, actionName: string): boolean {
  return (
    kind.level >= action.level &&
    listed(action.kinds, name) &&
    listed(kind.actions, actionName) &&
    (kind.phases ?? [{ actions: undefined }]).some((phase) => listed(phase.actions, actionName)) &&
    (action.possession !== true || kind.possessionElement) &&
    (action.refuseRestricted !== true || kind.restricted !== true)
  );
}

/** Looks for rules of a well-formed policy that contradict each other, and for names that lead nowhere. */
export function findContradictions(policy: PolicyDocument, report: Report): void {
  const { kinds, actions, attempts, calendar, sharing } = policy;
  const refuseIf = (contradiction: boolean, path: string, problem: string): void => {
    if (contradiction) report(path, problem);
  };
  const known = (names: Names, isKnown: (name: string) => boolean, path: string, problem: string): void => {
    names?.forEach((name, index) => {
      refuseIf(!isKnown(name), `${path}.${index}`, problem);
    });
  };
  const isAction = (name: string): boolean => Object.hasOwn(actions, name);

  refuseIf(calendar.weekend.length === 7, 'calendar.weekend', 'leaves no business day');
  for (const [name, kind] of Object.entries(kinds)) checkKind(name, kind);
  for (const [name, action] of Object.entries(actions)) checkAction(name, action);
  checkCounter(attempts.device, 'attempts.device');
  checkCounter(attempts.account, 'attempts.account');
  checkOptOut();
  checkRecovery();
  if (sharing.offered) {
    const nothing = sharing.identityFields.length + sharing.identityAlternatives.length === 0;
    refuseIf(nothing, 'sharing.identityFields', 'is empty: anybody would match anybody');
    refuseIf(!Object.values(kinds).some((kind) => kind.shareable), 'sharing.offered', 'has no shareable kind');
  }

  function checkKind(name: string, kind: KindRules): void {
    const path = `kinds.${name}`;
    const temporary = kind.temporary === true;
    refuseIf(name === 'none', path, 'is reserved for the absence of a device');
    refuseIf(temporary && kind.shareable, `${path}.shareable`, 'shares a temporary device');
    refuseIf(temporary && kind.phases === undefined, `${path}.phases`, 'is missing: temporary without an end');
    refuseIf(kind.notTwiceInARow === true && !temporary, `${path}.notTwiceInARow`, 'is for temporary devices');
    refuseIf(kind.exclusive === true && kind.maximum > 1, `${path}.maximum`, 'is never reached: the kind is exclusive');
    refuseIf(kind.leaves === true && temporary, `${path}.leaves`, 'has no use: it ends by itself');
    const { automaticActivation: automatic, activationLifetime: lifetime } = kind;
    if (automatic !== undefined) {
      const where = `${path}.automaticActivation`;
      refuseIf(automatic.near > automatic.after, `${where}.near`, 'is before the shipping');
      refuseIf(automatic.imminent >= automatic.near, `${where}.imminent`, 'is not after near');
      refuseIf(
        (lifetime ?? Number.POSITIVE_INFINITY) <= automatic.after,
        `${path}.activationLifetime`,
        'ends before that',
      );
    }
    known(kind.actions, isAction, `${path}.actions`, NO_ACTION);
    kind.phases?.forEach((phase, index) => {
      const serves = (action: string): boolean => isAction(action) && listed(kind.actions, action);
      known(phase.actions, serves, `${path}.phases.${index}.actions`, 'is not served by this kind');
    });
    const list = kind.addressList;
    refuseIf(
      list !== undefined && !Object.hasOwn(policy.addressLists, list),
      `${path}.addressList`,
      'is no address list',
    );
    const unmet = kind.posture === true && Object.keys(policy.posture.platforms).length === 0;
    refuseIf(unmet, `${path}.posture`, 'can never be met: no platform is taken');
    const serves = Object.entries(actions).some(([actionName, action]) => canServe(kind, name, action, actionName));
    refuseIf(!serves, path, 'serves no action');
  }

  function checkAction(name: string, action: ActionRules): void {
    const path = `actions.${name}`;
    const serving = Object.keys(kinds).filter((kind) => canServe(kinds[kind]!, kind, action, name));
    const serves = (kind: string): boolean => serving.includes(kind);
    refuseIf(action.level > 0 && serving.every((kind) => kinds[kind]!.legacy === true), `${path}.level`, UNREACHABLE);
    known(action.kinds, serves, `${path}.kinds`, 'cannot serve this action');
    const rows = action.limits?.perKind;
    if (rows === undefined) return;
    if (action.level === 0) serving.push('none');
    for (const [kind, limits] of Object.entries(rows)) {
      refuseIf(!serves(kind), `${path}.limits.perKind.${kind}`, 'cannot serve this action');
      checkWindow(limits, `${path}.limits.perKind.${kind}`);
    }
    for (const kind of serving) refuseIf(!Object.hasOwn(rows, kind), `${path}.limits.perKind.${kind}`, 'is missing');
  }

  function checkWindow({ perDay, perFiveBusinessDays }: WindowLimits, path: string): void {
    const above = (perDay ?? Number.POSITIVE_INFINITY) > (perFiveBusinessDays ?? Number.POSITIVE_INFINITY);
    refuseIf(above, `${path}.perDay`, 'is above what five business days allow');
  }

  function checkCounter({ mode, locks, limit, warnAt }: CounterRules, path: string): void {
    const stays = mode === 'permanent';
    refuseIf(stays && locks.length > 0, `${path}.locks`, 'has no use: the first lock stays');
    refuseIf(!stays && locks.length === 0, `${path}.locks`, 'is empty, but locks are to end by themselves');
    const endless = mode === 'temporary';
    refuseIf(endless && warnAt > 0, `${path}.warnAt`, 'warns of a lock that never comes');
    refuseIf(!endless && warnAt >= limit * (locks.length + 1), `${path}.warnAt`, 'warns from the start');
  }

  function checkOptOut(): void {
    const { offered, level, waivedActions, deniedActions, limits } = policy.optOut;
    const reached = Object.values(kinds).some((kind) => kind.legacy !== true && kind.level >= level);
    refuseIf(offered && !reached, 'optOut.level', UNREACHABLE);
    known(deniedActions, isAction, 'optOut.deniedActions', NO_ACTION);
    const waived = 'optOut.waivedActions';
    known(waivedActions, isAction, waived, NO_ACTION);
    known(waivedActions, (name) => own(actions, name)?.level !== 0, waived, 'needs no device anyway');
    known(
      waivedActions,
      (name) => own(actions, name)?.limits === undefined,
      waived,
      'has limits that depend on the device',
    );
    known(waivedActions, (name) => !deniedActions.includes(name), waived, 'is denied as well');
    for (const [pool, row] of Object.entries(limits)) {
      checkWindow(row, `optOut.limits.${pool}`);
      const used = Object.values(actions).some((action) => action.limits?.pool === pool);
      refuseIf(!used, `optOut.limits.${pool}`, 'is no pool');
    }
  }

  function checkRecovery(): void {
    const { temporaryCode, onlineCard, printAction } = policy.recovery;
    for (const [step, name] of Object.entries({ temporaryCode, onlineCard })) {
      refuseIf(name !== null && own(kinds, name)?.temporary !== true, `recovery.${step}`, 'is no temporary kind');
    }
    const path = 'recovery.printAction';
    refuseIf((onlineCard === null) !== (printAction === null), path, 'goes with an online card, and only with one');
    if (printAction === null) return;
    const print = own(actions, printAction);
    const code = own(kinds, temporaryCode);
    refuseIf(print === undefined, path, NO_ACTION);
    const served = !print || !code || canServe(code, `${temporaryCode}`, print, printAction);
    refuseIf(!served, path, 'cannot be done with the temporary code');
  }
}
