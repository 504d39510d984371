export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { buildMigrationUris } from './build-migration-uris.ts';
export { mergeMigrationBatches } from './merge-migration-batches.ts';
export { type MigrationBatch, parseMigrationUri } from './parse-migration-uri.ts';
// From the entry that declares them, so that both entries have one type and not two of the same name.
export type { OtpauthAccount, OtpauthOptions } from './uri.ts';
