import { own } from './checks.ts';
import type { ActionRules, CounterRules, KindRules, LaneRules, Limits, PolicyDocument } from './policy-types.ts';
import type { Report } from './shape.ts';

type Names = readonly string[] | undefined;

const UNREACHABLE = 'is reached by no kind that a user can get: lower it, or add a kind';
const NO_ACTION = 'is no action: add it to actions, or correct the name';
const ENDLESS = Number.POSITIVE_INFINITY;

/** An absent list allows everything. */
const listed = (names: Names, name: string): boolean => names?.includes(name) !== false;

/** Whether a kind can ever serve an action: the same rules as `decideAction`, without a device. */
function canServe(kind: KindRules, name: string, action: ActionRules, actionName: string): boolean {
  return (
    kind.level >= action.level &&
    listed(action.kinds, name) &&
    listed(kind.actions, actionName) &&
    (kind.phases ?? [{ actions: undefined }]).some((phase) => listed(phase.actions, actionName)) &&
    (action.possession !== true || kind.possessionElement === true) &&
    (action.refuseRestricted !== true || kind.restricted !== true)
  );
}

/** Failures in a row before a lock that only unlocking ends; without end for counters that never lock for good. */
export function triesBeforePermanentLock({ limit, locks = [], repeat = false }: CounterRules): number {
  return repeat ? ENDLESS : limit * (locks.length + 1);
}

/** Tries that are kept for known browsers. */
export function reservedTries(lanes: LaneRules | null | undefined): number {
  return lanes ? lanes.maximum * lanes.tries : 0;
}

/** Whether this runtime knows a time zone or a currency. One without Intl takes every well-formed name. */
function isTimeZone(timeZone: string): boolean {
  try {
    return typeof Intl === 'undefined' || new Intl.DateTimeFormat('en', { timeZone }) !== undefined;
  } catch {
    return false;
  }
}

function isCurrency(currency: string): boolean {
  if (typeof Intl === 'undefined' || typeof Intl.supportedValuesOf !== 'function') return true;
  return Intl.supportedValuesOf('currency').includes(currency);
}

