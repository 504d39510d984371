// Mutation testing of the packages that everything else stands on, one after the other. Fails under 95 %.
import { spawnSync } from 'node:child_process';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const names = process.argv.length > 2 ? process.argv.slice(2) : ['primitives', 'totp'];

for (const name of names) {
  console.log(`\n=== ${name}`);
  const env = { ...process.env, MUTATE: name };
  const { status } = spawnSync(join(root, 'node_modules/.bin/stryker'), ['run'], { cwd: root, env, stdio: 'inherit' });
  if (status !== 0) process.exitCode = 1;
}
