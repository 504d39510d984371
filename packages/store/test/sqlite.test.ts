import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'libsql';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type SqliteDatabase, sqliteStore } from '../src/sqlite.ts';
import type { Store } from '../src/store.ts';
import { declareSuite, fates } from './declare-suite.ts';

declareSuite('libsql', () => sqliteStore(new Database(':memory:')));

type Values = (string | number | null)[];
/** node:sqlite, which the types of Node 20 do not know. */
type Synchronous = { get(...values: Values): unknown; run(): unknown };

/** The same database with the few calls of D1: everything is a promise, and values are bound first. */
function asD1(database: Database.Database, around = <T>(call: () => Promise<T>): Promise<T> => call()): SqliteDatabase {
  return {
    prepare: (sql) => ({
      bind: (...values) => ({ first: () => around(async () => database.prepare(sql).get(...values) ?? null) }),
      run: async () => database.prepare(sql).run(),
    }),
  };
}

declareSuite('libsql behind the interface of D1', () => sqliteStore(asD1(new Database(':memory:'))), {
  makeFaulty() {
    const { meet, plan } = fates();
    return { store: sqliteStore(asD1(new Database(':memory:'), meet)), plan };
  },
});

const { DatabaseSync } = (await import('node:sqlite' as string).catch(() => ({}))) as {
  DatabaseSync?: new (path: string) => { prepare(sql: string): Synchronous };
};
describe.runIf(DatabaseSync)('with Node 22 or newer', () => {
  declareSuite('node:sqlite', () => sqliteStore(new DatabaseSync!(':memory:')));
});
if (!DatabaseSync) console.log('node:sqlite is left out: this Node does not have it');

describe('in a file', () => {
  let folder: string;
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'countersign-sqlite-'));
  });
  afterAll(() => rmSync(folder, { recursive: true }));
  let files = 0;
  /** Two connections to one new file, as two processes have them. */
  function two(): [Database.Database, Database.Database] {
    const file = join(folder, `${files++}.db`);
    const open = (): Database.Database => {
      const database = new Database(file);
      database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA busy_timeout = 5000');
      return database;
    };
    return [open(), open()];
  }

  declareSuite('libsql, two connections in turn', () => {
    const [one, other] = two().map((database): Store => sqliteStore(database)) as [Store, Store];
    let calls = 0;
    const next = (): Store => (calls++ % 2 === 0 ? one : other);
    return { read: (key) => next().read(key), write: (...args) => next().write(...args) };
  });

  test('the clock is the machine’s, to the millisecond', async () => {
    const store = sqliteStore(two()[0]);
    for (let i = 0; i < 50; i++) {
      const before = Date.now();
      const { now } = await store.read('user');
      expect(now).toBeGreaterThanOrEqual(before);
      expect(now).toBeLessThanOrEqual(Date.now());
    }
  });

  test('expired records are removed, and those only', async () => {
    const [database] = two();
    const store = sqliteStore(database, { table: 'Login' });
    const { now } = await store.read('nobody');
    for (const [key, expiresAt] of [['kept'], ['later', now + 60_000], ['expired', now - 1], ['old', 1]] as const) {
      await store.write(key, 'one', null, { version: 'v1', expiresAt });
    }
    await store.removeExpired();
    expect(database.prepare('SELECT key FROM Login ORDER BY key').all()).toEqual([{ key: 'kept' }, { key: 'later' }]);
  });

  test('a database that is busy at first is used when it is free', async () => {
    const [database, other] = two();
    database.exec('PRAGMA busy_timeout = 0');
    other.exec('BEGIN IMMEDIATE');
    const store = sqliteStore(database);
    await expect(store.write('user', 'one', null, { version: 'v1' })).rejects.toMatchObject({
      code: 'unknown-outcome',
      cause: expect.anything(),
    });
    other.exec('COMMIT');
    expect(await store.write('user', 'one', null, { version: 'v1' })).toBe(true);
  });
});

test.each([null, undefined, {}, 'database'])('a store is not made without a database: %s', (database) => {
  expect(() => sqliteStore(database as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
test('a store is not made with a bad table or options', () => {
  const database = new Database(':memory:');
  for (const options of [{ table: 'a"b' }, null]) {
    expect(() => sqliteStore(database, options as never)).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  }
});
