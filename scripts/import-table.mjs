// Who may import whom. The table is the design; this script holds the code against it.
import { readdirSync, readFileSync } from 'node:fs';
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
};

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
    if (!table[packageName]?.includes(name)) faults.push(`${packageName}/package.json depends on ${name}`);
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

/** The forbidden imports of one source file, each as one line that says why. */
export function forbiddenImports(packageName, file, source) {
  const allowed = table[packageName];
  if (!allowed) return [`${file}: the package ${packageName} is not in the import table`];
  const faults = [];
  for (const { fileName: specifier } of ts.preProcessFile(source, true, true).importedFiles) {
    const fault = (why) => faults.push(`${file} imports '${specifier}': ${why}`);
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
    faults.push(...forbiddenDependencies(name, JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))));
    const sources = join(folder, 'src');
    for (const entry of readdirSync(sources, { recursive: true })) {
      if (!entry.endsWith('.ts')) continue;
      const path = join(sources, entry);
      faults.push(...forbiddenImports(name, relative(sources, path), readFileSync(path, 'utf8')));
    }
  }
  return faults;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const faults = checkImports();
  for (const fault of faults) console.error(fault);
  process.exitCode = faults.length > 0 ? 1 : 0;
}
