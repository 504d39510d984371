export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
// Everything but phone numbers, whose library is large. Import the sub-entry that you need: each loads only its own.
export * from './approval.ts';
export * from './codes.ts';
export * from './ocra.ts';
export * from './sealed-message.ts';
export * from './ssh.ts';
