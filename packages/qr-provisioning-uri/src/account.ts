import { type Algorithm, isAlgorithm } from '@countersign/primitives/algorithm';
import { assertBytes, assertInteger } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';

/** What every app uses when a URI says nothing. */
export const DEFAULT_ALGORITHM: Algorithm = 'SHA1';
export const DEFAULT_DIGITS = 6;
export const DEFAULT_PERIOD = 30;

/** Longest shared secret in a URI, in bytes: the block of SHA-512, beyond which HMAC hashes its key (RFC 2104 §2). */
export const MAX_SECRET_BYTES = 128;
/** RFC 4226 §5.1: the counter has eight bytes. */
const MAX_COUNTER = 2n ** 64n - 1n;
/** A day: nothing that a person types lives longer, and KeePassXC clamps there. */
const MAX_PERIOD = 86_400;

/** What an authenticator app needs to know about one account. The defaults are those that every app supports. */
export type OtpauthOptions = {
  /** Default `totp`. */
  type?: 'totp' | 'hotp' | undefined;
  /** Who the codes are for: a stable name or, for Apple Passwords, a domain. `''` for none. */
  issuer: string;
  /** Whose account it is: a user name or e-mail address. Leading white space is dropped. */
  account: string;
  /** The shared secret itself, 1 … 128 bytes, never its Base32 text. New ones have 20 (`generateSecret` of the totp package). */
  secret: Uint8Array;
  /** Default `SHA1`. */
  algorithm?: Algorithm | undefined;
  /** Length of a code, 6 … 10. Default 6. */
  digits?: number | undefined;
  /** Seconds in a time step, 1 … 86,400; `totp` only. Default 30. */
  period?: number | undefined;
  /** The next counter, 0 … 2^64-1; `hotp` only. Default 0. */
  counter?: number | bigint | undefined;
  /** Address of a logo, which a few apps show. */
  image?: string | undefined;
  /** The issuer's name in the label, when people are to read another name than the stable `issuer`. Default: `issuer`. */
  labelIssuer?: string | undefined;
};

/** One account with nothing left to assume. It holds the secret: do not log it. */
export type OtpauthAccount = {
  /** `''` when the URI names none. */
  issuer: string;
  account: string;
  /** 1 … 128 bytes, as they are. A verifier has its own minimum. */
  secret: Uint8Array;
  algorithm: Algorithm;
  /** 6 … 10 */
  digits: number;
  /** As given, unchecked: treat it as any address that a stranger sends. */
  image?: string | undefined;
} & (
  | { type: 'totp' /** seconds */; period: number; counter?: undefined }
  | { type: 'hotp' /** a number up to 2^53-1, else a bigint */; counter: number | bigint; period?: undefined }
);

/** Refuses anything but text that UTF-8 can express: of a lone surrogate a URI or a QR code would make another character. */
export function assertText(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || /\p{Surrogate}/u.test(value)) {
    throw new CountersignError('invalid-argument', `${name} must be text without lone surrogates`);
  }
}

export function checkPeriod(period: unknown): number {
  assertInteger(period, 'period', 1, MAX_PERIOD, 'invalid-period');
  return period;
}

/** A counter as a number up to 2^53-1, and as a bigint above. */
export function checkCounter(counter: unknown): number | bigint {
  const exact = typeof counter === 'bigint' || Number.isSafeInteger(counter) ? BigInt(counter as number | bigint) : -1n;
  if (exact < 0n || exact > MAX_COUNTER) {
    throw new CountersignError('invalid-counter', 'counter must be an integer from 0 to 2^64-1');
  }
  return exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}

/** Checks every parameter and fills in the defaults. The secret is the caller's own array: nothing here keeps it. */
export function completeAccount(options: OtpauthOptions): OtpauthAccount {
  const given = (options ?? {}) as OtpauthOptions;
  const { type = 'totp', issuer, account, secret, period, counter, image } = given;
  const { algorithm = DEFAULT_ALGORITHM, digits = DEFAULT_DIGITS } = given;
  if (type !== 'totp' && type !== 'hotp') throw new CountersignError('invalid-argument', 'type must be totp or hotp');
  assertText(issuer, 'issuer');
  assertText(account, 'account');
  if (account.trimStart() === '') throw new CountersignError('invalid-argument', 'account must not be empty');
  assertBytes(secret, 'secret', 1, MAX_SECRET_BYTES, 'invalid-secret');
  if (!isAlgorithm(algorithm)) {
    throw new CountersignError('invalid-algorithm', 'algorithm must be SHA1, SHA256 or SHA512');
  }
  assertInteger(digits, 'digits', 6, 10, 'invalid-digits');
  if (image !== undefined) {
    assertText(image, 'image');
    if (image === '') throw new CountersignError('invalid-argument', 'image must not be empty');
  }
  const common = {
    issuer,
    account: account.trimStart(),
    secret,
    algorithm,
    digits,
    ...(image !== undefined && { image }),
  };
  if (type === 'totp') {
    if (counter !== undefined) throw new CountersignError('invalid-counter', 'counter belongs to type hotp only');
    return { type, ...common, period: checkPeriod(period ?? DEFAULT_PERIOD) };
  }
  if (period !== undefined) throw new CountersignError('invalid-period', 'period belongs to type totp only');
  return { type, ...common, counter: checkCounter(counter ?? 0) };
}

/** Runs a check on what a URI says: its error keeps its words, which name the parameter, under the code of the parser. */
export function checkedAsUri<T>(check: () => T, where = ''): T {
  try {
    return check();
  } catch (error) {
    throw new CountersignError('invalid-uri', `${where}${(error as CountersignError).message}`);
  }
}
