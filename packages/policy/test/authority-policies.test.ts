// The same attacker against policies that nobody has thought of.
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { definePolicy, findPolicyProblems, type Policy } from '../src/index.ts';
import { attack, commands } from './authority-model.ts';
import { owner } from './support.ts';

const ACTIONS = ['login', 'change-settings', 'withdrawal', 'deliver'] as const;
const flag = fc.option(fc.constant(true as const), { nil: undefined, freq: 3 });
const limits = fc.oneof(
  fc.constant('unlimited' as const),
  fc.integer({ min: 1, max: 50 }).map((perDay) => ({ perDay: perDay * 1_000_000 })),
  fc.integer({ min: 1, max: 50 }).map((perAction) => ({ perAction: perAction * 1_000_000 })),
);
const kind = fc.record({
  level: fc.integer({ min: 1, max: 5 }),
  methods: fc.constant(['totp', 'sms']),
  exclusive: flag,
  leaves: flag,
  legacy: flag,
  restricted: flag,
  possessionElement: fc.option(fc.constant(true as const), { nil: undefined, freq: 1 }),
  maximum: fc.option(fc.integer({ min: 1, max: 3 }), { nil: undefined }),
  actions: fc.option(fc.subarray([...ACTIONS], { minLength: 1 }), { nil: undefined, freq: 3 }),
  rows: limits,
});

/** A policy of five kinds, and who holds which of them. */
const scenes = fc
  .record({
    kinds: fc.tuple(kind, kind, kind, kind, kind),
    levels: fc.tuple(...ACTIONS.map(() => fc.integer({ min: 0, max: 5 }))),
    possession: flag,
    none: limits,
    coolDown: fc.constantFrom(1, 3600, 259_200),
    lanes: fc.option(fc.constant({ maximum: 2, tries: 2 })),
    theirs: fc.subarray(['k0', 'k1', 'k2', 'k3', 'k4'], { minLength: 1, maxLength: 3 }),
    held: fc.subarray(['k0', 'k1', 'k2', 'k3', 'k4'], { maxLength: 2 }),
  })
  .map(({ kinds, levels, possession, none, coolDown, lanes, theirs, held }) => {
    const rows = Object.fromEntries(kinds.map(({ rows }, index) => [`k${index}`, rows]));
    const actions = Object.fromEntries(ACTIONS.map((name, index) => [name, { level: levels[index]! }]));
    const serves = ({ level, actions: own, possessionElement }: (typeof kinds)[number]) =>
      level >= levels[2]! && own?.includes('withdrawal') !== false && (!possession || possessionElement);
    const served = Object.entries(rows).filter((_, index) => serves(kinds[index]!));
    const perKind = { ...Object.fromEntries(served), ...(levels[2] === 0 && { none }) };
    const document = {
      v: 1,
      name: 'random',
      currency: 'EUR',
      calendar: { timeZone: 'Europe/Brussels', weekend: [6, 7], holidays: [] },
      binding: { coolDown, perDay: 10, maximumDevices: 10 },
      kinds: Object.fromEntries(kinds.map(({ rows: _, ...rules }, index) => [`k${index}`, rules])),
      actions: {
        ...actions,
        withdrawal: {
          ...actions.withdrawal,
          possession: levels[2] === 0 ? undefined : possession,
          limits: { pool: 'p', perKind },
        },
      },
      attempts: {
        device: { limit: 5, waits: [1, 2], locks: [900, 3600] },
        account: { limit: 8, waits: [1, 2], locks: [900, 3600] },
        lanes,
      },
    };
    return { document, theirs: theirs.filter((one) => !held.includes(one)), held };
  })
  .filter(({ document, theirs, held }) => theirs.length > 0 && canBegin(document, [...theirs, ...held], held));

function canBegin(document: unknown, everything: readonly string[], held: readonly string[]): boolean {
  if (findPolicyProblems(document).length > 0) return false;
  try {
    const policy = definePolicy(document) as Policy;
    const { list } = owner(policy, everything);
    return list.every(({ state }) => state === 'active') && owner(policy, held).list.length === held.length;
  } catch {
    return false;
  }
}

it('an attacker reaches nothing more under random policies', () => {
  let runs = 0;
  fc.assert(
    fc.property(scenes, commands, fc.boolean(), ({ document, theirs, held }, history, objecting) => {
      const policy = definePolicy(document) as Policy;
      runs++;
      attack(policy, theirs, held, history, objecting && policy.binding.coolDown === 259_200);
    }),
    { numRuns: 150 },
  );
  expect(runs).toBeGreaterThan(100);
}, 300_000);
