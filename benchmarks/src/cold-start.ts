import { spawnSync } from 'node:child_process';
import { table } from './table.ts';

/** What a process loads first, and the largest ratio to otpauth that is within the target. */
const PROGRAMS: readonly { name: string; specifier: string; target?: number }[] = [
  { name: 'otpauth 9.5', specifier: 'otpauth' },
  { name: 'countersign, totp/sha1', specifier: '@countersign/totp/sha1', target: 1.5 },
  { name: 'countersign, totp', specifier: '@countersign/totp', target: 2 },
  { name: 'countersign, challenge-response/ocra', specifier: '@countersign/challenge-response/ocra', target: 2.5 },
  { name: 'otpauth 9.5, ESM build', specifier: 'otpauth/dist/otpauth.esm.js' },
  { name: 'otplib 13.5', specifier: 'otplib' },
];
const RUNS = 21;

/** Milliseconds that the import takes in a new Node process, by its own clock: starting Node itself is not counted. */
function run(specifier: string): number {
  const code = `const started = performance.now();
    await import('${specifier}');
    process.stdout.write(String(performance.now() - started));`;
  const { status, stdout } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  });
  if (status !== 0) throw new Error(`${specifier} does not load`);
  return Number(stdout);
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * What importing a library costs over a Node process that imports nothing: each in a process of its own, in turn, so that
 * a machine that slows down slows all of them; medians, and ratios to otpauth's.
 */
export function coldStart(): string {
  const times = PROGRAMS.map((): number[] => []);
  for (let i = 0; i <= RUNS; i++) {
    for (const [index, { specifier }] of PROGRAMS.entries()) {
      const time = run(specifier);
      // The first round only fills the file cache.
      if (i > 0) times[index]!.push(time);
    }
  }
  const medians = times.map(median);
  const rows = PROGRAMS.map(({ name, target }, index) => {
    const ratio = medians[index]! / medians[0]!;
    const verdict = target === undefined ? '' : `≤ ${target} ${ratio <= target ? '✔' : '✘'}`;
    return [name, ratio.toFixed(2), verdict, medians[index]!.toFixed(1)];
  });
  return table([`Import in a new process, median of ${RUNS}`, 'ratio', 'target', 'ms'], rows);
}
