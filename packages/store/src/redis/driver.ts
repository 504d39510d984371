import { CountersignError } from '@countersign/primitives/error';
import type { Script } from './scripts.ts';

/** What is used of a client or cluster of node-redis (`redis`, from 4 on). */
export type NodeRedisClient = {
  evalSha(sha: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
  eval(text: string, options: { keys: string[]; arguments: string[] }): Promise<unknown>;
};

/** What is used of a client or cluster of ioredis (from 5 on). */
export type IoRedisClient = {
  evalsha(sha: string, keys: number, ...rest: string[]): Promise<unknown>;
  eval(text: string, keys: number, ...rest: string[]): Promise<unknown>;
};

export type RedisClient = NodeRedisClient | IoRedisClient;

/** One node, of either driver. */
type Node = {
  info(section: string): Promise<unknown>;
  wait(replicas: number, milliseconds: number): Promise<unknown>;
};

/** How the drivers give the primaries of a cluster: ioredis, then node-redis. */
type Cluster = {
  nodes(role: 'master'): Node[];
  nodeClient(master: unknown): Node | Promise<Node>;
  masters: unknown[];
};

function isNodeRedis(client: RedisClient): client is NodeRedisClient {
  return 'evalSha' in client;
}

export function isCluster(client: RedisClient): boolean {
  return 'nodes' in client || 'nodeClient' in client;
}

export function assertRedisClient(client: unknown): asserts client is RedisClient {
  const { evalSha, evalsha } = (client ?? {}) as { evalSha?: unknown; evalsha?: unknown };
  if (typeof evalSha !== 'function' && typeof evalsha !== 'function') {
    throw new CountersignError('invalid-argument', 'client must be one of node-redis or ioredis');
  }
}

/** Runs a script by its hash, and by its text where the server does not know it (new, restarted, failed over). */
export async function runScript(
  client: RedisClient,
  { text, sha }: Script,
  key: string,
  args: string[],
): Promise<unknown> {
  const hash = await sha;
  const call = isNodeRedis(client)
    ? (name: 'evalSha' | 'eval') => client[name](name === 'eval' ? text : hash, { keys: [key], arguments: args })
    : (name: 'evalSha' | 'eval') =>
        name === 'eval' ? client.eval(text, 1, key, ...args) : client.evalsha(hash, 1, key, ...args);
  try {
    return await call('evalSha');
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    return await call('eval');
  }
}

/** Resolves when the connection's last write has reached so many replicas, or the time is over; gives how many it reached. */
export async function waitForReplicas(client: RedisClient, replicas: number, milliseconds: number): Promise<number> {
  return Number(await (client as unknown as Node).wait(replicas, milliseconds));
}

/**
 * Refuses a server that may forget records before they expire (`maxmemory-policy` other than noeviction): a forgotten
 * record is a used code that works again. INFO tells it also where CONFIG is forbidden.
 */
export async function refuseEviction(client: RedisClient): Promise<void> {
  for (const node of await primaries(client)) {
    const policy = /^maxmemory_policy:(\S+)/m.exec(String(await node.info('memory')))?.[1];
    if (policy !== 'noeviction') {
      throw new CountersignError(
        'unsupported',
        policy === undefined
          ? 'this server does not tell its maxmemory-policy: make sure that it is noeviction, then give checkEviction: false'
          : `maxmemory-policy is ${policy}, by which Redis forgets records: it must be noeviction`,
      );
    }
  }
}

async function primaries(client: RedisClient): Promise<Node[]> {
  const cluster = client as unknown as Cluster;
  if ('nodeClient' in client) return await Promise.all(cluster.masters.map((master) => cluster.nodeClient(master)));
  if (!('nodes' in client)) return [client as unknown as Node];
  // ioredis knows its nodes when it is connected, as it is after any answer.
  await (client as unknown as Node).info('memory');
  return cluster.nodes('master');
}
