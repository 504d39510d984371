import { CountersignError } from '@countersign/primitives/error';
import { completeAccount, type OtpauthAccount, type OtpauthOptions } from './account.ts';
import { MAX_BATCHES } from './migration-payload.ts';
import type { MigrationBatch } from './parse-migration-uri.ts';

/**
 * Puts the QR codes of one export together, in whatever order they were scanned: all the accounts, in the order of the
 * export. Nothing is given unless every QR code is there, so that no account is lost on the way to a new phone; while
 * people still scan, ask {@link missingMigrationBatches}.
 *
 * @param batches one result of {@link parseMigrationUri} for each QR code
 * @throws CountersignError `invalid-uri` when some are missing (it says which), given twice, or from another export;
 *   `invalid-argument` when there are none, or they are no results of `parseMigrationUri`
 * @example
 * ```ts
 * import { buildMigrationUris, mergeMigrationBatches, parseMigrationUri } from '@countersign/qr-provisioning-uri';
 *
 * const secret = new TextEncoder().encode('12345678901234567890');
 * const accounts = Array.from({ length: 12 }, (_, i) => ({ issuer: 'Example', account: `user ${i}`, secret }));
 * const batches = buildMigrationUris(accounts).map((uri) => parseMigrationUri(uri));
 * mergeMigrationBatches([...batches].reverse()).length; // => 12
 * mergeMigrationBatches(batches.slice(1)); // throws invalid-uri
 * ```
 */
export function mergeMigrationBatches(batches: readonly MigrationBatch[]): OtpauthAccount[] {
  const { size, byIndex } = collect(batches);
  const missing = missingIndexes(size, byIndex);
  if (missing.length > 0) {
    const places = missing.map((index) => index + 1).join(', ');
    throw new CountersignError('invalid-uri', `QR code ${places} of ${size} is missing`);
  }
  const merged: OtpauthAccount[] = [];
  for (let index = 0; index < size; index++) {
    // Array.from visits the holes of a sparse array too.
    for (const account of Array.from(byIndex.get(index)!)) merged.push(completeAccount(account));
  }
  return merged;
}

/**
 * Which QR codes of an export have not been scanned yet, by their `index` (0 is the first): to tell people what to show
 * next. Empty when {@link mergeMigrationBatches} will put them together.
 *
 * @param batches one result of {@link parseMigrationUri} for each QR code scanned so far, at least one
 * @throws CountersignError as {@link mergeMigrationBatches}, save for what is missing
 * @example
 * ```ts
 * import { buildMigrationUris, missingMigrationBatches, parseMigrationUri } from '@countersign/qr-provisioning-uri';
 *
 * const secret = new TextEncoder().encode('12345678901234567890');
 * const accounts = Array.from({ length: 25 }, (_, i) => ({ issuer: 'Example', account: `user ${i}`, secret }));
 * const batches = buildMigrationUris(accounts).map((uri) => parseMigrationUri(uri));
 * missingMigrationBatches(batches.slice(1, 2)); // => [0, 2]
 * missingMigrationBatches(batches); // => []
 * ```
 */
export function missingMigrationBatches(batches: readonly MigrationBatch[]): number[] {
  const { size, byIndex } = collect(batches);
  return missingIndexes(size, byIndex);
}

type Collected = { size: number; byIndex: ReadonlyMap<number, readonly OtpauthOptions[]> };

function missingIndexes(size: number, byIndex: Collected['byIndex']): number[] {
  return Array.from({ length: size }, (_, index) => index).filter((index) => !byIndex.has(index));
}

/** The batches by their place, all of one export and none twice. */
function collect(batches: readonly MigrationBatch[]): Collected {
  if (!Array.isArray(batches) || batches.length === 0 || !Array.from(batches).every(isBatch)) {
    throw new CountersignError('invalid-argument', 'batches must be results of parseMigrationUri');
  }
  const { id, size } = batches[0]!.batch;
  const byIndex = new Map<number, readonly OtpauthAccount[]>();
  for (const { accounts, batch } of batches) {
    if (batch.id !== id || batch.size !== size) {
      throw new CountersignError('invalid-uri', 'QR codes come from different exports');
    }
    if (byIndex.has(batch.index)) {
      throw new CountersignError('invalid-uri', `QR code ${batch.index + 1} of ${size} is given twice`);
    }
    byIndex.set(batch.index, accounts);
  }
  return { size, byIndex };
}

function isBatch(value: unknown): value is MigrationBatch {
  const { accounts, batch } = (value ?? {}) as Partial<MigrationBatch>;
  const { id, index, size } = (batch ?? {}) as MigrationBatch['batch'];
  const areIntegers = [id, index, size].every(Number.isSafeInteger);
  return Array.isArray(accounts) && areIntegers && index >= 0 && index < size && size <= MAX_BATCHES;
}
