import type { ErrorCode } from '@countersign/primitives/error';
import { CountersignError } from '@countersign/primitives/error';
import { canonical } from './canonical.ts';

/** What one check came to: the outcome goes into the digest, whether it passed or not. */
export type Check = {
  readonly name: string;
  readonly run: () => Promise<{ outcome: string; passed: boolean; wanted: string }>;
};

/** What a suite declares its checks with; they run later, one after the other. */
export type Checks = {
  /** The call gives what is expected, deeply and strictly. It may give a promise. */
  equal(name: string, call: () => unknown, expected: unknown): void;
  /** The call does not throw; what it gives only has to be the same on every runtime. */
  record(name: string, call: () => unknown): void;
  /** The call throws a CountersignError of this code, whose message and stack do not have `hidden` in them. */
  throws(name: string, call: () => unknown, code: ErrorCode, hidden?: string): void;
};

/** The checks of one package. */
export type Suite = { readonly name: string; readonly declare: (checks: Checks) => void };

/** What a call gives, or the error that it throws. */
async function outcomeOf(call: () => unknown): Promise<unknown> {
  try {
    return await call();
  } catch (error) {
    return error instanceof Error ? error : new Error(String(error));
  }
}

/** The checks that a suite declares, in their order. */
export function collectChecks({ name: suite, declare }: Suite): Check[] {
  const collected: Check[] = [];
  declare({
    equal(name, call, expected) {
      const wanted = canonical(expected);
      const run: Check['run'] = async () => {
        const outcome = canonical(await outcomeOf(call));
        return { outcome, passed: outcome === wanted, wanted };
      };
      collected.push({ name: `${suite}: ${name}`, run });
    },
    record(name, call) {
      const run: Check['run'] = async () => {
        const outcome = await outcomeOf(call);
        return { outcome: canonical(outcome), passed: !(outcome instanceof Error), wanted: 'no error' };
      };
      collected.push({ name: `${suite}: ${name}`, run });
    },
    throws(name, call, code, hidden) {
      const run: Check['run'] = async () => {
        const outcome = await outcomeOf(call);
        const thrown = outcome instanceof CountersignError && outcome.code === code;
        const silent = hidden === undefined || (thrown && !`${outcome.message}${outcome.stack}`.includes(hidden));
        return {
          outcome: canonical(outcome),
          passed: thrown && silent,
          wanted: `throws ${code}${hidden === undefined ? '' : ', and does not say what must be hidden'}`,
        };
      };
      collected.push({ name: `${suite}: ${name}`, run });
    },
  });
  return collected;
}
