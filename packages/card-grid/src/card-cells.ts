import type { HmacKey } from '@countersign/primitives/hmac';
import { type CardDesign, codePositions } from './card-format.ts';
import { fingerprint } from './check-card-key.ts';
import { deriveCodes } from './derive-code.ts';

/** The codes of a card's cells, by their index. The domain names format and length, so that no two kinds share codes. */
export function cellCodes(hmac: HmacKey, { serial, format, codeLength }: CardDesign): (index: number) => string {
  const positions = codePositions(format, codeLength);
  return deriveCodes(hmac, `countersign/card-cell/v1/${format}/${codeLength}`, serial, positions);
}

/** What ties a card's state to its key and to all that is public about it. */
export function cardFingerprint(hmac: HmacKey, { serial, cells, format, codeLength, asked }: CardDesign): string {
  return fingerprint(hmac, `countersign/card/v1/${format}/${codeLength}`, [serial, cells, asked]);
}
