import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from './programs.ts';
import { connects, freePort, startServer } from './server-process.ts';

/** A Redis of its own, on loopback, that syncs every write to its disk before it answers. */
export type RedisServer = {
  readonly port: number;
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
};

/**
 * Starts a server in a new folder, on a free port, with more configuration as arguments: for tests that
 * `hasProgram('redis-server')`.
 */
export async function startRedis(...configuration: string[]): Promise<RedisServer> {
  const folder = mkdtempSync(join(tmpdir(), 'countersign-redis-'));
  const port = await freePort();
  const always = `--port ${port} --bind 127.0.0.1 --dir ${folder} --appendonly yes --appendfsync always`.split(' ');
  const start = () => startServer('redis-server', [...always, '--save', '', ...configuration], { ready });
  const ready = async (): Promise<void> => {
    await connects(port);
    if (command(port, 'PING') !== 'PONG') throw new Error('still loading');
  };
  let running = await start();
  return {
    port,
    url: `redis://127.0.0.1:${port}`,
    kill: () => running.stop('SIGKILL'),
    async restart() {
      running = await start();
    },
    async stop() {
      await running.stop('SIGKILL');
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Gives one command to the server on a port. */
export function command(port: number, ...args: string[]): string {
  return run('redis-cli', ['-h', '127.0.0.1', '-p', String(port), ...args]);
}

/** Starts three servers that share the slots of a cluster, without replicas. */
export async function startRedisCluster(): Promise<{ servers: RedisServer[]; stop(): Promise<void> }> {
  const servers: RedisServer[] = [];
  for (let node = 0; node < 3; node++) {
    const bus = String(await freePort());
    servers.push(await startRedis('--cluster-enabled', 'yes', '--cluster-port', bus));
    const { port } = servers[node]!;
    command(port, 'CLUSTER', 'ADDSLOTSRANGE', String(node * 5462), String(Math.min(node * 5462 + 5461, 16383)));
    command(port, 'CONFIG', 'SET', 'cluster-announce-bus-port', bus);
    const { port: first } = servers[0]!;
    if (node > 0) command(first, 'CLUSTER', 'MEET', '127.0.0.1', String(port), bus);
  }
  const whole = (port: number): boolean => {
    const info = command(port, 'CLUSTER', 'INFO');
    return info.includes('cluster_state:ok') && info.includes('cluster_known_nodes:3');
  };
  for (const { port } of servers) {
    for (let tries = 0; !whole(port); tries++) {
      if (tries === 300) throw new Error('the cluster did not come together');
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
  return {
    servers,
    async stop() {
      await Promise.all(servers.map((server) => server.stop()));
    },
  };
}
