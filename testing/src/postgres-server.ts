import { execFileSync } from 'node:child_process';
import { chownSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort, startServer, unprivileged } from './server-process.ts';

/** Where Debian keeps the server's programs: not on PATH. */
const PROGRAMS = '/usr/lib/postgresql/15/bin';

/** A PostgreSQL of its own, on loopback, with durable writes; user and database `countersign`, no password. */
export type PostgresServer = {
  readonly port: number;
  readonly url: string;
  /** Ends it as a crash would. */
  kill(): Promise<void>;
  restart(): Promise<void>;
  /** Ends it and deletes its data. */
  stop(): Promise<void>;
};

/** Starts a server in a new folder, on a free port: for tests that `hasProgram('/usr/lib/postgresql/15/bin/postgres')`. */
export async function startPostgres(): Promise<PostgresServer> {
  const user = unprivileged('postgres');
  const folder = mkdtempSync(join(tmpdir(), 'countersign-postgres-'));
  if (user.uid !== undefined && user.gid !== undefined) chownSync(folder, user.uid, user.gid);
  const data = join(folder, 'data');
  const initialize = ['-D', data, '-U', 'countersign', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync'];
  execFileSync(`${PROGRAMS}/initdb`, initialize, { ...user, cwd: folder, stdio: 'pipe' });
  const port = await freePort();
  const url = `postgresql://countersign@127.0.0.1:${port}/postgres`;
  const ready = async (): Promise<void> => {
    execFileSync(`${PROGRAMS}/pg_isready`, ['-q', '-h', '127.0.0.1', '-p', String(port)], { stdio: 'pipe' });
  };
  const start = () =>
    startServer(`${PROGRAMS}/postgres`, ['-D', data, '-h', '127.0.0.1', '-p', String(port), '-k', folder], {
      ...user,
      ready,
    });
  let running = await start();
  return {
    port,
    url,
    kill: () => running.stop('SIGKILL'),
    async restart() {
      // The children of a killed server take a moment to notice; until then a new one refuses to start.
      for (let tries = 0; ; tries++) {
        try {
          running = await start();
          return;
        } catch (error) {
          if (tries === 50) throw error;
          await new Promise((resolve) => setTimeout(resolve, 100));
        }
      }
    },
    async stop() {
      await running.stop('SIGTERM'); // which waits until the clients are gone
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
