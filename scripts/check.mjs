// Everything that guards the house besides its tests. Runs all, reports all, fails if one fails.
import { spawnSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const bin = (name) => join(root, 'node_modules/.bin', name);
const packages = readdirSync(join(root, 'packages'))
  .map((name) => join(root, 'packages', name))
  .filter((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true);
const pnpm = (...args) => ['npx', ['--yes', 'pnpm@12.21.0', ...args]];

const guards = [
  ['format and lint', [bin('biome'), ['ci', '.']]],
  ['types', pnpm('exec', 'turbo', 'run', 'typecheck', '--output-logs=errors-only')],
  ['import table', ['node', ['scripts/import-table.mjs']]],
  ['table of reasons', ['node', ['scripts/reasons-table.mjs']]],
  ['examples in the documentation', ['node', ['scripts/run-examples.mjs']]],
  ['bundle sizes', pnpm('exec', 'turbo', 'run', 'size', '--output-logs=errors-only')],
  ['unused code and dependencies', [bin('knip'), []]],
  ['change notes', [bin('changeset'), ['status']]],
  ['lockfile without download addresses', ['node', ['scripts/check-lockfile.mjs']]],
  ...packages.flatMap((folder) => [
    [`publint ${folder.split('/').at(-1)}`, [bin('publint'), ['--strict', folder]]],
    [`attw ${folder.split('/').at(-1)}`, [bin('attw'), ['--pack', folder, '--profile', 'esm-only', '--no-emoji']]],
  ]),
];

let failed = 0;
for (const [name, [command, args]] of guards) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'pass' : 'FAIL'}  ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed++;
  console.log(`${stdout}${stderr}`.replace(/^/gm, '      '));
}
mkdirSync(join(root, '.reports'), { recursive: true });
const summary = { numPassedTests: guards.length - failed, numFailedTests: failed };
writeFileSync(join(root, '.reports/guards.json'), JSON.stringify(summary));
console.log(`\n${guards.length - failed} of ${guards.length} guards passed`);
process.exitCode = failed > 0 ? 1 : 0;
