import { writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { bundleSizes } from './bundle-sizes.ts';
import { coldStart } from './cold-start.ts';
import { measure } from './measure.ts';
import { measureInProcesses, PROCESSES } from './processes.ts';
import { readingTable } from './read-qr.ts';
import { suites } from './suites/index.ts';
import { resultTable } from './table.ts';

/** What a process is started for that measures one suite: its figures as JSON on the last line. */
const apart = process.argv.indexOf('--measure');
if (apart >= 0) {
  const suite = suites.find(({ title }) => title === process.argv[apart + 1]);
  if (!suite) throw new Error('no such suite');
  console.log(JSON.stringify(await measure(suite)));
  await suite.close?.();
  process.exit();
}

const only = process.argv.slice(2).find((argument) => !argument.startsWith('--'));
const sections: string[] = [];

function print(section: string): void {
  sections.push(section);
  console.log(`${section}\n`);
}

print(`# Results

Measured on ${new Date().toISOString().slice(0, 10)} with \`npm run bench -- --write\`, Node ${process.versions.node}, ${cpus()[0]?.model ?? 'unknown processor'}.

All cases of a table are timed in turn inside each of ${PROCESSES} processes; every figure is the median of those processes. \`ratio\` is time divided by the baseline's, the first row, in the same process: it holds when the machine's speed drifts, the microseconds do not. \`bytes a call\` is what a call allocates on the JavaScript heap.`);

for (const suite of suites) {
  if (only && !suite.title.toLowerCase().includes(only.toLowerCase())) continue;
  print(`## ${suite.title}\n\n${resultTable(await measureInProcesses(suite))}`);
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
