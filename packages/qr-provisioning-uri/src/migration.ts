export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { OtpauthAccount, OtpauthOptions } from './account.ts';
export { buildMigrationUris } from './build-migration-uris.ts';
export { mergeMigrationBatches } from './merge-migration-batches.ts';
export { type MigrationBatch, parseMigrationUri } from './parse-migration-uri.ts';
