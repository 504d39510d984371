import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { type RandomBytes, randomBytes, systemRandom } from '@countersign/primitives/random';
import { cardCodes } from './card-cells.ts';
import { type CardDesign, type CardDesignOptions, checkedDesign, codeEntropy, designOf } from './card-format.ts';
import { type CardState, readCardState } from './card-state.ts';
import { assertSameCard, cardHmac, KEY_BYTES } from './check-card-key.ts';

/**
 * A new key for a card or a list of recovery codes: 32 random bytes. Keep it sealed at rest (the store's `sealedStore`, a
 * key-management service): who has it has every code. A key may serve several cards and lists with different serials;
 * one key each is the simplest thing to revoke.
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
export function createCardKey(random: RandomBytes = systemRandom): Uint8Array<ArrayBuffer> {
  return new Uint8Array(randomBytes(KEY_BYTES, random));
}

/** The cells of a card, computed when asked for and never stored: for printing. It shows neither key nor codes when logged. */
export type CardCells = CardDesign & {
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

/** A card that is being issued: for printing it, and for its one state (`newCardState`). */
export type CardGrid = CardCells & {
  /** Ties the state to this key and design; says nothing of either. 16 hexadecimal digits. */
  readonly fingerprint: string;
};

/**
 * The grid of a new card, for printing it and for `newCardState`. To verify an answer, use `verifyCardAnswer`, which takes
 * the cells from the state: comparing answers with `cell()` by hand lets a caller choose the indices, and that breaks the
 * factor. To print a card again, use `restoreCardGrid`.
 *
 * Each code is an unbiased mapping of HMAC-SHA-256(key, domain ‖ serial ‖ index ‖ block): the package's README has the bytes.
 * The same key, serial, format and code length always give the same codes, so a serial is given out once.
 *
 * @param options `key`: exactly 32 bytes, copied; `serial`: 1 … 64 printable characters; `cells` 10 … 999 (224);
 *   `format` (`letter-digit-letter`), `codeLength` 2 … 6 (3), `asked` 2 … 4 cells a challenge (2)
 * @throws CountersignError `invalid-key` for a key of another length; `invalid-card` for anything else, and for
 *   combinations whose answer has less than 19.9 bits (NIST SP 800-63B-4 §3.1.2); `invalid-argument` for missing options
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
  assertOptions(options);
  const { key } = options;
  const design = checkedDesign(options);
  const { code, fingerprint } = cardCodes(cardHmac(key), design);
  return Object.freeze({ ...cardCells(design, code), fingerprint: fingerprint() });
}

/**
 * The cells of a card that was issued, for printing it again or for support. Whoever can call this sees the whole card:
 * make it an action with a log entry. It cannot become a second state: `newCardState` refuses it.
 *
 * @param state as `newCardState` and later calls returned it
 * @param options `key`: the card's 32 bytes
 * @throws CountersignError `invalid-state` for a state that is not ours, or not of the card with this key; `invalid-key`;
 *   `invalid-argument` for missing options
 *
 * @example
 * ```ts
 * import { createCardGrid, createCardKey, newCardState, restoreCardGrid } from '@countersign/card-grid';
 *
 * const key = createCardKey();
 * const grid = createCardGrid({ key, serial: 'SC-1024' });
 * const state = newCardState(grid);
 * restoreCardGrid(state, { key }).cell(7) === grid.cell(7); // => true
 * restoreCardGrid(state, { key: createCardKey() }); // throws invalid-state
 * ```
 */
export function restoreCardGrid(state: CardState, options: { key: Uint8Array }): CardCells {
  assertOptions(options);
  const hmac = cardHmac(options.key);
  const card = readCardState(state);
  const { code, fingerprint } = cardCodes(hmac, card);
  assertSameCard(card.fingerprint, fingerprint());
  return Object.freeze(cardCells(designOf(card), code));
}

function cardCells(design: CardDesign, code: (index: number) => string): CardCells {
  return {
    ...design,
    cell(index: number): string {
      assertInteger(index, 'index', 1, design.cells, 'invalid-card');
      return code(index);
    },
    entropyBits(count: number): number {
      assertInteger(count, 'count', 1, design.cells, 'invalid-card');
      return codeEntropy(design, count);
    },
  };
}
