import { randomBytes } from 'node:crypto';
import { type PostgresServer, startPostgres } from '@countersign/testing/postgres-server';
import { hasProgram } from '@countersign/testing/programs';
import { PGlite } from '@electric-sql/pglite';
import pg from 'pg';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type PostgresClient, type PostgresStore, postgresStore } from '../src/postgres.ts';
import { declareSuite, fates } from './declare-suite.ts';

let tables = 0;

/** An empty store: a table of its own. */
async function emptyStore(client: PostgresClient): Promise<PostgresStore> {
  const store = postgresStore(client, { table: `records_${tables++}` });
  await store.createTables();
  return store;
}

/** The suite and all that is particular to PostgreSQL, whichever it is. */
function declare(name: string, client: () => PostgresClient): void {
  declareSuite(name, () => emptyStore(client()), {
    async makeFaulty() {
      const { meet, plan } = fates();
      const store = await emptyStore({ query: (text, values) => meet(() => client().query(text, values)) });
      return { store, plan };
    },
  });

  describe(`${name}: tables`, () => {
    test('may be created again and again, by many at once', async () => {
      const store = postgresStore(client(), { table: 'created_by_many' });
      await Promise.all(Array.from({ length: 12 }, () => store.createTables()));
      expect(await store.write('user', 'one', null, { version: 'v1' })).toBe(true);
      await store.createTables();
      expect((await store.read('user')).value).toBe('one');
    });

    test('of two stores in one database know nothing of each other', async () => {
      const [one, other] = [await emptyStore(client()), await emptyStore(client())];
      expect(await one.write('user', 'one', null, { version: 'v1' })).toBe(true);
      expect(await other.write('user', 'two', null, { version: 'v2' })).toBe(true);
      expect((await one.read('user')).value).toBe('one');
    });

    test('may stand in a schema, and keep the case of their names', async () => {
      await client().query('CREATE SCHEMA IF NOT EXISTS "Login"', []);
      const store = postgresStore(client(), { table: 'Login.Records' });
      await store.createTables();
      await store.write('user', 'one', null, { version: 'v1' });
      expect((await client().query('SELECT key FROM "Login"."Records"', [])).rows).toEqual([{ key: 'user' }]);
    });

    test('that are missing are the cause of the error', async () => {
      const store = postgresStore(client(), { table: 'missing' });
      await expect(store.read('user')).rejects.toMatchObject({
        name: 'CountersignError',
        code: 'unknown-outcome',
        cause: { code: '42P01' },
      });
      const write = store.write('user', 'one', null, { version: 'v1' });
      await expect(write).rejects.toMatchObject({ code: 'unknown-outcome', cause: { code: '42P01' } });
    });

    test('are rid of expired records, and of those only', async () => {
      const store = await emptyStore(client());
      const table = `records_${tables - 1}`;
      const { now } = await store.read('nobody');
      for (const [key, expiresAt] of [['kept'], ['later', now + 60_000], ['expired', now - 1]] as const) {
        await store.write(key, 'one', null, { version: 'v1', expiresAt });
      }
      await client().query(
        `INSERT INTO ${table} SELECT 'many ' || i, 'v', 'one', 1 FROM generate_series(1, 2500) i`,
        [],
      );
      await store.removeExpired();
      const { rows } = await client().query(`SELECT key FROM ${table} ORDER BY key`, []);
      expect(rows).toEqual([{ key: 'kept' }, { key: 'later' }]);
    });

    test('replace records of 4 kB in their pages, without a second table', async () => {
      const store = await emptyStore(client());
      const table = `records_${tables - 1}`;
      for (let i = 0; i < 50; i++) {
        // As sealed records are, text that cannot be compressed.
        const value = randomBytes(3072).toString('base64');
        expect(await store.write('user', value, i === 0 ? null : `v${i - 1}`, { version: `v${i}` })).toBe(true);
      }
      const { rows } = await client().query(
        `SELECT pg_relation_size(reltoastrelid)::int AS outside FROM pg_class WHERE relname = '${table}'`,
        [],
      );
      expect(rows).toEqual([{ outside: 0 }]);
    });
  });
}

let embedded: PGlite;
beforeAll(async () => {
  embedded = await PGlite.create();
});
afterAll(() => embedded.close());
declare('PGlite', () => embedded);

