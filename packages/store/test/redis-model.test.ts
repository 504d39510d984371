import { describe, expect, test } from 'vitest';
import { READ, WRITE } from '../src/redis/scripts.ts';
import { type RedisClient, redisStore } from '../src/redis.ts';
import { declareSuite, fates } from './declare-suite.ts';

/** What a server does with the two scripts, so that the adapter is tested where no Redis is installed. */
function modelServer(policy = 'noeviction') {
  const records = new Map<string, { version: string; expires: string; value: string }>();
  const known = new Set<string>();
  const run = (text: string, key: string, args: string[]): unknown => {
    const now = Date.now();
    const stored = records.get(key);
    if (text === READ.text) {
      const raw = stored ? `${stored.version}\0${stored.expires}\0${stored.value}` : null;
      return [raw, [String(Math.floor(now / 1000)), String((now % 1000) * 1000)]];
    }
    const [version, expected, expires, value] = args as [string, string, string, string];
    const live = stored && (stored.expires === '' || Number(stored.expires) > now) ? stored.version : '';
    if (live !== expected && stored?.version !== version) return 0;
    records.set(key, { version, expires, value });
    return 1;
  };
  return {
    async evalsha(sha: string, key: string, args: string[]): Promise<unknown> {
      for (const script of [READ, WRITE]) {
        if (known.has(sha) && (await script.sha) === sha) return run(script.text, key, args);
      }
      throw new Error('NOSCRIPT No matching script.');
    },
    async eval(text: string, key: string, args: string[]): Promise<unknown> {
      for (const script of [READ, WRITE]) if (script.text === text) known.add(await script.sha);
      return run(text, key, args);
    },
    info: async () => `used_memory:1\r\nmaxmemory_policy:${policy}\r\n`,
    wait: async (replicas: number) => Math.min(replicas, 1),
  };
}
type ModelServer = ReturnType<typeof modelServer>;

/** The two drivers, each as far as it is used. */
const asIoRedis = (server: ModelServer) => ({
  evalsha: (sha: string, _: number, key: string, ...args: string[]) => server.evalsha(sha, key, args),
  eval: (text: string, _: number, key: string, ...args: string[]) => server.eval(text, key, args),
  info: server.info,
  wait: server.wait,
});
const asNodeRedis = (server: ModelServer) => ({
  evalSha: (sha: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
    server.evalsha(sha, keys[0] as string, args),
  eval: (text: string, { keys, arguments: args }: { keys: string[]; arguments: string[] }) =>
    server.eval(text, keys[0] as string, args),
  info: server.info,
  wait: server.wait,
});
const DRIVERS: Record<string, (server: ModelServer) => RedisClient> = { ioredis: asIoRedis, 'node-redis': asNodeRedis };

for (const [name, driver] of Object.entries(DRIVERS)) {
  declareSuite(`a model of Redis, ${name}`, () => redisStore(driver(modelServer())), {
    async makeFaulty() {
      const { meet, plan } = fates();
      const server = modelServer();
      const store = redisStore(
        driver({
          ...server,
          evalsha: (...args) => meet(() => server.evalsha(...args)),
          eval: (...args) => meet(() => server.eval(...args)),
        }),
      );
      await store.write('known scripts', 'one', null, { version: 'v1' });
      await store.read('known scripts');
      return { store, plan };
    },
  });

  describe(name, () => {
    test('a server that may forget, or does not tell, is refused', async () => {
      for (const policy of ['allkeys-lru', 'volatile-ttl', '']) {
        const store = redisStore(driver(modelServer(policy)));
        await expect(store.read('user')).rejects.toMatchObject({ code: 'unsupported' });
        await expect(store.write('user', 'one', null, { version: 'v1' })).rejects.toMatchObject({
          code: 'unsupported',
        });
        const trusting = redisStore(driver(modelServer(policy)), { checkEviction: false });
        expect((await trusting.read('user')).value).toBe(null);
      }
    });

    test('of a cluster, every primary is asked; waiting is refused', async () => {
      const nodes = [modelServer(), modelServer('allkeys-lfu')].map(driver);
      const cluster = {
        ...nodes[0],
        ...(name === 'ioredis'
          ? { nodes: () => nodes }
          : { masters: [0, 1], nodeClient: async (master: number) => nodes[master] }),
      } as unknown as RedisClient;
      await expect(redisStore(cluster).read('user')).rejects.toMatchObject({ code: 'unsupported' });
      const waiting = (): unknown => redisStore(cluster, { wait: { replicas: 1, timeout: 1 } });
      expect(waiting).toThrow(expect.objectContaining({ code: 'unsupported' }));
    });

    test('waiting: enough replicas, too few, a lost answer, a lost race', async () => {
      const server = modelServer();
      const client = driver(server);
      const one = redisStore(client, { wait: { replicas: 1, timeout: 1 } });
      expect(await one.write('user', 'one', null, { version: 'v1' })).toBe(true);
      expect(await one.write('user', 'one', null, { version: 'v2' })).toBe(false);
      const two = redisStore(client, { wait: { replicas: 2, timeout: 1 } });
      await expect(two.write('other', 'one', null, { version: 'v1' })).rejects.toMatchObject({
        code: 'unknown-outcome',
      });
      const broken = driver({ ...server, wait: () => Promise.reject(new Error('connection lost')) });
      const lost = redisStore(broken, { wait: { replicas: 1, timeout: 1 } }).write('third', 'one', null, {
        version: 'v1',
      });
      await expect(lost).rejects.toMatchObject({ code: 'unknown-outcome', cause: expect.any(Error) });
      const forgetful = driver(modelServer('allkeys-lru'));
      const refused = redisStore(forgetful, { wait: { replicas: 1, timeout: 1 } }).write('a', 'one', null, {
        version: 'v1',
      });
      await expect(refused).rejects.toMatchObject({ code: 'unsupported' });
    });

    test('what another program keeps under the key is not read', async () => {
      const foreign = { ...modelServer(), evalsha: async () => ['not a record', ['1', '1']] };
      await expect(redisStore(driver(foreign)).read('user')).rejects.toMatchObject({
        code: 'invalid-state',
      });
    });
  });
}
