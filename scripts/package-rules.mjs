// What the tarball of every package must be, so that it can be audited as installed. Each rule gives lines that say what is wrong.
import { dirname, join, normalize } from 'node:path';
import ts from 'typescript';
import { filesOfDist, NOTICES, targetsOf } from './package-entries.mjs';

/** Everything that is exported is there, and dist holds three files for each entry and nothing else. */
export function filesAsDeclared({ manifest, files }) {
  const faults = targetsOf(manifest)
    .filter((target) => !files.has(normalize(target)))
    .map((target) => `exports ${target}, which is not in the tarball`);
  for (const needed of ['LICENSE', 'README.md', 'package.json'])
    if (!files.has(needed)) faults.push(`has no ${needed}`);
  const { perEntry, besides } = filesOfDist(manifest);
  for (const path of files.keys()) {
    if (/(^|\/)(test|tests|fixtures)\/|\.test\./.test(path)) faults.push(`ships a test: ${path}`);
    if (!path.startsWith('dist/')) continue;
    if (![...perEntry, ...besides].includes(path.slice('dist/'.length)))
      faults.push(`ships ${path}, which is no entry`);
  }
  for (const path of perEntry) if (!files.has(`dist/${path}`)) faults.push(`has no dist/${path}`);
  return faults;
}

/** Each import is a file of the tarball or a dependency that users install with it. */
export function importsResolve({ manifest, files }) {
  const faults = [];
  const installed = [manifest.name, ...Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies })];
  for (const [path, text] of files) {
    if (!/^dist\/.*\.(js|d\.ts)$/.test(path)) continue;
    for (const { fileName: specifier } of ts.preProcessFile(text, true, true).importedFiles) {
      const found = specifier.startsWith('.')
        ? files.has(join(dirname(path), path.endsWith('.d.ts') ? specifier.replace(/\.js$/, '.d.ts') : specifier))
        : installed.some((name) => specifier === name || specifier.startsWith(`${name}/`));
      if (!found) faults.push(`${path} imports ${specifier}, which is not installed with the package`);
    }
  }
  for (const [name, range] of Object.entries(manifest.dependencies ?? {})) {
    if (/^(workspace|file|link):/.test(range)) faults.push(`depends on ${name} at ${range}`);
  }
  return faults;
}

/** Doc comments directly before a declaration, with the name that is declared. */
const DOCUMENTED = /\/\*\*(?:(?!\*\/)[\s\S])*\*\/\s*\n(?:export )?(?:async )?(?:function\*?|const|class) (\w+)/g;

/** Scripts are as they were written: every comment before a declaration that is there, and no line too long to read. */
export function scriptsAreReadable({ files }) {
  const faults = [];
  for (const [path, text] of files) {
    if (!/^dist\/.*\.js$/.test(path)) continue;
    const longest = Math.max(...text.split('\n').map((line) => line.length));
    if (longest > 1000) faults.push(`${path} has a line of ${longest} characters`);
    const { sources, sourcesContent } = JSON.parse(files.get(`${path}.map`) ?? '{"sources":[]}');
    const declares = (script, name) =>
      new RegExp(`^(?:export )?(?:async )?(?:function\\*?|const|class) ${name}\\b`, 'm').test(script);
    for (const [index, source] of sources.entries()) {
      if (!source.endsWith('.ts')) continue;
      for (const [documented, name] of sourcesContent[index].matchAll(DOCUMENTED)) {
        const comment = documented.slice(0, documented.indexOf('*/') + 2);
        // Of a name that several files declare, one may have been left out.
        const once = sourcesContent.filter((script) => declares(script, name)).length === 1;
        if (once && declares(text, name) && !text.includes(comment)) {
          faults.push(`${path} lost the comment of ${name} (${source})`);
        }
      }
    }
  }
  return faults;
}

/** Maps name the sources that are shipped, with the same text, by relative paths. */
export function mapsNameTheSources({ files, primitives }) {
  const faults = [];
  for (const [path, text] of files) {
    if (!path.endsWith('.map')) continue;
    const { sources, sourcesContent = [] } = JSON.parse(text);
    for (const [index, source] of sources.entries()) {
      const where = join(dirname(path), source);
      if (/^(\/|[a-z]+:)/i.test(source) || source.includes('.pnpm')) faults.push(`${path} names ${source}`);
      else if (/(^|\/)node_modules\//.test(source)) continue;
      else {
        const shipped = where.startsWith('src/') ? files.get(where) : primitives(where.replace('../primitives/', ''));
        if (shipped === undefined) faults.push(`${path} names ${source}, which is not shipped`);
        else if (shipped !== sourcesContent[index])
          faults.push(`${path} has another text of ${source} than is shipped`);
      }
    }
  }
  return faults;
}

/** Bundled third-party code has its notice, and noble is never bundled. */
export function bundledCodeHasNotices({ files }) {
  const faults = new Set();
  const notices = files.get(`dist/${NOTICES}`) ?? '';
  for (const [path, text] of files) {
    if (!path.endsWith('.map')) continue;
    for (const source of JSON.parse(text).sources) {
      const name = /node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(source)?.[1];
      if (name === undefined) continue;
      if (name.startsWith('@noble/')) faults.add(`${path} contains ${name}, which must stay a dependency`);
      if (!new RegExp(`^${name} \\d`, 'm').test(notices)) faults.add(`contains ${name} without its notice`);
    }
  }
  return [...faults];
}

/** Nothing shipped says where it was built. */
export function noPlaceOfBuild({ files, root }) {
  return [...files].filter(([, text]) => text.includes(root)).map(([path]) => `${path} names the folder ${root}`);
}

export const rules = [
  filesAsDeclared,
  importsResolve,
  scriptsAreReadable,
  mapsNameTheSources,
  bundledCodeHasNotices,
  noPlaceOfBuild,
];
