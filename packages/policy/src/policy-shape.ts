import {
  flag,
  integer,
  type JsonSchema,
  list,
  object,
  oneOf,
  orNull,
  orWord,
  record,
  type Shape,
  text,
} from './shape.ts';

const LONGEST = 10 * 366 * 86_400;
const seconds: Shape = integer(1, LONGEST);
const name: Shape = text();
const names: Shape = list(name);
const someNames: Shape = list(name, { min: 1 });
const amount: Shape = integer(0);

/** Ways in which devices of the packages prove themselves; a policy's own begin with `x-`. */
export const METHODS: readonly string[] = [
  'totp',
  'hotp',
  'push-approval',
  'challenge-response',
  'grid-card',
  'recovery-code',
  'temporary-code',
  'sms',
  'voice',
  'email',
  'ssh-signature',
  'passkey',
];

const method = text(
  new RegExp(`^(${METHODS.join('|')}|x-.+)$`),
  `must be one of ${METHODS.join(', ')}, or begin with x-`,
);

const limits = orWord(
  'unlimited',
  object({}, { perAction: amount, perDay: amount, perFiveBusinessDays: amount }, { min: 1 }),
);

const counter = object(
  { limit: integer(1, 1000) },
  {
    locks: list(seconds, { unique: false }),
    repeat: flag,
    waits: list(integer(0, LONGEST), { unique: false }),
    warnAt: integer(0, 1000),
  },
);

const kind = object(
  { level: integer(1, 1000), methods: list(method, { min: 1 }) },
  {
    legacy: flag,
    restricted: flag,
    temporary: flag,
    possessionElement: flag,
    shareable: flag,
    maximum: integer(1, 12),
    exclusive: flag,
    leaves: flag,
    notTwiceInARow: flag,
    actions: someNames,
    phases: list(object({ lasts: seconds }, { actions: someNames }), { min: 1, unique: false }),
    activationLifetime: seconds,
    answerLifetime: seconds,
    automaticActivation: object({ after: seconds, near: seconds, imminent: seconds }),
    minimumEquity: amount,
    posture: flag,
    addressList: name,
    parameters: record(integer(0)),
  },
);

const action = object(
  { level: integer(0, 1000) },
  {
    kinds: someNames,
    possession: flag,
    refuseRestricted: flag,
    limits: object({ pool: name, perKind: record(limits) }),
  },
);

const version = text(/^\d{1,9}(\.\d{1,9}){0,3}$/, 'must be a version such as 13 or 7.1.2');
const day = text(/^\d{4}-\d\d-\d\d$/, 'must be a day as 2026-12-25');

/** The form of a policy: every property, its type and its range. What contradicts what is looked at afterwards. */
export const policyShape: Shape = object(
  {
    v: oneOf(1),
    name,
    kinds: record(kind),
    actions: record(action),
    attempts: object(
      { device: counter, account: counter },
      { lanes: orNull(object({ maximum: integer(1, 5), tries: integer(1, 100) }, { lifetime: seconds })) },
    ),
  },
  {
    $schema: name,
    currency: orNull(text(/^[A-Z]{3}$/, 'must be an ISO 4217 code such as USD')),
    calendar: orNull(object({ timeZone: name, weekend: list(integer(1, 7)), holidays: list(day) })),
    clockTolerance: integer(0, 3600),
    binding: object({}, { coolDown: integer(0, LONGEST), perDay: integer(1, 10), maximumDevices: integer(1, 10) }),
    sharing: orNull(
      object({
        identityFields: names,
        identityAlternatives: list(someNames),
        review: oneOf('never', 'different-entities', 'always'),
      }),
    ),
    optOut: orNull(
      object({
        level: integer(1, 1000),
        coolDown: integer(0, LONGEST),
        waivedActions: names,
        deniedActions: names,
        limits: record(limits),
      }),
    ),
    recovery: orNull(object({}, { temporaryCode: name, onlineCard: name, printAction: name })),
    posture: orNull(
      object({
        platforms: record(object({ minimumVersion: version })),
        refuseRooted: flag,
        requireScreenLock: flag,
      }),
    ),
    addressLists: record(names),
  },
);

/**
 * The JSON Schema (draft 2020-12) of a policy document, made from the very shapes that `definePolicy` checks with. It is
 * also published as a file, `@countersign/policy/schema.json`, for editors. What contradicts what only
 * `findPolicyProblems` says.
 *
 * @example
 * ```ts
 * import { policySchema } from '@countersign/policy';
 *
 * policySchema().title; // => 'Countersign policy'
 * ```
 */
export function policySchema(): JsonSchema {
  return {
    $schema: 'https://json-schema.org/draft/2020-12/schema',
    title: 'Countersign policy',
    ...policyShape.schema,
  };
}
