export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { type CompatibilityWarning, checkCompatibility } from './check-compatibility.ts';
export type { CompatibilityParameter, CompatibilityReason } from './compatibility-finding.ts';
