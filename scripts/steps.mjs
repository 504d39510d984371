// Long steps of the root's commands: what runs is said at once, its output is kept back and shown only when it fails.
import { spawn } from 'node:child_process';
import { publishedFolders, removeLeftovers, root } from './package-entries.mjs';

export { root };

export const PNPM = ['npx', '--yes', 'pnpm@12.21.0'];

// Nothing that runs below reports to anybody, and none of it prints a notice that says so.
const env = { ...process.env, TURBO_TELEMETRY_DISABLED: '1', DO_NOT_TRACK: '1', NO_UPDATE_NOTIFIER: '1' };
// Under `npx -p node@24 npm test` these would tell every npx below what to run.
delete env.npm_config_package;
delete env.npm_config_call;

const live = process.stderr.isTTY === true;

/** Runs a command with its output kept back; `onTick` is called every second. Gives its exit code and its output. */
export function runQuietly(command, onTick = () => {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), { cwd: root, env, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding('utf8').on('data', (text) => (output += text));
    const timer = setInterval(onTick, 1000);
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(timer);
      resolve({ code: code ?? 1, output });
    });
  });
}

/** Runs a command in the terminal as it is; gives its exit code. */
export function runOpenly(command) {
  return new Promise((resolve, reject) => {
    const child = spawn(command[0], command.slice(1), { cwd: root, env, stdio: 'inherit' });
    child.on('error', reject);
    child.on('close', (code) => resolve(code ?? 1));
  });
}

/** One step with its progress on standard error: a line that counts seconds in a terminal, one line at the end elsewhere. */
export async function step(title, command) {
  const started = Date.now();
  const elapsed = () => `${Math.round((Date.now() - started) / 1000)} s`;
  const show = (text, end) => process.stderr.write(live ? `\r\u001b[K${text}${end}` : `${text}${end || '\n'}`);
  show(`${title} …`, '');
  const { code, output } = await runQuietly(command, () => live && show(`${title} … ${elapsed()}`, ''));
  if (code === 0) {
    if (live) show(`${title}: ${elapsed()}`, '\n');
    return;
  }
  show(`${title}: failed`, '\n');
  process.stderr.write(output);
  process.exit(code);
}

/** Installs what the lockfile says and builds every package. */
export async function setUp() {
  await step('Installing dependencies (the first time about 15 s)', [...PNPM, 'install', '--frozen-lockfile']);
  const build = [...PNPM, 'exec', 'turbo', 'run', 'build', '--output-logs=errors-only'];
  await step('Building the packages (the first time about 30 s)', build);
  for (const folder of publishedFolders()) removeLeftovers(folder);
}
