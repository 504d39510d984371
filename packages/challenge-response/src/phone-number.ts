export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export {
  maskPhoneNumber,
  type PhoneNumberRefusal,
  type PhoneNumberResult,
  type PhoneNumberType,
  parsePhoneNumber,
} from './phone-number/parse-phone-number.ts';
