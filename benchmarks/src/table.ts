import type { Measured } from './measure.ts';

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

/** The results of a suite: ratio to the baseline beside its target, time, rate, bytes. */
export function resultTable(results: readonly Measured[]): string {
  const rows = results.map(({ case: { name, target }, nanoseconds, bytes, ratio }) => [
    name,
    ratio.toFixed(3),
    target === undefined ? '' : `≤ ${target} ${ratio <= target ? '✔' : '✘'}`,
    (nanoseconds / 1000).toFixed(2),
    Math.round(1e9 / nanoseconds).toLocaleString('en'),
    bytes === undefined ? '' : Math.round(bytes).toLocaleString('en'),
  ]);
  return table(['', 'ratio', 'target', 'µs', 'a second', 'bytes a call'], rows);
}
