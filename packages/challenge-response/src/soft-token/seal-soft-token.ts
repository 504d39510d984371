import { bytesToHex, hexToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { type Field, literal, object, readState } from '@countersign/primitives/state';
import {
  type OpenOptions,
  openWithPin,
  readSealedKey,
  type SealedKey,
  type SealOptions,
  sealWithPin,
} from '../pin/seal-with-pin.ts';
import { readCounter, readSoftTokenState, readSuite, type SoftTokenState } from './soft-token-state.ts';

/**
 * A software token with its key under a PIN: plain JSON, and all that an app keeps of it. After each use keep it again
 * with the token's new `counter`; the rest stays the same.
 */
export type SealedSoftToken = {
  readonly v: 1;
  readonly suite: string;
  readonly counter: number;
  readonly key: SealedKey;
};

const sealedSoftToken: Field<SealedSoftToken> = (value) =>
  object<SealedSoftToken>({ v: literal(1), suite: readSuite, counter: readCounter, key: readSealedKey })(value);

/**
 * Puts a software token under a PIN, for an app that has no keystore: {@link sealWithPin} of its key, and beside it
 * nothing that was computed from the PIN or the key. Whoever steals the file can try no PIN without the server.
 *
 * @param state a token without a lock: what a lock compares by would be a test for the PIN
 * @param pin judged by {@link checkPin} before
 * @throws CountersignError (as a rejection) as {@link sealWithPin}; `invalid-argument` for a token with a lock;
 * `invalid-state`
 * @example
 * ```ts
 * import { newSoftToken, openSoftToken, PHONE_SUITE, sealSoftToken, switchOnSoftToken } from '@countersign/challenge-response/ocra';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32)); // from the activation
 * const cost = { algorithm: 'scrypt', N: 2 ** 10, r: 8, p: 1 } as const; // low for the example: leave it out
 * const kept = await sealSoftToken(newSoftToken({ suite: PHONE_SUITE, key }), 'k7#w2q', { cost });
 *
 * const token = switchOnSoftToken(await openSoftToken(kept, 'k7#w2q'));
 * token.enterChallenge('482915').ok; // => true
 * const keptNow = { ...kept, counter: token.state().counter };
 * keptNow.counter; // => 0
 * ```
 */
export async function sealSoftToken(
  state: SoftTokenState,
  pin: string,
  options: SealOptions = {},
): Promise<SealedSoftToken> {
  const { suite, counter, key, lock } = readSoftTokenState(state);
  if (lock !== null) {
    throw new CountersignError(
      'invalid-argument',
      'state must be of a token without a lock: a lock is a test for the PIN',
    );
  }
  return { v: 1, suite, counter, key: await sealWithPin(hexToBytes(key), pin, options) };
}

/**
 * Takes a software token out from under its PIN. A wrong PIN gives another token that looks as good: only the server
 * learns that its responses are wrong, and counts.
 *
 * @param pin what the user typed
 * @throws CountersignError (as a rejection) `invalid-state`, `invalid-pin`, as {@link openWithPin}
 */
export async function openSoftToken(
  sealed: SealedSoftToken,
  pin: string,
  options: OpenOptions = {},
): Promise<SoftTokenState> {
  const { suite, counter, key } = readState(sealed, 'sealSoftToken', sealedSoftToken);
  const opened = await openWithPin(key, pin, options);
  const state: SoftTokenState = { v: 1, suite, key: bytesToHex(opened), counter, lock: null };
  opened.fill(0);
  return state;
}
