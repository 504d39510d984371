export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
