export { type Participant, requestSharing, type SharingDecision, type SharingRequest } from './request-sharing.ts';
export {
  beginSharing,
  cancelSharing,
  reviewSharing,
  type SettleDecision,
  type SettleRequest,
} from './settle-sharing.ts';
