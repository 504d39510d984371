export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { type IssueChallengeOptions, type IssueChallengeResult, issueChallenge } from './challenge/issue-challenge.ts';
export { newOcraState, type OcraState, type OpenChallenge } from './challenge/ocra-state.ts';
export {
  type VerifyResponseOptions,
  type VerifyResponseResult,
  verifyResponse,
} from './challenge/verify-response.ts';
export { createOcra, type Ocra, type OcraOptions } from './ocra/create-ocra.ts';
export type { OcraInput } from './ocra/data-input.ts';
export { PHONE_SUITE, PIN_TOKEN_SUITE } from './ocra/profiles.ts';
export type { Challenge } from './ocra/question.ts';
export { formatOcraSuite, type OcraSuite, parseOcraSuite, type QuestionFormat } from './ocra/suite.ts';
export type { OcraResult, OcraVerifyInput, OcraWindow } from './ocra/verify.ts';
export {
  checkPin,
  PHONE_PIN_RULES,
  type PinFault,
  type PinRules,
  pinStrength,
  TOKEN_PIN_RULES,
} from './pin/check-pin.ts';
export { hashPin } from './pin/hash-pin.ts';
export type { ScryptCost } from './pin/scrypt.ts';
export { type OpenOptions, openWithPin, type SealedKey, type SealOptions, sealWithPin } from './pin/seal-with-pin.ts';
export { openSoftToken, type SealedSoftToken, sealSoftToken } from './soft-token/seal-soft-token.ts';
export {
  type SoftToken,
  type SoftTokenPinResult,
  type SoftTokenPrompt,
  type SoftTokenResult,
  switchOnSoftToken,
} from './soft-token/soft-token.ts';
export { type NewSoftTokenOptions, newSoftToken, type SoftTokenState } from './soft-token/soft-token-state.ts';
