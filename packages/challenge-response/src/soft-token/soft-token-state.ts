import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import { type Field, integer, literal, nullable, object, readState, text } from '@countersign/primitives/state';
import { createOcra } from '../ocra/create-ocra.ts';
import { PIN_TOKEN_SUITE } from '../ocra/profiles.ts';
import { type OcraSuite, parseOcraSuite } from '../ocra/suite.ts';
import { checkPin, PHONE_PIN_RULES, type PinRules, TOKEN_PIN_RULES } from '../pin/check-pin.ts';

/**
 * What a {@link SoftToken} keeps between two uses: plain JSON. **It contains the key.** Keep it whole in the platform's
 * keystore. Without one keep a token without a lock under a PIN: {@link sealSoftToken}.
 */
export type SoftTokenState = {
  readonly v: 1;
  readonly suite: string;
  /**
   * The key in hexadecimal. With a lock there follow a dot and what tells the right PIN, a test for the PIN to whoever
   * has both: so the two are one value, which cannot be parted by oversight and is not what {@link sealWithPin} takes.
   */
  readonly key: string;
  /** The next counter, when the suite has C. */
  readonly counter: number;
  /** When the token checks the PIN itself: the tries left. */
  readonly lock: { readonly maxTries: number; readonly triesLeft: number } | null;
};

/** Options of {@link newSoftToken}. */
export type NewSoftTokenOptions = {
  /** Default {@link PIN_TOKEN_SUITE}. */
  suite?: string | undefined;
  /** The key shared with the server, 16 bytes or more. */
  key: Uint8Array;
  /** Default 0. */
  counter?: number | undefined;
  /**
   * The token checks this PIN itself and locks after `maxTries` wrong ones (1 … 10, default 5): for a keystore that
   * nobody reads. Without it the token takes any PIN into the computation, and only the server learns whether it was
   * right: then a thief learns nothing from the token, and nothing but the server counts.
   *
   * The PIN must follow `rules`, by default {@link TOKEN_PIN_RULES} when the suite takes a PIN, as tokens with a keypad
   * do, else {@link PHONE_PIN_RULES}.
   */
  lock?: { pin: string; maxTries?: number | undefined; rules?: PinRules | undefined } | null | undefined;
};

/** The last counter that a token computes with; the one after it says that the token is used up. */
export const MAX_COUNTER: number = 2 ** 53 - 2;
const MAX_TRIES = 10;
const DEFAULT_TRIES = 5;
const SEPARATOR = '.';
/** 1,024 bytes, and more than any key needs. */
const MAX_KEY_DIGITS = 2048;

/** The rules for the PIN of a token with a lock. */
export function pinRules({ pin }: OcraSuite): PinRules {
  return pin === null ? PHONE_PIN_RULES : TOKEN_PIN_RULES;
}

/**
 * A new token as the factory or the activation makes it, to be switched on with {@link switchOnSoftToken}.
 *
 * @throws CountersignError `invalid-argument`, `invalid-suite`, `invalid-key`, `invalid-counter`; `invalid-pin` for a
 * lock's PIN that {@link checkPin} refuses: let the user choose with it before
 * @example
 * ```ts
 * import { newSoftToken } from '@countersign/challenge-response/ocra';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * newSoftToken({ key }).suite; // => 'OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256'
 * newSoftToken({ key, lock: { pin: '7294' } }).lock?.triesLeft; // => 5
 * newSoftToken({ key, lock: { pin: '1' } }); // throws invalid-pin
 * ```
 */
export function newSoftToken(options: NewSoftTokenOptions): SoftTokenState {
  assertOptions(options);
  const { suite = PIN_TOKEN_SUITE, key, counter = 0, lock } = options;
  const ocra = createOcra({ suite, key });
  assertInteger(counter, 'counter', 0, MAX_COUNTER, 'invalid-counter');
  const digits = bytesToHex(key);
  if (digits.length > MAX_KEY_DIGITS) throw new CountersignError('invalid-key', 'key must have at most 1024 bytes');
  const state = { v: 1, suite, key: digits, counter, lock: null } as const;
  if (lock === undefined || lock === null) return state;
  assertOptions(lock, 'lock');
  const { pin, maxTries = DEFAULT_TRIES, rules = pinRules(ocra.suite) } = lock;
  assertInteger(maxTries, 'maxTries', 1, MAX_TRIES, 'invalid-argument');
  const judged = checkPin(pin, rules);
  if (!judged.ok)
    throw new CountersignError('invalid-pin', `pin of the lock does not follow its rules: ${judged.reason}`);
  return { ...state, key: joinKey(digits, pin), lock: { maxTries, triesLeft: maxTries } };
}

/** The key with what tells the right PIN. */
export function joinKey(key: string, pin: string): string {
  return key + SEPARATOR + pinVerifier(key, pin);
}

/** Key and verifier of a state, both in hexadecimal; a token without a lock has no verifier. */
export function splitKey({ key }: SoftTokenState): [key: string, verifier: string] {
  const [digits = '', verifier = ''] = key.split(SEPARATOR);
  return [digits, verifier];
}

/** What the token compares a typed PIN by, in hexadecimal: keyed, so that it is nothing without the key. */
export function pinVerifier(key: string, pin: string): string {
  const hmac = hmacSha256(hexToBytes(key));
  const verifier = hmac.digest(encodeFields('countersign/soft-token-pin/v1', [utf8ToBytes(pin.normalize('NFKC'))]));
  hmac.wipe();
  return bytesToHex(verifier);
}

const readKey: Field<string> = (value) => {
  const key = text(32, MAX_KEY_DIGITS + 65)(value);
  if (!/^(?:[0-9a-f]{2})+(?:\.[0-9a-f]{64})?$/.test(key)) throw new Error('not ours');
  return key;
};

/** A suite as it was given, which must be one. */
export const readSuite: Field<string> = (value) => parseOcraSuite(value as string).text;
/** A counter as a state has it. */
export const readCounter: Field<number> = (value) => integer(0, MAX_COUNTER + 1)(value);

const softTokenState: Field<SoftTokenState> = (value) =>
  object<SoftTokenState>({
    v: literal(1),
    suite: readSuite,
    key: readKey,
    counter: readCounter,
    lock: nullable(object({ maxTries: integer(1, MAX_TRIES), triesLeft: integer(0, MAX_TRIES) })),
  })(value);

/** A state of one's own: what the application does with its object changes no token, least of all its lock. */
export function readSoftTokenState(state: unknown): SoftTokenState {
  return readState(state, 'newSoftToken, openSoftToken or SoftToken.state', (value) => {
    const read = softTokenState(value);
    const { lock } = read;
    const [key, verifier] = splitKey(read);
    const locks = lock === null ? verifier === '' : verifier !== '' && lock.triesLeft <= lock.maxTries;
    if (!locks) throw new Error('not ours');
    createOcra({ suite: read.suite, key: hexToBytes(key) });
    return read;
  });
}
