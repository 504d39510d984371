import { Bench } from 'tinybench';
import type { Case, Suite } from './suite.ts';

/** One measured case. `nanoseconds` is the median over the rounds of the mean, which includes collecting garbage. */
export type Measured = { name: string; nanoseconds: number; bytes: number | null };

const ROUNDS = 5;
const ROUND_MILLISECONDS = 60;
/** Calls between two readings of the clock, which itself costs a tenth of the fastest case. */
const CALLS_PER_READING = 20;
const CALLS_PER_BYTES_SAMPLE = 200;

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[sorted.length >> 1] ?? Number.NaN;
}

/** The case again and again, in turn when it is asynchronous. */
function batch(run: Case['run']): () => void | Promise<void> {
  if (run() instanceof Promise) {
    return async () => {
      for (let i = 0; i < CALLS_PER_READING; i++) await run();
    };
  }
  return () => {
    for (let i = 0; i < CALLS_PER_READING; i++) run();
  };
}

/**
 * Bytes that one call allocates: growth of the heap over calls too few for a collection to begin. Not measured for calls
 * that give a promise, which allocate when nobody looks.
 */
async function bytesPerCall(run: Case['run']): Promise<number | null> {
  const collect = globalThis.gc;
  const first = run();
  if (first instanceof Promise) await first;
  if (!collect || first instanceof Promise) return null;
  const samples: number[] = [];
  for (let round = 0; round < ROUNDS; round++) {
    collect();
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < CALLS_PER_BYTES_SAMPLE; i++) run();
    samples.push((process.memoryUsage().heapUsed - before) / CALLS_PER_BYTES_SAMPLE);
  }
  return Math.max(0, median(samples));
}

/**
 * Times every case of a suite in turn, round after round in this process, so that a machine that slows down slows all of
 * them; takes each case's median over the rounds.
 */
export async function measure({ cases }: Suite): Promise<Measured[]> {
  const times = new Map<Case, number[]>(cases.map((each) => [each, []]));
  for (let round = 0; round < ROUNDS; round++) {
    const bench = new Bench({ time: ROUND_MILLISECONDS, warmup: round === 0 });
    for (const each of cases) bench.add(each.name, batch(each.run));
    await bench.run();
    for (const [index, each] of cases.entries()) {
      const { result } = bench.tasks[index]!;
      if (result.state !== 'completed') throw new Error(`${each.name} failed`);
      times.get(each)!.push((result.latency.mean * 1e6) / CALLS_PER_READING);
    }
  }
  const measured: Measured[] = [];
  for (const each of cases) {
    const bytes = await bytesPerCall(each.run);
    measured.push({ name: each.name, nanoseconds: median(times.get(each)!), bytes });
  }
  return measured;
}
