import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { type Measured, median } from './measure.ts';
import type { Case, Suite } from './suite.ts';

/** One case over all processes: medians of each process's own figures. */
export type Result = {
  case: Case;
  nanoseconds: number;
  bytes: number | undefined;
  /** Of the times to the baseline's, and to those of `case.beside`, in the same process. */
  ratio: number;
  besideRatio: number | undefined;
};

/** Each process is compiled anew, and a peer may be half as fast in one as in the next: a ratio of one process is luck. */
export const PROCESSES = 7;

const run = promisify(execFile);

async function measureApart(title: string): Promise<Measured[]> {
  const main = fileURLToPath(new URL('./main.js', import.meta.url));
  const { stdout } = await run(process.execPath, ['--expose-gc', main, '--measure', title], { maxBuffer: 2 ** 24 });
  return JSON.parse(stdout.trim().split('\n').at(-1)!) as Measured[];
}

/** Times all cases of a suite inside each of {@link PROCESSES} processes, one after the other. */
export async function measureInProcesses({ title, baseline, cases }: Suite): Promise<Result[]> {
  const runs: Map<string, Measured>[] = [];
  for (let i = 0; i < PROCESSES; i++) {
    runs.push(new Map((await measureApart(title)).map((measured) => [measured.name, measured])));
  }
  const medianOf = (figure: (measured: Map<string, Measured>) => number): number => median(runs.map(figure));
  const timeOf = (measured: Map<string, Measured>, name: string): number => {
    const found = measured.get(name);
    if (!found) throw new Error(`no case is named ${name}`);
    return found.nanoseconds;
  };
  return cases.map((each) => {
    const { name, beside } = each;
    const bytes = runs.map((measured) => measured.get(name)?.bytes).filter((value) => typeof value === 'number');
    return {
      case: each,
      nanoseconds: medianOf((measured) => timeOf(measured, name)),
      bytes: bytes.length > 0 ? median(bytes) : undefined,
      ratio: medianOf((measured) => timeOf(measured, name) / timeOf(measured, baseline)),
      besideRatio: beside && medianOf((measured) => timeOf(measured, name) / timeOf(measured, beside.name)),
    };
  });
}
