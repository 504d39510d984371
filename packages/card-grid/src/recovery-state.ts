import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { type Field, hex, integer, literal, object, readState } from '@countersign/primitives/state';
import { assertSerial } from './card-format.ts';
import { cardHmac, FINGERPRINT_DIGITS } from './check-card-key.ts';
import { checkedList, type RecoveryCodesOptions } from './create-recovery-codes.ts';
import { MAX_RECOVERY_CODES, recoveryCodes } from './recovery-codes.ts';

/** What the application keeps of a list of recovery codes: plain JSON, without key and without codes. */
export type RecoveryState = {
  readonly v: 1;
  /** Ties the state to one key, serial and count. 16 hexadecimal digits. */
  readonly fingerprint: string;
  readonly serial: string;
  /** How many codes there are, numbered from 1. */
  readonly count: number;
  /** Which were used: code i is bit i − 1 of this number. */
  readonly used: number;
};

/**
 * The record of a list of recovery codes that has just been created: none has been used. Storing it in place of the old
 * list's makes all earlier codes worthless.
 *
 * **Once for each key and serial, for ever**: a second state of the same list brings every used code back. A new list has
 * a new serial.
 *
 * @param options the same `key`, `serial` and `count` as for `createRecoveryCodes`; `replaces`: the state of the list that
 *   this one follows
 * @throws CountersignError `invalid-key`; `invalid-card` for the serial and the count, and when `replaces` has the same
 *   serial; `invalid-state` when it is no list's state; `invalid-argument` for missing options
 *
 * @example
 * ```ts
 * import { createCardKey, newRecoveryState } from '@countersign/card-grid';
 *
 * const key = createCardKey();
 * const state = newRecoveryState({ key, serial: 'RC-1' });
 * state.count; // => 10
 * newRecoveryState({ key, serial: 'RC-1', replaces: state }); // throws invalid-card
 * ```
 */
export function newRecoveryState(
  options: RecoveryCodesOptions & { replaces?: RecoveryState | null | undefined },
): RecoveryState {
  assertOptions(options);
  const list = checkedList(options);
  const hmac = cardHmac(options.key);
  const { replaces = null } = options;
  if (replaces !== null && readRecoveryState(replaces).serial === list.serial) {
    throw new CountersignError('invalid-card', 'a new list must have a serial of its own');
  }
  return { v: 1, fingerprint: recoveryCodes(hmac, list).fingerprint(), ...list, used: 0 };
}

const readSerial: Field<string> = (value) => {
  assertSerial(value);
  return value;
};

const recoveryStateField: Field<RecoveryState> = (value) => {
  const state = object<RecoveryState>({
    v: literal(1),
    fingerprint: hex(FINGERPRINT_DIGITS),
    serial: readSerial,
    count: integer(1, MAX_RECOVERY_CODES),
    used: integer(0, 2 ** MAX_RECOVERY_CODES - 1),
  })(value);
  // Codes beyond the last one do not exist, so they cannot have been used.
  if (state.used >= 2 ** state.count) throw new Error('not ours');
  return state;
};

/** A stored state as a fresh copy; throws `invalid-state` for anything else. */
export function readRecoveryState(state: unknown): RecoveryState {
  return readState(state, 'newRecoveryState or verifyRecoveryCode', recoveryStateField);
}

/** How many codes have not been used. */
export function remainingCodes({ count, used }: RecoveryState): number {
  let left = count;
  for (let rest = used; rest > 0; rest = Math.floor(rest / 2)) left -= rest % 2;
  return left;
}

/**
 * How many codes of the list have not been used: for the settings page, and for a notice when few are left.
 *
 * @throws CountersignError `invalid-state` for a state that is not ours
 *
 * @example
 * ```ts
 * import { createCardKey, newRecoveryState, remainingRecoveryCodes } from '@countersign/card-grid';
 *
 * remainingRecoveryCodes(newRecoveryState({ key: createCardKey(), serial: 'RC-1' })); // => 10
 * ```
 */
export function remainingRecoveryCodes(state: RecoveryState): number {
  return remainingCodes(readRecoveryState(state));
}
