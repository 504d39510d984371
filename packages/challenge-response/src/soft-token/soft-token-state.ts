import { assertBytes, assertInteger } from '@countersign/primitives/assert';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import { createOcra } from '../ocra/create-ocra.ts';
import { PIN_TOKEN_SUITE } from '../ocra/profiles.ts';
import { invalidPin, normalizePin } from '../pin/hash-pin.ts';

/**
 * What a {@link SoftToken} keeps between two uses: plain JSON. **It contains the key**: keep it in the platform's
 * keystore, or the key under a PIN ({@link sealWithPin}) and the rest beside it.
 */
export type SoftTokenState = {
  readonly v: 1;
  readonly suite: string;
  /** In hexadecimal. */
  readonly key: string;
  /** The next counter, when the suite has C. */
  readonly counter: number;
  /** When the token checks the PIN itself: how to tell the right one, and the tries left. */
  readonly lock: { readonly verifier: string; readonly maxTries: number; readonly triesLeft: number } | null;
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
   * The token checks this PIN itself and locks after `maxTries` wrong ones (1 … 10, default 5). Without it the token
   * takes any PIN into the computation, and only the server learns whether it was right: then a thief learns nothing
   * from the token, and nothing but the server counts.
   */
  lock?: { pin: string; maxTries?: number | undefined } | undefined;
};

/** The last counter that a token computes with; the one after it says that the token is used up. */
export const MAX_COUNTER: number = Number.MAX_SAFE_INTEGER - 1;
const MAX_TRIES = 10;
const DEFAULT_TRIES = 5;

/**
 * A new token as the factory or the activation makes it, to be switched on with {@link switchOnSoftToken}.
 *
 * @throws CountersignError `invalid-suite`, `invalid-key`, `invalid-counter`, `invalid-pin`, `invalid-argument`
 * @example
 * ```ts
 * import { newSoftToken } from '@countersign/challenge-response';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * newSoftToken({ key }).suite; // => 'OCRA-1:HOTP-SHA256-8:C-QN06-PSHA256'
 * newSoftToken({ key, lock: { pin: '7294' } }).lock?.triesLeft; // => 5
 * ```
 */
export function newSoftToken(options: NewSoftTokenOptions): SoftTokenState {
  const { suite = PIN_TOKEN_SUITE, key, counter = 0, lock } = options ?? {};
  createOcra({ suite, key });
  assertInteger(counter, 'counter', 0, MAX_COUNTER, 'invalid-counter');
  const state: SoftTokenState = { v: 1, suite, key: bytesToHex(key), counter, lock: null };
  if (!lock) return state;
  const { maxTries = DEFAULT_TRIES } = lock;
  assertInteger(maxTries, 'maxTries', 1, MAX_TRIES, 'invalid-argument');
  const verifier = pinVerifier(state, lock.pin);
  if (verifier === undefined) throw invalidPin();
  return { ...state, lock: { verifier: bytesToHex(verifier), maxTries, triesLeft: maxTries } };
}

/** What the token compares a typed PIN by: keyed, so that it is nothing without the key. */
export function pinVerifier({ key }: SoftTokenState, pin: unknown): Uint8Array | undefined {
  const text = normalizePin(pin);
  if (text === undefined) return undefined;
  const hmac = hmacSha256(hexToBytes(key));
  const verifier = hmac.digest(encodeFields('countersign/soft-token-pin/v1', [utf8ToBytes(text)]));
  hmac.wipe();
  return verifier;
}

/** A state of one's own: what the application does with its object changes no token, least of all its lock. */
export function copyState({ v, suite, key, counter, lock }: SoftTokenState): SoftTokenState {
  return { v, suite, key, counter, lock: lock && { ...lock } };
}

/** Refuses what {@link newSoftToken} or a token did not give, before anything is computed. */
export function assertSoftTokenState(state: unknown): asserts state is SoftTokenState {
  try {
    const { v, suite, key, counter, lock } = state as SoftTokenState;
    createOcra({ suite, key: hexToBytes(key) });
    assertInteger(counter, 'counter', 0, MAX_COUNTER + 1, 'invalid-counter');
    if (lock !== null) {
      assertBytes(hexToBytes(lock.verifier), 'verifier', 32, 32);
      assertInteger(lock.maxTries, 'maxTries', 1, MAX_TRIES, 'invalid-argument');
      assertInteger(lock.triesLeft, 'triesLeft', 0, lock.maxTries, 'invalid-argument');
    }
    if (v === 1) return;
  } catch {
    // Whatever is wrong with it, the message below says enough, and nothing of the key.
  }
  throw new CountersignError('invalid-state', 'state must be what newSoftToken or SoftToken.state gave, version 1');
}
