import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkImports, forbiddenDependencies, forbiddenImports } from './import-table.mjs';

test('the house keeps its own import table', () => {
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
  assert.equal(forbiddenImports('a-new-room', 'index.ts', '').length, 1);
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
