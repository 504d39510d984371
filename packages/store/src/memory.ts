import { assertInteger, assertOptions, readInstant } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import type { CheckedRecord } from './shared/check-arguments.ts';
import { storeOver } from './shared/store-over.ts';
import type { Store } from './store.ts';

export { CountersignError } from '@countersign/primitives/error';
export type { Store, StoreRead, WriteOptions } from './store.ts';

export type MemoryStoreOptions = {
  /** The most live records, 1 to 10,000,000; 100,000 by default. */
  maximum?: number | undefined;
  /** The clock, in milliseconds; `Date.now` by default. */
  now?: (() => number) | undefined;
};

/**
 * A store in this process's memory, for tests, demos and programs that may forget everything when they end. When it is
 * full it refuses new records; it never drops a live one, for that would forget a used code. Expired records make room.
 *
 * Not for several processes, and not for anything that must survive a restart: use a database.
 *
 * @throws CountersignError `invalid-argument` for a bad maximum; a write throws `store-full` when it is reached
 * @example
 * ```ts
 * import { memoryStore } from '@countersign/store';
 *
 * const store = memoryStore({ now: () => 1_800_000_000_000 });
 * await store.write('user:1', '{"v":1}', null, { version: 'a' }); // => true
 * await store.read('user:1'); // => { value: '{"v":1}', version: 'a', now: 1_800_000_000_000 }
 * await store.write('user:1', '{"v":2}', null, { version: 'b' }); // => false
 * await store.write('user:1', '{"v":2}', 'a', { version: 'b' }); // => true
 * await store.write('user:1', null, 'b', { version: 'c' }); // => true
 * ```
 */
export function memoryStore(options: MemoryStoreOptions = {}): Store {
  assertOptions(options);
  const { maximum = 100_000, now: clock = Date.now } = options;
  assertInteger(maximum, 'maximum', 1, 10_000_000, 'invalid-argument');
  if (typeof clock !== 'function') throw new CountersignError('invalid-argument', 'now must be a function');
  const records = new Map<string, CheckedRecord>();
  /** No record expires before this instant, so that a full store is searched only when a search may find something. */
  let nextExpiry = Number.POSITIVE_INFINITY;

  const isLive = ({ expiresAt }: CheckedRecord, now: number): boolean => expiresAt === null || expiresAt > now;

  function find(key: string, now: number): CheckedRecord | null {
    const record = records.get(key);
    if (!record || isLive(record, now)) return record ?? null;
    records.delete(key);
    return null;
  }

  function makeRoom(now: number): void {
    if (records.size < maximum) return;
    if (nextExpiry <= now) {
      nextExpiry = Number.POSITIVE_INFINITY;
      for (const [key, record] of records) {
        if (!isLive(record, now)) records.delete(key);
        else nextExpiry = Math.min(nextExpiry, record.expiresAt ?? nextExpiry);
      }
    }
    if (records.size >= maximum) throw new CountersignError('store-full', `the store holds ${maximum} live records`);
  }

  return storeOver({
    async read(key) {
      const now = readInstant(clock());
      const { value, version } = find(key, now) ?? { value: null, version: null };
      return { value, version, now };
    },
    async write(key, record, expected) {
      const now = readInstant(clock());
      const found = find(key, now);
      const version = found?.version ?? null;
      if (version !== expected && version !== record.version) return false;
      if (!isLive(record, now)) {
        records.delete(key);
        return true;
      }
      if (!found) makeRoom(now);
      nextExpiry = Math.min(nextExpiry, record.expiresAt ?? nextExpiry);
      records.set(key, record);
      return true;
    },
    async remove(key, expected) {
      if (find(key, readInstant(clock()))?.version !== expected) return false;
      return records.delete(key);
    },
  });
}
