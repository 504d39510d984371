import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bundleSizes } from './bundle-sizes.ts';
import { coldStart } from './cold-start.ts';
import { measure } from './measure.ts';
import { readingTable } from './read-qr.ts';
import { suites } from './suites/index.ts';
import { resultTable } from './table.ts';

const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const sections: string[] = [];

function print(section: string): void {
  sections.push(section);
  console.log(`${section}\n`);
}

print(`# Results

Measured on ${new Date().toISOString().slice(0, 10)} with \`npm run bench -- --write\`, Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}.

Every case of a table is timed in turn in one process, nine rounds; the figures are medians. \`ratio\` is time divided by the baseline's, the first row: it holds when the machine's speed drifts, the microseconds do not. \`bytes a call\` is what a call allocates on the JavaScript heap.`);

for (const suite of suites) {
  if (only && !suite.title.toLowerCase().includes(only.toLowerCase())) continue;
  print(`## ${suite.title}\n\n${resultTable(await measure(suite))}`);
  await suite.close?.();
}
if (!only || 'reading qr codes'.includes(only.toLowerCase())) {
  print(`## Reading QR codes: 210 hard pictures of 480 by 360 pixels\n\n${await readingTable()}`);
}
if (!only || 'cold start'.includes(only)) print(`## Cold start\n\n${coldStart()}`);
if (!only || 'bundle'.includes(only)) print(`## Bundle sizes\n\n${await bundleSizes()}`);

if (process.argv.includes('--write')) {
  writeFileSync(new URL('../RESULTS.md', import.meta.url), `${sections.join('\n\n')}\n`);
}
