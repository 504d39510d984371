// Packs every package, reads the tarballs and holds them against scripts/package-rules.mjs; builds each once more and compares;
// then installs all of them beside each other, loads every entry, and compiles against their types without the DOM library.
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import ts from 'typescript';
import { publishedFolders, root } from './package-entries.mjs';
import { rules } from './package-rules.mjs';
import { linkDependencies, packAndRead } from './packed-packages.mjs';

const application = mkdtempSync(join(tmpdir(), 'countersign-application-'));
const faults = [];
const specifiers = [];

function primitives(path) {
  try {
    return readFileSync(join(root, 'packages/primitives', path), 'utf8');
  } catch {
    return undefined;
  }
}

for (const folder of publishedFolders()) {
  const { name } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const files = packAndRead(folder, join(application, 'node_modules', name));
  const manifest = JSON.parse(files.get('package.json'));
  linkDependencies(folder, manifest, application);
  for (const rule of rules)
    for (const fault of rule({ manifest, files, primitives, root })) faults.push(`${name}: ${fault}`);
  for (const [entry, target] of Object.entries(manifest.exports)) {
    if (typeof target !== 'string') specifiers.push({ specifier: `${name}${entry.slice(1)}` });
  }
  const verify = ['../../scripts/build-package.mjs', '--verify'];
  const { status, stderr } = spawnSync('node', verify, { cwd: folder, encoding: 'utf8' });
  if (status !== 0) faults.push(`${name}: ${stderr.trim()}`);
}

// Every entry loads as installed.
const load = specifiers.map(({ specifier }) => `await import('${specifier}');`).join('\n');
writeFileSync(join(application, 'load.mjs'), load);
const loaded = spawnSync('node', ['load.mjs'], { cwd: application, encoding: 'utf8' });
if (loaded.status !== 0) faults.push(`as installed, an entry does not load: ${loaded.stderr}`);

/** What the compiler says about an application that imports these entries, all declarations checked. */
function typeFaults(entries, lib) {
  const file = join(application, `${lib.length}.mts`);
  writeFileSync(file, entries.map(({ specifier }, i) => `export * as e${i} from '${specifier}';`).join('\n'));
  const options = {
    lib: lib.map((part) => `lib.${part}.d.ts`),
    target: ts.ScriptTarget.ES2022,
    module: ts.ModuleKind.NodeNext,
    moduleResolution: ts.ModuleResolutionKind.NodeNext,
    types: [],
    strict: true,
    exactOptionalPropertyTypes: true,
    skipLibCheck: false,
    noEmit: true,
  };
  return ts.getPreEmitDiagnostics(ts.createProgram([file], options)).map(({ file: at, messageText }) => {
    const path = at?.fileName.replace(/^.*\/node_modules\//, '') ?? 'types';
    return `${path}: ${ts.flattenDiagnosticMessageText(messageText, ' ')} (lib ${lib.join(', ')})`;
  });
}
faults.push(...typeFaults(specifiers, ['es2022']), ...typeFaults(specifiers, ['es2022', 'dom']));

rmSync(application, { recursive: true, force: true });
for (const fault of faults) console.error(fault);
console.log(`${specifiers.length} entries of ${publishedFolders().length} packages, ${faults.length} faults`);
process.exitCode = faults.length > 0 ? 1 : 0;