describe.runIf(hasProgram('/usr/lib/postgresql/15/bin/postgres'))('with a server of its own', () => {
  let server: PostgresServer;
  let pool: pg.Pool;
  beforeAll(async () => {
    server = await startPostgres();
    pool = new pg.Pool({ connectionString: server.url, max: 8 });
  });
  afterAll(async () => {
    await pool.end();
    await server.stop();
  });
  declare('PostgreSQL 15, pool', () => pool);

  describe('where transactions are serializable by default', () => {
    let strict: pg.Pool;
    beforeAll(() => {
      strict = new pg.Pool({
        connectionString: server.url,
        max: 8,
        options: '-c default_transaction_isolation=serializable',
      });
    });
    afterAll(() => strict.end());
    declareSuite('PostgreSQL 15, serializable', () => emptyStore(strict));
  });

  test('reads and writes leave no prepared statement and no transaction behind, as PgBouncer needs it', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const store = await emptyStore(client);
    await store.write('user', 'one', null, { version: 'v1' });
    await store.write('user', 'two', 'v1', { version: 'v2' });
    await store.read('user');
    expect((await client.query('SELECT name FROM pg_prepared_statements')).rows).toEqual([]);
    const { rows } = await client.query('SELECT pg_current_xact_id_if_assigned() AS transaction');
    expect(rows).toEqual([{ transaction: null }]);
    await client.end();
  });

  test('the clock is the server’s, also in the middle of a transaction', async () => {
    const client = new pg.Client({ connectionString: server.url });
    await client.connect();
    const store = await emptyStore(client);
    await client.query('BEGIN');
    const first = (await store.read('user')).now;
    await client.query('SELECT pg_sleep(0.05)');
    expect((await store.read('user')).now - first).toBeGreaterThanOrEqual(50);
    await client.end();
  });

  test('a replacement changes no index: nearly all rows are replaced in their page', async () => {
    const store = await emptyStore(pool);
    const table = `records_${tables - 1}`;
    for (let i = 0; i < 200; i++) {
      await store.write(`user ${i % 10}`, 'x'.repeat(2000), i < 10 ? null : `v${i - 10}`, { version: `v${i}` });
    }
    await pool.query('SELECT pg_stat_force_next_flush()');
    let stats = { updates: 0, hot: 0 };
    for (let tries = 0; stats.updates < 190 && tries < 100; tries++) {
      await new Promise((resolve) => setTimeout(resolve, 50));
      const { rows } = await pool.query(
        `SELECT n_tup_upd::int AS updates, n_tup_hot_upd::int AS hot FROM pg_stat_user_tables WHERE relname = '${table}'`,
      );
      stats = rows[0];
    }
    expect(stats.updates).toBe(190);
    expect(stats.hot / stats.updates).toBeGreaterThan(0.9);
  });
});

describe('a store is not made', () => {
  test.each([null, undefined, {}, 'client'])('without a client: %s', (client) => {
    expect(() => postgresStore(client as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
  test.each(['', 'a b', 'a"b', 'a;b', '1a', 'a.b.c', 'a.', 'x'.repeat(51), 5, null, ['a']])(
    'with a table named %j',
    (table) => {
      const options = { table: table as string };
      if (table === null) return expect(() => postgresStore(embedded, null as never)).toThrow(/options/);
      expect(() => postgresStore(embedded, options)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );
});

test('a read that a replica answered is refused', async () => {
  const replica: PostgresClient = {
    query: async () => ({ rows: [{ now: 1, replica: true, version: '=v1', value: '=old' }] }),
  };
  await expect(postgresStore(replica).read('user')).rejects.toMatchObject({ code: 'unsupported' });
});

test('a serialization failure is a lost race, and its statement changed nothing', async () => {
  const strict: PostgresClient = { query: () => Promise.reject(Object.assign(new Error(), { code: '40001' })) };
  expect(await postgresStore(strict).write('user', 'one', null, { version: 'v1' })).toBe(false);
});

test('an error that is nothing is a lost reply too', async () => {
  const broken: PostgresClient = { query: () => Promise.reject(undefined) };
  const write = postgresStore(broken).write('user', 'one', null, { version: 'v1' });
  await expect(write).rejects.toMatchObject({ code: 'unknown-outcome' });
});
