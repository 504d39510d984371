import type { HmacKey } from '@countersign/primitives/hmac';
import { type CardDesign, codePositions } from './card-format.ts';
import { deriveCodes } from './derive-code.ts';

/** The codes of a card's cells by their index, and what ties a state to the card's key and to all that is public about it. */
export function cardCodes(
  hmac: HmacKey,
  { serial, cells, format, codeLength, asked }: CardDesign,
): { readonly code: (index: number) => string; readonly fingerprint: () => string } {
  // The domain names format and length, so that no two kinds share codes.
  const domain = `countersign/card-cell/v1/${format}/${codeLength}`;
  const { code, fingerprint } = deriveCodes(hmac, domain, serial, codePositions(format, codeLength));
  return { code, fingerprint: () => fingerprint(1000 * asked + cells) };
}
