import fc from 'fast-check';
import type { OtpauthAccount } from '../../src/uri.ts';

/** Names of any characters that UTF-8 can express, the troublesome ones often. */
export const name: fc.Arbitrary<string> = fc.oneof(
  fc.string({ unit: 'binary', maxLength: 30 }),
  fc.string({
    unit: fc.constantFrom(':', '%', '3', 'A', 'a', '+', ' ', '&', '#', '/', '?', '=', 'é', '🔑', 'ע'),
    maxLength: 12,
  }),
);

/** White space at its start is not kept, and nothing else is an account. */
export const accountName: fc.Arbitrary<string> = name.map((text) => text.trimStart()).filter((text) => text !== '');

const common = {
  issuer: name,
  account: accountName,
  secret: fc.uint8Array({ minLength: 1, maxLength: 128 }),
  algorithm: fc.constantFrom('SHA1' as const, 'SHA256' as const, 'SHA512' as const),
};

const counter = fc.oneof(fc.maxSafeNat(), fc.bigInt(2n ** 53n, 2n ** 64n - 1n), fc.constantFrom(0, 2n ** 64n - 1n));

/** Any account that a URI can hold. */
export const account: fc.Arbitrary<OtpauthAccount> = fc.oneof(
  fc.record(
    {
      ...common,
      type: fc.constant('totp' as const),
      digits: fc.integer({ min: 6, max: 10 }),
      period: fc.integer({ min: 1, max: 86_400 }),
      image: fc.webUrl(),
    },
    { requiredKeys: ['issuer', 'account', 'secret', 'algorithm', 'type', 'digits', 'period'], noNullPrototype: true },
  ),
  fc.record(
    {
      ...common,
      type: fc.constant('hotp' as const),
      digits: fc.integer({ min: 6, max: 10 }),
      counter,
    },
    { noNullPrototype: true },
  ),
);

/** Any account that an export can hold. */
export const exportable: fc.Arbitrary<OtpauthAccount> = fc.oneof(
  fc.record(
    {
      ...common,
      type: fc.constant('totp' as const),
      digits: fc.constantFrom(6, 8),
      period: fc.constant(30),
    },
    { noNullPrototype: true },
  ),
  fc.record(
    {
      ...common,
      type: fc.constant('hotp' as const),
      digits: fc.constantFrom(6, 8),
      counter: fc.oneof(fc.maxSafeNat(), fc.bigInt(2n ** 53n, 2n ** 63n - 1n)),
    },
    { noNullPrototype: true },
  ),
);
