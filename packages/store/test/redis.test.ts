import { hasProgram } from '@countersign/testing/programs';
import { command, type RedisServer, startRedis, startRedisCluster } from '@countersign/testing/redis-server';
import { Cluster, Redis } from 'ioredis';
import { createClient, createCluster } from 'redis';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { type RedisClient, redisStore } from '../src/redis.ts';
import { declareSuite, fates } from './declare-suite.ts';

let prefixes = 0;
const emptyStore = (client: RedisClient, checkEviction = true): ReturnType<typeof redisStore> =>
  redisStore(client, { prefix: `store ${prefixes++}: `, checkEviction });

/** A client all of whose scripts meet their fate. */
function faulty(client: RedisClient, meet: ReturnType<typeof fates>['meet']): RedisClient {
  const scripts = ['evalSha', 'evalsha', 'eval'];
  return new Proxy(client, {
    get(target, name) {
      const member: unknown = Reflect.get(target, name);
      if (typeof member !== 'function') return member;
      const call = (...args: unknown[]): unknown => Reflect.apply(member, target, args);
      return scripts.includes(String(name)) ? (...args: unknown[]) => meet(async () => call(...args)) : call;
    },
  });
}

function declare(name: string, client: () => RedisClient): void {
  declareSuite(name, () => emptyStore(client()), {
    async makeFaulty() {
      const { meet, plan } = fates();
      const store = emptyStore(faulty(client(), meet));
      await store.write('known scripts', 'one', null, { version: 'v1' });
      await store.read('known scripts');
      return { store, plan };
    },
  });
}

describe.runIf(hasProgram('redis-server'))('one server', () => {
  let server: RedisServer;
  let ioredis: Redis;
  let nodeRedis: ReturnType<typeof createClient>;
  beforeAll(async () => {
    server = await startRedis();
    ioredis = new Redis(server.url);
    nodeRedis = createClient({ url: server.url });
    await nodeRedis.connect();
  });
  afterAll(async () => {
    ioredis.disconnect();
    nodeRedis.destroy();
    await server.stop();
  });
  declare('ioredis', () => ioredis);
  declare('node-redis', () => nodeRedis as RedisClient);

  test('scripts that the server has forgotten are sent again, for both drivers', async () => {
    for (const client of [ioredis, nodeRedis as RedisClient]) {
      const store = emptyStore(client);
      expect(await store.write('user', 'one', null, { version: 'v1' })).toBe(true);
      command(server.port, 'SCRIPT', 'FLUSH');
      expect((await store.read('user')).value).toBe('one');
      command(server.port, 'SCRIPT', 'FLUSH');
      expect(await store.write('user', 'two', 'v1', { version: 'v2' })).toBe(true);
    }
  });

  test('a read and a write are one command each', async () => {
    const store = redisStore(ioredis, { prefix: 'counted:' });
    await store.write('user', 'one', null, { version: 'v1' });
    await store.read('user');
    const calls = (): number =>
      Number(/cmdstat_evalsha:calls=(\d+)/.exec(command(server.port, 'INFO', 'commandstats'))?.[1]);
    const before = calls();
    await store.write('user', 'two', 'v1', { version: 'v2' });
    await store.read('user');
    expect(calls() - before).toBe(2);
  });

  test('the clock is the server’s', async () => {
    const { now } = await emptyStore(ioredis).read('user');
    expect(Math.abs(now - Number(command(server.port, 'TIME').split('\n')[0]) * 1000)).toBeLessThan(2000);
  });

  test('records without an instant stay; deleted and expired ones give their memory back after ten minutes', async () => {
    const store = redisStore(ioredis, { prefix: 'memory:' });
    const { now } = await store.read('user');
    const lifetime = (key: string): number => Number(command(server.port, 'PTTL', `memory:${key}`));
    await store.write('kept', 'one', null, { version: 'v1' });
    await store.write('deleted', 'one', null, { version: 'v1' });
    await store.write('deleted', null, 'v1', { version: 'd' });
    await store.write('expired', 'one', null, { version: 'v1', expiresAt: 1 });
    await store.write('soon', 'one', null, { version: 'v1', expiresAt: now + 1000 });
    await store.write('later', 'one', null, { version: 'v1', expiresAt: now + 3_600_000 });
    await store.write('last', 'one', null, { version: 'v1', expiresAt: 8.64e15 });
    expect(lifetime('kept')).toBe(-1);
    for (const key of ['deleted', 'expired', 'soon']) {
      expect(lifetime(key)).toBeGreaterThan(590_000);
      expect(lifetime(key)).toBeLessThanOrEqual(600_000);
    }
    expect(lifetime('later')).toBeGreaterThan(3_590_000);
    expect(lifetime('last')).toBeGreaterThan(8e15);
    expect(command(server.port, 'GET', 'memory:deleted')).not.toContain('one');
  });

  test('what another program keeps under the key is neither read nor overwritten', async () => {
    command(server.port, 'SET', 'foreign:user', 'not a record');
    command(server.port, 'LPUSH', 'foreign:list', 'not a string');
    const store = redisStore(ioredis, { prefix: 'foreign:' });
    await expect(store.read('user')).rejects.toMatchObject({ code: 'invalid-state' });
    await expect(store.read('list')).rejects.toMatchObject({ code: 'unknown-outcome' });
    for (const key of ['user', 'list']) {
      const write = store.write(key, 'one', null, { version: 'v1' });
      await expect(write).rejects.toMatchObject({ code: 'unknown-outcome', cause: expect.any(Error) });
    }
    expect(command(server.port, 'GET', 'foreign:user')).toBe('not a record');
  });

  test('ioredis sends a write again after a lost connection: it is true, for deletions too', async () => {
    const store = redisStore(ioredis, { prefix: 'again:' });
    await store.write('user', 'one', null, { version: 'v1' });
    const again = redisStore(
      {
        async evalsha(...args: Parameters<Redis['evalsha']>) {
          await ioredis.evalsha(...args);
          return await ioredis.evalsha(...args);
        },
        eval: ioredis.eval.bind(ioredis),
        info: ioredis.info.bind(ioredis),
      } as RedisClient,
      { prefix: 'again:' },
    );
    expect(await again.write('user', 'two', 'v1', { version: 'v2' })).toBe(true);
    expect(await again.write('user', null, 'v2', { version: 'v3' })).toBe(true);
    expect((await again.read('user')).version).toBe(null);
  });
});

