import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes, systemRandom } from '@countersign/primitives/random';
import { displayCheckedCode, randomCheckedCode, readCheckedCode } from '../short-code/checked-code.ts';
import { assertName, assertServerKey, equalTags, isHex, keyedTag } from '../short-code/keyed-tag.ts';

/** What the server keeps of a temporary code, as plain JSON: an HMAC under its key, never the code. */
export type TemporaryCodeState = {
  readonly v: 1;
  readonly account: string;
  readonly salt: string;
  readonly tag: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** null: as often as needed until it expires */
  readonly usesLeft: number | null;
  /** wrong codes that are still tolerated */
  readonly triesLeft: number;
};

/** Why a code was refused. `malformed` and `mistyped` are typing mistakes and no tries; `spent`: no use is left. */
export type TemporaryCodeRefusal =
  | 'malformed'
  | 'mistyped'
  | 'other-account'
  | 'expired'
  | 'exhausted'
  | 'spent'
  | 'mismatch';

export type TemporaryCodeResult =
  | { ok: true; state: TemporaryCodeState }
  | { ok: false; reason: TemporaryCodeRefusal; state: TemporaryCodeState };

const DEFAULT_LIFETIME = 2 * 86_400;
const MAX_LIFETIME = 31 * 86_400;
const DEFAULT_TRIES = 10;
const MAX_TRIES = 100;
const MAX_USES = 1_000_000;
const DOMAIN = 'countersign/temporary-code/v1';

/**
 * Issues the code that support reads out over the telephone, after checking who is calling. It stands in for a device
 * and, by design, may be used again until it expires or its uses are spent. 40 random bits and a check character.
 *
 * @param options `serverKey`: at least 16 bytes; `account`; `lifetime`: seconds, 1 to 31 days, default two days; `uses`:
 *   1 to 1,000,000, or null (default) for no cap; `tries`: wrong codes that end it, over its whole life, 1 to 100,
 *   default 10
 * @returns `code`: grouped, to be read out; `state`: plain JSON to keep
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueTemporaryCode, verifyTemporaryCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const { code, state } = issueTemporaryCode({ serverKey, account: 'ada', uses: 2 });
 * const first = verifyTemporaryCode(state, code, { serverKey, account: 'ada' });
 * first.ok; // => true
 * first.state.usesLeft; // => 1
 * ```
 */
export function issueTemporaryCode(options: {
  serverKey: Uint8Array;
  account: string;
  now?: number | undefined;
  lifetime?: number | undefined;
  uses?: number | null | undefined;
  tries?: number | undefined;
  random?: RandomBytes | undefined;
}): { code: string; state: TemporaryCodeState } {
  const { serverKey, account, now = Date.now(), lifetime = DEFAULT_LIFETIME, tries = DEFAULT_TRIES } = options;
  const { uses = null, random = systemRandom } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  assertInstant(now);
  assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-time');
  assertInteger(tries, 'tries', 1, MAX_TRIES, 'invalid-argument');
  if (uses !== null) assertInteger(uses, 'uses', 1, MAX_USES, 'invalid-argument');
  const code = randomCheckedCode(random);
  const salt = bytesToHex(randomBytes(16, random));
  const tag = keyedTag(serverKey, DOMAIN, [salt, account, code]);
  const expiresAt = now + 1000 * lifetime;
  const state = { v: 1, account, salt, tag, issuedAt: now, expiresAt, usesLeft: uses, triesLeft: tries } as const;
  return { code: displayCheckedCode(code), state };
}

/**
 * Verifies a temporary code; tolerant of case, separators and look-alikes. A success uses up one use, and leaves the
 * tries as they are. Write the returned `state` back by compare-and-swap before you act on the result.
 *
 * @param state what `issueTemporaryCode` gave, or the last call returned
 * @param code whatever was typed; never throws, whatever it is
 * @throws CountersignError `invalid-state`, `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueTemporaryCode, verifyTemporaryCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const { code, state } = issueTemporaryCode({ serverKey, account: 'ada', now: 0, lifetime: 60 });
 * const result = verifyTemporaryCode(state, code, { serverKey, account: 'ada', now: 60_000 });
 * !result.ok && result.reason; // => 'expired'
 * ```
 */
export function verifyTemporaryCode(
  state: TemporaryCodeState,
  code: unknown,
  options: { serverKey: Uint8Array; account: string; now?: number | undefined },
): TemporaryCodeResult {
  const before = assertState(state);
  const { serverKey, account, now = Date.now() } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  assertInstant(now);
  const refuse = (reason: TemporaryCodeRefusal, next: TemporaryCodeState = before): TemporaryCodeResult => ({
    ok: false,
    reason,
    state: next,
  });

  const read = readCheckedCode(code);
  if (typeof read === 'string') return refuse(read);
  // Whatever comes of it, so that a wrong, a spent and an expired code take the same time.
  const matches = equalTags(keyedTag(serverKey, DOMAIN, [before.salt, account, read.code]), before.tag);
  if (account !== before.account) return refuse('other-account');
  if (now >= before.expiresAt) return refuse('expired');
  if (before.triesLeft < 1) return refuse('exhausted');
  if (before.usesLeft === 0) return refuse('spent');
  if (!matches) return refuse('mismatch', { ...before, triesLeft: before.triesLeft - 1 });
  return { ok: true, state: { ...before, usesLeft: before.usesLeft === null ? null : before.usesLeft - 1 } };
}

function assertState(value: unknown): TemporaryCodeState {
  const { v, account, salt, tag, issuedAt, expiresAt, usesLeft, triesLeft } = (value ??
    {}) as Partial<TemporaryCodeState>;
  const sound = v === 1 && typeof account === 'string' && isHex(salt, 32) && isHex(tag, 64);
  if (!sound || !Number.isFinite(issuedAt) || !Number.isFinite(expiresAt)) {
    throw new CountersignError('invalid-state', 'state must be what issueTemporaryCode gave');
  }
  assertInteger(triesLeft, 'state.triesLeft', 0, MAX_TRIES, 'invalid-state');
  if (usesLeft !== null) assertInteger(usesLeft, 'state.usesLeft', 0, MAX_USES, 'invalid-state');
  return { v, account, salt, tag, issuedAt: issuedAt!, expiresAt: expiresAt!, usesLeft, triesLeft };
}
