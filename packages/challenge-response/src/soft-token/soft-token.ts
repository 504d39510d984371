import { hexToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { CountersignError } from '@countersign/primitives/error';
import { createOcra } from '../ocra/create-ocra.ts';
import { checkPin, type PinFault, type PinRules } from '../pin/check-pin.ts';
import { normalizePin } from '../pin/hash-pin.ts';
import {
  joinKey,
  MAX_COUNTER,
  pinRules,
  pinVerifier,
  readSoftTokenState,
  type SoftTokenState,
  splitKey,
} from './soft-token-state.ts';

/** What the display asks for. */
export type SoftTokenPrompt = 'PIN>' | 'CHALLNG>' | 'LOCKED';

/** Result of {@link SoftToken.enterPin}: `triesLeft` is given when the token checks the PIN itself. */
export type SoftTokenPinResult =
  | { ok: true }
  | { ok: false; reason: 'malformed' | 'wrong-pin' | 'locked'; triesLeft?: number };

/** Result of {@link SoftToken.enterChallenge}. */
export type SoftTokenResult =
  | { ok: true; response: string }
  | { ok: false; reason: 'malformed' | 'pin-needed' | 'locked' };

/** A token that is switched on. Nothing that a user types makes it throw. Shows nothing of its key when printed. */
export type SoftToken = {
  /** What the display asks for next; `LOCKED` for good after too many wrong PINs, or when the counter has run out. */
  prompt(): SoftTokenPrompt;
  /** The user's PIN. A token with a lock checks it, and counts: keep {@link SoftToken.state} after every try. */
  enterPin(pin: unknown): SoftTokenPinResult;
  /**
   * The challenge; gives the response that the display then shows, and moves the counter on (RFC 6287 §5.1: at every
   * computation). The next challenge needs the PIN again. Keep {@link SoftToken.state} before showing the response.
   * @param given `now` when the suite has T (default `Date.now()`), `session` when it has S
   */
  enterChallenge(
    challenge: unknown,
    given?: { now?: number | undefined; session?: Uint8Array | undefined },
  ): SoftTokenResult;
  /**
   * Sets another PIN on a token with a lock; a wrong old one counts. With P in the suite the server must learn the new
   * PIN's hash as well ({@link hashPin}). `unchanged`: the new PIN is the old one.
   * @param rules for the new PIN, default as in {@link newSoftToken}
   */
  changePin(
    oldPin: unknown,
    newPin: unknown,
    rules?: PinRules,
  ): { ok: true } | { ok: false; reason: 'wrong-pin' | 'locked' | 'no-lock' | 'unchanged' | PinFault };
  /** What to keep. It contains the key. */
  state(): SoftTokenState;
};

/**
 * A token in software that behaves as the hardware does: `PIN>`, `CHALLNG>`, response. For tests, demos and phone apps.
 *
 * A phone can be copied where a sealed token cannot: give it less trust, and prefer an approval signed by
 * a key that the phone's hardware keeps (the sub-entry `/approval`).
 *
 * @param state from {@link newSoftToken}, or kept from the last use
 * @throws CountersignError `invalid-state`
 * @example
 * ```ts
 * import { createOcra, newSoftToken, PIN_TOKEN_SUITE, switchOnSoftToken } from '@countersign/challenge-response/ocra';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const token = switchOnSoftToken(newSoftToken({ key }));
 * token.prompt(); // => 'PIN>'
 * token.enterPin('7294'); // => { ok: true }
 * token.prompt(); // => 'CHALLNG>'
 * const shown = token.enterChallenge('482915');
 * token.state().counter; // => 1
 *
 * const server = createOcra({ suite: PIN_TOKEN_SUITE, key });
 * const response = shown.ok && shown.response;
 * server.verify(response, { challenge: '482915', counter: 0, pin: '7294' }).ok; // => true
 * ```
 */
export function switchOnSoftToken(state: SoftTokenState): SoftToken {
  let current = readSoftTokenState(state);
  const ocra = createOcra({ suite: current.suite, key: hexToBytes(splitKey(current)[0]) });
  const { suite } = ocra;
  let typedPin: string | undefined;

  const isLocked = (): boolean => current.lock?.triesLeft === 0 || current.counter > MAX_COUNTER;
  const needsPin = (): boolean => (current.lock !== null || suite.pin !== null) && typedPin === undefined;

  function checkLock(pin: string): SoftTokenPinResult {
    const { lock } = current;
    if (lock === null) return { ok: true };
    const [key, verifier] = splitKey(current);
    const right = equalBytes(hexToBytes(pinVerifier(key, pin)), hexToBytes(verifier));
    const triesLeft = right ? lock.maxTries : lock.triesLeft - 1;
    current = { ...current, lock: { ...lock, triesLeft } };
    return right ? { ok: true } : { ok: false, reason: 'wrong-pin', triesLeft };
  }

  function judgePin(pin: unknown): SoftTokenPinResult {
    typedPin = undefined;
    if (isLocked()) return { ok: false, reason: 'locked', triesLeft: 0 };
    const typed = normalizePin(pin);
    return typed === undefined ? { ok: false, reason: 'malformed' } : checkLock(typed);
  }

  function compute(challenge: string, given: { now?: number | undefined; session?: Uint8Array | undefined }): string {
    const counter = suite.counter ? current.counter : undefined;
    const pin = suite.pin === null ? undefined : typedPin;
    const response = ocra.respond({ ...given, challenge, counter, pin });
    if (suite.counter) current = { ...current, counter: current.counter + 1 };
    typedPin = undefined;
    return response;
  }

  return Object.freeze({
    prompt(): SoftTokenPrompt {
      if (isLocked()) return 'LOCKED';
      return needsPin() ? 'PIN>' : 'CHALLNG>';
    },

    enterPin(pin: unknown): SoftTokenPinResult {
      const result = judgePin(pin);
      if (result.ok) typedPin = pin as string;
      return result;
    },

    enterChallenge(
      challenge: unknown,
      given: { now?: number | undefined; session?: Uint8Array | undefined } = {},
    ): SoftTokenResult {
      if (isLocked()) return { ok: false, reason: 'locked' };
      if (needsPin()) return { ok: false, reason: 'pin-needed' };
      if (typeof challenge !== 'string') return { ok: false, reason: 'malformed' };
      try {
        return { ok: true, response: compute(challenge, given) };
      } catch (error) {
        // What the user typed; all else is the programmer's.
        const typed = error instanceof CountersignError && error.code === 'invalid-challenge';
        if (!typed) throw error;
        return { ok: false, reason: 'malformed' };
      }
    },

    changePin(
      oldPin: unknown,
      newPin: unknown,
      rules: PinRules = pinRules(suite),
    ): { ok: true } | { ok: false; reason: 'wrong-pin' | 'locked' | 'no-lock' | 'unchanged' | PinFault } {
      if (current.lock === null) return { ok: false, reason: 'no-lock' };
      const fault = checkPin(newPin, rules);
      if (!fault.ok) return fault;
      const typed = newPin as string;
      if (normalizePin(oldPin) === typed) return { ok: false, reason: 'unchanged' };
      const judged = judgePin(oldPin);
      if (!judged.ok) return { ok: false, reason: judged.reason };
      const [key] = splitKey(current);
      current = { ...current, key: joinKey(key, typed) };
      return { ok: true };
    },

    state: () => readSoftTokenState(current),
  });
}
