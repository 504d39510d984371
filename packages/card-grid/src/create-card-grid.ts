import { assertBytes, assertInteger } from '@countersign/primitives/assert';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import { type RandomBytes, randomBytes, systemRandom } from '@countersign/primitives/random';
import { type CardDesign, type CardDesignOptions, checkedDesign, codeEntropy } from './card-format.ts';
import { deriveCodes } from './derive-code.ts';

const KEY_BYTES = 32;

/**
 * A new card key: 32 random bytes. Keep it sealed at rest (the store's `sealedStore`, a key-management service): who has
 * it has every cell of the card. A key may serve several cards with different serials; one key a card is the simplest
 * thing to revoke.
 *
 * @param random source of randomness; default the platform's
 * @returns 32 bytes
 * @throws CountersignError `invalid-random` when the source does not give 32 bytes
 *
 * @example
 * ```ts
 * import { createCardKey } from '@countersign/card-grid';
 *
 * createCardKey().length; // => 32
 * ```
 */
export function createCardKey(random: RandomBytes = systemRandom): Uint8Array {
  return randomBytes(KEY_BYTES, random);
}

/** The codes of a design that has been checked already. */
export function cellCodes(key: Uint8Array, design: CardDesign): (index: number) => string {
  assertBytes(key, 'key', KEY_BYTES, KEY_BYTES, 'invalid-key');
  return deriveCodes(hmacSha256(key), design);
}

/** A card whose cells are computed when asked for and never stored. It shows neither key nor codes when printed. */
export type CardGrid = CardDesign & {
  /**
   * The code of a cell, such as `A3D`.
   * @param index 1 … number of cells, as printed
   * @throws CountersignError `invalid-card` for any other index
   */
  readonly cell: (index: number) => string;
  /**
   * Entropy of the joined codes of `count` cells, in bits: what somebody who has not seen the card must guess.
   * @param count 1 … number of cells
   * @throws CountersignError `invalid-card` for any other count
   */
  readonly entropyBits: (count: number) => number;
};

/**
 * The grid of a card, for printing it. To verify an answer, use `answerCardChallenge`, which chooses the cells itself:
 * comparing answers with `cell()` by hand lets a caller choose the indices, and that breaks the factor.
 *
 * Each code is an unbiased mapping of HMAC-SHA-256(key, domain ‖ serial ‖ index ‖ block): see `derive-code.ts` for the bytes.
 * The same key, serial, format and code length always give the same codes.
 *
 * @param options `key`: exactly 32 bytes, copied; `serial`: 1 … 64 printable characters; `cells` 10 … 999 (224);
 *   `format` (`letter-digit-letter`), `codeLength` 2 … 6 (3), `asked` 2 … 4 cells a challenge (2)
 * @throws CountersignError `invalid-key` for a key of another length; `invalid-card` for anything else, and for
 *   combinations whose answer has less than 19.9 bits (NIST SP 800-63B-4 §3.1.2)
 *
 * @example
 * ```ts
 * import { createCardGrid } from '@countersign/card-grid';
 *
 * const key = new Uint8Array(32).fill(7); // of course from createCardKey()
 * const grid = createCardGrid({ key, serial: 'SC-1024' });
 * grid.cell(100); // => 'R3K'
 * grid.cells; // => 224
 * Math.floor(grid.entropyBits(2)); // => 24
 * grid.cell(225); // throws invalid-card
 * createCardGrid({ key, serial: 'SC-1024', format: 'digits', codeLength: 2 }); // throws invalid-card
 * ```
 */
export function createCardGrid(options: { key: Uint8Array } & CardDesignOptions): CardGrid {
  const design = checkedDesign(options);
  const code = cellCodes(options.key, design);
  return Object.freeze({
    ...design,
    cell(index: number): string {
      assertInteger(index, 'index', 1, design.cells, 'invalid-card');
      return code(index);
    },
    entropyBits(count: number): number {
      assertInteger(count, 'count', 1, design.cells, 'invalid-card');
      return codeEntropy(design, count);
    },
  });
}
