import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes, systemRandom } from '@countersign/primitives/random';
import { displayCheckedCode, randomCheckedCode, readCheckedCode } from '../short-code/checked-code.ts';
import { assertName, assertServerKey, equalTags, isHex, keyedTag } from '../short-code/keyed-tag.ts';

/** What the server keeps of an activation code, as plain JSON: an HMAC under its key, never the code. */
export type PendingActivationCode = {
  readonly v: 1;
  readonly account: string;
  /** 128 random bits in hexadecimal: two equal codes have different tags */
  readonly salt: string;
  readonly tag: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  /** wrong codes that are still tolerated */
  readonly triesLeft: number;
  readonly used: boolean;
};

/**
 * Why a code was refused. For the audit record. `malformed` and `mistyped` (its check character does not fit) are typing
 * mistakes and no tries; `replayed` was redeemed before; `exhausted` after too many wrong codes.
 */
export type ActivationRefusal =
  | 'malformed'
  | 'mistyped'
  | 'other-account'
  | 'replayed'
  | 'expired'
  | 'exhausted'
  | 'mismatch'
  | 'already-enrolled';

/** What to tell the user: the same for a wrong, a used and an expired code. */
export type ActivationAdvice = 'check-typing' | 'get-a-fresh-code' | 'try-signing-in';

export type ActivationResult =
  | { ok: true; pending: PendingActivationCode }
  | { ok: false; reason: ActivationRefusal; advice: ActivationAdvice; pending: PendingActivationCode };

/** NIST SP 800-63B-4 §4.1: a binding code lives ten minutes at most. */
const MAX_LIFETIME = 600;
const DEFAULT_TRIES = 5;
const MAX_TRIES = 100;
const DOMAIN = 'countersign/activation-code/v1';

/**
 * Issues an activation code: nine characters without look-alikes, eight of them random (40 bits, NIST SP 800-63B-4
 * §4.1) and one that catches typing mistakes. Show it below its QR code ({@link activationLink}); it can be redeemed
 * once, for ten minutes. For a code that arrives by text message use `issueDeliveredCode`.
 *
 * @param options `serverKey`: at least 16 bytes; `account`: for whom, 1 to 256 characters; `lifetime`: seconds, 1 to
 *   600, default 600; `tries`: wrong codes that end it, 1 to 100, default 5
 * @returns `code`: grouped, for the user alone; `pending`: plain JSON to keep
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueActivationCode, redeemActivationCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const { code, pending } = issueActivationCode({ serverKey, account: 'ada' });
 * code.length; // => 11
 * const typed = code.toLowerCase().replaceAll('-', ' ');
 * const first = redeemActivationCode(pending, typed, { serverKey, account: 'ada' });
 * first.ok; // => true
 * const second = redeemActivationCode(first.pending, typed, { serverKey, account: 'ada' });
 * !second.ok && second.reason; // => 'replayed'
 * !second.ok && second.advice; // => 'get-a-fresh-code'
 * ```
 */
export function issueActivationCode(options: {
  serverKey: Uint8Array;
  account: string;
  now?: number | undefined;
  lifetime?: number | undefined;
  tries?: number | undefined;
  random?: RandomBytes | undefined;
}): { code: string; pending: PendingActivationCode } {
  const { serverKey, account, now = Date.now(), lifetime = MAX_LIFETIME, tries = DEFAULT_TRIES } = options;
  const { random = systemRandom } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  assertInstant(now);
  assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-time');
  assertInteger(tries, 'tries', 1, MAX_TRIES, 'invalid-argument');
  const code = randomCheckedCode(random);
  const salt = bytesToHex(randomBytes(16, random));
  const tag = keyedTag(serverKey, DOMAIN, [salt, account, code]);
  const expiresAt = now + 1000 * lifetime;
  const pending = { v: 1, account, salt, tag, issuedAt: now, expiresAt, triesLeft: tries, used: false } as const;
  return { code: displayCheckedCode(code), pending };
}

/**
 * Redeems an activation code. Any case, separators and look-alikes are tolerated; a single wrong character or a swap is
 * told before it costs a try. Write the returned `pending` back by compare-and-swap before you act on the result.
 *
 * @param pending what `issueActivationCode` gave, or the last call returned
 * @param code whatever was typed or scanned; never throws, whatever it is
 * @param options `account`: who is being enrolled; `alreadyEnrolled`: the caller's own knowledge, told apart only to
 *   somebody who has the right code
 * @throws CountersignError `invalid-state` (pending), `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueActivationCode, redeemActivationCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const { pending } = issueActivationCode({ serverKey, account: 'ada' });
 * const result = redeemActivationCode(pending, 'no code', { serverKey, account: 'ada' });
 * !result.ok && result.advice; // => 'check-typing'
 * ```
 */
export function redeemActivationCode(
  pending: PendingActivationCode,
  code: unknown,
  options: { serverKey: Uint8Array; account: string; now?: number | undefined; alreadyEnrolled?: boolean | undefined },
): ActivationResult {
  const state = assertPending(pending);
  const { serverKey, account, now = Date.now(), alreadyEnrolled = false } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  assertInstant(now);
  const refuse = (
    reason: ActivationRefusal,
    advice: ActivationAdvice = 'get-a-fresh-code',
    next: PendingActivationCode = state,
  ): ActivationResult => ({ ok: false, reason, advice, pending: next });

  const read = readCheckedCode(code);
  if (typeof read === 'string') return refuse(read, 'check-typing');
  // Whatever comes of it, so that a wrong, a used and an expired code take the same time.
  const matches = equalTags(keyedTag(serverKey, DOMAIN, [state.salt, account, read.code]), state.tag);
  if (account !== state.account) return refuse('other-account');
  if (state.used) return refuse('replayed');
  if (state.triesLeft < 1) return refuse('exhausted');
  if (now >= state.expiresAt) return refuse('expired');
  if (!matches) return refuse('mismatch', 'get-a-fresh-code', { ...state, triesLeft: state.triesLeft - 1 });
  const used = { ...state, used: true };
  return alreadyEnrolled ? refuse('already-enrolled', 'try-signing-in', used) : { ok: true, pending: used };
}

function assertPending(value: unknown): PendingActivationCode {
  const { v, account, salt, tag, issuedAt, expiresAt, triesLeft, used } = (value ??
    {}) as Partial<PendingActivationCode>;
  const sound =
    v === 1 && typeof account === 'string' && isHex(salt, 32) && isHex(tag, 64) && typeof used === 'boolean';
  if (!sound || !Number.isFinite(issuedAt) || !Number.isFinite(expiresAt)) {
    throw new CountersignError('invalid-state', 'pending must be what issueActivationCode gave');
  }
  assertInteger(triesLeft, 'pending.triesLeft', 0, MAX_TRIES, 'invalid-state');
  return { v, account, salt, tag, issuedAt: issuedAt!, expiresAt: expiresAt!, triesLeft, used };
}
