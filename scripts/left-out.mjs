// Which cross-checks the tests leave out because an independent program is not installed.
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The programs that tests ask for and that are not on PATH, sorted. */
export function missingPrograms() {
  const programs = new Set();
  for (const folder of ['packages', 'examples', 'conformance'].filter((name) => existsSync(join(root, name)))) {
    for (const entry of readdirSync(join(root, folder), { recursive: true })) {
      if (!entry.endsWith('.test.ts') || entry.includes('node_modules')) continue;
      const text = readFileSync(join(root, folder, entry), 'utf8');
      for (const [, name] of text.matchAll(/hasProgram\('([^']+)'\)/g)) programs.add(name);
    }
  }
  return [...programs].filter((name) => spawnSync('which', [name]).status !== 0).sort();
}
