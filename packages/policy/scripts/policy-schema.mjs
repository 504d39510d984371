import { fileURLToPath } from 'node:url';
import { createGenerator } from 'ts-json-schema-generator';

/** The JSON Schema of a policy document, generated from the types and their comments. */
export function policySchema() {
  const schema = createGenerator({
    path: fileURLToPath(new URL('../src/policy-types.ts', import.meta.url)),
    tsconfig: fileURLToPath(new URL('../tsconfig.json', import.meta.url)),
    type: 'PolicyDocument',
    topRef: false,
    additionalProperties: false,
    skipTypeCheck: true,
  }).createSchema('PolicyDocument');
  const title = 'Countersign policy';
  return `${JSON.stringify({ title, ...schema }, null, 2)}\n`;
}
