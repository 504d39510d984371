export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export {
  type ActivationAdvice,
  type ActivationRefusal,
  type ActivationResult,
  issueActivationCode,
  type PendingActivationCode,
  redeemActivationCode,
} from './activation-code/activation-code.ts';
export { activationLink, readActivationLink } from './activation-code/activation-link.ts';
export {
  type DeliveredCodeRefusal,
  type DeliveredCodeResult,
  type DeliveryChannel,
  issueDeliveredCode,
  type PendingDeliveredCode,
  resendDeliveredCode,
  verifyDeliveredCode,
} from './delivered-code/delivered-code.ts';
export { type Deliver, smsMessage, spokenCode } from './delivered-code/delivery-message.ts';
export {
  issueTemporaryCode,
  type TemporaryCodeRefusal,
  type TemporaryCodeResult,
  type TemporaryCodeState,
  verifyTemporaryCode,
} from './temporary-code/temporary-code.ts';
