import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkImports, forbiddenDependencies, forbiddenImports, forbiddenReach } from './import-table.mjs';

test('every package keeps to the import table', () => {
  assert.deepEqual(checkImports(), []);
});

test('a forbidden import is found, in each form it can take', () => {
  const forms = [
    "import { createTotp } from '@countersign/totp';",
    "import type { Totp } from '@countersign/totp';",
    "export * from '@countersign/totp';",
    "const totp = await import('@countersign/totp');",
  ];
  for (const source of forms) assert.equal(forbiddenImports('card-grid', 'index.ts', source).length, 1, source);
  assert.equal(forbiddenImports('totp', 'totp.ts', "import { sha1 } from '@noble/hashes/legacy.js';").length, 1);
  assert.equal(forbiddenImports('totp', 'totp.ts', "import { createHmac } from 'node:crypto';").length, 1);
  assert.equal(forbiddenImports('totp', 'totp.ts', "import x from '../../policy/src/index.ts';").length, 1);
  assert.equal(
    forbiddenImports('policy', 'a.ts', "import { systemRandom } from '@countersign/primitives/random';").length,
    1,
  );
  assert.equal(forbiddenImports('challenge-response', 'index.ts', "import 'libphonenumber-js/min';").length, 1);
  assert.equal(forbiddenImports('a-new-package', 'index.ts', '').length, 1);
});

test('a large library is an optional peer of its own entry, and nothing else is a peer', () => {
  const library = { 'libphonenumber-js': '^1.13.16' };
  const optional = { 'libphonenumber-js': { optional: true } };
  const faults = (manifest) => forbiddenDependencies('challenge-response', manifest).length;
  assert.equal(faults({ peerDependencies: library, peerDependenciesMeta: optional }), 0);
  assert.equal(faults({ dependencies: library }), 1);
  assert.equal(faults({ peerDependencies: library }), 1);
  assert.equal(faults({ dependencies: { lodash: '1' } }), 1);
  assert.equal(faults({ peerDependencies: { hpke: '1' }, peerDependenciesMeta: { hpke: { optional: true } } }), 1);
  assert.equal(forbiddenDependencies('totp', { peerDependencies: library, peerDependenciesMeta: optional }).length, 1);
  const uses = "import { parsePhoneNumberFromString } from 'libphonenumber-js/max';";
  assert.equal(forbiddenImports('challenge-response', 'phone-number.ts', uses).length, 0);
  assert.equal(forbiddenImports('challenge-response', 'phone-number/parse-phone-number.ts', uses).length, 0);
  assert.equal(forbiddenImports('challenge-response', 'phone-number-list.ts', uses).length, 1);
});

test('an allowed import is not', () => {
  assert.deepEqual(
    forbiddenImports('totp', 'totp.ts', "import { CountersignError } from '@countersign/primitives/error';"),
    [],
  );
  assert.deepEqual(forbiddenImports('totp', 'totp.ts', "import { x } from './options.ts';"), []);
  assert.deepEqual(forbiddenImports('secure-login', 'index.ts', "import { createTotp } from '@countersign/totp';"), []);
});

test('of a database driver only types are imported', () => {
  const faults = (source) => forbiddenImports('store', 'postgres.ts', source).length;
  assert.equal(faults("import type { Pool } from 'pg';"), 0);
  assert.equal(faults("import { Pool } from 'pg';"), 1);
  assert.equal(faults("import type { Pool } from 'pg';\nimport pg from 'pg';"), 1);
  assert.equal(faults("const pg = await import('pg');"), 1);
  assert.equal(forbiddenImports('totp', 'totp.ts', "import type { Pool } from 'pg';").length, 1);
});

test('what runs on the user side reaches neither store nor policy, also not through another file', () => {
  const files = {
    'client.ts': "export * from './http/route.ts';",
    'http/route.ts': "import { x } from '../engine.ts';",
    'engine.ts': "import { memoryStore } from '@countersign/store';",
    'phone/index.ts': "import type { Policy } from '@countersign/policy';",
  };
  const reach = (changes) => forbiddenReach('secure-login', (file) => ({ ...files, ...changes })[file]);
  assert.equal(reach({}).length, 2);
  assert.match(reach({})[0], /client reaches '@countersign\/store' through engine.ts/);
  assert.deepEqual(reach({ 'http/route.ts': '', 'phone/index.ts': '' }), []);
});
