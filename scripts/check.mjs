// Every check besides the tests. Runs all of them, shows the output of those that fail, and fails if one does.
import { spawnSync } from 'node:child_process';
import { basename, join } from 'node:path';
import { publishedFolders, root } from './package-entries.mjs';
import { writeReport } from './reports.mjs';

const bin = (name) => join(root, 'node_modules/.bin', name);
const pnpm = (...args) => ['npx', ['--yes', 'pnpm@12.21.0', ...args]];

const checks = [
  ['format and lint', [bin('biome'), ['ci', '.']]],
  ['types', pnpm('exec', 'turbo', 'run', 'typecheck', '--output-logs=errors-only')],
  ['import table', ['node', ['scripts/import-table.mjs']]],
  ['tables of reasons', ['node', ['scripts/reasons-table.mjs']]],
  ['examples in the documentation', ['node', ['scripts/run-examples.mjs']]],
  ['packages as installed', ['node', ['scripts/check-packages.mjs']]],
  ['bundle sizes', pnpm('exec', 'turbo', 'run', 'size', '--output-logs=errors-only')],
  ['unused code and dependencies', [bin('knip'), []]],
  ['change notes', [bin('changeset'), ['status']]],
  ['lockfile without download addresses', ['node', ['scripts/check-lockfile.mjs']]],
  ...publishedFolders().flatMap((folder) => [
    [`publint ${basename(folder)}`, [bin('publint'), ['--strict', folder]]],
    [`attw ${basename(folder)}`, [bin('attw'), ['--pack', folder, '--profile', 'esm-only', '--no-emoji']]],
  ]),
];

let failed = 0;
for (const [name, [command, args]] of checks) {
  const started = performance.now();
  const { status, stdout, stderr } = spawnSync(command, args, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - started) / 1000).toFixed(1);
  console.log(`${status === 0 ? 'pass' : 'FAIL'}  ${name} (${seconds} s)`);
  if (status === 0) continue;
  failed++;
  console.log(`${stdout}${stderr}`.replace(/^/gm, '      '));
}
writeReport('checks', checks.length - failed, failed);
console.log(`\n${checks.length - failed} of ${checks.length} checks passed`);
process.exitCode = failed > 0 ? 1 : 0;
