export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { type ApprovalDetail, type ApprovalRequest, parseApprovalRequest } from './approval/approval-request.ts';
export type { ApprovalState, ApprovalStatus, StoredApproval } from './approval/approval-state.ts';
export { type ClaimRefusal, type ClaimResult, claimApproval } from './approval/claim-approval.ts';
export {
  type DeviceKey,
  exportDeviceKey,
  generateDeviceKey,
  importDeviceKey,
  type StoredDeviceKey,
} from './approval/device-key.ts';
export { type DevicePublicKey, parseDevicePublicKey } from './approval/device-public-key.ts';
export { type ApprovalAnswer, type ApprovalDecision, encodeApproval } from './approval/encode-approval.ts';
export { type IssueApprovalOptions, type IssueApprovalResult, issueApproval } from './approval/issue-approval.ts';
export { openApprovals, type ShowApprovalResult, showApproval } from './approval/show-approval.ts';
export { type SignedApproval, signApproval } from './approval/sign-approval.ts';
export {
  type ApprovalRefusal,
  type ApprovalResult,
  findApprovalDevice,
  verifyApproval,
} from './approval/verify-approval.ts';
export type { SignatureAlgorithm, SoftwareSignatures } from './signature/engine.ts';
export { nobleSignatures } from './signature/noble.ts';
