import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { randomBytes } from '@countersign/primitives/random';
import {
  assertRedisClient,
  isCluster,
  type RedisClient,
  refuseEviction,
  runScript,
  waitForReplicas,
} from './redis/driver.ts';
import { READ, WRITE } from './redis/scripts.ts';
import { storeOver } from './shared/store-over.ts';
import type { Store } from './store.ts';

export { CountersignError } from '@countersign/primitives/error';
export type { IoRedisClient, NodeRedisClient, RedisClient } from './redis/driver.ts';
export type { Store, StoreRead, WriteOptions } from './store.ts';

export type RedisStoreOptions = {
  /** Stands before every key, up to 128 characters; `countersign:` by default. */
  prefix?: string | undefined;
  /**
   * After each write, wait (WAIT) until so many replicas have it, at most `timeout` seconds; fewer: `unknown-outcome`. It
   * makes a failover that loses writes rarer, not impossible. Not for a cluster.
   */
  wait?: { replicas: number; timeout: number } | undefined;
  /** False: do not ask the server for its `maxmemory-policy` at first use, because it does not tell. */
  checkEviction?: boolean | undefined;
};

/**
 * A store in Redis 5 or newer, or Valkey, alone or as a cluster, through node-redis or ioredis. Every read and every
 * write is one script on one key. The clock is TIME of the key's node.
 *
 * A record survives a crash of the server only with `appendonly yes` and `appendfsync always`, and Redis replicates
 * after it answered: a failover may forget the last writes, and with them that a code was used. Where that matters more
 * than speed, use PostgreSQL.
 *
 * @throws CountersignError `invalid-argument` for what is no client, a bad prefix or wait; `unsupported` for `wait` on a
 *   cluster and, at first use, when a `maxmemory-policy` other than noeviction lets the server forget records
 */
export function redisStore(client: RedisClient, options: RedisStoreOptions = {}): Store {
  assertRedisClient(client);
  assertOptions(options);
  const { prefix = 'countersign:', wait, checkEviction = true } = options;
  if (typeof prefix !== 'string' || prefix.length > 128 || /[\0\p{Surrogate}]/u.test(prefix)) {
    throw new CountersignError('invalid-argument', 'prefix must be well-formed text without NUL, up to 128 characters');
  }
  if (wait) {
    assertInteger(wait.replicas, 'wait.replicas', 1, 100, 'invalid-argument');
    assertInteger(wait.timeout, 'wait.timeout', 1, 60, 'invalid-argument');
    if (isCluster(client)) throw new CountersignError('unsupported', 'wait is for a client of one server');
  }

  let checked: Promise<void> | undefined;

  async function run(...call: [script: typeof READ, key: string, args: string[]]): Promise<unknown> {
    if (checkEviction) {
      checked ??= refuseEviction(client);
      await checked.catch((error) => {
        checked = undefined;
        throw error;
      });
    }
    const [script, key, args] = call;
    return await runScript(client, script, prefix + key, args);
  }

  async function write(
    key: string,
    version: string,
    expected: string | null,
    expiresAt: number | null,
    value: string,
  ): Promise<boolean> {
    const args = [version, expected ?? '', expiresAt === null ? '' : String(expiresAt), value];
    if (!wait) return (await run(WRITE, key, args)) === 1;
    let reached = 0;
    try {
      if ((await run(WRITE, key, args)) !== 1) return false;
      reached = await waitForReplicas(client, wait.replicas, wait.timeout * 1000);
    } catch (cause) {
      // A read could find the record on the primary, and no later WAIT would tell of the replicas.
      if (cause instanceof CountersignError) throw cause;
      throw new CountersignError('unknown-outcome', 'no replica is known to have the record: see the cause', { cause });
    }
    if (reached >= wait.replicas) return true;
    throw new CountersignError(
      'unknown-outcome',
      `written, but known on ${reached} replicas only: it may be forgotten`,
    );
  }

  return storeOver({
    async read(key) {
      const [stored, [seconds, microseconds]] = (await run(READ, key, [])) as [string | null, [string, string]];
      const now = Number(seconds) * 1000 + Math.floor(Number(microseconds) / 1000);
      if (stored === null) return { value: null, version: null, now };
      const parts = /^([^\0]+)\0(\d*)\0/.exec(stored);
      if (!parts) throw new CountersignError('invalid-state', 'another program keeps something under this key');
      const [head, version, expiresAt] = parts as unknown as [string, string, string];
      const live = expiresAt === '' || Number(expiresAt) > now;
      return live ? { value: stored.slice(head.length), version, now } : { value: null, version: null, now };
    },
    write: (key, { version, value, expiresAt }, expected) => write(key, version, expected, expiresAt, value),
    remove: (key, expected) => write(key, bytesToHex(randomBytes(16)), expected, 0, ''),
  });
}
