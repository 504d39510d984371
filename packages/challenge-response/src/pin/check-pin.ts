import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { isKeyboard } from './keyboard.ts';

/** What a PIN must be. */
export type PinRules = {
  readonly minLength: number;
  readonly maxLength: number;
  /** `digits`: 0-9. `visible`: letters, digits and special characters of ASCII, without spaces. */
  readonly characters: 'digits' | 'visible';
};

/** The token with a keypad: exactly 4 digits. */
export const TOKEN_PIN_RULES: PinRules = { minLength: 4, maxLength: 4, characters: 'digits' };

/** The phone app: 4 to 6 letters, digits and special characters; 6 is advised ({@link pinStrength}). */
export const PHONE_PIN_RULES: PinRules = { minLength: 4, maxLength: 6, characters: 'visible' };

/** Why a PIN is refused: what it is, or what makes it one of the first guesses. */
export type PinFault = 'malformed' | 'length' | 'characters' | 'repeated' | 'run' | 'keyboard' | 'year' | 'own-number';

const PATTERNS = { digits: /^[0-9]+$/, visible: /^[!-~]+$/ };

/** Characters that go up or down by the same step: 1234, 9753, abcd. */
function isRun(text: string): boolean {
  const step = text.charCodeAt(1) - text.charCodeAt(0);
  for (let i = 2; i < text.length; i++) if (text.charCodeAt(i) - text.charCodeAt(i - 1) !== step) return false;
  return true;
}

/**
 * The whole text again and again the same block: 1212, 123123; every character twice: 112233; or no more than two
 * characters in any order: 1121.
 */
function isRepeated(text: string): boolean {
  return new Set(text).size <= 2 || /^(?:(.)\1)+$/.test(text) || (text + text).indexOf(text, 1) < text.length;
}

/** Two simple halves, each of three characters or more: abc123, 123321, qweasd, 111222. */
function isJoined(text: string, simple: (part: string) => boolean): boolean {
  for (let at = 3; at <= text.length - 3; at++) if (simple(text.slice(0, at)) && simple(text.slice(at))) return true;
  return false;
}

const YEAR = '(?:19|20)[0-9]{2}';
const MONTH = '(?:0[1-9]|1[0-2])';
/** A year, alone or with a month. */
function isYear(text: string): boolean {
  return new RegExp(`^(?:${YEAR}|${YEAR}${MONTH}|${MONTH}${YEAR})$`).test(text);
}

function triviality(pin: string): PinFault | undefined {
  const text = pin.toLowerCase();
  if (isRepeated(text)) return 'repeated';
  if (isRun(text)) return 'run';
  if (isKeyboard(text)) return 'keyboard';
  if (isJoined(text, isRun)) return 'run';
  if (isJoined(text, (part) => isRun(part) || isKeyboard(part))) return 'keyboard';
  return isYear(text) ? 'year' : undefined;
}

/**
 * Judges a PIN that a user chooses: its length and characters, and that it is none of the first that anybody tries:
 * where people choose four digits freely, some twenty PINs, nearly all refused here, are a quarter of what they choose.
 *
 * It is for choosing a PIN, not for using it. Where the rules leave room, advise six characters ({@link pinStrength}).
 *
 * @param pin what the user typed: of any type, never throws
 * @param rules {@link TOKEN_PIN_RULES}, {@link PHONE_PIN_RULES}, or one's own
 * @param options `ownNumbers`: numbers of the user that others know, such as those of the telephone, the account and the
 * birthday, with any punctuation: a PIN that stands in one of them is refused
 * @throws CountersignError `invalid-argument` for rules that make no sense, and own numbers that are not text
 * @example
 * ```ts
 * import { checkPin, PHONE_PIN_RULES, TOKEN_PIN_RULES } from '@countersign/challenge-response';
 *
 * checkPin('7294', TOKEN_PIN_RULES); // => { ok: true }
 * checkPin('1234', TOKEN_PIN_RULES); // => { ok: false, reason: 'run' }
 * checkPin('1987', TOKEN_PIN_RULES); // => { ok: false, reason: 'year' }
 * checkPin('k7#w2', TOKEN_PIN_RULES); // => { ok: false, reason: 'length' }
 * checkPin('k7#w2', PHONE_PIN_RULES); // => { ok: true }
 * checkPin('4417', TOKEN_PIN_RULES, { ownNumbers: ['+41 44 175 20 08'] }); // => { ok: false, reason: 'own-number' }
 * ```
 */
export function checkPin(
  pin: unknown,
  rules: PinRules,
  options: { ownNumbers?: readonly string[] | undefined } = {},
): { ok: true } | { ok: false; reason: PinFault } {
  assertOptions(rules, 'rules');
  assertOptions(options);
  const { minLength, maxLength, characters } = rules;
  const { ownNumbers = [] } = options;
  // NIST SP 800-63B §3.2.10: an activation secret has at least 4 characters.
  assertInteger(minLength, 'minLength', 4, 64, 'invalid-argument');
  assertInteger(maxLength, 'maxLength', minLength, 64, 'invalid-argument');
  if (!Object.hasOwn(PATTERNS, characters)) {
    throw new CountersignError('invalid-argument', 'characters must be digits or visible');
  }
  if (!isTexts(ownNumbers)) {
    throw new CountersignError('invalid-argument', 'ownNumbers must be a list of texts');
  }
  if (typeof pin !== 'string') return { ok: false, reason: 'malformed' };
  if (pin.length < minLength || pin.length > maxLength) return { ok: false, reason: 'length' };
  if (!PATTERNS[characters].test(pin)) return { ok: false, reason: 'characters' };
  const fault = triviality(pin) ?? (isOwn(pin, ownNumbers) ? 'own-number' : undefined);
  return fault === undefined ? { ok: true } : { ok: false, reason: fault };
}

/** A list of texts, without holes, which `every` would step over. */
function isTexts(list: unknown): list is readonly string[] {
  return Array.isArray(list) && Array.from(list).every((text) => typeof text === 'string');
}

function isOwn(pin: string, numbers: readonly string[]): boolean {
  const bare = (text: string): string => text.toLowerCase().replace(/[^0-9a-z]/g, '');
  const typed = bare(pin);
  // What is left of a PIN of special characters alone stands in every number and says nothing.
  return typed.length >= 4 && numbers.some((number) => bare(number).includes(typed));
}

/**
 * How strong a PIN is, for guidance while the user types one that {@link checkPin} takes.
 *
 * @param pin what the user typed: of any type, never throws; what is no text has no strength
 * @returns `bits`: the most that its length and kinds of characters can hold, as if drawn by lot, rounded down: people
 * choose worse. `advised`: whether it has the six characters that NIST SP 800-63B §3.2.10 advises.
 * @example
 * ```ts
 * import { pinStrength } from '@countersign/challenge-response';
 *
 * pinStrength('7294'); // => { bits: 13, advised: false }
 * pinStrength('k7#w2q'); // => { bits: 36, advised: true }
 * ```
 */
export function pinStrength(pin: unknown): { bits: number; advised: boolean } {
  if (typeof pin !== 'string') return { bits: 0, advised: false };
  const kinds: [RegExp, number][] = [
    [/[0-9]/, 10],
    [/[a-z]/, 26],
    [/[A-Z]/, 26],
    [/[^0-9A-Za-z]/, 32],
  ];
  const alphabet = kinds.reduce((sum, [kind, size]) => sum + (kind.test(pin) ? size : 0), 0);
  return { bits: Math.floor(pin.length * Math.log2(Math.max(1, alphabet))), advised: pin.length >= 6 };
}
