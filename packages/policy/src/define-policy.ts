import { CountersignError } from '@countersign/primitives/error';
import { CHECKED } from './checks.ts';
import { findContradictions } from './policy-contradictions.ts';
import { policyShape } from './policy-shape.ts';
import type { PolicyDocument } from './policy-types.ts';
import type { PolicyProblem } from './shape.ts';
import type { Policy } from './types.ts';

/**
 * Everything that is wrong in a policy document, with the path to each: for an editor that shows problems as one types.
 * An empty list means that {@link definePolicy} takes it. The form is looked at first, contradictions only in a well-formed
 * document. Time zones and CIDR ranges are looked at by `createCalendar` and `createAddressLists`, which bring their libraries.
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
  const problems: PolicyProblem[] = [];
  const report = (path: string, problem: string): void => {
    problems.push({ path, problem });
  };
  const copy = jsonCopy(document);
  policyShape(copy, '', report);
  if (problems.length === 0) findContradictions(copy as PolicyDocument, report);
  return problems;
}

/**
 * Checks a policy and gives a frozen copy that decisions take. Call it once, when the program starts: a mistake shows then,
 * not at the first withdrawal. It rejects misspelt properties, names that lead nowhere, and contradictions: a level that no
 * device reaches, a daily limit above its five-day sum, a temporary device that can be shared.
 *
 * The result is plain JSON again (`JSON.stringify`), and must be checked again after a round trip.
 *
 * @param document - the policy; later changes to it change nothing.
 * @throws CountersignError `invalid-policy`, naming every path and what is wrong there
 *
 * @example
 * ```ts
 * import { definePolicy } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const policy = definePolicy({ ...brokerPolicy, calendar: { ...brokerPolicy.calendar, holidays: ['2026-12-25'] } });
 * policy.currency; // => 'USD'
 * definePolicy({ ...brokerPolicy, optOut: { ...brokerPolicy.optOut, level: 999 } }); // throws invalid-policy
 * ```
 */
export function definePolicy(document: PolicyDocument): Policy {
  const problems = findPolicyProblems(document);
  if (problems.length > 0) {
    const text = problems.map(({ path, problem }) => `${path === '' ? 'policy' : path} ${problem}`).join('; ');
    throw new CountersignError('invalid-policy', text);
  }
  const copy = jsonCopy(document) as object;
  Object.defineProperty(copy, CHECKED, { value: true });
  return freeze(copy) as Policy;
}

/** Only what JSON carries counts: getters, classes and later changes by the caller do not. */
function jsonCopy(value: unknown): unknown {
  try {
    return JSON.parse(JSON.stringify(value, refusable) ?? 'null');
  } catch {
    return null;
  }
}

/** JSON writes NaN and Infinity as null, which would read as "unlimited": here they become what the form refuses. */
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
