export { CountersignError, type ErrorCode } from '@countersign/primitives/error';

export { createOcra, type Ocra, type OcraOptions } from './ocra/create-ocra.ts';
export type { OcraInput } from './ocra/data-input.ts';
export { PHONE_SUITE, PIN_TOKEN_SUITE } from './ocra/profiles.ts';
export type { Challenge } from './ocra/question.ts';
export { formatOcraSuite, type OcraSuite, parseOcraSuite, type QuestionFormat } from './ocra/suite.ts';
export type { OcraResult, OcraVerifyInput } from './ocra/verify.ts';
export { hashPin } from './pin/hash-pin.ts';
