import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createServer } from 'node:net';

/** A port of 127.0.0.1 that nobody listens on now. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Whom to run a server as that refuses root: the user of this name, or nobody; without root, oneself. */
export function unprivileged(user: string): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  for (const name of [user, 'nobody']) {
    try {
      const id = (flag: string): number => Number(execFileSync('id', [flag, name], { stdio: 'pipe' }).toString());
      return { uid: id('-u'), gid: id('-g') };
    } catch {
      // There is no such user: the next one.
    }
  }
  throw new Error(`no user ${user} and no user nobody`);
}

/** A signal alone would end this process without its `exit` event, and leave the server running. */
function exit(): never {
  process.exit(1);
}

/** A server program that is running; it never outlives this process. */
export type ServerProcess = { stop(signal: 'SIGTERM' | 'SIGINT' | 'SIGKILL'): Promise<void> };

/** Starts a server and waits until `ready` does not throw; says what it printed when that takes over 30 seconds. */
export async function startServer(
  command: string,
  args: readonly string[],
  options: { uid?: number; gid?: number; ready: () => Promise<unknown> },
): Promise<ServerProcess> {
  const { ready, ...user } = options;
  const child: ChildProcess = spawn(command, args, { ...user, stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream?.on('data', (chunk) => {
      printed = `${printed}${chunk}`.slice(-4000);
    });
  }
  const ended = new Promise<void>((resolve) => child.once('exit', () => resolve()));
  const kill = (): void => void child.kill('SIGKILL');
  process.once('exit', kill);
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, exit);
  for (const deadline = Date.now() + 30_000; ; await new Promise((resolve) => setTimeout(resolve, 20))) {
    try {
      await ready();
      break;
    } catch (error) {
      if (Date.now() < deadline && child.exitCode === null) continue;
      kill();
      throw new Error(`${command} did not start: ${error}\n${printed}`);
    }
  }
  return {
    async stop(signal) {
      process.removeListener('exit', kill);
      for (const ending of ['SIGINT', 'SIGTERM'] as const) process.removeListener(ending, exit);
      child.kill(signal);
      await ended;
    },
  };
}

/** Resolves when something listens on a port of 127.0.0.1. */
export async function connects(port: number): Promise<void> {
  const { connect } = await import('node:net');
  await new Promise<void>((resolve, reject) => {
    const socket = connect(port, '127.0.0.1', () => {
      socket.destroy();
      resolve();
    });
    socket.once('error', reject);
  });
}
