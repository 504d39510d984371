export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { HotpAccount, OtpauthAccount, OtpauthOptions, TotpAccount } from './account.ts';
export { buildMigrationUris } from './build-migration-uris.ts';
export { mergeMigrationBatches, missingMigrationBatches } from './merge-migration-batches.ts';
export { type MigrationBatch, parseMigrationUri } from './parse-migration-uri.ts';
