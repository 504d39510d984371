import { readFileSync } from 'node:fs';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, policySchema } from '../src/index.ts';
import { policyShape } from '../src/policy-shape.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';

const file = readFileSync(new URL('../schema/policy.schema.json', import.meta.url), 'utf8');
const validate = new Ajv2020({ strict: true, allowUnionTypes: true }).compile(JSON.parse(file));

type Mutable = { [key: string]: unknown };

/** Every place in a document: the object or list that holds it, and its key. */
function places(value: unknown, found: [Mutable, string][] = []): [Mutable, string][] {
  if (typeof value !== 'object' || value === null) return found;
  for (const key of Object.keys(value)) {
    found.push([value as Mutable, key]);
    places((value as Mutable)[key], found);
  }
  return found;
}

const values = fc.oneof(
  fc.constantFrom<unknown>(
    null,
    true,
    false,
    '',
    'x',
    'x-own',
    'USD',
    '2026-12-25',
    0,
    1,
    -1,
    5,
    13,
    1.5,
    1001,
    2 ** 53,
    [],
    {},
    ['totp'],
    ['totp', 'totp'],
    [1, 1],
  ),
  fc.integer(),
  fc.string({ maxLength: 4 }),
);
const mutation = fc.record({
  at: fc.nat(100_000),
  how: fc.constantFrom('set', 'delete', 'add', 'rename'),
  value: values,
  key: fc.constantFrom(
    'x',
    'legcay',
    '__proto__',
    'a.b',
    'perAction',
    'repeat',
    'actions',
    'level',
    '$schema',
    'y'.repeat(65),
  ),
});

describe('the JSON Schema and the checks say the same', () => {
  it('the file is what the shapes say: run `npm run schema` after changing them', () => {
    expect(JSON.parse(file)).toEqual(policySchema());
  });

  it.each<[string, Policy]>(
    [brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy].map((policy) => [policy.name, policy]),
  )('over 10,000 mutations of %s', (_, policy) => {
    const text = JSON.stringify(policy);
    let refused = 0;
    fc.assert(
      fc.property(fc.array(mutation, { maxLength: 2 }), (mutations) => {
        const document = JSON.parse(text);
        for (const { at, how, value, key } of mutations) {
          const all = places(document);
          const [holder, name] = all[at % all.length]!;
          if (how === 'set') holder[name] = value;
          else if (how === 'delete') delete holder[name];
          else if (!Array.isArray(holder)) {
            const added = how === 'rename' ? holder[name] : value;
            if (how === 'rename') delete holder[name];
            Object.defineProperty(holder, key, { value: added, enumerable: true, configurable: true, writable: true });
          }
        }
        const sound = JSON.parse(JSON.stringify(document));
        const problems: string[] = [];
        policyShape.check(sound, '', (path, problem) => problems.push(`${path} ${problem}`));
        if (problems.length > 0) refused++;
        expect({ sound: validate(sound), problems: validate.errors }).toEqual({
          sound: problems.length === 0,
          problems: validate.errors,
        });
      }),
      { numRuns: 10_000 },
    );
    expect(refused).toBeGreaterThan(1000);
  });
});
