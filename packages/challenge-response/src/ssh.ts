export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { parseSshPublicKey, type SshKeyType, type SshPublicKey } from './ssh/parse-ssh-public-key.ts';
export {
  type SshSignatureRefusal,
  type SshSignatureResult,
  type SshTokenReport,
  verifySshSignature,
} from './ssh/verify-ssh-signature.ts';
