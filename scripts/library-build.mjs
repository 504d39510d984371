// How every package is built: one readable file per entry, with its comments, and one declaration file beside it.
// The entries are those of the package's own "exports"; nothing is minified and no file name carries a hash.
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { transform } from 'sucrase';
import { entriesOf, NOTICES, root, SHARED_TYPES } from './package-entries.mjs';
import { noticesOf } from './third-party-notices.mjs';

const primitives = '@countersign/primitives/';
/** Applications catch this class with `instanceof`, across packages: it is the one file that is never inlined. */
const SHARED = `${primitives}error`;

/** What is known of a package from its package.json: its entries (without extension) and what it may import as installed. */
export function describePackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return { folder, manifest, entries: entriesOf(manifest), external };
}

/** The dependency that an import names, if it is one that users install beside the package. */
function dependencyOf(specifier, external) {
  return external.find((name) => specifier === name || specifier.startsWith(`${name}/`));
}

/** Takes the types away and leaves the rest of the text, its comments and its lines as they were written. */
function stripTypes() {
  return {
    name: 'strip-types',
    transform(code, id) {
      if (!id.endsWith('.ts')) return null;
      const { code: stripped, sourceMap } = transform(code, {
        transforms: ['typescript'],
        disableESTransforms: true,
        keepUnusedImports: true,
        preserveDynamicImport: true,
        filePath: id,
        sourceMapOptions: { compiledFilename: id },
      });
      return { code: stripped, map: { ...sourceMap, sourcesContent: [code] } };
    },
  };
}

/** Files of primitives come from their sources, other entries of the same package stay files of their own. */
function internalImports({ folder, entries, external }, entry) {
  const files = new Map(entries.map((name) => [join(folder, 'src', `${name}.ts`), name]));
  const inherited = describePackage(join(root, 'packages/primitives')).external;
  return {
    name: 'internal-imports',
    resolveId(specifier, importer) {
      if (!importer) return null;
      if (specifier.startsWith('.')) {
        const sibling = files.get(resolve(dirname(importer), specifier));
        if (sibling === undefined) return null;
        const path = relative(dirname(entry), `${sibling}.js`);
        return { id: path.startsWith('.') ? path : `./${path}`, external: 'absolute' };
      }
      if (specifier.startsWith(primitives) && specifier !== SHARED) {
        return join(root, 'packages/primitives/src', `${specifier.slice(primitives.length)}.ts`);
      }
      // What inlined files of primitives import stays a dependency: noble is never copied into our files.
      return dependencyOf(specifier, [...external, ...inherited]) ? { id: specifier, external: true } : null;
    },
  };
}

/** In inlined files of primitives, the error class is the shared one. */
function sharedError({ manifest }) {
  const file = join(root, 'packages/primitives/src/error.ts');
  return {
    name: 'shared-error',
    resolveId(specifier, importer) {
      const isShared = importer && specifier.startsWith('.') && resolve(dirname(importer), specifier) === file;
      return isShared && manifest.name !== '@countersign/primitives' ? { id: SHARED, external: true } : null;
    },
  };
}

function refuse(warning) {
  // A package's own mistakes end the build; noise from bundled CommonJS does not.
  if (['THIS_IS_UNDEFINED'].includes(warning.code)) return;
  throw new Error(warning.message);
}

async function buildScript(description, entry) {
  const { folder } = description;
  const bundle = await rollup({
    input: join(folder, 'src', `${entry}.ts`),
    plugins: [
      sharedError(description),
      internalImports(description, entry),
      nodeResolve({ browser: true, extensions: ['.mjs', '.js', '.ts'] }),
      commonjs({ strictRequires: 'auto' }),
      stripTypes(),
    ],
    treeshake: { moduleSideEffects: 'no-external' },
    onwarn: refuse,
  });
  const { output } = await bundle.generate({
    file: join(folder, 'dist', `${entry}.js`),
    format: 'es',
    sourcemap: true,
    // Where the package manager keeps a bundled package is this machine's own affair.
    sourcemapPathTransform: (path) => path.replace(/^.*\/node_modules\//, '../node_modules/'),
  });
  await bundle.close();
  const [chunk] = output;
  const map = { ...chunk.map, file: `${entry.split('/').at(-1)}.js` };
  return {
    files: [
      [`${entry}.js`, chunk.code],
      [`${entry}.js.map`, JSON.stringify(map)],
    ],
    modules: Object.keys(chunk.modules),
    imports: chunk.imports,
  };
}

/** For each file, the entries that need it without going through another entry. */
function entriesThatNeed(entryFiles, getModuleInfo) {
  const needed = new Map();
  for (const entry of entryFiles) {
    const seen = new Set([entry]);
    for (const id of seen) {
      if (!needed.has(id)) needed.set(id, new Set());
      needed.get(id).add(entry);
      if (id !== entry && entryFiles.includes(id)) continue;
      for (const next of getModuleInfo(id)?.importedIds ?? []) if (!getModuleInfo(next)?.isExternal) seen.add(next);
    }
  }
  return needed;
}

/**
 * The declarations: one file for each entry with its doc comments, and `shared-types.d.ts` for what several entries need,
 * because a type that is declared twice can be two types.
 */
async function buildTypes({ folder, entries }) {
  const entryFiles = entries.map((entry) => join(folder, 'src', `${entry}.ts`));
  let needed;
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((entry, index) => [entry, entryFiles[index]])),
    plugins: [dts({ tsconfig: join(folder, 'tsconfig.json') })],
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    onwarn: refuse,
  });
  const { output } = await bundle.generate({
    dir: join(folder, 'dist'),
    format: 'es',
    entryFileNames: '[name].d.ts',
    chunkFileNames: '[name].d.ts',
    minifyInternalExports: false,
    manualChunks(id, { getModuleInfo }) {
      needed ??= entriesThatNeed(entryFiles, getModuleInfo);
      return !entryFiles.includes(id) && (needed.get(id)?.size ?? 0) > 1 ? SHARED_TYPES : undefined;
    },
  });
  await bundle.close();
  return output.map(({ fileName, code }) => [fileName, code]);
}

/** Builds a package in memory: the text of each file of its dist folder, by path. The same sources give the same bytes. */
export async function buildLibrary(folder) {
  const description = describePackage(folder);
  const files = new Map();
  const bundled = new Set();
  for (const entry of description.entries) {
    if (!existsSync(join(folder, 'src', `${entry}.ts`)))
      throw new Error(`${folder} exports ${entry}, but has no such source`);
    const script = await buildScript(description, entry);
    for (const specifier of script.imports) {
      if (specifier.startsWith('.') || dependencyOf(specifier, description.external)) continue;
      throw new Error(
        `${entry}.js imports ${specifier}, which is not among the dependencies of ${description.manifest.name}`,
      );
    }
    for (const [path, text] of script.files) files.set(path, text);
    for (const module of script.modules) bundled.add(module);
  }
  for (const [path, text] of await buildTypes(description)) files.set(path, text);
  const notices = noticesOf([...bundled]);
  if (notices !== '') files.set(NOTICES, notices);
  return files;
}
