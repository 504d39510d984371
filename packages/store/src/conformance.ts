import { CountersignError } from '@countersign/primitives/error';
import type { FaultyStore, StoreCheck } from './conformance/check.ts';
import { clockChecks } from './conformance/clock.ts';
import { lostReplyChecks } from './conformance/lost-replies.ts';
import { raceChecks } from './conformance/races.ts';
import { recordChecks } from './conformance/records.ts';
import { textChecks } from './conformance/text.ts';
import type { Store } from './store.ts';

export { CountersignError } from '@countersign/primitives/error';
export type { Fate, FaultyStore, StoreCheck } from './conformance/check.ts';
export type { Store, StoreRead, WriteOptions } from './store.ts';

export type StoreSuiteOptions = {
  /** Makes an empty store whose connection can be made to fail: adds the checks of lost replies. */
  makeFaulty?: (() => FaultyStore | Promise<FaultyStore>) | undefined;
};

/**
 * Checks of anybody's store, for any test runner: what `Store` promises, one check each. They take about two seconds on a
 * fast database. A store that passes them without `makeFaulty` may still answer a lost reply wrongly.
 *
 * @param makeStore makes an empty store, or one in which nothing was written yet (another prefix, another table)
 * @example
 * ```ts
 * import { memoryStore } from '@countersign/store';
 * import { storeSuite } from '@countersign/store/conformance';
 *
 * for (const { name, run } of storeSuite(() => memoryStore())) {
 *   await run(); // in a test runner: test(name, run)
 *   name.length > 0; // => true
 * }
 * ```
 */
export function storeSuite(makeStore: () => Store | Promise<Store>, options: StoreSuiteOptions = {}): StoreCheck[] {
  if (typeof makeStore !== 'function') throw new CountersignError('invalid-argument', 'makeStore must be a function');
  const { makeFaulty } = options;
  const checks = Object.entries({ ...recordChecks, ...textChecks, ...clockChecks, ...raceChecks }).map(
    ([name, check]) => ({ name, run: async () => await check(await makeStore()) }),
  );
  if (!makeFaulty) return checks;
  const faultChecks = Object.entries(lostReplyChecks).map(([name, check]) => ({
    name,
    run: async () => await check(await makeFaulty()),
  }));
  return [...checks, ...faultChecks];
}
