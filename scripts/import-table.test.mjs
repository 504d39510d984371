import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkImports, forbiddenImports } from './import-table.mjs';

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

test('an allowed import is not', () => {
  assert.deepEqual(
    forbiddenImports('totp', 'totp.ts', "import { CountersignError } from '@countersign/primitives/error';"),
    [],
  );
  assert.deepEqual(forbiddenImports('totp', 'totp.ts', "import { x } from './options.ts';"), []);
  assert.deepEqual(forbiddenImports('secure-login', 'index.ts', "import { createTotp } from '@countersign/totp';"), []);
});
