/** One thing that is timed. `run` does it once; what varies between calls is the case's own affair. */
export type Case = {
  readonly name: string;
  readonly run: () => unknown | Promise<unknown>;
  /** The largest ratio to the baseline that is still within the target. */
  readonly target?: number;
  /** A second yardstick, another case of the suite by name, and the largest ratio to it. */
  readonly beside?: { readonly name: string; readonly target: number };
  /** The most bytes that one call may allocate. */
  readonly bytesTarget?: number;
};

/** Cases that are timed in turn in one process and compared with the first whose name is `baseline`. */
export type Suite = {
  readonly title: string;
  readonly baseline: string;
  readonly cases: readonly Case[];
  /** Ends what the cases have started. */
  readonly close?: () => Promise<unknown>;
};
