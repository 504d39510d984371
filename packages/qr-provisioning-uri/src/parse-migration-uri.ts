import type { Algorithm } from '@countersign/primitives/algorithm';
import { CountersignError } from '@countersign/primitives/error';
import { checkedAsUri, completeAccount, type OtpauthAccount } from './account.ts';
import { decodePercent } from './label.ts';
import { decodeMigrationPayload, MAX_BATCHES, type MigrationAccount } from './migration-payload.ts';
import { parseQuery, parseUri } from './parse-uri.ts';

/** What one QR code of an export holds. */
export type MigrationBatch = {
  accounts: OtpauthAccount[];
  /** `id`: the same in all QR codes of one export, may be negative; `index`: 0 … `size` - 1. */
  batch: { id: number; index: number; size: number };
};

/** By the format's own numbers; what is unspecified is what every app uses. */
const ALGORITHMS: readonly (Algorithm | 'MD5')[] = ['SHA1', 'SHA1', 'SHA256', 'SHA512', 'MD5'];
const DIGITS: readonly number[] = [6, 6, 8];
const TYPES: readonly OtpauthAccount['type'][] = ['totp', 'hotp', 'totp'];

/**
 * Parses one `otpauth-migration://` URI, as Google Authenticator and others export it. An export of more than ten
 * accounts comes as several QR codes: collect them with {@link mergeMigrationBatches}.
 *
 * The name may hold `Issuer:account`: the issuer is taken off, or taken from there when its own field is empty. What is
 * unspecified is SHA1, 6 digits, time-based; the period is always 30 seconds. Base64 may be the URL-safe kind, without
 * padding, or with its "+" turned into spaces.
 *
 * @param uri text of up to 16,384 characters; white space around it is dropped
 * @throws CountersignError `invalid-uri`, naming the parameter and the account by its place, never a secret;
 *   `unsupported` for accounts that use MD5
 * @example
 * ```ts
 * import { parseMigrationUri } from '@countersign/qr-provisioning-uri';
 *
 * const uri = 'otpauth-migration://offline?data=CjEKCkhlbGxvId6tvu8SGEV4YW1wbGU6YWxpY2VAZ29vZ2xlLmNvbRoHRXhhbXBsZTAC';
 * const { accounts, batch } = parseMigrationUri(uri);
 * accounts[0]?.account; // => 'alice@google.com'
 * accounts[0]?.issuer; // => 'Example'
 * batch; // => { id: 0, index: 0, size: 1 }
 * ```
 */
export function parseMigrationUri(uri: string): MigrationBatch {
  const { scheme, host, path, query } = parseUri(uri);
  if (scheme !== 'otpauth-migration' || host !== 'offline' || path.length > 1) {
    throw new CountersignError('invalid-uri', 'uri must begin with otpauth-migration://offline');
  }
  const data = parseQuery(query, ['data']).get('data');
  if (data === undefined) throw new CountersignError('invalid-uri', 'data is missing');
  const payload = decodeMigrationPayload(decodeBase64(decodePercent(data, 'data')));
  const { id, index } = payload;
  const size = payload.size === 0 ? 1 : payload.size;
  if (index < 0 || index >= size || size > MAX_BATCHES) {
    throw new CountersignError('invalid-uri', 'batch_index must be below batch_size, which must be 1000 at most');
  }
  if (payload.accounts.length === 0) throw new CountersignError('invalid-uri', 'data holds no accounts');
  return { accounts: payload.accounts.map(readAccount), batch: { id, index, size } };
}

function decodeBase64(text: string): Uint8Array {
  const base64 = text
    .replace(/[ -]/g, '+')
    .replace(/_/g, '/')
    .replace(/={1,2}$/, '');
  if (!/^[A-Za-z0-9+/]+$/.test(base64) || base64.length % 4 === 1) {
    throw new CountersignError('invalid-uri', 'data is not Base64');
  }
  return Uint8Array.from(atob(base64), (character: string) => character.charCodeAt(0));
}

function readAccount(carried: MigrationAccount, place: number): OtpauthAccount {
  const where = `account ${place + 1}: `;
  const { secret, counter } = carried;
  const algorithm = pick(ALGORITHMS, carried.algorithm, `${where}algorithm`);
  const digits = pick(DIGITS, carried.digits, `${where}digits`);
  const type = pick(TYPES, carried.type, `${where}type`);
  if (algorithm === 'MD5') {
    throw new CountersignError('unsupported', `${where}"${carried.name}" uses algorithm MD5`);
  }
  const names = readNames(carried);
  return checkedAsUri(
    () => completeAccount({ type, ...names, secret, algorithm, digits, ...(type === 'hotp' && { counter }) }),
    where,
  );
}

/** One member of an enumeration by its number. */
function pick<T>(values: readonly T[], number: number, what: string): T {
  const value = values[number];
  if (value === undefined) throw new CountersignError('invalid-uri', `${what} has an unknown number`);
  return value;
}

/** As in a label, save that a name with another prefix than its issuer stays whole: the issuer has a field of its own. */
function readNames({ name, issuer }: MigrationAccount): { issuer: string; account: string } {
  if (issuer !== '') return { issuer, account: name.startsWith(`${issuer}:`) ? name.slice(issuer.length + 1) : name };
  const separator = name.indexOf(':');
  return { issuer: name.slice(0, Math.max(separator, 0)), account: name.slice(separator + 1) };
}
