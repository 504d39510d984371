// Builds the package in the current folder into its dist folder: `node ../../scripts/build-package.mjs`.
// With --verify it writes nothing, and fails unless another build gives the bytes that are there.
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { buildLibrary } from './library-build.mjs';

const folder = process.cwd();
const dist = join(folder, 'dist');
const files = await buildLibrary(folder);

if (process.argv.includes('--verify')) {
  const present = readdirSync(dist, { recursive: true }).filter((path) => statSync(join(dist, path)).isFile());
  const differing = [...new Set([...files.keys(), ...present])].filter(
    (path) => !present.includes(path) || readFileSync(join(dist, path), 'utf8') !== files.get(path),
  );
  for (const path of differing) console.error(`${join(dist, path)}: another build gives other bytes`);
  process.exitCode = differing.length > 0 ? 1 : 0;
} else {
  rmSync(dist, { recursive: true, force: true });
  for (const [path, text] of files) {
    mkdirSync(dirname(join(dist, path)), { recursive: true });
    writeFileSync(join(dist, path), text);
  }
}
