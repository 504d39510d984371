import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomDigits, randomInteger, randomText } from '@countersign/primitives/random';
import type { OcraSuite, QuestionFormat } from './suite.ts';

/** A challenge as typed or shown, or in mutual mode both in the order used: the other party's, then one's own. */
export type Challenge = string | readonly [first: string, second: string];

/** Room for the question in every message, whatever its greatest length (RFC 6287 §5.1). */
export const QUESTION_BYTES = 128;
const MIN_LENGTH = 4;

const FORMATS: Readonly<Record<QuestionFormat, { pattern: RegExp; of: string }>> = {
  A: { pattern: /^[0-9A-Za-z]+$/, of: 'letters and digits' },
  N: { pattern: /^[0-9]+$/, of: 'decimal digits' },
  H: { pattern: /^[0-9A-Fa-f]+$/, of: 'hexadecimal digits' },
};

function check(challenge: unknown, { format, length }: OcraSuite['question']): string {
  const { pattern, of } = FORMATS[format];
  // The suite's length is the greatest one, "up to" (RFC 6287 §6.3), and 4 the least that a suite can name.
  const sound =
    typeof challenge === 'string' &&
    challenge.length >= MIN_LENGTH &&
    challenge.length <= length &&
    pattern.test(challenge);
  if (!sound) {
    throw new CountersignError('invalid-challenge', `challenge must be ${MIN_LENGTH} to ${length} ${of}`);
  }
  return challenge;
}

/** Two challenges. `Array.isArray` throws for a proxy that was revoked. */
function isPair(challenge: unknown): challenge is readonly [unknown, unknown] {
  try {
    return Array.isArray(challenge) && challenge.length === 2;
  } catch {
    return false;
  }
}

/** The challenge as one text: in mutual mode both, joined without a separator (RFC 6287 §7.2). */
function join(challenge: unknown, question: OcraSuite['question']): string {
  if (!isPair(challenge)) return check(challenge, question);
  // Where the first number ends and the second begins in one integer, implementations do not agree.
  if (question.format === 'N') {
    throw new CountersignError('unsupported', 'mutual mode needs QA or QH: QN joins two numbers ambiguously');
  }
  return check(challenge[0], question) + check(challenge[1], question);
}

/** A number as hexadecimal, without leading zeros; up to 15 digits without a BigInt. */
function decimalToHex(digits: string): string {
  return (digits.length <= 15 ? Number(digits) : BigInt(digits)).toString(16);
}

/**
 * Writes the question into `bytes`, 128 zeros (RFC 6287 §5.1 and the reference code of Appendix A):
 * A as ASCII; H as given; N as one integer in hexadecimal, without the leading zeros of the decimal. All are padded
 * on the right, H and N by nibbles, so that an odd number of them leaves half a byte of padding.
 */
export function writeQuestion(challenge: unknown, question: OcraSuite['question'], bytes: Uint8Array): void {
  const text = join(challenge, question);
  if (question.format === 'A') {
    for (let i = 0; i < text.length; i++) bytes[i] = text.charCodeAt(i);
    return;
  }
  const nibbles = question.format === 'N' ? decimalToHex(text) : text;
  for (let i = 0; i < nibbles.length; i++) bytes[i >> 1]! |= Number.parseInt(nibbles[i]!, 16) << (i & 1 ? 0 : 4);
}

/** The question as it goes into the message, to tell whether two challenges come to the same. */
export function encodeQuestion(challenge: Challenge, question: OcraSuite['question']): Uint8Array {
  const bytes = new Uint8Array(QUESTION_BYTES);
  writeQuestion(challenge, question, bytes);
  return bytes;
}

const LETTERS_AND_DIGITS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789';
const HEX_DIGITS = '0123456789ABCDEF';

/**
 * A challenge of full length, every one that is given at all equally likely. A number n and 16·n encode alike, so
 * multiples of 16 are left out of QN: then no two challenges of one suite have the same encoding, and one fifteenth of
 * the numbers is lost. 10,000 is a multiple of 16, and so the last four digits decide.
 */
export function randomQuestion({ format, length }: OcraSuite['question'], random: RandomBytes): string {
  if (format === 'A') return randomText(LETTERS_AND_DIGITS, length, random);
  if (format === 'H') return randomText(HEX_DIGITS, length, random);
  const chosen = randomInteger((10_000 / 16) * 15, random);
  const last = 16 * Math.floor(chosen / 15) + 1 + (chosen % 15);
  return randomDigits(length - 4, random) + String(last).padStart(4, '0');
}
