// Adds up the reports of the last test run and of the guards, and ends with the one line that CI reads.
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const reports = join(dirname(dirname(fileURLToPath(import.meta.url))), '.reports');
let passed = 0;
let failed = Number(process.argv[2] ?? 0);
for (const file of readdirSync(reports)) {
  const report = JSON.parse(readFileSync(join(reports, file), 'utf8'));
  passed += report.numPassedTests;
  failed += report.numFailedTests;
}
console.log(`${passed} passed, ${failed} failed`);
