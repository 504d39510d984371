import assert from 'node:assert/strict';
import { test } from 'node:test';
import { rules } from './package-rules.mjs';

const source = "import { b } from 'b';\n/** Adds. */\nexport function add(x: number) {\n  return b(x);\n}\n";
const manifest = {
  name: 'a',
  dependencies: { b: '1.0.0' },
  exports: { '.': { types: './dist/index.d.ts', default: './dist/index.js' } },
};

/** A tarball that keeps every rule, changed in one way. */
function faultsOf(changes = {}, map = {}, more = {}) {
  const sourceMap = { sources: ['../src/index.ts'], sourcesContent: [source], ...map };
  const files = new Map(
    Object.entries({
      LICENSE: 'MIT',
      'README.md': '# a',
      'package.json': '{}',
      'src/index.ts': source,
      'dist/index.js': "import { b } from 'b';\n/** Adds. */\nfunction add(x) {\n  return b(x);\n}\nexport { add };\n",
      'dist/index.js.map': JSON.stringify(sourceMap),
      'dist/index.d.ts': 'declare function add(x: number): number;\nexport { add };\n',
      ...changes,
    }).filter(([, text]) => text !== null),
  );
  const subject = { manifest: { ...manifest, ...more }, files, primitives: () => undefined, root: '/home/builder' };
  return rules.flatMap((rule) => rule(subject));
}

test('a tarball as it should be has no faults', () => assert.deepEqual(faultsOf(), []));

const broken = {
  'an export without its file': [{}, {}, { exports: { ...manifest.exports, './schema.json': './schema.json' } }],
  'no licence': [{ LICENSE: null }],
  'no declarations': [{ 'dist/index.d.ts': null }],
  'a file with a hashed name': [{ 'dist/chunk-4EZVYLDB.js': '' }],
  'a test': [{ 'src/add.test.ts': '' }],
  'an import that is not installed': [{ 'dist/index.d.ts': "import { c } from 'c';" }],
  'an import of a file that is not there': [{ 'dist/index.js': "import './other.js';" }],
  'a dependency of this workspace': [{}, {}, { dependencies: { b: 'workspace:*' } }],
  'a comment that was dropped': [{ 'dist/index.js': 'function add(x) {}\nexport { add };\n' }],
  'minified code': [{ 'dist/index.js': `${'a();'.repeat(500)}\n` }],
  'a source that is not shipped': [{ 'src/index.ts': null }],
  'a source with another text': [{ 'src/index.ts': `${source}//` }],
  'an absolute path in a map': [{}, { sources: ['/tmp/index.ts'] }],
  'the place of a package store': [{}, { sources: ['../node_modules/.pnpm/b/index.js'] }],
  'bundled code without its notice': [{}, { sources: ['../node_modules/c/index.js'] }],
  'bundled noble': [
    { 'dist/THIRD-PARTY-NOTICES.txt': '@noble/hashes 2.4.0 (MIT)' },
    { sources: ['../node_modules/@noble/hashes/sha2.js'] },
  ],
  'the folder it was built in': [{ 'README.md': 'see /home/builder/README.md' }],
};
for (const [name, [changes, map, more]] of Object.entries(broken)) {
  test(`found: ${name}`, () => assert.ok(faultsOf(changes, map, more).length > 0));
}