describe.runIf(hasProgram('redis-server'))('a server that may forget', () => {
  let server: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    client = new Redis(server.url);
  });
  afterAll(async () => {
    client.disconnect();
    await server.stop();
  });

  test.each(['allkeys-lru', 'allkeys-random', 'volatile-lru', 'volatile-ttl'])('by %s is refused', async (policy) => {
    command(server.port, 'CONFIG', 'SET', 'maxmemory-policy', policy);
    const store = emptyStore(client);
    const refusal = { name: 'CountersignError', code: 'unsupported', message: expect.stringContaining(policy) };
    await expect(store.write('user', 'one', null, { version: 'v1' })).rejects.toMatchObject(refusal);
    await expect(store.read('user')).rejects.toMatchObject(refusal);
    expect(command(server.port, 'DBSIZE')).toBe('0');
    command(server.port, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
    expect((await store.read('user')).value).toBe(null);
  });

  test('is asked once, without CONFIG', async () => {
    command(server.port, 'ACL', 'SETUSER', 'managed', 'on', 'nopass', '~*', '+@all', '-config');
    const managed = new Redis(`redis://managed:any@127.0.0.1:${server.port}`);
    const store = emptyStore(managed);
    await store.read('user');
    const asked = (): string | undefined =>
      /cmdstat_info:calls=(\d+)/.exec(command(server.port, 'INFO', 'commandstats'))?.[1];
    const before = asked();
    await Promise.all([store.read('user'), store.read('other'), store.write('user', 'one', null, { version: 'v1' })]);
    expect(Number(asked()) - Number(before)).toBe(1); // the command that asks
    managed.disconnect();
  });

  test('or one that does not tell is refused, unless the application answers for it', async () => {
    const silent = new Proxy(client, {
      get: (target, name) => (name === 'info' ? async () => 'used_memory:1' : Reflect.get(target, name)),
    });
    const refused = emptyStore(silent).read('user');
    await expect(refused).rejects.toMatchObject({
      code: 'unsupported',
      message: expect.stringContaining('checkEviction'),
    });
    expect((await emptyStore(silent, false).read('user')).value).toBe(null);
  });
});

