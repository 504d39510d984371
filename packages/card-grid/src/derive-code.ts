import { bytesToHex } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import type { HmacKey } from '@countersign/primitives/hmac';
import type { Position } from './card-format.ts';
import { FINGERPRINT_DIGITS } from './check-card-key.ts';

/** What is derived from one key, domain and serial. */
export type DerivedCodes = {
  /** The code of a number from 1 on. */
  readonly code: (number: number) => string;
  /** Ties a state to the key, the domain, the serial, and to what else is public, as one number from 1 on. */
  readonly fingerprint: (design: number) => string;
};

/**
 * Codes by their number, of a card's cells or of a list of recovery codes. Block b (0, 1, …) of a code is HMAC-SHA-256
 * under the key of the concatenation of
 *
 *     domain ‖ serial ‖ number ‖ b
 *
 * each preceded by its length in four bytes, big-endian: domain and serial are UTF-8, the two numbers eight bytes,
 * big-endian. The blocks, one after the other, are the bytes that {@link pickCharacters} maps to characters. Block 1 is
 * needed when block 0 has too many bytes to pass over: less than once in 2^100 cells. No code has the number 0,
 * which is the fingerprint's: its first eight bytes, with what else is public in the place of b. The package's README has
 * the same with examples, under "Derivation".
 */
export function deriveCodes(
  hmac: HmacKey,
  domain: string,
  serial: string,
  positions: readonly Position[],
): DerivedCodes {
  // Codes differ in the last two numbers only, and these are small: their low words are written into one message.
  const message = encodeFields(domain, [serial, 0, 0]);
  const view = new DataView(message.buffer);
  const numberAt = message.length - 16;
  const blockAt = message.length - 4;
  const digest = (number: number, block: number): Uint8Array => {
    view.setUint32(numberAt, number);
    view.setUint32(blockAt, block);
    return hmac.digest(message);
  };
  return {
    code(number) {
      const code = pickCharacters(positions, (block) => digest(number, block));
      hmac.wipe();
      return code;
    },
    fingerprint(design) {
      const text = bytesToHex(digest(0, design).subarray(0, FINGERPRINT_DIGITS / 2));
      hmac.wipe();
      return text;
    },
  };
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
