import { type Algorithm, OUTPUT_LENGTH } from '@countersign/primitives/algorithm';
import { decodeBase32Lenient } from '@countersign/primitives/base32';
import { CountersignError } from '@countersign/primitives/error';
import { checkCounter, checkedAsUri, checkPeriod, completeAccount, type OtpauthAccount } from './account.ts';
import { decodePercent, splitLabel } from './label.ts';
import { parseQuery, parseUri } from './parse-uri.ts';

const PARAMETERS = ['secret', 'issuer', 'algorithm', 'digits', 'period', 'counter', 'image'] as const;

/**
 * Parses an `otpauth://` URI, or Apple's `apple-otpauth://`, with all defaults filled in.
 *
 * Tolerant where apps differ: scheme, type, parameter names and algorithm in any case; Base32 in any case, with spaces,
 * hyphens and padding; unknown parameters ignored; the issuer from `issuer=`, else from the label. Strict where a guess
 * would give wrong codes: a known parameter given twice or empty (only `issuer=` may be), numbers out of range, an
 * unknown algorithm, a raw `#`. A `+` is a plus sign, save where the label shows that the issuer's mean spaces.
 * `period` of a HOTP account and `counter` of a TOTP account are checked and dropped.
 *
 * The result is a `totp` or a `hotp` account: ask for its `type` before you give it to `createTotp` or `createHotp`.
 * Names may hold any character that is percent-encoded, control characters too: escape them where you show them.
 *
 * @param uri text of up to 16,384 characters; white space around it is dropped
 * @returns the account; `secret` is 1 … 128 bytes, so check its length before you rely on it
 * @throws CountersignError `invalid-uri`, naming the parameter and never its value
 * @example
 * ```ts
 * import { parseOtpauthUri } from '@countersign/qr-provisioning-uri';
 *
 * const account = parseOtpauthUri('otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example&digits=8');
 * account.issuer; // => 'Example'
 * account.account; // => 'alice'
 * account.digits; // => 8
 * account.period; // => 30
 * parseOtpauthUri('otpauth://totp/Example:alice?issuer=Example'); // throws invalid-uri
 * ```
 */
export function parseOtpauthUri(uri: string): OtpauthAccount {
  const { scheme, host: type, path, query } = parseUri(uri);
  if (scheme !== 'otpauth' && scheme !== 'apple-otpauth') {
    throw new CountersignError('invalid-uri', 'scheme must be otpauth or apple-otpauth');
  }
  // Apple's scheme knows time-based codes only.
  if (type !== 'totp' && (type !== 'hotp' || scheme !== 'otpauth')) {
    throw new CountersignError('invalid-uri', 'type must be totp, or hotp after otpauth://');
  }
  const values = parseQuery(query, PARAMETERS, 'issuer');
  const text = (name: string): string | undefined => {
    const value = values.get(name);
    return value === undefined ? undefined : decodePercent(value, name);
  };
  const label = path.slice(1);
  if (label === '') throw new CountersignError('invalid-uri', 'the label is missing');
  const names = splitLabel(label, readIssuer(values.get('issuer') ?? '', label));
  const digits = readInteger(text('digits'));
  const period = readInteger(text('period'));
  const counter = readInteger(text('counter'));
  return checkedAsUri(() => {
    if (period !== undefined) checkPeriod(Number(period));
    if (counter !== undefined) checkCounter(counter);
    return completeAccount({
      type,
      ...names,
      secret: readSecret(text('secret')),
      algorithm: readAlgorithm(text('algorithm')),
      digits: digits === undefined ? undefined : Number(digits),
      ...(type === 'totp' ? { period: period === undefined ? undefined : Number(period) } : { counter }),
      image: text('image'),
    });
  });
}

/** Form encoders write spaces as "+", and so must be read where the label, which they encode with `%20`, agrees. */
function readIssuer(value: string, label: string): string {
  const spaced = decodePercent(value.replaceAll('+', ' '), 'issuer');
  return decodePercent(label, 'label').startsWith(`${spaced}:`) ? spaced : decodePercent(value, 'issuer');
}

/** An algorithm in any case. Other names are refused with the account. */
function readAlgorithm(text: string | undefined): Algorithm | undefined {
  const known = Object.keys(OUTPUT_LENGTH).find((name) => name.toLowerCase() === text?.toLowerCase());
  return (known ?? text) as Algorithm | undefined;
}

/** Decimal digits alone, exactly; anything else is NaN, which every range refuses. 20 digits hold 2^64-1. */
function readInteger(text: string | undefined): bigint | number | undefined {
  if (text === undefined) return undefined;
  return /^[0-9]{1,20}$/.test(text) ? BigInt(text) : Number.NaN;
}

function readSecret(text: string | undefined): Uint8Array {
  if (text === undefined) throw new CountersignError('invalid-uri', 'secret is missing');
  return checkedAsUri(() => decodeBase32Lenient(text), 'secret: ');
}
