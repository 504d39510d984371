import { CountersignError } from '@countersign/primitives/error';
import { CHECKED } from './checks.ts';
import { findContradictions } from './policy-contradictions.ts';
import { policyShape } from './policy-shape.ts';
import type { PolicyDocument } from './policy-types.ts';
import type { PolicyProblem } from './shape.ts';
import type { ActionsOf, KindsOf, Policy } from './types.ts';

/** What a document need not say. */
export const DEFAULTS: {
  readonly clockTolerance: number;
  readonly coolDown: number;
  readonly perDay: number;
  readonly maximumDevices: number;
  readonly laneLifetime: number;
} = { clockTolerance: 5, coolDown: 3 * 86_400, perDay: 5, maximumDevices: 8, laneLifetime: 90 * 86_400 };

/**
 * Everything that is wrong in a policy document, with the path to each: for an editor that shows problems as one types.
 * An empty list means that {@link definePolicy} takes it. The form is looked at first, contradictions only in a
 * well-formed document. CIDR ranges are looked at by `createAddressLists`, which brings their library.
 *
 * @param document - anything, such as parsed JSON; only its JSON content counts. What is no JSON (a cycle, a bigint) is one problem.
 *
 * @example
 * ```ts
 * import { findPolicyProblems } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * findPolicyProblems(brokerPolicy); // => []
 * findPolicyProblems({ ...brokerPolicy, clockTolerance: -1 })[0]?.path; // => 'clockTolerance'
 * ```
 */
export function findPolicyProblems(document: unknown): PolicyProblem[] {
  return findProblems(jsonCopy(document));
}

function findProblems(copy: unknown): PolicyProblem[] {
  const problems: PolicyProblem[] = [];
  const report = (path: string, problem: string): void => {
    problems.push({ path: path === '' ? 'policy' : path, problem });
  };
  policyShape.check(copy, '', report);
  if (problems.length === 0) findContradictions(copy as PolicyDocument, report);
  return problems;
}

/**
 * Checks a policy and gives a frozen copy, defaults filled in, that decisions take. Call it once, when the program
 * starts: a mistake shows then, not at the first withdrawal. It rejects misspelt properties, names that lead nowhere, and
 * contradictions: a level that no device reaches, a daily limit above its five-day sum, a temporary device that can be
 * shared. The names of actions and kinds become types, so that `'widthdrawal'` does not compile.
 *
 * The result is plain JSON again (`JSON.stringify`), and must be checked again after a round trip. The document is read
 * once: later changes to it, and getters that answer differently, change nothing.
 *
 * @param document - an object in the source, imported JSON, parsed JSON. For errors while you type, write it with
 * `satisfies PolicyDocument`. Sections that are absent are off.
 * @throws CountersignError `invalid-policy`, naming every path and what is wrong there
 *
 * @example
 * ```ts
 * import { definePolicy } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const policy = definePolicy({ ...brokerPolicy, calendar: { ...brokerPolicy.calendar, holidays: ['2026-12-25'] } });
 * policy.currency; // => 'USD'
 * policy.kinds.sms.level; // => 10
 * definePolicy({ ...brokerPolicy, optOut: { ...brokerPolicy.optOut, level: 999 } }); // throws invalid-policy
 * ```
 */
export function definePolicy<const D>(document: D): Policy<ActionsOf<D>, KindsOf<D>> {
  const copy = jsonCopy(document);
  const problems = findProblems(copy);
  if (problems.length > 0) {
    const text = problems.map(({ path, problem }) => `${path} ${problem}`).join('; ');
    throw new CountersignError('invalid-policy', text);
  }
  const given = copy as PolicyDocument;
  const { lanes } = given.attempts;
  const binding = {
    coolDown: given.binding?.coolDown ?? DEFAULTS.coolDown,
    perDay: given.binding?.perDay ?? DEFAULTS.perDay,
    maximumDevices: given.binding?.maximumDevices ?? DEFAULTS.maximumDevices,
  };
  const kinds = Object.entries(given.kinds).map(([name, kind]) => [name, { ...kind, maximum: kind.maximum ?? 1 }]);
  const policy = {
    ...given,
    kinds: Object.fromEntries(kinds),
    currency: given.currency ?? null,
    calendar: given.calendar ?? null,
    clockTolerance: given.clockTolerance ?? DEFAULTS.clockTolerance,
    binding,
    attempts: { ...given.attempts, lanes: lanes ? { lifetime: DEFAULTS.laneLifetime, ...lanes } : null },
    sharing: given.sharing ?? null,
    optOut: given.optOut ?? null,
    recovery: given.recovery ?? null,
    posture: given.posture ?? null,
    addressLists: given.addressLists ?? {},
  };
  Object.defineProperty(policy, CHECKED, { value: true });
  return freeze(policy) as unknown as Policy<ActionsOf<D>, KindsOf<D>>;
}

/** Only what JSON carries counts. The one place where a document is read. */
function jsonCopy(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, refusable) ?? 'null');
  } catch {
    return null;
  }
}

/** JSON writes NaN and Infinity as null, which would read as "off": here they become what the form refuses. */
function refusable(_key: string, value: unknown): unknown {
  const number = typeof value === 'number' || value instanceof Number ? Number(value) : 0;
  return Number.isFinite(number) ? value : `${number}`;
}

function freeze(value: unknown): unknown {
  if (typeof value === 'object' && value !== null) {
    for (const entry of Object.values(value)) freeze(entry);
    Object.freeze(value);
  }
  return value;
}
