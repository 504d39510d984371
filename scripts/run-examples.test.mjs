import assert from 'node:assert/strict';
import { test } from 'node:test';
import { extractExamples, withAssertions } from './run-examples.mjs';

const run = (code) => new Function('assert', withAssertions(code).code)(assert);

test('examples are found in Markdown and in doc comments', () => {
  assert.equal(extractExamples('a\n```ts\nconst a = 1;\n```\n```sql\nSELECT 1\n```')[0].code, 'const a = 1;\n');
  const comment = '/**\n * @example\n * ```ts\n * f({\n *   a: 1,\n * });\n * ```\n */';
  assert.deepEqual(
    extractExamples(comment).map(({ line, code }) => ({ line, code })),
    [{ line: 3, code: 'f({\n  a: 1,\n});\n' }],
  );
});

test('what a comment says is asserted', () => {
  assert.equal(withAssertions('1 + 1; // => 2\nconst a = 3; // => 3\nf(); // a remark').assertions, 2);
  run('1 + 1; // => 2\nconst a = { b: 1 }; // => { b: 1 }');
  assert.throws(() => run('1 + 1; // => 3'));
  assert.throws(() => run('const a = 1; // => 2'));
  assert.throws(() => run('1 + 1; // throws invalid-digits'));
});
