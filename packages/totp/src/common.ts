// What both entry points give besides createHotp and createTotp.
export type { Algorithm } from '@countersign/primitives/algorithm';
export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { Hotp, HotpOptions, HotpResult, HotpVerifyOptions } from './hotp.ts';
export {
  type HotpState,
  type HotpStateResult,
  newHotpState,
  resynchronizeHotp,
  type VerifyHotpOptions,
  verifyHotp,
} from './hotp-state.ts';
export { normalizeCode } from './normalize-code.ts';
export { generateSecret, secretFromBase32, secretFromHex, secretToBase32 } from './secret.ts';
export type {
  Totp,
  TotpOptions,
  TotpResult,
  TotpResynchronizeOptions,
  TotpVerifyOptions,
  TotpWindow,
} from './totp.ts';
export {
  newTotpState,
  type ResynchronizeTotpOptions,
  resynchronizeTotp,
  type TotpState,
  type TotpStateResult,
  type VerifyTotpOptions,
  verifyTotp,
} from './totp-state.ts';
