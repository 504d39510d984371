import { CountersignError } from '@countersign/primitives/error';
import type { OtpauthAccount } from './account.ts';
import type { MigrationBatch } from './parse-migration-uri.ts';

/**
 * Puts the QR codes of one export together, in whatever order they were scanned: all the accounts, in the order of the
 * export. Nothing is given unless every QR code is there, so that no account is lost on the way to a new phone.
 *
 * @param batches one result of {@link parseMigrationUri} for each QR code
 * @throws CountersignError `invalid-uri` when one is missing, given twice, or from another export;
 *   `invalid-argument` when there are none
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
  if (!Array.isArray(batches) || batches.length === 0 || !batches.every(isBatch)) {
    throw new CountersignError('invalid-argument', 'batches must be results of parseMigrationUri, at least one');
  }
  const { id, size } = batches[0]!.batch;
  const byIndex = new Map<number, readonly OtpauthAccount[]>();
  for (const { accounts, batch } of batches) {
    if (batch.id !== id || batch.size !== size) {
      throw new CountersignError('invalid-uri', 'the QR codes come from different exports');
    }
    if (byIndex.has(batch.index)) {
      throw new CountersignError('invalid-uri', `QR code ${batch.index + 1} of ${size} was given twice`);
    }
    byIndex.set(batch.index, accounts);
  }
  const merged: OtpauthAccount[] = [];
  for (let index = 0; index < size; index++) {
    const accounts = byIndex.get(index);
    if (!accounts) throw new CountersignError('invalid-uri', `QR code ${index + 1} of ${size} is missing`);
    merged.push(...accounts);
  }
  return merged;
}

function isBatch(value: unknown): value is MigrationBatch {
  const { accounts, batch } = (value ?? {}) as Partial<MigrationBatch>;
  const { id, index, size } = (batch ?? {}) as MigrationBatch['batch'];
  return Array.isArray(accounts) && [id, index, size].every(Number.isSafeInteger) && index >= 0 && index < size;
}
