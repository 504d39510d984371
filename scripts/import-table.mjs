// Who may import whom. The table is the design; this script holds the code against it.
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const features = ['totp', 'challenge-response', 'card-grid', 'qr-provisioning-uri', 'policy', 'store'];

/** For each package, the packages its sources may import, besides files of its own. */
export const table = {
  primitives: ['@noble/hashes', 'base32-encode', 'base32-decode'],
  totp: ['@countersign/primitives'],
  'challenge-response': ['@countersign/primitives', '@noble/curves', '@noble/hashes', 'hpke', 'libphonenumber-js'],
  'card-grid': ['@countersign/primitives'],
  'qr-provisioning-uri': ['@countersign/primitives', 'qr', '@bufbuild/protobuf', 'fast-png'],
  policy: ['@countersign/primitives', 'temporal-polyfill', 'ipaddr.js'],
  store: ['@countersign/primitives'],
  'secure-login': ['@countersign/primitives', ...features.map((name) => `@countersign/${name}`)],
  cli: ['primitives', ...features, 'secure-login'].map((name) => `@countersign/${name}`).concat('commander'),
  vectors: [],
};

/** Database drivers are the application's own: the store knows only their types. */
const typesOnly = {
  store: ['pg', 'ioredis', 'redis', '@electric-sql/pglite', 'better-sqlite3', 'libsql'],
};

/** What runs on the user's side never reaches these, also not through another file of its package. */
const userSide = {
  'secure-login': { entries: ['client', 'phone'], never: ['@countersign/store', '@countersign/policy'] },
};

/** What files of primitives import, which builds copy into the packages that use them: a dependency, never imported by name. */
const inherited = ['@noble/hashes'];

/** Of primitives, policy may use no crypto and no randomness: errors and assertions only. */
const policyPrimitives = ['error', 'assert', 'state'].map((entry) => `@countersign/primitives/${entry}`);
/** Large libraries stay in sub-entries of their own, and only who uses these installs them: optional peers. */
const optionalPeers = { 'libphonenumber-js': 'phone-number' };
/**
 * So does a PNG writer, which brings a whole deflate (fast-png of image-js: no Node API, one bit a pixel) and which
 * drawing as SVG does without.
 */
const onlyIn = { ...optionalPeers, 'fast-png': 'render-qr-png' };

/** `@scope/name/sub/path` or `name/sub/path` without the path. */
function packageOf(specifier) {
  return specifier
    .split('/')
    .slice(0, specifier.startsWith('@') ? 2 : 1)
    .join('/');
}

/** True for an entry's own file and for those in the folder of its name. */
function isPartOf(file, entry) {
  return file === `${entry}.ts` || file.startsWith(`${entry}/`);
}

/** What a package says it needs, and may not, each as one line. */
export function forbiddenDependencies(
  packageName,
  { dependencies = {}, peerDependencies = {}, peerDependenciesMeta = {} },
) {
  const faults = [];
  for (const name of [...Object.keys(dependencies), ...Object.keys(peerDependencies)]) {
    if (![...(table[packageName] ?? []), ...inherited].includes(name))
      faults.push(`${packageName}/package.json depends on ${name}`);
  }
  for (const name of Object.keys(dependencies)) {
    if (optionalPeers[name]) faults.push(`${packageName}/package.json: ${name} must be an optional peer`);
  }
  for (const name of Object.keys(peerDependencies)) {
    if (!optionalPeers[name]) faults.push(`${packageName}/package.json: ${name} must be no peer`);
    if (peerDependenciesMeta[name]?.optional !== true)
      faults.push(`${packageName}/package.json: ${name} must be optional`);
  }
  return faults;
}

const importsOf = (source) => [
  ...new Set(ts.preProcessFile(source, true, true).importedFiles.map(({ fileName }) => fileName)),
];

/** The specifiers that are imported with `import type` alone. */
function typeImports(source) {
  const { statements } = ts.createSourceFile('source.ts', source, ts.ScriptTarget.ES2022);
  const imports = statements.filter(ts.isImportDeclaration);
  const values = imports.filter(({ importClause }) => !importClause?.isTypeOnly);
  const specifiers = (list) => list.map(({ moduleSpecifier }) => moduleSpecifier.text);
  return new Set(specifiers(imports).filter((specifier) => !specifiers(values).includes(specifier)));
}

/** What an entry on the user's side reaches and must not, through any file: `read` gives a file's text, or undefined. */
export function forbiddenReach(packageName, read) {
  const { entries, never } = userSide[packageName] ?? { entries: [], never: [] };
  const faults = [];
  for (const entry of entries) {
    const seen = new Set([`${entry}.ts`, `${entry}/index.ts`].filter((file) => read(file) !== undefined));
    for (const file of seen) {
      for (const specifier of importsOf(read(file) ?? '')) {
        if (specifier.startsWith('.')) seen.add(join(dirname(file), specifier));
        else if (never.includes(packageOf(specifier))) {
          faults.push(`${packageName}/${entry} reaches '${specifier}' through ${file}: it runs on the user's side`);
        }
      }
    }
  }
  return faults;
}

/** The forbidden imports of one source file, each as one line that says why. */
export function forbiddenImports(packageName, file, source) {
  const allowed = table[packageName];
  if (!allowed) return [`${file}: the package ${packageName} is not in the import table`];
  const faults = [];
  const onlyTypes = typeImports(source);
  for (const specifier of importsOf(source)) {
    const fault = (why) => faults.push(`${file} imports '${specifier}': ${why}`);
    if (typesOnly[packageName]?.includes(packageOf(specifier))) {
      if (!onlyTypes.has(specifier)) fault('only its types may be imported');
      continue;
    }
    if (specifier.startsWith('.')) {
      if (join(dirname(file), specifier).startsWith('..')) fault('outside its own sources');
    } else if (specifier.startsWith('node:')) {
      fault('packages run in browsers and workers too');
    } else if (!allowed.includes(packageOf(specifier))) {
      fault(`${packageName} may import ${allowed.join(', ')}`);
    } else if (
      packageName === 'policy' &&
      specifier.startsWith('@countersign/') &&
      !policyPrimitives.includes(specifier)
    ) {
      fault(`policy may import ${policyPrimitives.join(', ')}`);
    } else if (onlyIn[packageOf(specifier)] && !isPartOf(file, onlyIn[packageOf(specifier)])) {
      fault(`only the ${onlyIn[packageOf(specifier)]} entry may import it`);
    }
  }
  return faults;
}

/** The forbidden imports of all packages, and dependencies in package.json that the table does not know. */
export function checkImports() {
  const faults = [];
  for (const name of readdirSync(join(root, 'packages'))) {
    const folder = join(root, 'packages', name);
    if (!existsSync(join(folder, 'package.json'))) continue;
    faults.push(...forbiddenDependencies(name, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))));
    const sources = join(folder, 'src');
    if (!existsSync(sources)) continue;
    for (const entry of readdirSync(sources, { recursive: true })) {
      if (!entry.endsWith('.ts')) continue;
      const path = join(sources, entry);
      faults.push(...forbiddenImports(name, relative(sources, path), readFileSync(path, 'utf8')));
    }
    const read = (file) => (existsSync(join(sources, file)) ? readFileSync(join(sources, file), 'utf8') : undefined);
    faults.push(...forbiddenReach(name, read));
  }
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = checkImports();
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
