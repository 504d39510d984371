import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { assertCost, DEFAULT_COST, type ScryptCost } from '@countersign/primitives/password-hash';
import { type RandomBytes, randomBytes, systemRandom } from '@countersign/primitives/random';
import {
  checkCharacter,
  groupCode,
  READABLE_ALPHABET,
  randomReadableCode,
} from '@countersign/primitives/readable-code';
import {
  hashRecoveryCode,
  MAX_RECOVERY_CODES,
  type RecoveryCodeRecord,
  type RecoveryCodesState,
  SALT_BYTES,
  SECRET_CHARACTERS,
} from './recovery-state.ts';

/**
 * A new list of recovery codes, for people who have lost every device. Storing the returned state in place of the old one
 * makes all earlier codes worthless. Show or print the codes once (`renderRecoveryCodesHtml`); only their hashes remain.
 *
 * A code such as `1K7QM-3XV0A-ZP4T9` has 15 characters of Crockford's Base32: which code of the list it is (so that
 * redeeming costs one hash, and people can tick it off), 13 random characters (65 bits; NIST SP 800-63B-4 §4.2 asks for
 * 64), and a check character that catches a typo before anything is counted. Each is stored as scrypt with a salt of its
 * own (NIST SP 800-63B-4 §3.1.2).
 *
 * The default cost takes about half a second and 128 MiB for each code: issue them in the background, or choose a lower
 * `cost`. The codes are random, so that what the hash must make up for is little.
 *
 * @param options `count` 1 … 31 (10); `cost` of scrypt; `now`; `random`; `onProgress` gets 0 … 1 over the whole list
 * @returns `codes` to show, grouped in fives, and `state` to store
 * @throws CountersignError `invalid-argument` for the count and the cost, `invalid-time`, `invalid-random`
 *
 * @example
 * ```ts
 * import { issueRecoveryCodes } from '@countersign/card-grid';
 *
 * const cost = { algorithm: 'scrypt', N: 1024, r: 8, p: 1 } as const; // for a fast example: leave it out
 * const { codes, state } = await issueRecoveryCodes({ count: 3, cost });
 * codes.length; // => 3
 * /^1[0-9A-Z]{4}-[0-9A-Z]{5}-[0-9A-Z]{5}$/.test(codes[0] ?? ''); // => true
 * JSON.stringify(state).includes(codes[0] ?? ''); // => false
 * ```
 */
export async function issueRecoveryCodes(
  options: {
    count?: number | undefined;
    cost?: ScryptCost | undefined;
    now?: number | undefined;
    random?: RandomBytes | undefined;
    onProgress?: ((fraction: number) => void) | undefined;
  } = {},
): Promise<{ codes: string[]; state: RecoveryCodesState }> {
  const { count = 10, cost = DEFAULT_COST, now = Date.now(), random = systemRandom, onProgress } = options;
  assertInteger(count, 'count', 1, MAX_RECOVERY_CODES, 'invalid-argument');
  assertCost(cost);
  assertInstant(now);
  const { N, r, p } = cost;
  const keptCost: ScryptCost = { algorithm: 'scrypt', N, r, p };
  const codes: string[] = [];
  const records: RecoveryCodeRecord[] = [];
  for (let i = 0; i < count; i++) {
    const numbered = READABLE_ALPHABET[i + 1]! + randomReadableCode(SECRET_CHARACTERS, random);
    const code = numbered + checkCharacter(numbered);
    const salt = randomBytes(SALT_BYTES, random);
    const hash = await hashRecoveryCode(code, salt, keptCost, (fraction) => onProgress?.((i + fraction) / count));
    codes.push(groupCode(code, 5));
    records.push({ salt: bytesToHex(salt), hash: bytesToHex(hash), usedAt: null });
  }
  return { codes, state: { v: 1, issuedAt: now, cost: keptCost, codes: records } };
}
