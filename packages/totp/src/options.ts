import { type Algorithm, DEFAULT_ALGORITHM, DEFAULT_DIGITS } from '@countersign/primitives/algorithm';
import {
  assertInteger,
  assertOptions,
  isBytes,
  kindOf,
  MIN_SECRET_BYTES,
  MIN_SHORT_SECRET_BYTES,
} from '@countersign/primitives/assert';
import { POWERS_OF_TEN } from '@countersign/primitives/decimal-code';
import { CountersignError } from '@countersign/primitives/error';
import { type HmacMessage, truncate } from '@countersign/primitives/hmac-message';

/** The message of HOTP: a counter of eight bytes, big-endian (RFC 4226 §5.1). */
export const COUNTER_BYTES = 8;

/** The hashes that an entry point brings along, each with its message: all of them, or SHA-1 alone. */
export type Hashes = ReadonlyMap<Algorithm, HmacMessage>;

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

/** A checked and prepared key. It stays inside closures. */
export type PreparedKey = {
  readonly digits: number;
  /** The code for a counter of two 32-bit words, as an integer (RFC 4226 §5.3). */
  candidate(high: number, low: number): number;
  /** Clears what the candidates left in the shared scratch. Call once per request. */
  wipe(): void;
};

/** Refuses a shared secret under 128 bits (RFC 4226 R6), or under 80 bits when short ones were asked for. */
function assertSecret(secret: unknown, allowShortSecret: boolean): asserts secret is Uint8Array {
  const min = allowShortSecret ? MIN_SHORT_SECRET_BYTES : MIN_SECRET_BYTES;
  if (!isBytes(secret) || secret.length < min) {
    throw new CountersignError(
      'invalid-secret',
      `secret must be a Uint8Array of ${min} bytes or more, not ${kindOf(secret)}: see secretFromBase32, allowShortSecret`,
    );
  }
}

/** Checks everything that a key is made of, at construction, and prepares the HMAC key. */
export function prepareKey(hashes: Hashes, type: 'hotp' | 'totp', options: KeyOptions): PreparedKey {
  assertOptions(options);
  const { secret, algorithm = DEFAULT_ALGORITHM, digits = DEFAULT_DIGITS, allowShortSecret } = options;
  const { type: given = type } = options as { type?: unknown };
  if (given !== type) {
    throw new CountersignError(
      'invalid-argument',
      `type must be ${type}: use ${type === 'totp' ? 'createHotp' : 'createTotp'}`,
    );
  }
  assertSecret(secret, allowShortSecret === true);
  assertInteger(digits, 'digits', 6, 10, 'invalid-digits');
  const message = hashes.get(algorithm);
  if (!message) throw new CountersignError('invalid-algorithm', `algorithm must be ${[...hashes.keys()].join(', ')}`);
  const { view, compute } = message;
  const key = message.prepare(secret);
  const modulus = POWERS_OF_TEN[digits]!;
  return {
    digits,
    candidate(high, low) {
      view.setUint32(0, high);
      view.setUint32(4, low);
      return truncate(compute(key)) % modulus;
    },
    wipe: message.wipe,
  };
}
