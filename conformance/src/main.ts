import { mkdir, writeFile } from 'node:fs/promises';
import { runtimes } from './runtimes/index.ts';
import { output } from './runtimes/process.ts';
import type { Runtime } from './runtimes/runtime.ts';
import type { Result } from './suite.ts';

const inCi = process.env.CI === 'true';
const reports = new URL('../../.reports/', import.meta.url);

/** The version of a runtime, or `undefined` when it is not installed. npx may have to fetch it first. */
async function versionOf({ command }: Runtime): Promise<string | undefined> {
  try {
    return /\d+([.-]\d+)+/.exec(await output(command, 120))?.[0] ?? 'unknown';
  } catch {
    return undefined;
  }
}

async function resultOf({ run }: Runtime): Promise<Result> {
  try {
    return await run();
  } catch (error) {
    return { passed: 0, failed: [`the suite did not run: ${error}`], digest: '', transcript: [] };
  }
}

/** The first check whose outcome is not the same on both. */
function firstDifference(one: Result, other: Result): string {
  const place = one.transcript.findIndex((line, index) => line !== other.transcript[index]);
  return `${one.transcript[place] ?? 'nothing'} | ${other.transcript[place] ?? 'nothing'}`;
}

const row = (...cells: (string | number)[]): void => {
  console.log(
    cells
      .map((cell, index) => String(cell).padEnd([10, 18, 8, 8, 16][index]!))
      .join('  ')
      .trimEnd(),
  );
};

const leftOut: string[] = [];
const faults: string[] = [];
let reference: Result | undefined;
let passed = 0;
row('runtime', 'version', 'passed', 'failed', 'digest');
const versions = await Promise.all(runtimes.map(versionOf));
for (const [place, runtime] of runtimes.entries()) {
  const version = versions[place];
  if (version === undefined) {
    leftOut.push(runtime.name);
    row(runtime.name, 'left out');
    continue;
  }
  const result = await resultOf(runtime);
  row(runtime.name, version, result.passed, result.failed.length, result.digest.slice(0, 16));
  passed += result.passed;
  for (const failure of result.failed) faults.push(`${runtime.name}: ${failure}`);
  reference ??= result;
  if (result.digest !== reference.digest) {
    faults.push(`${runtime.name}: the digest is another than the first; ${firstDifference(reference, result)}`);
  }
}
if (leftOut.length > 0) {
  console.log(`\nLeft out, because not installed and not to be fetched: ${leftOut.join(', ')}.`);
  if (inCi) faults.push(...leftOut.map((name) => `${name}: is not installed, and CI runs every runtime`));
} else {
  console.log('\nNothing was left out.');
}
for (const fault of faults) console.error(`FAIL  ${fault}`);
await mkdir(reports, { recursive: true });
const report = { numPassedTests: passed, numFailedTests: faults.length };
await writeFile(new URL('conformance.json', reports), JSON.stringify(report));
process.exitCode = faults.length > 0 ? 1 : 0;
