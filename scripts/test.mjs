// `npm test`: runs every test, says how each package fared, shows failures in full, and ends with one line of totals.
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { missingPrograms } from './left-out.mjs';
import { readReports, reports, totals, writeReport } from './reports.mjs';
import { PNPM, root, runQuietly } from './steps.mjs';

const told = new Set();

function tell() {
  for (const { name, passed, failed } of readReports()) {
    if (told.has(name)) continue;
    told.add(name);
    console.log(`  ${name.padEnd(22)} ${passed} passed${failed > 0 ? `, ${failed} failed` : ''}`);
  }
}

/** The tests of scripts/, by Node's own runner. */
async function testScripts() {
  const files = readdirSync(join(root, 'scripts')).filter((file) => file.endsWith('.test.mjs'));
  const tests = files.map((file) => `scripts/${file}`);
  const { code, output } = await runQuietly(['node', '--test', '--test-reporter=tap', ...tests]);
  const count = (word) => Number(new RegExp(`^# ${word} (\\d+)$`, 'm').exec(output)?.[1] ?? 0);
  writeReport('scripts', count('pass'), count('fail'));
  tell();
  return { code, output };
}

/** Gives the exit code. */
export async function runTests() {
  rmSync(reports, { recursive: true, force: true });
  console.log('Running the tests');
  const turbo = [...PNPM, 'exec', 'turbo', 'run', 'test', '--continue', '--output-logs=errors-only', '--ui=stream'];
  const packages = await runQuietly(turbo, tell);
  tell();
  const scripts = await testScripts();
  for (const { code, output } of [packages, scripts]) if (code !== 0) process.stdout.write(`\n${output}\n`);

  const { passed, failed, skipped } = totals();
  const broken = packages.code !== 0 || scripts.code !== 0;
  const missing = missingPrograms();
  const leftOut = skipped === 0 ? 'nothing left out' : `${skipped} left out`;
  const why = missing.length > 0 ? `, for want of ${missing.join(', ')}: bash .ci/run installs them` : '';
  // Missing coverage or a package that did not run fails without a failed test.
  console.log(`\n${passed} passed, ${broken ? Math.max(failed, 1) : failed} failed (${leftOut}${why})`);
  return broken ? 1 : 0;
}