/** Looks for rules of a well-formed policy that contradict each other, and for names that lead nowhere. */
export function findContradictions(policy: PolicyDocument, report: Report): void {
  const { kinds, actions, attempts, calendar, currency, sharing, optOut, recovery, posture } = policy;
  const addressLists = policy.addressLists ?? {};
  const refuseIf = (contradiction: boolean, path: string, problem: string): void => {
    if (contradiction) report(path, problem);
  };
  const known = (names: Names, isKnown: (name: string) => boolean, path: string, problem: string): void => {
    names?.forEach((name, index) => {
      refuseIf(!isKnown(name), `${path}.${index}`, problem);
    });
  };
  const isAction = (name: string): boolean => Object.hasOwn(actions, name);

  for (const name of ['login', 'change-settings']) {
    refuseIf(!isAction(name), `actions.${name}`, 'is missing: every policy has it');
  }
  if (calendar) {
    refuseIf(calendar.weekend.length === 7, 'calendar.weekend', 'leaves no business day');
    refuseIf(!isTimeZone(calendar.timeZone), 'calendar.timeZone', 'is no IANA time zone, such as Europe/Berlin');
    known(calendar.holidays, isDay, 'calendar.holidays', 'is no day of the calendar');
  }
  if (currency) refuseIf(!isCurrency(currency), 'currency', 'is no ISO 4217 currency');
  for (const [name, kind] of Object.entries(kinds)) checkKind(name, kind);
  for (const [name, action] of Object.entries(actions)) checkAction(name, action);
  checkCounter(attempts.device, 'attempts.device');
  checkCounter(attempts.account, 'attempts.account');
  if (optOut) checkOptOut(optOut);
  if (recovery) checkRecovery(recovery);
  const shared = Object.entries(kinds).filter(([, kind]) => kind.shareable === true);
  if (sharing) {
    const nothing = sharing.identityFields.length + sharing.identityAlternatives.length === 0;
    refuseIf(nothing, 'sharing.identityFields', 'is empty: anybody would match anybody');
    refuseIf(shared.length === 0, 'sharing', 'has no shareable kind');
  } else {
    for (const [name] of shared) report(`kinds.${name}.shareable`, 'has no use without the section sharing');
  }

  function checkKind(name: string, kind: KindRules): void {
    const path = `kinds.${name}`;
    const temporary = kind.temporary === true;
    refuseIf(name === 'none', path, 'is reserved for the absence of a device');
    refuseIf(temporary && kind.shareable === true, `${path}.shareable`, 'shares a temporary device');
    refuseIf(temporary && kind.phases === undefined, `${path}.phases`, 'is missing: temporary without an end');
    refuseIf(kind.notTwiceInARow === true && !temporary, `${path}.notTwiceInARow`, 'is for temporary devices');
    refuseIf(
      kind.exclusive === true && (kind.maximum ?? 1) > 1,
      `${path}.maximum`,
      'is never reached: the kind is exclusive',
    );
    refuseIf(kind.leaves === true && temporary, `${path}.leaves`, 'has no use: it ends by itself');
    const { automaticActivation: automatic, activationLifetime: lifetime } = kind;
    if (automatic !== undefined) {
      const where = `${path}.automaticActivation`;
      refuseIf(automatic.near > automatic.after, `${where}.near`, 'is before the shipping');
      refuseIf(automatic.imminent >= automatic.near, `${where}.imminent`, 'is not after near');
      refuseIf((lifetime ?? ENDLESS) <= automatic.after, `${path}.activationLifetime`, 'ends before that');
    }
    known(kind.actions, isAction, `${path}.actions`, NO_ACTION);
    kind.phases?.forEach((phase, index) => {
      const serves = (action: string): boolean => isAction(action) && listed(kind.actions, action);
      known(phase.actions, serves, `${path}.phases.${index}.actions`, 'is not served by this kind');
    });
    const list = kind.addressList;
    refuseIf(list !== undefined && !Object.hasOwn(addressLists, list), `${path}.addressList`, 'is no address list');
    const unmet = kind.posture === true && Object.keys(posture?.platforms ?? {}).length === 0;
    refuseIf(unmet, `${path}.posture`, 'can never be met: posture.platforms takes none');
    const serves = Object.entries(actions).some(([actionName, action]) => canServe(kind, name, action, actionName));
    refuseIf(!serves, path, 'serves no action');
    refuseIf(kind.minimumEquity !== undefined && !currency, 'currency', 'is missing: there are amounts');
  }

  function checkAction(name: string, action: ActionRules): void {
    const path = `actions.${name}`;
    const serving = Object.keys(kinds).filter((kind) => canServe(kinds[kind]!, kind, action, name));
    const serves = (kind: string): boolean => serving.includes(kind);
    if (action.level === 0) {
      for (const rule of ['kinds', 'possession', 'refuseRestricted'] as const) {
        refuseIf(action[rule] !== undefined, `${path}.${rule}`, 'has no use at level 0, which needs no device');
      }
    }
    refuseIf(action.level > 0 && serving.every((kind) => kinds[kind]!.legacy === true), `${path}.level`, UNREACHABLE);
    known(action.kinds, serves, `${path}.kinds`, 'cannot serve this action');
    const rows = action.limits?.perKind;
    if (rows === undefined) return;
    if (action.level === 0) serving.push('none');
    for (const [kind, limits] of Object.entries(rows)) {
      const where = `${path}.limits.perKind.${kind}`;
      refuseIf(!serves(kind), where, 'cannot serve this action');
      checkLimits(limits, where);
    }
    for (const kind of serving) {
      refuseIf(
        !Object.hasOwn(rows, kind),
        `${path}.limits.perKind.${kind}`,
        "is missing: write its limits or 'unlimited'",
      );
    }
  }

  function checkLimits(limits: Limits, path: string): void {
    if (limits === 'unlimited') return;
    const { perAction = 0, perDay, perFiveBusinessDays } = limits;
    refuseIf(!currency, 'currency', 'is missing: there are limits');
    const counted = perDay !== undefined || perFiveBusinessDays !== undefined;
    refuseIf(counted && !calendar, 'calendar', 'is missing: there are limits by day');
    refuseIf(perAction > (perDay ?? ENDLESS), `${path}.perAction`, 'is above what one day allows');
    refuseIf(
      perAction > (perFiveBusinessDays ?? ENDLESS),
      `${path}.perAction`,
      'is above what five business days allow',
    );
    refuseIf(
      (perDay ?? 0) > (perFiveBusinessDays ?? ENDLESS),
      `${path}.perDay`,
      'is above what five business days allow',
    );
  }

  function checkCounter(rules: CounterRules, path: string): void {
    const { locks = [], repeat = false, waits = [], warnAt = 0 } = rules;
    const tries = triesBeforePermanentLock(rules) - reservedTries(attempts.lanes);
    refuseIf(falls(locks), `${path}.locks`, 'falls: each lock is at least as long as the one before');
    refuseIf(falls(waits), `${path}.waits`, 'falls: each wait is at least as long as the one before');
    refuseIf(repeat && locks.length === 0, `${path}.repeat`, 'needs a lock to repeat');
    refuseIf(repeat && warnAt > 0, `${path}.warnAt`, 'warns of a permanent lock that never comes');
    refuseIf(tries < 1, 'attempts.lanes', `takes all tries of ${path}`);
    refuseIf(!repeat && tries >= 1 && warnAt >= tries, `${path}.warnAt`, 'warns from the start');
  }

  function checkOptOut({ level, waivedActions, deniedActions, limits }: NonNullable<PolicyDocument['optOut']>): void {
    const reached = Object.values(kinds).some((kind) => kind.legacy !== true && kind.level >= level);
    refuseIf(!reached, 'optOut.level', UNREACHABLE);
    known(deniedActions, isAction, 'optOut.deniedActions', NO_ACTION);
    const waived = 'optOut.waivedActions';
    known(waivedActions, isAction, waived, NO_ACTION);
    known(waivedActions, (name) => own(actions, name)?.level !== 0, waived, 'needs no device anyway');
    known(waivedActions, (name) => name !== 'change-settings', waived, 'cannot be waived: nobody could be told apart');
    known(
      waivedActions,
      (name) => own(actions, name)?.limits === undefined,
      waived,
      'has limits that depend on the device',
    );
    known(waivedActions, (name) => !deniedActions.includes(name), waived, 'is denied as well');
    for (const [pool, row] of Object.entries(limits)) {
      checkLimits(row, `optOut.limits.${pool}`);
      const used = Object.values(actions).some((action) => action.limits?.pool === pool);
      refuseIf(!used, `optOut.limits.${pool}`, 'is no pool');
    }
  }

  function checkRecovery({ temporaryCode, onlineCard, printAction }: NonNullable<PolicyDocument['recovery']>): void {
    for (const [step, name] of Object.entries({ temporaryCode, onlineCard })) {
      const rules = own(kinds, name);
      refuseIf(name !== undefined && rules?.temporary !== true, `recovery.${step}`, 'is no temporary kind');
    }
    const path = 'recovery.printAction';
    const together = (onlineCard === undefined) === (printAction === undefined);
    refuseIf(!together, path, 'goes with an online card, and only with one');
    if (printAction === undefined) return;
    const print = own(actions, printAction);
    const code = own(kinds, temporaryCode);
    refuseIf(print === undefined, path, NO_ACTION);
    const served = !print || !code || canServe(code, `${temporaryCode}`, print, printAction);
    refuseIf(!served, path, 'cannot be done with the temporary code');
  }
}

const falls = (list: readonly number[]): boolean => list.some((entry, index) => index > 0 && entry < list[index - 1]!);

/** 2026-02-30 has the form of a day, and is none. */
function isDay(day: string): boolean {
  const at = Date.parse(`${day}T00:00:00Z`);
  return !Number.isNaN(at) && new Date(at).toISOString().slice(0, 10) === day;
}
