import { type Algorithm, DEFAULT_PERIOD } from '@countersign/primitives/algorithm';
import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes } from '@countersign/primitives/random';
import { completeAccount, type OtpauthAccount, type OtpauthOptions } from './account.ts';
import { limitedUri } from './limited-uri.ts';
import { encodeMigrationPayload, MAX_BATCHES, type MigrationAccount } from './migration-payload.ts';

/** As many accounts as Google Authenticator puts into one QR code. */
const BATCH_SIZE = 10;

const ALGORITHM_NUMBERS: Readonly<Record<Algorithm, number>> = { SHA1: 1, SHA256: 2, SHA512: 3 };
const MAX_INT64 = 2n ** 63n - 1n;

/**
 * Builds the `otpauth-migration://` URIs by which Google Authenticator and others move accounts from one phone to
 * another: one URI, and so one QR code, for each ten accounts. All of them carry one random batch id, and are put
 * together again with {@link mergeMigrationBatches}. They hold the secrets in clear: show them to the owner alone.
 *
 * The format has no field for `image`, which is left out. What changes the codes and has no field is refused.
 *
 * @param accounts as from {@link parseOtpauthUri}, in the order to keep, 10,000 at most; none gives no URI
 * @param options `random`: a source of bytes for the batch id
 * @throws CountersignError `unsupported`, naming parameter and account, for another period than 30 s, other digits than
 *   6 or 8, and a counter above 2^63-1; and what {@link buildOtpauthUri} throws, for one QR code as for a URI there
 * @example
 * ```ts
 * import { buildMigrationUris, parseMigrationUri } from '@countersign/qr-provisioning-uri';
 *
 * const secret = new TextEncoder().encode('12345678901234567890');
 * const uris = buildMigrationUris([{ issuer: 'Example', account: 'alice', secret }]);
 * uris.length; // => 1
 * parseMigrationUri(uris[0] ?? '').accounts[0]?.account; // => 'alice'
 * buildMigrationUris([{ issuer: 'Example', account: 'alice', secret, period: 60 }]); // throws unsupported
 * ```
 */
export function buildMigrationUris(
  accounts: readonly OtpauthOptions[],
  options: { random?: RandomBytes | undefined } = {},
): string[] {
  if (!Array.isArray(accounts) || accounts.length > BATCH_SIZE * MAX_BATCHES) {
    throw new CountersignError('invalid-argument', 'accounts must be an array of 10,000 at most');
  }
  assertOptions(options);
  const { random } = options;
  if (random !== undefined && typeof random !== 'function') {
    throw new CountersignError('invalid-argument', 'random must be a function');
  }
  // Array.from visits the holes of a sparse array too, where map() passes over them.
  const carried = Array.from(accounts, (account: OtpauthOptions) => carry(completeAccount(account)));
  const size = Math.ceil(carried.length / BATCH_SIZE);
  // The field is a signed integer of 32 bits.
  const id = size > 0 ? new DataView(randomBytes(4, random).buffer).getInt32(0) : 0;
  return Array.from({ length: size }, (_, index) => {
    const batch = carried.slice(index * BATCH_SIZE, (index + 1) * BATCH_SIZE);
    return migrationUri(encodeMigrationPayload({ accounts: batch, size, index, id }));
  });
}

function migrationUri(payload: Uint8Array): string {
  const binary = Array.from(payload, (byte) => String.fromCharCode(byte)).join('');
  return limitedUri(`otpauth-migration://offline?data=${encodeURIComponent(btoa(binary))}`, 'invalid-argument');
}

/** One account in the format's own terms, or a refusal by name. */
function carry(account: OtpauthAccount): MigrationAccount {
  const { type, issuer, secret, algorithm, digits, period } = account;
  const counter = BigInt(account.counter ?? 0);
  if (type === 'totp' && period !== DEFAULT_PERIOD) throw cannotCarry(account, 'a period but 30 seconds');
  if (digits !== 6 && digits !== 8) throw cannotCarry(account, 'digits but 6 and 8');
  if (counter > MAX_INT64) throw cannotCarry(account, 'a counter above 2^63-1');
  return {
    secret,
    name: migrationName(account),
    issuer,
    algorithm: ALGORITHM_NUMBERS[algorithm],
    digits: digits === 6 ? 1 : 2,
    type: type === 'hotp' ? 1 : 2,
    counter,
  };
}

/** `Issuer:account`, as a label; an account with a ":" and no issuer gets an empty prefix, as there. */
function migrationName({ issuer, account }: OtpauthAccount): string {
  return issuer !== '' || account.includes(':') ? `${issuer}:${account}` : account;
}

function cannotCarry(account: OtpauthAccount, what: string): CountersignError {
  return new CountersignError('unsupported', `an export cannot carry ${what}: account "${migrationName(account)}"`);
}
