export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { HotpAccount, OtpauthAccount, OtpauthOptions, TotpAccount } from './account.ts';
export { buildOtpauthUri } from './build-otpauth-uri.ts';
export { formatSecret } from './format-secret.ts';
export { parseOtpauthUri } from './parse-otpauth-uri.ts';
