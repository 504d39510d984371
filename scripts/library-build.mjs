// How every package is built: one readable file per entry, with its comments, and one declaration file beside it.
// The entries are those of the package's own "exports"; nothing is minified and no file name carries a hash.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import commonjs from '@rollup/plugin-commonjs';
import nodeResolve from '@rollup/plugin-node-resolve';
import { rollup } from 'rollup';
import { dts } from 'rollup-plugin-dts';
import { transform } from 'sucrase';
import { noticesOf } from './third-party-notices.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const primitives = '@countersign/primitives/';
/** Applications catch this class with `instanceof`, across packages: it is the one file that is never inlined. */
const SHARED = `${primitives}error`;

/** What is known of a package from its package.json: its entries (without extension) and what it may import as installed. */
export function describePackage(folder) {
  const manifest = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
  const entries = Object.values(manifest.exports ?? {})
    .map((target) => (typeof target === 'string' ? target : target.default))
    .filter((target) => target.endsWith('.js'))
    .map((target) => target.replace(/^\.\/dist\//, '').replace(/\.js$/, ''));
  const external = Object.keys({ ...manifest.dependencies, ...manifest.peerDependencies });
  return { folder, manifest, entries, external };
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
function internalImports({ folder, entries, external }, built, inlinePrimitives) {
  const files = new Map(entries.map((name) => [join(folder, 'src', `${name}.ts`), name]));
  const [entry] = built;
  const inherited = describePackage(join(root, 'packages/primitives')).external;
  return {
    name: 'internal-imports',
    resolveId(specifier, importer) {
      if (!importer) return null;
      if (specifier.startsWith('.')) {
        const target = resolve(dirname(importer), specifier);
        const sibling = files.get(target);
        if (sibling === undefined) return null;
        const path = relative(dirname(entry), `${sibling}.js`);
        // An absolute id, so that rollup writes the import relative to the file that is built.
        return { id: path.startsWith('.') ? path : `./${path}`, external: 'absolute' };
      }
      if (specifier.startsWith(primitives) && specifier !== SHARED && inlinePrimitives) {
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
      internalImports(description, [entry], true),
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

/** The declarations of some entries, each in one file with its doc comments. */
async function buildTypes(description, entries) {
  const { folder } = description;
  const bundle = await rollup({
    input: Object.fromEntries(entries.map((entry) => [entry, join(folder, 'src', `${entry}.ts`)])),
    plugins: [
      sharedError(description),
      internalImports(description, entries, false),
      dts({ tsconfig: join(folder, 'tsconfig.json') }),
    ],
    external: (id) => !id.startsWith('.') && !id.startsWith('/'),
    onwarn: refuse,
  });
  const { output } = await bundle.generate({ dir: join(folder, 'dist'), format: 'es', entryFileNames: '[name].d.ts' });
  await bundle.close();
  if (output.length !== entries.length) throw new Error(`the declarations of ${entries.join(', ')} share a file`);
  return output.map(({ fileName, code }) => [fileName, code]);
}

function everySourceIsAnEntry({ folder, entries }) {
  const sources = readdirSync(join(folder, 'src'), { recursive: true }).filter((path) => path.endsWith('.ts'));
  return sources.every((path) => entries.includes(path.replace(/\.ts$/, '')));
}

/** Builds a package in memory: the text of each file of its dist folder, by path. The same sources give the same bytes. */
export async function buildLibrary(folder) {
  const description = describePackage(folder);
  const files = new Map();
  const bundled = new Set();
  for (const entry of description.entries) {
    if (!existsSync(join(folder, 'src', `${entry}.ts`))) throw new Error(`${folder} exports ${entry}, but has no such source`);
    const script = await buildScript(description, entry);
    for (const specifier of script.imports) {
      if (specifier.startsWith('.') || dependencyOf(specifier, description.external)) continue;
      throw new Error(`${entry}.js imports ${specifier}, which is not among the dependencies of ${description.manifest.name}`);
    }
    for (const [path, text] of script.files) files.set(path, text);
    for (const module of script.modules) bundled.add(module);
  }
  // One program for all of them where no two entries share a file that is not one itself, as in primitives.
  const groups = everySourceIsAnEntry(description) ? [description.entries] : description.entries.map((entry) => [entry]);
  for (const group of groups) for (const [path, text] of await buildTypes(description, group)) files.set(path, text);
  const notices = noticesOf([...bundled]);
  if (notices !== '') files.set('THIRD-PARTY-NOTICES.txt', notices);
  return files;
}
