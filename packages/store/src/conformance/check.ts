import type { Store } from '../store.ts';

/** One check of a store: `run` rejects when the store fails it. */
export type StoreCheck = { readonly name: string; run(): Promise<void> };

/** What becomes of one call to the database. */
export type Fate = {
  /** `before`: the connection is lost and the database did nothing; `after`: it did all, and its answer is lost. */
  lose?: 'before' | 'after' | undefined;
  /** Done before the answer is given or lost: what somebody else does in the meantime. */
  meanwhile?: (() => Promise<unknown>) | undefined;
};

/** A store whose connection can be made to fail, for checks that no outside observer could make. */
export type FaultyStore = {
  store: Store;
  /** The fates of the next calls to the database, in order; calls after them succeed. */
  plan(fates: readonly Fate[]): void;
};

export function fail(what: string): never {
  throw new Error(what);
}

export function equal(found: unknown, wanted: unknown, what: string): void {
  if (found !== wanted) fail(`${what}: ${show(found)} instead of ${show(wanted)}`);
}

function show(value: unknown): string {
  const text = typeof value === 'string' ? JSON.stringify(value) : String(value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

/** The record under a key is this one. */
export async function holds(store: Store, key: string, value: string | null, version: string | null): Promise<void> {
  const found = await store.read(key);
  equal(found.value, value, `value of ${show(key)}`);
  equal(found.version, version, `version of ${show(key)}`);
}

/** The call is refused with a CountersignError of this code. It is known by its name, for packages may be there twice. */
export async function refuses(call: () => Promise<unknown>, code: string, what: string): Promise<void> {
  let found: unknown;
  try {
    found = await call();
  } catch (error) {
    const { name, code: thrown } = error as { name?: unknown; code?: unknown };
    equal(name, 'CountersignError', `error thrown by ${what}`);
    return equal(thrown, code, `code of ${what}`);
  }
  fail(`${what}: ${show(found)} instead of an error ${code}`);
}

export function sleep(milliseconds: number): Promise<void> {
  return new Promise((resolve) => {
    (globalThis as unknown as { setTimeout: (call: () => void, time: number) => void }).setTimeout(
      resolve,
      milliseconds,
    );
  });
}
