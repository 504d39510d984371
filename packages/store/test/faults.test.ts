import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { type LossyProxy, startLossyProxy } from '@countersign/testing/lossy-proxy';
import { type PostgresServer, startPostgres } from '@countersign/testing/postgres-server';
import { hasProgram } from '@countersign/testing/programs';
import { type RedisServer, startRedis } from '@countersign/testing/redis-server';
import { Redis } from 'ioredis';
import pg from 'pg';
import { createClient } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { postgresStore } from '../src/postgres.ts';
import { type RedisClient, redisStore } from '../src/redis.ts';
import type { Store } from '../src/store.ts';

type Server = PostgresServer | RedisServer;
type Connected = { store: Store; end(): Promise<void> };

/** Drivers, each as an application would set it up: an error of an idle connection must not end the process. */
const DRIVERS: Record<string, { has: boolean; start(): Promise<Server>; connect(port: number): Promise<Connected> }> = {
  pg: {
    has: hasProgram('/usr/lib/postgresql/15/bin/postgres'),
    start: startPostgres,
    async connect(port) {
      const pool = new pg.Pool({ host: '127.0.0.1', port, user: 'countersign', database: 'postgres', max: 4 });
      pool.on('error', () => {});
      const store = postgresStore(pool, { table: 'races' });
      await store.createTables();
      return { store, end: () => pool.end() };
    },
  },
  ioredis: {
    has: hasProgram('redis-server'),
    start: () => startRedis(),
    async connect(port) {
      const client = new Redis({ host: '127.0.0.1', port, retryStrategy: () => 50 });
      client.on('error', () => {});
      return { store: redisStore(client, { prefix: 'races:' }), end: async () => client.disconnect() };
    },
  },
  redis: {
    has: hasProgram('redis-server'),
    start: () => startRedis(),
    async connect(port) {
      const client = createClient({ socket: { host: '127.0.0.1', port, reconnectStrategy: 50 } });
      client.on('error', () => {});
      await client.connect();
      return { store: redisStore(client as RedisClient, { prefix: 'races:' }), end: async () => client.destroy() };
    },
  },
};

for (const [driver, { has, start, connect }] of Object.entries(DRIVERS)) {
  describe.runIf(has)(driver, () => {
    let server: Server;
    let proxy: LossyProxy;
    /** Through the proxy, and beside it. */
    let lossy: Connected;
    let sound: Connected;
    beforeAll(async () => {
      server = await start();
      proxy = await startLossyProxy(server.port);
      sound = await connect(server.port);
      lossy = await connect(proxy.port);
      await lossy.store.write('known scripts', 'one', null, { version: 'v1' });
      await lossy.store.read('known scripts');
    });
    afterAll(async () => {
      await lossy.end();
      await proxy.stop();
      await sound.end();
      await server.stop();
    });

    test.each(['before', 'after'] as const)(
      'a connection cut %s the server acts: every kind of write is settled',
      async (when) => {
        const { store } = lossy;
        const writes: [what: string, write: () => Promise<boolean>, left: string | null][] = [
          ['create', () => store.write(when, 'one', null, { version: 'v1' }), 'v1'],
          ['replace', () => store.write(when, 'two', 'v1', { version: 'v2' }), 'v2'],
          ['delete', () => store.write(when, null, 'v2', { version: 'd' }), null],
        ];
        for (const [what, write, left] of writes) {
          const cut = proxy.cut(when);
          expect(await write(), what).toBe(true);
          await cut;
          expect((await sound.store.read(when)).version, what).toBe(left);
        }
      },
    );

    test.each(['before', 'after'] as const)(
      'a connection cut %s the server reads: the error is typed, or the driver asked again',
      async (when) => {
        await sound.store.write(`read ${when}`, 'one', null, { version: 'v1' });
        const cut = proxy.cut(when);
        const read = await lossy.store.read(`read ${when}`).catch((error) => error);
        await cut;
        if (read instanceof Error) expect(read).toMatchObject({ name: 'CountersignError', code: 'unknown-outcome' });
        else expect(read.value).toBe('one');
        expect((await lossy.store.read(`read ${when}`)).value).toBe('one');
      },
    );

    test('connections cut at random under many writers: never a false for what is written, nothing lost', async () => {
      let cutting = true;
      const cutter = (async () => {
        for (let cuts = 0; cuts < 10; cuts++) {
          await proxy.cut(cuts % 2 === 0 ? 'before' : 'after');
          await new Promise((resolve) => setTimeout(resolve, 80));
        }
        cutting = false;
      })();
      const trues = new Set<string>();
      const falses = new Set<string>();
      /** The record is the list of all versions that ever stood. */
      const writer = async (id: number): Promise<void> => {
        for (let round = 0; cutting || round < 10; round++) {
          const own = `${id}-${round}`;
          try {
            const { value, version } = await lossy.store.read('history');
            const next = value === null ? own : `${value} ${own}`;
            ((await lossy.store.write('history', next, version, { version: own })) ? trues : falses).add(own);
          } catch (error) {
            expect(error).toMatchObject({ name: 'CountersignError', code: 'unknown-outcome' });
          }
          await new Promise((resolve) => setTimeout(resolve, 5));
        }
      };
      await Promise.all([cutter, ...[0, 1, 2, 3].map(writer)]);
      const history = (await sound.store.read('history')).value?.split(' ') ?? [];
      expect(new Set(history).size).toBe(history.length);
      for (const own of trues) expect(history).toContain(own);
      for (const own of falses) expect(history).not.toContain(own);
      expect(trues.size).toBeGreaterThan(10);
    });

    test('of four processes that try the same step, one wins it', async () => {
      const worker = new URL('./race-worker.mjs', import.meta.url).pathname;
      const kind = driver === 'pg' ? 'postgres' : driver;
      const processes = Array.from({ length: 4 }, () =>
        promisify(execFile)(process.execPath, [worker, kind, server.url, '60']),
      );
      const won = (await Promise.all(processes)).flatMap(({ stdout }) => JSON.parse(stdout) as number[]);
      const { value } = await sound.store.read('counter');
      expect(won.sort((a, b) => a - b)).toEqual(Array.from({ length: Number(value) }, (_, step) => step));
      expect(won.length).toBeGreaterThan(60);
    });

    test('a server that is killed under writers forgets nothing that was true, and the next try works', async () => {
      const written = new Set<string>();
      const unknowns = new Set<string>();
      let writing = true;
      const writer = async (id: number): Promise<void> => {
        for (let round = 0; writing; round++) {
          const key = `killed ${id} ${round}`;
          try {
            expect(await sound.store.write(key, key, null, { version: 'v1' })).toBe(true);
            written.add(key);
          } catch (error) {
            expect(error).toMatchObject({ code: 'unknown-outcome' });
            unknowns.add(key);
            await new Promise((resolve) => setTimeout(resolve, 20));
          }
        }
      };
      const writers = [0, 1, 2, 3].map(writer);
      await new Promise((resolve) => setTimeout(resolve, 300));
      await server.kill();
      await new Promise((resolve) => setTimeout(resolve, 100));
      const before = written.size;
      await server.restart();
      for (let tries = 0; written.size < before + 20 && tries < 200; tries++) {
        await new Promise((resolve) => setTimeout(resolve, 50));
      }
      writing = false;
      await Promise.all(writers);
      expect(before).toBeGreaterThan(0);
      expect(written.size).toBeGreaterThanOrEqual(before + 20);
      for (const key of written) expect((await sound.store.read(key)).value).toBe(key);
    });
  });
}
