import { assertInteger } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { READABLE_ALPHABET } from '@countersign/primitives/readable-code';

/** What a cell's code looks like: `A3D` (no I, O, 0, 1), Crockford's Base32 as `7KQ`, or decimal digits as `402`. */
export type CardFormat = 'letter-digit-letter' | 'crockford' | 'digits';

/** What a card looks like to everybody: public, and the same for the grid, its printing and its state. */
export type CardDesign = {
  /** What is printed on the card to tell it from others, and goes into every cell: 1 … 64 characters. */
  readonly serial: string;
  /** Number of cells, 10 … 999. */
  readonly cells: number;
  readonly format: CardFormat;
  /** Characters of a cell's code, 2 … 6. */
  readonly codeLength: number;
  /** Cells that one challenge asks for, 2 … 4. */
  readonly asked: number;
};

/** A {@link CardDesign} as people give it: all but the serial has a default. */
export type CardDesignOptions = {
  serial: string;
  /** 10 … 999; default 224 */
  cells?: number | undefined;
  /** default `letter-digit-letter` */
  format?: CardFormat | undefined;
  /** 2 … 6 characters a cell; default 3 */
  codeLength?: number | undefined;
  /** 2 … 4 cells a challenge; default 2 */
  asked?: number | undefined;
};

/** The characters that are printed at one position of a code, and what else people may type for them there. */
export type Position = { readonly alphabet: string; readonly lookAlikes: Readonly<Record<string, string>> };

// A look-alike is mapped only to the one character of the position that it can be. At a letter's position 0 may be a D
// or a Q, and 1 or I may be a J, an L or a T: those stay refused, and nobody loses a try to a guess of ours.
const LETTER: Position = {
  alphabet: 'ABCDEFGHJKLMNPQRSTUVWXYZ',
  lookAlikes: { 2: 'Z', 5: 'S', 6: 'G', 8: 'B' },
};
const DIGIT_OF_8: Position = { alphabet: '23456789', lookAlikes: { Z: '2', S: '5', G: '6', B: '8' } };
const DIGIT: Position = {
  alphabet: '0123456789',
  lookAlikes: { O: '0', I: '1', L: '1', Z: '2', S: '5', G: '6', B: '8' },
};
const READABLE: Position = { alphabet: READABLE_ALPHABET, lookAlikes: { O: '0', I: '1', L: '1' } };

/** The positions of the longest code; a shorter one has the first of them: letter-digit-letter of length 4 is `A3D7`. */
const POSITIONS: Readonly<Record<CardFormat, readonly Position[]>> = {
  'letter-digit-letter': [LETTER, DIGIT_OF_8, LETTER, DIGIT_OF_8, LETTER, DIGIT_OF_8],
  crockford: new Array<Position>(6).fill(READABLE),
  digits: new Array<Position>(6).fill(DIGIT),
};

/** The positions of one cell's code. */
export function codePositions(format: CardFormat, codeLength: number): Position[] {
  return POSITIONS[format].slice(0, codeLength);
}

/** Entropy of the joined codes of `count` cells, in bits: every character is uniform and independent of the others. */
export function codeEntropy({ format, codeLength }: Pick<CardDesign, 'format' | 'codeLength'>, count: number): number {
  return count * codePositions(format, codeLength).reduce((bits, { alphabet }) => bits + Math.log2(alphabet.length), 0);
}

/** Two triples of digits have 19.93 bits; anything weaker than that is refused (NIST SP 800-63B-4 §3.1.2: 20 bits). */
const MIN_ENTROPY_BITS = 19.9;
const MAX_SERIAL_LENGTH = 64;

/** Fills in the defaults and refuses what cannot be a sound card, before any cell is derived. */
export function checkedDesign(options: CardDesignOptions): CardDesign {
  const { serial, cells = 224, format = 'letter-digit-letter', codeLength = 3, asked = 2 } = options;
  assertSerial(serial);
  assertInteger(cells, 'cells', 10, 999, 'invalid-card');
  if (typeof format !== 'string' || !Object.hasOwn(POSITIONS, format)) {
    throw new CountersignError('invalid-card', 'format must be letter-digit-letter, crockford or digits');
  }
  assertInteger(codeLength, 'codeLength', 2, 6, 'invalid-card');
  assertInteger(asked, 'asked', 2, 4, 'invalid-card');
  if (codeEntropy({ format, codeLength }, asked) < MIN_ENTROPY_BITS) {
    throw new CountersignError('invalid-card', 'format, codeLength and asked give an answer of less than 19.9 bits');
  }
  return { serial, cells, format, codeLength, asked };
}

/** The design of a card among its other members; nothing is filled in. */
export function designOf({ serial, cells, format, codeLength, asked }: CardDesign): CardDesign {
  return { serial, cells, format, codeLength, asked };
}

/**
 * A serial is text that can be printed: no control characters, no invisible ones (two cards would look alike and have
 * different cells), no lone surrogates, no blanks around it.
 */
export function assertSerial(serial: unknown): asserts serial is string {
  const printable =
    typeof serial === 'string' &&
    serial.length >= 1 &&
    serial.length <= MAX_SERIAL_LENGTH &&
    serial === serial.trim() &&
    !/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(serial);
  if (!printable) {
    throw new CountersignError('invalid-card', `serial must be 1 to ${MAX_SERIAL_LENGTH} printable characters`);
  }
}
