export { CountersignError, type ErrorCode } from '@countersign/primitives/error';

// Signed approvals, sealed messages, codes and SSH keys.
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
  type ApprovalDetail,
  type ApprovalRequest,
  type ApprovalStatus,
  createApprovalRequest,
  type PendingApproval,
  parseApprovalRequest,
} from './approval/approval-request.ts';
export {
  type DeviceKey,
  type DevicePublicKey,
  exportDeviceKey,
  generateDeviceKey,
  importDeviceKey,
  parseDevicePublicKey,
  type StoredDeviceKey,
} from './approval/device-key.ts';
export { type ApprovalAnswer, type ApprovalDecision, encodeApproval } from './approval/encode-approval.ts';
export { type SignedApproval, signApproval } from './approval/sign-approval.ts';
export { type ApprovalRefusal, type ApprovalResult, verifyApproval } from './approval/verify-approval.ts';
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
export { type OpenedMessage, openSealedMessage, sealMessage } from './sealed-message/sealed-message.ts';
export {
  exportSealingKey,
  generateSealingKey,
  importSealingKey,
  type SealingAlgorithm,
  type SealingKey,
  type StoredSealingKey,
} from './sealed-message/sealing-key.ts';
export type { SignatureAlgorithm, SignatureEngine } from './signature/engine.ts';
export { parseSshPublicKey, type SshKeyType, type SshPublicKey } from './ssh/parse-ssh-public-key.ts';
export {
  type SshSignatureRefusal,
  type SshSignatureResult,
  type SshTokenReport,
  verifySshSignature,
} from './ssh/verify-ssh-signature.ts';
export {
  issueTemporaryCode,
  type TemporaryCodeRefusal,
  type TemporaryCodeResult,
  type TemporaryCodeState,
  verifyTemporaryCode,
} from './temporary-code/temporary-code.ts';
