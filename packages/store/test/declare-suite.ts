import { describe, test } from 'vitest';
import { type Fate, type FaultyStore, type StoreSuiteOptions, storeSuite } from '../src/conformance.ts';
import type { Store } from '../src/index.ts';

/** The whole suite against one kind of store. */
export function declareSuite(name: string, makeStore: () => Store | Promise<Store>, options?: StoreSuiteOptions): void {
  describe(name, () => {
    for (const { name: check, run } of storeSuite(makeStore, options)) test(check, run);
  });
}

/** The fates of calls to a database: put `meet` around each call. */
export function fates(): Pick<FaultyStore, 'plan'> & { meet<T>(call: () => Promise<T>): Promise<T> } {
  let planned: Fate[] = [];
  return {
    plan(next) {
      planned = [...next];
    },
    async meet(call) {
      const { lose, meanwhile } = planned.shift() ?? {};
      const answer = lose === 'before' ? undefined : await call();
      await meanwhile?.();
      if (lose) throw new Error('connection lost');
      return answer as Awaited<ReturnType<typeof call>>;
    },
  };
}
