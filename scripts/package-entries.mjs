// What a package publishes, as its package.json says it.
import { existsSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = dirname(dirname(fileURLToPath(import.meta.url)));

/** The folders of all packages that are published. */
export function publishedFolders() {
  return readdirSync(join(root, 'packages'))
    .map((name) => join(root, 'packages', name))
    .filter((folder) => existsSync(join(folder, 'package.json')))
    .filter((folder) => JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')).private !== true);
}

/** Every file that `exports` names. */
export function targetsOf({ exports }) {
  return Object.values(exports ?? {}).flatMap((target) =>
    typeof target === 'string' ? [target] : Object.values(target),
  );
}

/** The entries, without extension: `index` for `./dist/index.js`. */
export function entriesOf(manifest) {
  return targetsOf(manifest)
    .filter((target) => target.endsWith('.js'))
    .map((target) => target.replace(/^\.\/dist\/(.*)\.js$/, '$1'));
}

/** Declarations that several entries of one package need. */
export const SHARED_TYPES = 'shared-types';
export const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** The files that dist may hold, relative to it. */
export function filesOfDist(manifest) {
  const perEntry = entriesOf(manifest).flatMap((entry) => [`${entry}.js`, `${entry}.js.map`, `${entry}.d.ts`]);
  return { perEntry, besides: [`${SHARED_TYPES}.d.ts`, NOTICES] };
}

/** Removes what earlier builds left behind: a build that comes from the cache is laid over the folder that is there. */
export function removeLeftovers(folder) {
  const dist = join(folder, 'dist');
  if (!existsSync(dist)) return;
  const { perEntry, besides } = filesOfDist(JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8')));
  for (const path of readdirSync(dist, { recursive: true })) {
    const known = [...perEntry, ...besides].includes(path);
    if (!known && statSync(join(dist, path)).isFile()) rmSync(join(dist, path));
  }
}
