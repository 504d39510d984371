// After the tests: says plainly which cross-checks were left out because a program is not installed.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const programs = new Set();
for (const folder of ['packages', 'examples', 'conformance']) {
  let entries = [];
  try {
    entries = readdirSync(join(root, folder), { recursive: true });
  } catch {
    continue;
  }
  for (const entry of entries) {
    if (!entry.endsWith('.test.ts') || entry.includes('node_modules')) continue;
    const text = readFileSync(join(root, folder, entry), 'utf8');
    for (const [, name] of text.matchAll(/hasProgram\('([^']+)'\)/g)) programs.add(name);
  }
}
const missing = [...programs].filter((name) => spawnSync('which', [name]).status !== 0).sort();
if (missing.length > 0) {
  console.log(`\nLeft out, because these programs are not installed: the cross-checks with ${missing.join(', ')}.`);
  console.log('`bash .ci/run` installs them on Debian and runs everything.');
} else {
  console.log(`\nNothing was left out: cross-checked with ${[...programs].sort().join(', ')}.`);
}
