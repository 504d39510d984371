export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { SignatureEngine } from './signature/engine.ts';
export { parseSshPublicKey, type SshKeyType, type SshPublicKey } from './ssh/parse-ssh-public-key.ts';
export { type SshSignatureResult, verifySshSignature } from './ssh/verify-ssh-signature.ts';
export type { SshSignatureRefusal, SshTokenReport } from './ssh/verify-sshsig.ts';
export {
  type IssueSshChallengeResult,
  issueSshChallenge,
  type SshChallengeState,
  type SshResponseRefusal,
  type SshResponseResult,
  verifySshResponse,
} from './ssh-challenge/ssh-challenge.ts';
