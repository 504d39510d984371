import type { Result } from '../suite.ts';

/** One place to run the suite in. */
export type Runtime = {
  readonly name: string;
  /** What prints the version; when it cannot be run, the runtime is not installed. */
  readonly command: readonly [string, ...string[]];
  readonly run: () => Promise<Result>;
};
