import {
  type Algorithm,
  DEFAULT_ALGORITHM,
  DEFAULT_DIGITS,
  DEFAULT_PERIOD,
  isAlgorithm,
} from '@countersign/primitives/algorithm';
import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { assertText } from './assert-text.ts';
import { viewBytes } from './bytes.ts';

/** Longest shared secret in a URI, in bytes: the block of SHA-512, beyond which HMAC hashes its key (RFC 2104 §2). */
export const MAX_SECRET_BYTES = 128;
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

type CommonAccount = {
  /** `''` when the URI names none. */
  issuer: string;
  account: string;
  /** 1 … 128 bytes, as they are, in an array of its own. A verifier has its own minimum. */
  secret: Uint8Array<ArrayBuffer>;
  algorithm: Algorithm;
  /** 6 … 10 */
  digits: number;
  /** As given, unchecked: treat it as any address that a stranger sends. */
  image?: string | undefined;
};

/** A time-based account with nothing left to assume. It holds the secret: do not log it. */
export type TotpAccount = CommonAccount & { type: 'totp' /** seconds */; period: number; counter?: undefined };

/** A counter-based account with nothing left to assume. It holds the secret: do not log it. */
export type HotpAccount = CommonAccount & {
  type: 'hotp';
  /** The next counter: a number up to 2^53-1, else a bigint. */
  counter: number | bigint;
  period?: undefined;
};

/** One account of either type: ask for its `type` before you make codes of it. */
export type OtpauthAccount = TotpAccount | HotpAccount;

export function checkPeriod(period: unknown): number {
  assertInteger(period, 'period', 1, MAX_PERIOD, 'invalid-period');
  return period;
}

/** A counter of 0 … 2^64-1 (RFC 4226 §5.1) as a number up to 2^53-1, and as a bigint above. */
export function checkCounter(counter: unknown): number | bigint {
  const exact = typeof counter === 'bigint' || Number.isSafeInteger(counter) ? BigInt(counter as number) : -1n;
  if (exact < 0n || exact >= 2n ** 64n) {
    throw new CountersignError('invalid-counter', 'counter must be an integer from 0 to 2^64-1');
  }
  return exact <= Number.MAX_SAFE_INTEGER ? Number(exact) : exact;
}

/** A copy of the secret, or an error that says what was given and what to call instead, never the value. */
export function copySecret(secret: unknown): Uint8Array<ArrayBuffer> {
  const bytes = viewBytes(secret);
  if (bytes && bytes.length >= 1 && bytes.length <= MAX_SECRET_BYTES) return bytes.slice();
  const given = bytes ? `${bytes.length} bytes` : describe(secret);
  throw new CountersignError('invalid-secret', `secret must be a Uint8Array of 1 to 128 bytes, not ${given}`);
}

function describe(secret: unknown): string {
  if (typeof secret === 'string') return 'text: decode it with secretFromBase32 of @countersign/totp';
  return Array.isArray(secret) ? 'an array: use Uint8Array.from' : secret === null ? 'null' : typeof secret;
}

/** Checks every parameter and fills in the defaults. */
export function completeAccount(options: OtpauthOptions): OtpauthAccount {
  assertOptions(options, 'account');
  const { type = 'totp', issuer, account, secret, period, counter, image } = options;
  const { algorithm = DEFAULT_ALGORITHM, digits = DEFAULT_DIGITS } = options;
  if (type !== 'totp' && type !== 'hotp') throw new CountersignError('invalid-argument', 'type must be totp or hotp');
  assertText(issuer, "issuer ('' for none)");
  assertText(account, 'account', false);
  const ownSecret = copySecret(secret);
  if (!isAlgorithm(algorithm)) {
    throw new CountersignError('invalid-algorithm', 'algorithm must be SHA1, SHA256 or SHA512');
  }
  assertInteger(digits, 'digits', 6, 10, 'invalid-digits');
  if (image !== undefined) assertText(image, 'image', false);
  const common = {
    issuer,
    account: account.trimStart(),
    secret: ownSecret,
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
