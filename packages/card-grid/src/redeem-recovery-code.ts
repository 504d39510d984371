import { assertInstant } from '@countersign/primitives/assert';
import { equalBytes } from '@countersign/primitives/constant-time';
import { checkCharacter, normalizeReadableCode, READABLE_ALPHABET } from '@countersign/primitives/readable-code';
import {
  checkedRecoveryState,
  hashRecoveryCode,
  RECOVERY_CODE_LENGTH,
  type RecoveryCodesState,
  recordBytes,
} from './recovery-state.ts';

/** Whether a recovery code was right; `state` is what to store, `remaining` how many codes are left. */
export type RedeemedRecoveryCode = { readonly state: RecoveryCodesState; readonly remaining: number } & (
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'malformed' | 'mismatch' | 'replayed' }
);

/**
 * Redeems a recovery code, once. It may be typed in any case, with or without spaces and hyphens, and with O for 0 or I
 * and L for 1; a typo fails the check character and costs neither time nor a try. Anything that passes it costs exactly
 * one scrypt, whether the code exists, was used or is wrong: limit tries before you call.
 *
 * Tell nobody of success before the returned state has been written with compare-and-swap: of two requests with the same
 * code at the same moment, both are right here, and only one of them can write. After a success issue a new list.
 *
 * @param state as `issueRecoveryCodes` and earlier calls returned it; not changed, and copied before the hash is computed
 * @param code anything that was sent
 * @param options `now`, noted in the record; `onProgress` gets 0 … 1
 * @returns `{ ok: true, state, remaining }`, or `{ ok: false, reason, state, remaining }` with `reason` `malformed`,
 *   `mismatch` or `replayed` (right, but redeemed before): for the audit trail, not for the page
 * @throws CountersignError `invalid-state` for a damaged record, `invalid-time`; never because of the code
 *
 * @example
 * ```ts
 * import { issueRecoveryCodes, redeemRecoveryCode } from '@countersign/card-grid';
 *
 * const cost = { algorithm: 'scrypt', N: 1024, r: 8, p: 1 } as const; // for a fast example: leave it out
 * const { codes, state } = await issueRecoveryCodes({ count: 3, cost });
 * const first = await redeemRecoveryCode(state, codes[1]?.toLowerCase());
 * first.ok; // => true
 * first.remaining; // => 2
 * (await redeemRecoveryCode(first.state, codes[1])).ok; // => false
 * ```
 */
export async function redeemRecoveryCode(
  state: RecoveryCodesState,
  code: unknown,
  options: { now?: number | undefined; onProgress?: ((fraction: number) => void) | undefined } = {},
): Promise<RedeemedRecoveryCode> {
  const { now = Date.now(), onProgress } = options;
  const kept = checkedRecoveryState(state);
  assertInstant(now);
  const typed = normalizeReadableCode(code, RECOVERY_CODE_LENGTH);
  if (typed === undefined || checkCharacter(typed.slice(0, -1)) !== typed.at(-1)) return refused('malformed');
  const numbered = READABLE_ALPHABET.indexOf(typed.charAt(0)) - 1;
  // A number that is not on this list is hashed against the first record, and is as wrong and as slow as any other.
  const at = numbered >= 0 && numbered < kept.codes.length ? numbered : 0;
  const { usedAt } = kept.codes[at]!;
  const { salt, hash } = recordBytes(kept.codes[at]!);
  const given = await hashRecoveryCode(typed, salt, kept.cost, onProgress);
  if (!equalBytes(given, hash)) return refused('mismatch');
  if (usedAt !== null) return refused('replayed');
  const codes = kept.codes.map((record, i) => (i === at ? { ...record, usedAt: now } : record));
  const next = { ...kept, codes };
  return { ok: true, state: next, remaining: remainingRecoveryCodes(next) };

  function refused(reason: 'malformed' | 'mismatch' | 'replayed'): RedeemedRecoveryCode {
    return { ok: false, reason, state: kept, remaining: remainingRecoveryCodes(kept) };
  }
}

/**
 * How many codes of the list have not been redeemed: for the settings page, and for a notice when few are left.
 *
 * @throws CountersignError `invalid-state` for a damaged record
 *
 * @example
 * ```ts
 * import { issueRecoveryCodes, remainingRecoveryCodes } from '@countersign/card-grid';
 *
 * const cost = { algorithm: 'scrypt', N: 1024, r: 8, p: 1 } as const; // for a fast example: leave it out
 * const { state } = await issueRecoveryCodes({ count: 3, cost });
 * remainingRecoveryCodes(state); // => 3
 * ```
 */
export function remainingRecoveryCodes(state: RecoveryCodesState): number {
  return checkedRecoveryState(state).codes.filter((record) => record.usedAt === null).length;
}
