import type { Algorithm } from '@countersign/primitives/algorithm';
import { CountersignError } from '@countersign/primitives/error';

/** What a challenge may be made of: `A` letters and digits, `N` decimal digits, `H` hexadecimal digits. */
export type QuestionFormat = 'A' | 'N' | 'H';

/** The parts of an OCRA suite (RFC 6287 §6), which decide what goes into a response. Plain JSON. */
export type OcraSuite = {
  /** The suite as written; it is the beginning of every computed message. */
  readonly text: string;
  /** The hash inside the HMAC. */
  readonly algorithm: Algorithm;
  /** Length of a response, 4 … 10 decimal digits, or 0 for the whole HMAC in hexadecimal. */
  readonly digits: number;
  /** `C`: a counter of 64 bits goes in. */
  readonly counter: boolean;
  /** `Q`: format and greatest length of a challenge, 4 … 64 characters. */
  readonly question: { readonly format: QuestionFormat; readonly length: number };
  /** `P`: the hash of a PIN goes in, made with this. */
  readonly pin: Algorithm | null;
  /** `S`: this many bytes of session data go in, 1 … 999. */
  readonly session: number | null;
  /** `T`: the time goes in, as whole steps of this many seconds. */
  readonly timeStep: number | null;
};

const HASH = /SHA(?:512|256|1)/y;
const DIGITS = /10|[04-9]/y;
const FORMAT = /[ANH]/y;
const QUESTION_LENGTH = /0[4-9]|[1-5]\d|6[0-4]/y;
const SESSION_LENGTH = /(?!000)\d{3}/y;
// Erratum 3729: hours begin at 1; a step of no length is nonsensical.
const TIME_STEP = /(?:[1-5]\d|[1-9])[SM]|(?:[1-3]\d|4[0-8]|[1-9])H/y;
const UNIT = { S: 1, M: 60, H: 3600 };

/**
 * Reads an OCRA suite such as `OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256` (RFC 6287 §6, with erratum 3729). Strict: case
 * matters, lengths have two digits (`QN08`) or three (`S064`), time steps no leading zero (`T1M`), nothing is left out
 * or follows. A suite has one text, so {@link formatOcraSuite} gives back what was read.
 *
 * Call it once per device; {@link createOcra} takes the text as well.
 *
 * @throws CountersignError `invalid-suite` with the position of the first character that does not fit
 * @example
 * ```ts
 * import { parseOcraSuite } from '@countersign/challenge-response';
 *
 * const suite = parseOcraSuite('OCRA-1:HOTP-SHA256-8:QN06-T1M');
 * suite.digits; // => 8
 * suite.question; // => { format: 'N', length: 6 }
 * suite.timeStep; // => 60
 * parseOcraSuite('OCRA-1:HOTP-SHA256-8:QN4'); // throws invalid-suite
 * ```
 */
export function parseOcraSuite(text: string): OcraSuite {
  if (typeof text !== 'string') throw new CountersignError('invalid-suite', 'suite must be text');
  let at = 0;

  function fault(expected: string): never {
    throw new CountersignError('invalid-suite', `suite: ${expected} expected at character ${at + 1}`);
  }
  function literal(expected: string): void {
    for (const character of expected) {
      if (text[at] !== character) fault(`'${character}' of '${expected}'`);
      at++;
    }
  }
  function next(pattern: RegExp, expected: string): string {
    pattern.lastIndex = at;
    const found = pattern.exec(text)?.[0] ?? fault(expected);
    at += found.length;
    return found;
  }
  function hash(): Algorithm {
    return next(HASH, 'SHA1, SHA256 or SHA512') as Algorithm;
  }
  /** Whether an optional input stands here. */
  function has(letter: string): boolean {
    const found = text.startsWith(letter, at);
    if (found) at += letter.length;
    return found;
  }

  literal('OCRA-1:HOTP-');
  const algorithm = hash();
  literal('-');
  const digits = Number(next(DIGITS, 'a length of 0 or 4 to 10 digits'));
  literal(':');
  const counter = has('C-');
  literal('Q');
  const format = next(FORMAT, 'A, N or H') as QuestionFormat;
  const length = Number(next(QUESTION_LENGTH, 'a length from 04 to 64'));
  const pin = has('-P') ? hash() : null;
  const session = has('-S') ? Number(next(SESSION_LENGTH, 'a length from 001 to 999')) : null;
  const timeStep = has('-T') ? seconds(next(TIME_STEP, '1 to 59 with S or M, or 1 to 48 with H,')) : null;
  if (at < text.length) fault('the end, or inputs in the order C, Q, P, S, T');
  return Object.freeze({
    text,
    algorithm,
    digits,
    counter,
    question: Object.freeze({ format, length }),
    pin,
    session,
    timeStep,
  });
}

function seconds(step: string): number {
  return Number(step.slice(0, -1)) * UNIT[step.at(-1) as keyof typeof UNIT];
}

/**
 * Writes a suite from its parts: the inverse of {@link parseOcraSuite}.
 *
 * @param parts as {@link OcraSuite}; `text`, if there, is not looked at. `timeStep` in seconds must be expressible:
 * 1 … 59 seconds, 1 … 59 minutes, or 1 … 48 hours
 * @throws CountersignError `invalid-suite` when the parts make no suite
 * @example
 * ```ts
 * import { formatOcraSuite } from '@countersign/challenge-response';
 *
 * const question = { format: 'N', length: 8 } as const;
 * const inputs = { counter: true, question, pin: null, session: 64, timeStep: 3600 };
 * formatOcraSuite({ algorithm: 'SHA512', digits: 8, ...inputs }); // => 'OCRA-1:HOTP-SHA512-8:C-QN08-S064-T1H'
 * ```
 */
export function formatOcraSuite(parts: Omit<OcraSuite, 'text'>): string {
  let text: string;
  try {
    const { algorithm, digits, counter, question, pin, session, timeStep } = parts;
    const inputs = [
      `Q${question.format}${String(question.length).padStart(2, '0')}`,
      ...(pin === null ? [] : [`P${pin}`]),
      ...(session === null ? [] : [`S${String(session).padStart(3, '0')}`]),
      ...(timeStep === null ? [] : [`T${formatStep(timeStep)}`]),
    ];
    text = `OCRA-1:HOTP-${algorithm}-${digits}:${counter ? 'C-' : ''}${inputs.join('-')}`;
  } catch {
    throw new CountersignError('invalid-suite', 'suite: parts must be as parseOcraSuite gives them');
  }
  return parseOcraSuite(text).text;
}

/** In the largest unit that divides it and has room: every length has one way to be written. */
function formatStep(length: number): string {
  if (length < UNIT.M) return `${length}S`;
  return length < UNIT.H ? `${length / UNIT.M}M` : `${length / UNIT.H}H`;
}
