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
const RUNS = 15;

/** Milliseconds from starting a Node process to its end, which imports this and does nothing else. */
function run(specifier: string | undefined): number {
  const code = specifier === undefined ? '' : `await import('${specifier}')`;
  const started = process.hrtime.bigint();
  const { status } = spawnSync(process.execPath, ['--input-type=module', '--eval', code], {
    cwd: import.meta.dirname,
    stdio: 'ignore',
  });
  if (status !== 0) throw new Error(`${specifier} does not load`);
  return Number(process.hrtime.bigint() - started) / 1e6;
}

const median = (values: readonly number[]): number => [...values].sort((a, b) => a - b)[values.length >> 1]!;

/**
 * What importing a library costs over a Node process that imports nothing: each in a process of its own, in turn, so that
 * a machine that slows down slows all of them; medians, and ratios to otpauth's.
 */
export function coldStart(): string {
  const times = PROGRAMS.map((): number[] => []);
  const bare: number[] = [];
  for (let i = 0; i <= RUNS; i++) {
    const round = [undefined, ...PROGRAMS.map(({ specifier }) => specifier)].map(run);
    // The first round only fills the file cache.
    if (i === 0) continue;
    bare.push(round[0]!);
    for (const [index, list] of times.entries()) list.push(round[index + 1]!);
  }
  const over = times.map((list) => median(list) - median(bare));
  const rows = PROGRAMS.map(({ name, target }, index) => {
    const ratio = over[index]! / over[0]!;
    const verdict = target === undefined ? '' : `≤ ${target} ${ratio <= target ? '✔' : '✘'}`;
    return [name, ratio.toFixed(2), verdict, over[index]!.toFixed(1)];
  });
  return table(
    [`Import over bare Node (${median(bare).toFixed(0)} ms), ${RUNS} processes`, 'ratio', 'target', 'ms'],
    rows,
  );
}
