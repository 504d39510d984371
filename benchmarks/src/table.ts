import type { Result } from './processes.ts';

/** A Markdown table with aligned columns, the first to the left and the others to the right. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = head.map((title, i) => Math.max(title.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]!) : cell.padStart(widths[i]!))).join(' | ')} |`;
  // As the formatter lays tables out, so that a recorded result is also a formatted one.
  const dashes = widths.map((width, i) => (i === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`));
  const rule = `| ${dashes.join(' | ')} |`;
  return [line(head), rule, ...rows.map(line)].join('\n');
}

const within = (value: number, target: number): string => (value <= target ? '✔' : '✘');

/** The targets of a case and whether they are met: to the baseline, and to the case that it names besides. */
function verdict({ case: { target, beside }, ratio, besideRatio }: Result): string {
  const parts = target === undefined ? [] : [`≤ ${target} ${within(ratio, target)}`];
  if (beside && besideRatio !== undefined) {
    parts.push(`${besideRatio.toFixed(3)} × ${beside.name}, ≤ ${beside.target} ${within(besideRatio, beside.target)}`);
  }
  return parts.join('; ');
}

function bytesOf({ case: { bytesTarget }, bytes }: Result): string {
  if (bytes === undefined) return '';
  const text = Math.round(bytes).toLocaleString('en');
  return bytesTarget === undefined ? text : `${text}, ≤ ${bytesTarget} ${within(bytes, bytesTarget)}`;
}

/** The results of a suite: ratio to the baseline beside its target, time, rate, bytes. */
export function resultTable(results: readonly Result[]): string {
  const rows = results.map((result) => [
    result.case.name,
    result.ratio.toFixed(3),
    verdict(result),
    (result.nanoseconds / 1000).toFixed(2),
    Math.round(1e9 / result.nanoseconds).toLocaleString('en'),
    bytesOf(result),
  ]);
  return table(['', 'ratio', 'target', 'µs', 'a second', 'bytes a call'], rows);
}
