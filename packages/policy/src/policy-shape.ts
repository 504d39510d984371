import { type Check, flag, integer, list, oneOf, orNull, record, rising, shape, text } from './shape.ts';

const LONGEST = 10 * 366 * 86400;
const seconds = integer(1, LONGEST);
const name = text();
const names = list(name);

/** A day that exists, as 2026-12-25. */
const day: Check = (value, path, report) => {
  const at =
    typeof value === 'string' && /^\d{4}-\d\d-\d\d$/.test(value) ? Date.parse(`${value}T00:00:00Z`) : Number.NaN;
  if (Number.isNaN(at) || new Date(at).toISOString().slice(0, 10) !== value)
    report(path, 'must be a day as 2026-12-25');
};

const windowLimits = shape({ perDay: orNull(integer(0)), perFiveBusinessDays: orNull(integer(0)) });

const counter = shape({
  waits: rising(integer(0, LONGEST), 1),
  limit: integer(1, 1000),
  mode: oneOf('temporary', 'permanent', 'mixed'),
  locks: rising(seconds, 0),
  warnAt: integer(0, 1000),
});

const kind = shape(
  {
    level: integer(1, 1000),
    methods: list(name, 1),
    possessionElement: flag,
    shareable: flag,
    maximum: integer(1, 100),
  },
  {
    legacy: flag,
    restricted: flag,
    temporary: flag,
    exclusive: flag,
    leaves: flag,
    notTwiceInARow: flag,
    actions: list(name, 1),
    phases: (value, path, report) => {
      // Two phases may be alike; `list` would refuse that as a repetition.
      if (!Array.isArray(value) || value.length === 0) return report(path, 'must be a list of at least 1');
      value.forEach((phase, index) => {
        shape({ lasts: seconds }, { actions: list(name, 1) })(phase, `${path}.${index}`, report);
      });
    },
    activationLifetime: seconds,
    automaticActivation: shape({ after: seconds, near: seconds, imminent: seconds }),
    minimumEquity: integer(0),
    posture: flag,
    addressList: name,
    parameters: record(integer(0)),
  },
);

const action = shape(
  { level: integer(0, 1000) },
  {
    kinds: list(name, 1),
    possession: flag,
    refuseRestricted: flag,
    limits: shape({ pool: name, perKind: record(windowLimits) }),
  },
);

/** The form of a policy: every property, its type and its range. What contradicts what is looked at afterwards. */
export const policyShape: Check = shape(
  {
    v: oneOf(1),
    name,
    currency: text(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD'),
    calendar: shape({ timeZone: name, weekend: list(integer(1, 7)), holidays: list(day) }),
    clockTolerance: integer(0, 3600),
    kinds: record(kind),
    actions: record(action),
    attempts: shape({ device: counter, account: counter }),
    sharing: shape({
      offered: flag,
      identityFields: names,
      identityAlternatives: list(list(name, 1)),
      review: oneOf('never', 'different-entities', 'always'),
    }),
    optOut: shape({
      offered: flag,
      level: integer(1, 1000),
      coolDown: integer(0, LONGEST),
      waivedActions: names,
      deniedActions: names,
      limits: record(windowLimits),
    }),
    recovery: shape({ temporaryCode: orNull(name), onlineCard: orNull(name), printAction: orNull(name) }),
    posture: shape({
      platforms: record(
        shape({ minimumVersion: text(/^\d{1,9}(\.\d{1,9}){0,3}$/, 'must be a version such as 13 or 7.1.2') }),
      ),
      refuseRooted: flag,
      requireScreenLock: flag,
    }),
    addressLists: record(names),
  },
  { $schema: name },
);
