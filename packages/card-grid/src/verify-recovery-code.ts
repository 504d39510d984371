import { assertOptions } from '@countersign/primitives/assert';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { checkCharacter, normalizeReadableCode, READABLE_ALPHABET } from '@countersign/primitives/readable-code';
import type { Reason } from '@countersign/primitives/reason';
import { assertSameCard, cardHmac } from './check-card-key.ts';
import { RECOVERY_CODE_LENGTH, recoveryCodes } from './recovery-codes.ts';
import { type RecoveryState, readRecoveryState, remainingCodes } from './recovery-state.ts';

/** Whether a recovery code was right; `state` is what to store, `remaining` how many codes are left. */
export type RecoveryCodeResult = { readonly remaining: number; readonly state: RecoveryState } & (
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: Extract<Reason, 'malformed' | 'mistyped' | 'mismatch' | 'replayed'>;
      /** True for `mismatch` only: what is to be counted as a failure. */
      readonly guess: boolean;
    }
);

/**
 * Verifies a recovery code, once. It may be typed in any case, with or without spaces and hyphens, and with O for 0 or I
 * and L for 1. Everything that passes the check character costs the same few microseconds, whether the code exists, was
 * used or is wrong, and is compared in constant time.
 *
 * Tell nobody of success before the returned state has been written with compare-and-swap: of two requests with the same
 * code at the same moment, both are right here, and only one of them can write. After a success issue a new list
 * (NIST SP 800-63B-4 §4.2), with a new serial.
 *
 * @param state as `newRecoveryState` and earlier calls returned it
 * @param code anything that was sent
 * @param options `key`: the list's 32 bytes
 * @returns `{ ok: true, remaining, state }`, or `{ ok: false, reason, guess, remaining, state }` with `reason` `mismatch`
 *   (`guess: true`), `malformed`, `mistyped` (the check character does not fit) or `replayed` (right, but used before): for
 *   the audit trail, not for the page
 * @throws CountersignError `invalid-key` for a key of another length; `invalid-state` for a state that is not ours, or not
 *   of the list with this key; `invalid-argument` for missing options; never because of the code
 *
 * @example
 * ```ts
 * import { createCardKey, createRecoveryCodes, newRecoveryState, verifyRecoveryCode } from '@countersign/card-grid';
 *
 * const list = { key: createCardKey(), serial: 'RC-1', count: 3 };
 * const codes = createRecoveryCodes(list);
 * const first = verifyRecoveryCode(newRecoveryState(list), codes[1]?.toLowerCase(), list);
 * first.ok; // => true
 * first.remaining; // => 2
 * verifyRecoveryCode(first.state, codes[1], list).ok; // => false
 * ```
 */
export function verifyRecoveryCode(
  state: RecoveryState,
  code: unknown,
  options: { key: Uint8Array },
): RecoveryCodeResult {
  assertOptions(options);
  const hmac = cardHmac(options.key);
  const list = readRecoveryState(state);
  const derived = recoveryCodes(hmac, list);
  assertSameCard(list.fingerprint, derived.fingerprint());
  const typed = normalizeReadableCode(code, RECOVERY_CODE_LENGTH);
  if (typed === undefined) return refused('malformed');
  if (checkCharacter(typed.slice(0, -1)) !== typed.at(-1)) return refused('mistyped');
  const number = READABLE_ALPHABET.indexOf(typed.charAt(0));
  // A number that is not on this list is derived and compared as well, so that all answers take the same time.
  const expected = derived.code(number);
  const right = equalBytes(utf8ToBytes(typed), utf8ToBytes(expected));
  if (!right || number < 1 || number > list.count) return refused('mismatch');
  const bit = 2 ** (number - 1);
  if (Math.floor(list.used / bit) % 2 === 1) return refused('replayed');
  const next: RecoveryState = { ...list, used: list.used + bit };
  return { ok: true, remaining: remainingCodes(next), state: next };

  function refused(reason: (RecoveryCodeResult & { ok: false })['reason']): RecoveryCodeResult {
    return { ok: false, reason, guess: reason === 'mismatch', remaining: remainingCodes(list), state: list };
  }
}
