export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export { type OpenedMessage, openSealedMessage, sealMessage } from './sealed-message/sealed-message.ts';
export {
  exportSealingKey,
  generateSealingKey,
  importSealingKey,
  type SealingAlgorithm,
  type SealingKey,
  type StoredSealingKey,
} from './sealed-message/sealing-key.ts';
export { parseSealingPublicKey, type SealingPublicKey } from './sealed-message/sealing-public-key.ts';
