import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { storeOver } from './shared/store-over.ts';
import { quoteTable } from './shared/table-name.ts';
import type { Store, StoreRead } from './store.ts';

export { CountersignError } from '@countersign/primitives/error';
export type { Store, StoreRead, WriteOptions } from './store.ts';

/**
 * What is used of a database: `libsql`, `better-sqlite3` or `DatabaseSync` of node:sqlite, whose statements have `get`, or
 * a D1 binding, whose statements are bound first and give promises.
 */
export type SqliteDatabase = {
  prepare(
    sql: string,
  ): { run(...values: never[]): unknown } & (
    | { get(...values: never[]): unknown }
    | { bind(...values: never[]): { first(): Promise<unknown> } }
  );
};

type Value = string | number | null;
type Statement = {
  get?(...values: Value[]): unknown;
  bind(...values: Value[]): { first(): Promise<unknown> };
};

export type SqliteStoreOptions = {
  /** The table; `countersign_records` by default. */
  table?: string | undefined;
};

export type SqliteStore = Store & {
  /** Deletes records that have expired. Nothing needs it but the disk. */
  removeExpired(): Promise<void>;
};

/** julianday counts whole milliseconds inside, and every release of SQLite has it; rounding undoes its division. */
const NOW = "CAST(round((julianday('now') - 2440587.5) * 86400000) AS INTEGER)";
const LIVE = `(expires_at IS NULL OR expires_at > ${NOW})`;

/**
 * A store in one table of SQLite, which it creates at first use: libsql, better-sqlite3, node:sqlite (Node 22 and newer)
 * or D1. The clock is SQLite's, which is that of the machine it runs on.
 *
 * For one machine. Set `PRAGMA journal_mode = WAL`, `synchronous = FULL` and a `busy_timeout` (D1 does so itself): with
 * less than FULL, a power failure may forget that a code was used.
 *
 * @throws CountersignError `invalid-argument` for a missing database or a bad table name
 * @example
 * ```ts
 * import Database from 'libsql';
 * import { sqliteStore } from '@countersign/store/sqlite';
 *
 * const store = sqliteStore(new Database(':memory:'));
 * await store.write('user:1', '{"v":1}', null, { version: 'a' }); // => true
 * (await store.read('user:1')).value; // => '{"v":1}'
 * ```
 */
export function sqliteStore(database: SqliteDatabase, options: SqliteStoreOptions = {}): SqliteStore {
  if (typeof database?.prepare !== 'function') {
    throw new CountersignError('invalid-argument', 'database must have prepare(sql)');
  }
  assertOptions(options);
  const { table, index } = quoteTable(options.table ?? 'countersign_records');
  const read = `
    SELECT ${NOW} AS now, version, value FROM (SELECT 1) LEFT JOIN ${table} ON key = ? AND ${LIVE}`;
  const create = `
    INSERT INTO ${table} AS stored (key, version, value, expires_at) VALUES (?, ?, ?, ?)
    ON CONFLICT (key) DO UPDATE
    SET version = excluded.version, value = excluded.value, expires_at = excluded.expires_at
    WHERE stored.version = excluded.version OR stored.expires_at <= ${NOW}
    RETURNING 1`;
  const replace = `
    UPDATE ${table} SET version = ?, value = ?, expires_at = ?
    WHERE key = ? AND (version = ? OR version = ? AND ${LIVE})
    RETURNING 1`;
  const remove = `DELETE FROM ${table} WHERE key = ? AND version = ? AND ${LIVE} RETURNING 1`;

  const prepared = new Map<string, Statement>();
  let created: Promise<void> | undefined;

  async function createTable(): Promise<void> {
    await database
      .prepare(
        `CREATE TABLE IF NOT EXISTS ${table}
         (key TEXT PRIMARY KEY, version TEXT NOT NULL, value TEXT NOT NULL, expires_at INTEGER)`,
      )
      .run();
    await database
      .prepare(
        `CREATE INDEX IF NOT EXISTS ${index} ON ${table.split('.').at(-1)} (expires_at) WHERE expires_at IS NOT NULL`,
      )
      .run();
  }

  /** The one row that a statement gives, or nothing. */
  async function row(sql: string, values: Value[]): Promise<unknown> {
    created ??= createTable();
    await created.catch((error) => {
      created = undefined;
      throw error;
    });
    const statement = prepared.get(sql) ?? (database.prepare(sql) as Statement);
    prepared.set(sql, statement);
    return (await (statement.get ? statement.get(...values) : statement.bind(...values).first())) ?? null;
  }

  const store = storeOver({
    async read(key) {
      const { now, version, value } = (await row(read, [key])) as StoreRead;
      return { value, version, now };
    },
    async write(key, { version, value, expiresAt }, expected) {
      const written =
        expected === null
          ? await row(create, [key, version, value, expiresAt])
          : await row(replace, [version, value, expiresAt, key, version, expected]);
      return written !== null;
    },
    async remove(key, expected) {
      return (await row(remove, [key, expected])) !== null;
    },
  });
  return {
    ...store,
    async removeExpired() {
      await row(`DELETE FROM ${table} WHERE expires_at <= ${NOW} RETURNING 1`, []);
    },
  };
}
