export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
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
export type { SignatureAlgorithm, SignatureEngine } from './signature/engine.ts';
