import type { Algorithm } from '@countersign/primitives/algorithm';
import { assertInteger, assertSecret } from '@countersign/primitives/assert';
import type { CounterHmac } from '@countersign/primitives/counter-hmac';
import { CountersignError } from '@countersign/primitives/error';

/** What authenticator apps use when a URI says nothing. */
export const DEFAULT_ALGORITHM: Algorithm = 'SHA1';
export const DEFAULT_DIGITS = 6;
export const DEFAULT_PERIOD = 30;

/** The hashes that an entry point brings along: all of them, or SHA-1 alone for the smallest bundle. */
export type Hashes = ReadonlyMap<Algorithm, CounterHmac>;

/** What HOTP and TOTP keys have in common. */
export type KeyOptions = {
  /** The shared secret, 16 bytes or more (RFC 4226 R6); 20, 32, 64 bytes fit SHA-1, SHA-256, SHA-512. Copied at once. */
  secret: Uint8Array;
  /** Default `SHA1`, which is what every authenticator app supports. */
  algorithm?: Algorithm | undefined;
  /** Length of a code, 6 … 10. Default 6. */
  digits?: number | undefined;
  /** Also take secrets of 10 to 15 bytes, which old services issued. Never for new ones. Default `false`. */
  allowShortSecret?: boolean | undefined;
};

/** A checked and prepared key, and what turns its output into codes. It stays inside closures. */
export type PreparedKey = {
  readonly hmac: CounterHmac;
  readonly key: unknown;
  readonly digits: number;
  readonly modulus: number;
};

/** Checks everything that a key is made of, at construction, and prepares the HMAC key. */
export function prepareKey(hashes: Hashes, options: KeyOptions): PreparedKey {
  const { secret, algorithm = DEFAULT_ALGORITHM, digits = DEFAULT_DIGITS, allowShortSecret } = options ?? {};
  assertSecret(secret, allowShortSecret === true);
  assertInteger(digits, 'digits', 6, 10, 'invalid-digits');
  const hmac = hashes.get(algorithm);
  if (!hmac) throw new CountersignError('invalid-algorithm', `algorithm must be ${[...hashes.keys()].join(', ')}`);
  return { hmac, key: hmac.prepare(secret), digits, modulus: 10 ** digits };
}
