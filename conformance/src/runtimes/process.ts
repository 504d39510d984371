import { type ChildProcess, spawn } from 'node:child_process';

/** Where the drivers and the built suite are: commands run here. */
export const CONFORMANCE_FOLDER: string = new URL('..', import.meta.url).pathname;

/** npx gives up on an unreachable registry after seconds, not minutes. */
const ENVIRONMENT = {
  npm_config_fetch_retry_mintimeout: '1000',
  npm_config_fetch_retry_maxtimeout: '5000',
  DENO_NO_UPDATE_CHECK: '1',
  NO_COLOR: '1',
};

const running = new Set<ChildProcess>();
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    for (const child of running) stop(child);
    process.exit(1);
  });
}

/** Starts a program in a process group of its own, so that `stop` also ends what it started. */
export function start(command: readonly string[]): ChildProcess {
  const [program, ...args] = command;
  const child = spawn(program!, args, {
    cwd: CONFORMANCE_FOLDER,
    detached: true,
    env: { ...process.env, ...ENVIRONMENT },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  running.add(child);
  return child.once('close', () => running.delete(child));
}

/** Ends a program and everything that it started. */
export function stop(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, 'SIGTERM');
  } catch {
    // The whole group has ended already.
  }
}

/** Runs a program to its end and gives what it printed. */
export async function output(command: readonly string[], seconds: number): Promise<string> {
  const child = start(command);
  const printed = { stdout: '', stderr: '' };
  for (const stream of ['stdout', 'stderr'] as const) {
    child[stream]?.setEncoding('utf8').on('data', (text: string) => {
      printed[stream] += text;
    });
  }
  const timer = setTimeout(() => stop(child), seconds * 1000);
  try {
    const status = await new Promise<number | null>((resolve, reject) => {
      child.once('error', reject).once('close', resolve);
    });
    if (status === 0) return printed.stdout;
    throw new Error(`${command.join(' ')} ended with ${status ?? 'a signal'}: ${printed.stderr.slice(-2000)}`);
  } finally {
    clearTimeout(timer);
  }
}
