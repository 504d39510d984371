import { CountersignError } from '@countersign/primitives/error';
import type { Store, StoreRead } from '../store.ts';
import { assertKey, type CheckedRecord, checkWrite } from './check-arguments.ts';

/**
 * What one database does, each in one statement. Its errors may be thrown as the driver throws them; those that are known
 * to have changed nothing are thrown as CountersignError.
 */
export type Database = {
  read(key: string): Promise<StoreRead>;
  /** Writes if the live version is `expected`, or if it is the record's own: then an earlier send of this write arrived. */
  write(key: string, record: CheckedRecord, expected: string | null): Promise<boolean>;
  /** Deletes if the live version is `expected`. */
  remove(key: string, expected: string): Promise<boolean>;
};

/** A store over a database: what all adapters share, which is the checks of arguments and what becomes of a lost reply. */
export function storeOver(database: Database): Store {
  return {
    async read(key) {
      assertKey(key);
      return await database.read(key).catch(unknownOutcome);
    },
    async write(key, value, expected, options) {
      const record = checkWrite(key, value, expected, options);
      if (record) {
        return await settle(
          () => database.write(key, record, expected),
          () => database.read(key),
          { own: record.version, expected },
        );
      }
      if (expected === null) return (await database.read(key).catch(unknownOutcome)).version === null;
      return await settle(
        () => database.remove(key, expected),
        () => database.read(key),
        { own: null, expected },
      );
    },
  };
}

/**
 * Makes the best of a write whose reply is lost, with one read: what it should have left is there → true; what it should
 * have replaced is there → one retry; anything else, or another error → `unknown-outcome`. Never false: someone may have
 * replaced what this write left, and whoever is told false believes that nothing happened.
 */
async function settle(
  attempt: () => Promise<boolean>,
  read: () => Promise<StoreRead>,
  { own, expected }: { own: string | null; expected: string | null },
): Promise<boolean> {
  let lost: unknown;
  try {
    return await attempt();
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    lost = error;
  }
  const { version } = await read().catch(() => unknownOutcome(lost));
  if (version === own) return true;
  // The first send may still arrive after this one: it will then find neither version that it would replace.
  if (version === expected && (await attempt().catch(unknownOutcome))) return true;
  return unknownOutcome(lost);
}

/** Throws the driver's error as a CountersignError; one that is already passes as it is. */
function unknownOutcome(cause: unknown): never {
  if (cause instanceof CountersignError) throw cause;
  throw new CountersignError('unknown-outcome', 'the database did not answer, or not as it should: see the cause', {
    cause,
  });
}