describe.runIf(hasProgram('redis-server'))('a cluster of three', () => {
  let cluster: Awaited<ReturnType<typeof startRedisCluster>>;
  let ioredis: Cluster;
  let nodeRedis: ReturnType<typeof createCluster>;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    ioredis = new Cluster(cluster.servers.map(({ port }) => ({ host: '127.0.0.1', port })));
    nodeRedis = createCluster({ rootNodes: cluster.servers.map(({ url }) => ({ url })) });
    await nodeRedis.connect();
  });
  afterAll(async () => {
    ioredis.disconnect();
    nodeRedis.destroy();
    await cluster.stop();
  });
  declare('ioredis, cluster', () => ioredis);
  declare('node-redis, cluster', () => nodeRedis as RedisClient);

  test('records are on all nodes', () => {
    for (const { port } of cluster.servers) expect(Number(command(port, 'DBSIZE'))).toBeGreaterThan(10);
  });

  test('one node that may forget is enough to be refused', async () => {
    const { port } = cluster.servers[2]!;
    command(port, 'CONFIG', 'SET', 'maxmemory-policy', 'allkeys-lru');
    for (const client of [ioredis, nodeRedis as RedisClient]) {
      for (const key of ['a', 'b', 'c', 'd']) {
        await expect(emptyStore(client).read(key)).rejects.toMatchObject({ code: 'unsupported' });
      }
    }
    command(port, 'CONFIG', 'SET', 'maxmemory-policy', 'noeviction');
  });

  test('waiting for replicas is refused at once', () => {
    for (const client of [ioredis, nodeRedis as RedisClient]) {
      const make = (): unknown => redisStore(client, { wait: { replicas: 1, timeout: 1 } });
      expect(make).toThrow(expect.objectContaining({ code: 'unsupported' }));
    }
  });
});

describe.runIf(hasProgram('redis-server'))('waiting for replicas', () => {
  let server: RedisServer;
  let replica: RedisServer;
  let client: Redis;
  beforeAll(async () => {
    server = await startRedis();
    replica = await startRedis('--replicaof', '127.0.0.1', String(server.port));
    client = new Redis(server.url);
    while (!command(server.port, 'INFO', 'replication').includes('state=online')) {
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  });
  afterAll(async () => {
    client.disconnect();
    await Promise.all([server.stop(), replica.stop()]);
  });

  test('a write is true when as many have it as asked for, and false without waiting', async () => {
    const store = redisStore(client, { wait: { replicas: 1, timeout: 5 } });
    expect(await store.write('user', 'one', null, { version: 'v1' })).toBe(true);
    expect(command(replica.port, 'GET', 'countersign:user')).toContain('one');
    expect(await store.write('user', 'two', null, { version: 'v2' })).toBe(false);
  });

  test('a write that fewer have has an unknown outcome', async () => {
    const store = redisStore(client, { wait: { replicas: 2, timeout: 1 } });
    const write = store.write('two', 'one', null, { version: 'v1' });
    await expect(write).rejects.toMatchObject({
      code: 'unknown-outcome',
      message: expect.stringContaining('1 replicas'),
    });
  });

  test('a lost reply has an unknown outcome: whether replicas have it can no longer be asked', async () => {
    const { meet, plan } = fates();
    const store = redisStore(faulty(client, meet), { wait: { replicas: 1, timeout: 1 } });
    await store.read('three');
    plan([{ lose: 'after' }]);
    const write = store.write('three', 'one', null, { version: 'v1' });
    await expect(write).rejects.toMatchObject({ code: 'unknown-outcome', cause: expect.any(Error) });
    const forgetful = redisStore(
      new Proxy(client, {
        get: (target, name) =>
          name === 'info' ? async () => 'maxmemory_policy:allkeys-lru' : Reflect.get(target, name),
      }),
      { wait: { replicas: 1, timeout: 1 } },
    );
    await expect(forgetful.write('four', 'one', null, { version: 'v1' })).rejects.toMatchObject({
      code: 'unsupported',
    });
  });
});

describe('a store is not made', () => {
  const client = { evalsha: async () => {}, eval: async () => {} } as RedisClient;
  test.each([null, undefined, {}, 'client', { evalsha: true }])('without a client: %j', (bad) => {
    expect(() => redisStore(bad as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
  test.each([
    null,
    { prefix: 5 },
    { prefix: 'a\0' },
    { prefix: '\uD800' },
    { prefix: 'x'.repeat(129) },
    { wait: { replicas: 0, timeout: 1 } },
    { wait: { replicas: 1, timeout: 0 } },
    { wait: { replicas: 1 } },
  ])('with options %j', (options) => {
    expect(() => redisStore(client, options as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
