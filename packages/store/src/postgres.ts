import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { storeOver } from './shared/store-over.ts';
import { quoteTable } from './shared/table-name.ts';
import type { Store } from './store.ts';

export { CountersignError } from '@countersign/primitives/error';
export type { Store, StoreRead, WriteOptions } from './store.ts';

/** What is used of a client: a `Pool` or `Client` of pg, a PGlite, or anything else with this one function. */
export type PostgresClient = {
  query(text: string, values: (string | number | null)[]): Promise<{ rows: unknown[] }>;
};

export type PostgresStoreOptions = {
  /** The table, with or without a schema before it; `countersign_records` by default. */
  table?: string | undefined;
};

export type PostgresStore = Store & {
  /** Creates the table and its index if they are not there. May run at every start, on all servers at once. */
  createTables(): Promise<void>;
  /** Deletes records that have expired, 1,000 a statement. Nothing needs it but the disk. */
  removeExpired(): Promise<void>;
};

/** What a read gives, always once. */
type Row = {
  now: number;
  replica: boolean;
  version: string | null;
  value: string | null;
  expires_at: number | null;
};

const milliseconds = (clock: string): string => `floor(extract(epoch FROM ${clock}) * 1000)`;
/** The clock at the moment of the call: now() would be the beginning of the transaction. */
const NOW = milliseconds('clock_timestamp()');
/** The same for all rows of a statement, which lets it use the index. */
const STATEMENT_NOW = `${milliseconds('statement_timestamp()')}::bigint`;
const LIVE = `(expires_at IS NULL OR expires_at > ${NOW})`;
/** Any fixed number will do: it keeps two servers from creating the table at once, where IF NOT EXISTS still fails. */
const CREATION_LOCK = 7_237_119_041;
const BATCH = 1000;

/**
 * A store in one table of PostgreSQL 12 or newer, or of PGlite. Every read and every write is one statement without a
 * name, outside of any transaction and without session state: behind PgBouncer too. The clock is the server's.
 *
 * Give it a pool that reaches the primary, at PostgreSQL's defaults `fsync` and `synchronous_commit` on: with either off,
 * a crash may forget that a code was used.
 *
 * @throws CountersignError `invalid-argument` for a missing client or a bad table name; a read that a replica answered
 *   throws `unsupported`
 * @example
 * ```ts
 * import { PGlite } from '@electric-sql/pglite';
 * import { postgresStore } from '@countersign/store/postgres';
 *
 * const store = postgresStore(new PGlite()); // or new pg.Pool({ connectionString })
 * await store.createTables();
 * await store.write('user:1', '{"v":1}', null, { version: 'a' }); // => true
 * (await store.read('user:1')).value; // => '{"v":1}'
 * ```
 */
export function postgresStore(client: PostgresClient, options: PostgresStoreOptions = {}): PostgresStore {
  if (typeof client?.query !== 'function') {
    throw new CountersignError('invalid-argument', 'client must have query(text, values)');
  }
  assertOptions(options);
  const { table, index } = quoteTable(options.table ?? 'countersign_records');

  // One row comes back, with or without a record. PGlite drops U+FEFF from the beginning of a text that it reads, so that
  // every text is given a beginning of ours.
  const read = `
    SELECT ${NOW}::float8 AS now, pg_is_in_recovery() AS replica,
      '=' || version AS version, '=' || value AS value, expires_at::float8 AS expires_at
    FROM (SELECT) AS one LEFT JOIN ${table} ON key = $1`;
  const create = `
    INSERT INTO ${table} AS stored (key, version, value, expires_at) VALUES ($1, $2, $3, $4)
    ON CONFLICT (key) DO UPDATE
    SET version = excluded.version, value = excluded.value, expires_at = excluded.expires_at
    WHERE stored.version = $2 OR stored.expires_at <= ${NOW}
    RETURNING 1`;
  const replace = `
    UPDATE ${table} SET version = $2, value = $3, expires_at = $4
    WHERE key = $1 AND (version = $2 OR version = $5 AND ${LIVE})
    RETURNING 1`;
  const remove = `DELETE FROM ${table} WHERE key = $1 AND version = $2 AND ${LIVE} RETURNING 1`;
  const removeExpired = `
    DELETE FROM ${table} WHERE expires_at <= ${STATEMENT_NOW} AND key IN
    (SELECT key FROM ${table} WHERE expires_at <= ${STATEMENT_NOW} LIMIT ${BATCH})
    RETURNING 1`;
  // Free room in each page, and no index over what a write changes, let PostgreSQL replace a row in its page (HOT). Up to
  // 8,160 bytes stay in the row: by default those over 2 kB move to a second table, which costs each write three times.
  const createTables = `
    DO $$ BEGIN
      PERFORM pg_advisory_xact_lock(${CREATION_LOCK});
      CREATE TABLE IF NOT EXISTS ${table} (
        key text COLLATE "C" PRIMARY KEY,
        version text COLLATE "C" NOT NULL,
        value text COLLATE "C" NOT NULL,
        expires_at bigint
      ) WITH (fillfactor = 50, toast_tuple_target = 8160);
      CREATE INDEX IF NOT EXISTS ${index} ON ${table} (expires_at) WHERE expires_at IS NOT NULL;
    END $$`;

  async function changes(text: string, values: (string | number | null)[]): Promise<boolean> {
    try {
      return (await client.query(text, values)).rows.length > 0;
    } catch (error) {
      // Where transactions are serializable by default, this is how a lost race is told (40001): nothing was changed.
      if ((error as { code?: unknown } | null)?.code === '40001') return false;
      throw error;
    }
  }

  const store = storeOver({
    async read(key) {
      const { rows } = await client.query(read, [key]);
      const { now, replica, version, value, expires_at } = rows[0] as Row;
      if (replica) throw new CountersignError('unsupported', 'a replica answered: reads must reach the primary');
      const live = version !== null && value !== null && (expires_at === null || expires_at > now);
      return live ? { value: value.slice(1), version: version.slice(1), now } : { value: null, version: null, now };
    },
    write: (key, { version, value, expiresAt }, expected) =>
      expected === null
        ? changes(create, [key, version, value, expiresAt])
        : changes(replace, [key, version, value, expiresAt, expected]),
    remove: (key, expected) => changes(remove, [key, expected]),
  });
  return {
    ...store,
    async createTables() {
      await client.query(createTables, []);
    },
    async removeExpired() {
      while ((await client.query(removeExpired, [])).rows.length === BATCH);
    },
  };
}
