import { assertBytes, assertOptions, MIN_SECRET_BYTES, MIN_SHORT_SECRET_BYTES } from '@countersign/primitives/assert';
import { type RandomBytes, systemRandom } from '@countersign/primitives/random';
import { DataInput, layOut, type OcraInput } from './data-input.ts';
import { type PreparedMessage, prepareMessage } from './prepared-message.ts';
import { randomQuestion } from './question.ts';
import { respond } from './respond.ts';
import { type OcraSuite, parseOcraSuite } from './suite.ts';
import { type OcraResult, type OcraVerifyInput, verify } from './verify.ts';

/** Options of {@link createOcra}. */
export type OcraOptions<Suite extends string = string> = {
  /** The suite as text, or as read by {@link parseOcraSuite}. */
  suite: Suite | OcraSuite;
  /**
   * The key that the device and the server share: random, 16 bytes or more, best as many as the suite's hash gives
   * (RFC 6287 §5.1: 20, 32, 64). Copied at once.
   */
  key: Uint8Array;
  /** Also take keys of 10 to 15 bytes, which old devices have. Never for new ones. Default `false`. */
  allowShortSecret?: boolean | undefined;
};

/** What the operations of one prepared OCRA key work on. */
export type PreparedOcra = {
  readonly suite: OcraSuite;
  readonly message: PreparedMessage;
  readonly input: DataInput;
};

/**
 * A prepared OCRA key. Shows nothing of the key when it is printed, copied or serialised. `Input` is what
 * `verify` must be told: with a suite that the compiler knows to have no time step, `after` may be left out.
 */
export type Ocra<Input extends OcraInput = OcraVerifyInput> = {
  readonly suite: OcraSuite;
  /**
   * A random challenge of the suite's full length. For QN multiples of 16 are skipped: a number n and 16·n encode
   * alike, and so would have the same response.
   *
   * In mutual mode each side makes its own.
   */
  newChallenge(random?: RandomBytes): string;
  /**
   * The response to a challenge (RFC 6287 §5, §7): what the device shows. Leading zeros are kept; with 0 digits it is
   * the whole HMAC in lower-case hexadecimal. The device moves its counter on at every computation (§5.1).
   *
   * @throws CountersignError for input that is missing, surplus or over-long: `invalid-challenge`, `invalid-counter`,
   * `invalid-pin`, `invalid-time`, `invalid-argument`; `unsupported` for two challenges with QN
   */
  respond(input: OcraInput): string;
  /**
   * Judges a response: what the server does. All counters and time steps that come into question are tried, without
   * early exit. With C and T both, the earliest counter is reported, and the newest time step for it.
   *
   * A result alone prevents no replay: {@link verifyResponse} keeps the counter, the last time step and the challenges
   * for you. Without it, give `counter` (C) or `after` (T, `null` at first) as stored, and store `nextCounter` or
   * `timeStep` in the write that counts the try, before the user gets in. A suite without C and T protects itself by
   * challenges alone, which must then be used once.
   *
   * @param response what the user typed: of any type, never throws
   * @throws CountersignError as {@link Ocra.respond}; `invalid-window`; `invalid-argument` when the suite has T and
   * `after` is missing. A PIN that is text, or anything a form may hand
   * on, but no PIN gives `malformed`; one that is bytes is the programmer's and must have the hash's length.
   */
  verify(response: unknown, input: Input): OcraResult;
};

/**
 * Prepares an OCRA key (RFC 6287): a challenge shown on one screen, a response read from a device that holds the key.
 * For a token with a keypad take {@link PIN_TOKEN_SUITE}, for a phone without network {@link PHONE_SUITE}; what a
 * response of 6 to 8 digits protects also needs {@link issueChallenge} and a limit on tries.
 *
 * Not for codes that change by themselves: that is TOTP. Not for approvals that show what is approved on a phone with a
 * network: a signature by a key that only the phone holds is stronger (the sub-entry `/approval`).
 *
 * @throws CountersignError `invalid-argument`, `invalid-suite`, `invalid-key`, at once and not at first use
 * @example
 * ```ts
 * import { createOcra, PIN_TOKEN_SUITE } from '@countersign/challenge-response/ocra';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key });
 *
 * const challenge = ocra.newChallenge();
 * const response = ocra.respond({ challenge, counter: 7, pin: '7294' }); // on the token
 * const result = ocra.verify(response, { challenge, counter: 5, pin: '7294', lookAhead: 10 });
 * result; // => { ok: true, counter: 7, nextCounter: 8 }
 * ocra.verify('none', { challenge, counter: 5, pin: '7294' }); // => { ok: false, reason: 'malformed' }
 * ```
 */
export function createOcra<const Suite extends string>(options: OcraOptions<Suite>): Ocra<OcraVerifyInput<Suite>> {
  assertOptions(options);
  const { suite: given, key: secret, allowShortSecret = false } = options;
  const suite = parseOcraSuite(typeof given === 'string' ? given : given?.text);
  assertBytes(secret, 'key', allowShortSecret ? MIN_SHORT_SECRET_BYTES : MIN_SECRET_BYTES, undefined, 'invalid-key');
  const layout = layOut(suite);
  const message = prepareMessage(suite.algorithm)(secret, layout.length);
  const prepared: PreparedOcra = { suite, message, input: new DataInput(suite, layout, message.bytes) };
  return Object.freeze({
    suite,
    newChallenge: (random: RandomBytes = systemRandom) => randomQuestion(suite.question, random),
    respond: (input: OcraInput) => respond(prepared, input),
    verify: (response: unknown, input: OcraVerifyInput<Suite>) => verify(prepared, response, input),
  });
}
