// Writes the JSON Schema of a policy from the types: `npm run schema`. A test compares it with what is committed.
import { writeFileSync } from 'node:fs';
import { policySchema } from './policy-schema.mjs';

writeFileSync(new URL('../schema/policy.schema.json', import.meta.url), policySchema());
