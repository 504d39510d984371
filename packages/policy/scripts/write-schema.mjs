// Writes the JSON Schema of a policy, made from the types and their comments: `npm run schema`. With --print it is printed,
// for the test that compares it with what is committed.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const schema = createGenerator({
  path: here('../src/policy-types.ts'),
  tsconfig: here('../tsconfig.json'),
  type: 'PolicyDocument',
  topRef: false,
  additionalProperties: false,
  skipTypeCheck: true,
}).createSchema('PolicyDocument');
const text = `${JSON.stringify({ title: 'Countersign policy', ...schema }, null, 2)}\n`;

if (process.argv.includes('--print')) process.stdout.write(text);
else writeFileSync(here('../schema/policy.schema.json'), text);
