// Counts of the last runs: every kind of check writes a file of its own into .reports, and CI adds them up.
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const reports = join(dirname(dirname(fileURLToPath(import.meta.url))), '.reports');

export function writeReport(name, passed, failed) {
  mkdirSync(reports, { recursive: true });
  writeFileSync(join(reports, `${name}.json`), JSON.stringify({ numPassedTests: passed, numFailedTests: failed }));
}

/** The reports that are complete, each with its name and its counts. */
export function readReports() {
  if (!existsSync(reports)) return [];
  return readdirSync(reports).flatMap((file) => {
    try {
      const report = JSON.parse(readFileSync(join(reports, file), 'utf8'));
      const { numPassedTests: passed, numFailedTests: failed, numPendingTests: skipped = 0 } = report;
      return [{ name: file.replace(/\.json$/, ''), passed, failed, skipped }];
    } catch {
      return []; // Still being written.
    }
  });
}

export function totals(entries = readReports()) {
  const sum = (key) => entries.reduce((total, entry) => total + entry[key], 0);
  return { passed: sum('passed'), failed: sum('failed'), skipped: sum('skipped') };
}
