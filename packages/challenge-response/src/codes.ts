export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export {
  type ActivationAdvice,
  type ActivationCodeRefusal,
  type ActivationCodeResult,
  type ActivationCodeState,
  type IssueActivationCodeResult,
  issueActivationCode,
  verifyActivationCode,
} from './activation-code/activation-code.ts';
export { activationLink, readActivationCode } from './activation-code/activation-link.ts';
export {
  type DeliveredCodeRefusal,
  type DeliveredCodeResult,
  type DeliveredCodeState,
  type DeliveryChannel,
  type IssueDeliveredCodeResult,
  issueDeliveredCode,
  type ResendDeliveredCodeResult,
  resendDeliveredCode,
  verifyDeliveredCode,
} from './delivered-code/delivered-code.ts';
export { type Deliver, smsMessage, spokenCode } from './delivered-code/delivery-message.ts';
export type { IssueLimit } from './short-code/code-record.ts';
export {
  type IssueTemporaryCodeResult,
  issueTemporaryCode,
  type TemporaryCodeRefusal,
  type TemporaryCodeResult,
  type TemporaryCodeState,
  verifyTemporaryCode,
} from './temporary-code/temporary-code.ts';
