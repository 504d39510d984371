import { assertInteger, assertOptions } from '@countersign/primitives/assert';

/**
 * The chance that somebody who has watched `logins` logins, and then tries once, knows every cell of that one challenge,
 * when challenges are picked at random from all cells (`reuse: 'random'`). Somebody who looks after each login succeeds
 * much sooner: what reuse costs is `cumulativeObservationProbability`.
 *
 *     Σⱼ (−1)ʲ C(k, j) · [C(N − j, k) / C(N, k)]ⁿ      N cells, k asked, n logins
 *
 * | Cells, asked | Logins for 1 % / 10 % / 50 % | Logins if each cell is used once |
 * |---|---|---|
 * | 50, 2 | 3 / 10 / 31 | 25 |
 * | 100, 2 | 6 / 20 / 61 | 50 |
 * | 224, 2 | 12 / 43 / 138 | 112 |
 * | 224, 3 | 19 / 47 / 118 | 74 |
 *
 * @param options `cells` 10 … 999, `asked` 2 … 4, `logins` 0 … 1,000,000
 * @returns 0 … 1
 * @throws CountersignError `invalid-card` for numbers out of these ranges, `invalid-argument` for missing options
 *
 * @example
 * ```ts
 * import { observationProbability } from '@countersign/card-grid';
 *
 * observationProbability({ cells: 224, asked: 2, logins: 137 }) < 0.5; // => true
 * observationProbability({ cells: 224, asked: 2, logins: 138 }) >= 0.5; // => true
 * ```
 */
export function observationProbability(options: { cells: number; asked: number; logins: number }): number {
  assertOptions(options);
  const { cells, asked, logins } = options;
  assertInteger(cells, 'cells', 10, 999, 'invalid-card');
  assertInteger(asked, 'asked', 2, 4, 'invalid-card');
  assertInteger(logins, 'logins', 0, 1_000_000, 'invalid-card');
  let sum = 0;
  let choices = 1;
  for (let j = 0; j <= asked; j++) {
    let missed = 1;
    for (let i = 0; i < asked; i++) missed *= (cells - j - i) / (cells - i);
    sum += (j % 2 === 0 ? 1 : -1) * choices * missed ** logins;
    choices = (choices * (asked - j)) / (j + 1);
  }
  // The terms of the alternating sum cancel almost wholly for few logins: rounding must not give less than nothing.
  return Math.max(0, sum);
}
