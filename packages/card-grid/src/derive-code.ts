import { encodeFields } from '@countersign/primitives/encode-fields';
import type { HmacKey } from '@countersign/primitives/hmac';
import { type CardDesign, codePositions, type Position } from './card-format.ts';

/** Names the purpose and the version of the derivation; another one would give another card. */
const DOMAIN = 'countersign/card-cell/v1';

/**
 * The code of a cell. Block b (0, 1, …) is HMAC-SHA-256 under the card key of the concatenation of
 *
 *     domain ‖ serial ‖ format ‖ code length ‖ cell index ‖ b
 *
 * each preceded by its length in four bytes, big-endian: the domain (`countersign/card-cell/v1`), the serial and the
 * format's name as UTF-8, the three numbers as eight bytes, big-endian. The blocks, one after the other, are the bytes
 * that {@link pickCharacters} maps to characters. Block 1 is needed when block 0 has too many bytes to pass over: less
 * than once in 2^100 cells.
 */
export function deriveCode(hmac: HmacKey, design: CardDesign, index: number): string {
  const { serial, format, codeLength } = design;
  return pickCharacters(codePositions(format, codeLength), (block) =>
    hmac.digest(encodeFields(DOMAIN, [serial, format, codeLength, index, block])),
  );
}

/**
 * Maps bytes to characters without bias. Position by position, the next byte x picks character x mod n of the
 * position's n characters; but x is passed over when it is not below the largest multiple of n that is at most 256, since
 * the first characters would otherwise come up more often. When a block is used up, the next one goes on.
 */
export function pickCharacters(positions: readonly Position[], blockAt: (block: number) => Uint8Array): string {
  let block = 0;
  let bytes = blockAt(block);
  let next = 0;
  let code = '';
  while (code.length < positions.length) {
    if (next === bytes.length) {
      bytes = blockAt(++block);
      next = 0;
    }
    const { alphabet } = positions[code.length]!;
    const byte = bytes[next++]!;
    if (byte < 256 - (256 % alphabet.length)) code += alphabet[byte % alphabet.length]!;
  }
  return code;
}
