import fc from 'fast-check';
import type { Given, Parts } from './reference.ts';

const hash = fc.constantFrom('SHA1', 'SHA256', 'SHA512');

/** Every suite of the grammar. */
export const partsArbitrary: fc.Arbitrary<Parts> = fc.record({
  hash,
  digits: fc.constantFrom(0, 4, 5, 6, 7, 8, 9, 10),
  counter: fc.boolean(),
  format: fc.constantFrom('A', 'N', 'H'),
  length: fc.integer({ min: 4, max: 64 }),
  pin: fc.option(hash, { nil: undefined }),
  session: fc.option(fc.integer({ min: 1, max: 999 }), { nil: undefined }),
  step: fc.option(
    fc.oneof(
      fc.record({ count: fc.integer({ min: 1, max: 59 }), unit: fc.constantFrom('S', 'M') }),
      fc.record({ count: fc.integer({ min: 1, max: 48 }), unit: fc.constant('H' as const) }),
    ),
    { nil: undefined },
  ),
}) as fc.Arbitrary<Parts>;

const CHARACTERS = {
  A: 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789',
  N: '0123456789',
  H: '0123456789abcdefABCDEF',
};

/** Counters near the places where words, doubles and 64 bits end, and anywhere. */
const counter = fc.oneof(
  fc.constantFrom(0n, 1n, 255n, 2n ** 31n, 2n ** 32n - 1n, 2n ** 32n, 2n ** 53n - 1n, 2n ** 53n, 2n ** 64n - 1n),
  fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
);

/** A suite, a key, and everything that the suite asks for. */
export const caseArbitrary: fc.Arbitrary<{ parts: Parts; key: Uint8Array; given: Given }> = partsArbitrary.chain(
  (parts) =>
    fc.record({
      parts: fc.constant(parts),
      key: fc.uint8Array({ minLength: 16, maxLength: 140 }),
      given: fc.record({
        question: fc.string({
          unit: fc.constantFrom(...CHARACTERS[parts.format]),
          minLength: 4,
          maxLength: parts.length,
        }),
        counter: parts.counter ? counter : fc.constant(undefined),
        pin: parts.pin ? fc.string({ unit: 'grapheme-ascii', minLength: 1, maxLength: 20 }) : fc.constant(undefined),
        session: parts.session ? fc.uint8Array({ minLength: 0, maxLength: parts.session }) : fc.constant(undefined),
        now: parts.step ? fc.integer({ min: 0, max: 8.64e15 }) : fc.constant(undefined),
      }),
    }),
) as fc.Arbitrary<{ parts: Parts; key: Uint8Array; given: Given }>;
