export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { ApprovalState, ApprovalStatus, StoredApproval } from './approval/approval-state.ts';
export { type ClaimRefusal, type ClaimResult, claimApproval } from './approval/claim-approval.ts';
export { type IssueApprovalOptions, type IssueApprovalResult, issueApproval } from './approval/issue-approval.ts';
export { openApprovals, type ShowApprovalResult, showApproval } from './approval/show-approval.ts';
export {
  type ApprovalRefusal,
  type ApprovalResult,
  findApprovalDevice,
  verifyApproval,
} from './approval/verify-approval.ts';
export {
  type ApprovalDetail,
  type ApprovalRequest,
  parseApprovalRequest,
} from './approval-request/approval-request.ts';
export { type ApprovalAnswer, type ApprovalDecision, encodeApproval } from './approval-request/encode-approval.ts';
export { type SignedApproval, signApproval } from './approval-request/sign-approval.ts';
export {
  type DeviceKey,
  exportDeviceKey,
  generateDeviceKey,
  importDeviceKey,
  type StoredDeviceKey,
} from './device-key/device-key.ts';
export { type DevicePublicKey, parseDevicePublicKey } from './device-key/device-public-key.ts';
export type { SignatureAlgorithm, SoftwareSignatures } from './signature/engine.ts';
export { nobleSignatures } from './signature/noble.ts';
