import {
  memoryStore,
  type PostgresClient,
  postgresStore,
  redisStore,
  type Store,
  sealedStore,
  sqliteStore,
} from '@countersign/store';
import { startPostgres } from '@countersign/testing/postgres-server';
import { hasProgram } from '@countersign/testing/programs';
import { startRedis } from '@countersign/testing/redis-server';
import { PGlite } from '@electric-sql/pglite';
import { Redis } from 'ioredis';
import Database from 'libsql';
import pg from 'pg';
import type { Suite } from '../suite.ts';

/** As long as the record of a user with some devices. */
const VALUE = JSON.stringify({ v: 1, text: 'x'.repeat(2000) });
const KEYS = { k1: new Uint8Array(32).fill(1) };
const BY_HAND = 'by hand';

/** One read and one write of a record: what a verification asks of a database. */
type Turn = () => Promise<unknown>;
type Opened = { byHand: Turn; store: Store; close(): Promise<void> };

/** The turn of a store, on a record of its own. */
function turnOf(store: Store, key: string): Turn {
  let turns = 0;
  return async () => {
    const { version } = await store.read(key);
    return await store.write(key, VALUE, version, { version: `v${turns++}` });
  };
}

/** What is written by hand, the store and the sealed store, over one database that is opened when it is needed. */
function suite(title: string, open: () => Promise<Opened>, target?: number): Suite {
  let opened: Promise<Opened & { plain: Turn; sealed: Turn }> | undefined;
  const database = () => {
    opened ??= open().then((each) => ({
      ...each,
      plain: turnOf(each.store, 'plain'),
      sealed: turnOf(sealedStore(each.store, { current: 'k1', keys: KEYS }), 'sealed'),
    }));
    return opened;
  };
  const limit = target === undefined ? {} : { target };
  return {
    title: `Store: a read and a write of 2 kB, ${title}`,
    baseline: BY_HAND,
    cases: [
      { name: BY_HAND, run: async () => (await database()).byHand() },
      { name: 'store', run: async () => (await database()).plain(), ...limit },
      { name: 'sealed store', run: async () => (await database()).sealed() },
    ],
    close: async () => (await opened)?.close(),
  };
}

/** What an application would write with the driver alone: no clock, no expiry, no checks, no settling. */
async function byHandInPostgres(client: PostgresClient): Promise<Turn> {
  const create = 'CREATE TABLE by_hand (key text PRIMARY KEY, version text, value text) WITH (fillfactor = 50)';
  await client.query(create, []);
  await client.query("INSERT INTO by_hand VALUES ('user', 'v', '')", []);
  let turns = 0;
  return async () => {
    const { rows } = await client.query('SELECT version, value FROM by_hand WHERE key = $1', ['user']);
    const { version } = rows[0] as { version: string };
    const update = 'UPDATE by_hand SET version = $2, value = $3 WHERE key = $1 AND version = $4 RETURNING 1';
    return await client.query(update, ['user', `v${turns++}`, VALUE, version]);
  };
}

async function postgres(client: PostgresClient, close: () => Promise<void>): Promise<Opened> {
  const store = postgresStore(client);
  await store.createTables();
  return { byHand: await byHandInPostgres(client), store, close };
}

const memory = suite('in memory', async () => {
  const records = new Map([['user', { version: 'v', value: '' }]]);
  let turns = 0;
  return {
    byHand: async () => {
      const found = records.get('user');
      if (records.get('user')?.version === found?.version)
        records.set('user', { version: `v${turns++}`, value: VALUE });
    },
    store: memoryStore(),
    close: async () => {},
  };
});

const pglite = suite('PGlite in memory', async () => {
  const client = new PGlite();
  return await postgres(client, () => client.close());
});

const sqlite = suite('libsql in memory', async () => {
  const database = new Database(':memory:');
  database.exec(
    "CREATE TABLE by_hand (key TEXT PRIMARY KEY, version TEXT, value TEXT); INSERT INTO by_hand VALUES ('user', 'v', '')",
  );
  const select = database.prepare('SELECT version, value FROM by_hand WHERE key = ?');
  const update = database.prepare('UPDATE by_hand SET version = ?, value = ? WHERE key = ? AND version = ?');
  let turns = 0;
  return {
    byHand: async () => {
      const { version } = select.get('user') as { version: string };
      return update.run(`v${turns++}`, VALUE, 'user', version);
    },
    store: sqliteStore(database),
    close: async () => void database.close(),
  };
});

const server = suite('PostgreSQL 15, durable', async () => {
  const running = await startPostgres();
  const pool = new pg.Pool({ connectionString: running.url, max: 1 });
  return await postgres(pool, async () => {
    await pool.end();
    await running.stop();
  });
}, 1.3);

const redis = suite('Redis 7, appendfsync always', async () => {
  const running = await startRedis();
  const client = new Redis(running.url);
  const script =
    "if redis.call('HGET', KEYS[1], 'version') ~= ARGV[1] then return 0 end redis.call('HSET', KEYS[1], 'version', ARGV[2], 'value', ARGV[3]) return 1";
  const sha = (await client.script('LOAD', script)) as string;
  await client.hset('by hand', { version: 'v', value: '' });
  let turns = 0;
  return {
    byHand: async () => {
      const [version] = await client.hmget('by hand', 'version', 'value');
      return await client.evalsha(sha, 1, 'by hand', version ?? '', `v${turns++}`, VALUE);
    },
    store: redisStore(client),
    close: async () => {
      client.disconnect();
      await running.stop();
    },
  };
}, 1.3);

/** The databases of this machine. */
export const storeSuites: readonly Suite[] = [
  memory,
  pglite,
  sqlite,
  ...(hasProgram('/usr/lib/postgresql/15/bin/postgres') ? [server] : []),
  ...(hasProgram('redis-server') ? [redis] : []),
];
