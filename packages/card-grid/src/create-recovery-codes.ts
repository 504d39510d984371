import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { groupCode } from '@countersign/primitives/readable-code';
import { assertSerial } from './card-format.ts';
import { cardHmac } from './check-card-key.ts';
import { DEFAULT_RECOVERY_CODES, MAX_RECOVERY_CODES, recoveryCodes } from './recovery-codes.ts';

/** What a list of recovery codes is made from. */
export type RecoveryCodesOptions = {
  /** Exactly 32 bytes, from `createCardKey`; kept sealed. */
  key: Uint8Array;
  /** 1 … 64 printable characters: which list this is. Given out once for each key, for ever. */
  serial: string;
  /** 1 … 31; default 10 */
  count?: number | undefined;
};

/** Checks the options of a list, all but the key. */
export function checkedList({ serial, count = DEFAULT_RECOVERY_CODES }: RecoveryCodesOptions): {
  serial: string;
  count: number;
} {
  assertSerial(serial);
  assertInteger(count, 'count', 1, MAX_RECOVERY_CODES, 'invalid-card');
  return { serial, count };
}

/**
 * A list of recovery codes, for people who have lost every device: derived from a key like the cells of a card, and never
 * stored. Show or print them once (`renderRecoveryCodesHtml`), and keep `newRecoveryState` of the same options.
 *
 * A code such as `1K7QM-3XV0A-ZP4T9` has 15 characters of Crockford's Base32: which code of the list it is, so that
 * people can tick it off; 13 characters of HMAC-SHA-256 (65 bits; NIST SP 800-63B-4 §4.2 asks for 64); and a check
 * character that catches a typo before anything is counted.
 *
 * NIST SP 800-63B-4 §4.2 has recovery codes stored as a hash. These are not stored at all; what must be kept from whoever
 * reads the database is the key, as §3.1.2 allows for look-up secrets. Seal it.
 *
 * @param options `key`: 32 bytes; `serial`: a new one for every list; `count` 1 … 31 (10)
 * @returns the codes in the order of their numbers, grouped in fives
 * @throws CountersignError `invalid-key`, `invalid-card` for the serial and the count, `invalid-argument` for missing options
 *
 * @example
 * ```ts
 * import { createRecoveryCodes } from '@countersign/card-grid';
 *
 * const key = new Uint8Array(32).fill(7); // of course from createCardKey()
 * createRecoveryCodes({ key, serial: 'RC-1', count: 2 }); // => ['1X91H-6QP0N-8MZKW', '2TVFR-ARWQX-C0B5P']
 * ```
 */
export function createRecoveryCodes(options: RecoveryCodesOptions): string[] {
  assertOptions(options);
  const list = checkedList(options);
  const { code } = recoveryCodes(cardHmac(options.key), list);
  return Array.from({ length: list.count }, (_, i) => groupCode(code(i + 1), 5));
}
