// The packages as they would be published: packed, and read back from their tarballs.
import { spawnSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

function run(command, args, cwd) {
  const { status, stdout, stderr } = spawnSync(command, args, { cwd, encoding: 'utf8' });
  if (status !== 0) throw new Error(`${command} ${args.join(' ')}\n${stdout}${stderr}`);
}

/** Packs a package and unpacks the tarball; gives the text of each of its files by path. */
export function packAndRead(folder, target) {
  const parcel = mkdtempSync(join(tmpdir(), 'countersign-pack-'));
  try {
    run('npx', ['--yes', 'pnpm@12.21.0', 'pack', '--pack-destination', parcel], folder);
    mkdirSync(target, { recursive: true });
    run('tar', ['-xzf', join(parcel, readdirSync(parcel)[0]), '--strip-components=1', '-C', target], folder);
  } finally {
    rmSync(parcel, { recursive: true, force: true });
  }
  const paths = readdirSync(target, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    paths.map(({ parentPath, path, name }) => {
      const file = join(parentPath ?? path, name);
      return [file.slice(target.length + 1), readFileSync(file, 'utf8')];
    }),
  );
}

/** Links what a package depends on, besides the packages of this repository, into an application's node_modules. */
export function linkDependencies(folder, manifest, application) {
  for (const name of Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })) {
    const installed = join(folder, 'node_modules', name);
    const link = join(application, 'node_modules', name);
    if (name.startsWith('@countersign/') || existsSync(link) || !existsSync(installed)) continue;
    mkdirSync(dirname(link), { recursive: true });
    symlinkSync(realpathSync(installed), link);
  }
}
