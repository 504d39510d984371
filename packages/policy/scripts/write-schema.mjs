// Writes the JSON Schema of a policy, from the shapes that definePolicy checks with: `npm run schema` after a build.
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { policySchema } from '../dist/index.js';

const file = fileURLToPath(new URL('../schema/policy.schema.json', import.meta.url));
writeFileSync(file, `${JSON.stringify(policySchema(), null, 2)}\n`);
