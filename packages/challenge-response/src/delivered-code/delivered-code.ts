import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes, randomDigits, systemRandom } from '@countersign/primitives/random';
import { assertName, assertServerKey, equalTags, isHex, keyedTag } from '../short-code/keyed-tag.ts';

/** How a code travels. Not e-mail: NIST SP 800-63B-4 §3.1.3.1 forbids it. */
export type DeliveryChannel = 'sms' | 'voice';

/** What the server keeps of a delivered code, as plain JSON: a salted HMAC under its key, never the code. */
export type PendingDeliveredCode = {
  readonly v: 1;
  readonly account: string;
  readonly purpose: string;
  readonly destination: string;
  readonly channel: DeliveryChannel;
  readonly digits: number;
  /** seconds that each code of this pending lives */
  readonly lifetime: number;
  readonly salt: string;
  readonly tag: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
  readonly triesLeft: number;
  /** how often a code may still be sent */
  readonly sendsLeft: number;
  readonly used: boolean;
};

/** Why a code was refused. `malformed` is no code at all, and no try. */
export type DeliveredCodeRefusal =
  | 'malformed'
  | 'other-account'
  | 'other-purpose'
  | 'other-destination'
  | 'replayed'
  | 'expired'
  | 'exhausted'
  | 'mismatch';

export type DeliveredCodeResult =
  | { ok: true; pending: PendingDeliveredCode }
  | { ok: false; reason: DeliveredCodeRefusal; pending: PendingDeliveredCode };

/** NIST SP 800-63B-4 §3.1.3.2: ten minutes at most. */
const MAX_LIFETIME = 600;
const DEFAULT_TRIES = 5;
const MAX_TRIES = 10;
const DEFAULT_SENDS = 3;
const MAX_SENDS = 10;
const DOMAIN = 'countersign/delivered-code/v1';

/**
 * Issues a code for delivery by text message or voice call: 6 to 8 random digits, once, for ten minutes at most (NIST
 * SP 800-63B-4 §3.1.3.2), bound to account, purpose and destination. When it does not arrive, call
 * {@link resendDeliveredCode} on the pending one and do not issue anew, or the count of failures starts over.
 *
 * @param options `serverKey`: at least 16 bytes; `account`, `purpose` (`login`, `activation`), `destination` (a number
 *   as E.164): 1 to 256 characters; `channel`: default `sms`; `digits`: 6 to 8, default 6; `lifetime`: seconds, 1 to
 *   600, default 600; `tries`: wrong codes that end it, 1 to 10, default 5; `sends`: how often a code may be sent, this
 *   time included, 1 to 10, default 3
 * @returns `code`: to be delivered and forgotten; `pending`: plain JSON to keep
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-digits`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueDeliveredCode, verifyDeliveredCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', purpose: 'login', destination: '+41791234567' };
 * const { code, pending } = issueDeliveredCode({ serverKey, ...about });
 * const result = verifyDeliveredCode(pending, code, { serverKey, ...about });
 * result.ok; // => true
 * result.pending.used; // => true
 * ```
 */
export function issueDeliveredCode(options: {
  serverKey: Uint8Array;
  account: string;
  purpose: string;
  destination: string;
  channel?: DeliveryChannel | undefined;
  digits?: number | undefined;
  now?: number | undefined;
  lifetime?: number | undefined;
  tries?: number | undefined;
  sends?: number | undefined;
  random?: RandomBytes | undefined;
}): { code: string; pending: PendingDeliveredCode } {
  const { serverKey, account, purpose, destination, channel = 'sms', digits = 6, now = Date.now() } = options;
  const { lifetime = MAX_LIFETIME, tries = DEFAULT_TRIES, sends = DEFAULT_SENDS, random = systemRandom } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  assertName(purpose, 'purpose');
  assertName(destination, 'destination');
  assertChannel(channel);
  assertInteger(digits, 'digits', 6, 8, 'invalid-digits');
  assertInstant(now);
  assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-time');
  assertInteger(tries, 'tries', 1, MAX_TRIES, 'invalid-argument');
  assertInteger(sends, 'sends', 1, MAX_SENDS, 'invalid-argument');
  const counts = { triesLeft: tries, sendsLeft: sends, used: false } as const;
  return send({ v: 1, account, purpose, destination, channel, digits, lifetime, ...counts }, serverKey, now, random);
}

/**
 * A fresh code for the same destination, through the same or the other channel: the one before is dead from now on, the
 * count of failures goes on (NIST SP 800-63B-4 §3.1.3.2), and the number of sends is limited. Works on an expired one
 * too. Another destination is another binding: issue anew for it, under your policy's waiting times.
 *
 * Write the returned `pending` back by compare-and-swap before you deliver the code: two servers that resend from the
 * same state would send twice and count once, and the code that was written last is the only one that works.
 *
 * @param pending what the last call returned
 * @returns refused as `replayed` (was used), `exhausted` (no try left) or `too-many-sends`
 * @throws CountersignError `invalid-state`, `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueDeliveredCode, resendDeliveredCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', purpose: 'login', destination: '+41791234567' };
 * const { pending } = issueDeliveredCode({ serverKey, ...about, sends: 2 });
 * const again = resendDeliveredCode(pending, { serverKey, channel: 'voice' });
 * again.ok; // => true
 * const third = resendDeliveredCode(again.pending, { serverKey });
 * !third.ok && third.reason; // => 'too-many-sends'
 * ```
 */
export function resendDeliveredCode(
  pending: PendingDeliveredCode,
  options: {
    serverKey: Uint8Array;
    channel?: DeliveryChannel | undefined;
    now?: number | undefined;
    random?: RandomBytes | undefined;
  },
):
  | { ok: true; code: string; pending: PendingDeliveredCode }
  | { ok: false; reason: 'replayed' | 'exhausted' | 'too-many-sends'; pending: PendingDeliveredCode } {
  const state = assertPending(pending);
  const { serverKey, channel = state.channel, now = Date.now(), random = systemRandom } = options;
  assertServerKey(serverKey);
  assertChannel(channel);
  assertInstant(now);
  if (state.used) return { ok: false, reason: 'replayed', pending: state };
  if (state.triesLeft < 1) return { ok: false, reason: 'exhausted', pending: state };
  if (state.sendsLeft < 1) return { ok: false, reason: 'too-many-sends', pending: state };
  return { ok: true, ...send({ ...state, channel }, serverKey, now, random) };
}

/**
 * Verifies a delivered code: exactly its ASCII digits, and nothing around them (trim the form's field before). Write the
 * returned `pending` back by compare-and-swap before you act on the result.
 *
 * @param pending what the last call returned
 * @param code whatever was typed; never throws, whatever it is
 * @param options `account`, `purpose`, `destination`: what this request is about, from your own records; a code issued
 *   for another is refused without a try
 * @throws CountersignError `invalid-state`, `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueDeliveredCode, verifyDeliveredCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', purpose: 'login', destination: '+41791234567' };
 * const { code, pending } = issueDeliveredCode({ serverKey, ...about });
 * const result = verifyDeliveredCode(pending, code, { serverKey, ...about, purpose: 'withdrawal' });
 * !result.ok && result.reason; // => 'other-purpose'
 * ```
 */
export function verifyDeliveredCode(
  pending: PendingDeliveredCode,
  code: unknown,
  options: {
    serverKey: Uint8Array;
    account: string;
    purpose: string;
    destination: string;
    now?: number | undefined;
  },
): DeliveredCodeResult {
  const state = assertPending(pending);
  const { serverKey, account, purpose, destination, now = Date.now() } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  assertName(purpose, 'purpose');
  assertName(destination, 'destination');
  assertInstant(now);
  const refuse = (reason: DeliveredCodeRefusal, next: PendingDeliveredCode = state): DeliveredCodeResult => ({
    ok: false,
    reason,
    pending: next,
  });

  if (typeof code !== 'string' || code.length !== state.digits || !/^[0-9]+$/.test(code)) return refuse('malformed');
  // Whatever comes of it, so that a wrong, a used and an expired code take the same time.
  const matches = equalTags(tagCode(serverKey, state, code), state.tag);
  if (account !== state.account) return refuse('other-account');
  if (purpose !== state.purpose) return refuse('other-purpose');
  if (destination !== state.destination) return refuse('other-destination');
  if (state.used) return refuse('replayed');
  if (state.triesLeft < 1) return refuse('exhausted');
  if (now >= state.expiresAt) return refuse('expired');
  if (!matches) return refuse('mismatch', { ...state, triesLeft: state.triesLeft - 1 });
  return { ok: true, pending: { ...state, used: true } };
}

type Unsent = Omit<PendingDeliveredCode, 'salt' | 'tag' | 'issuedAt' | 'expiresAt'>;

function send(
  unsent: Unsent,
  serverKey: Uint8Array,
  now: number,
  random: RandomBytes,
): { code: string; pending: PendingDeliveredCode } {
  const code = randomDigits(unsent.digits, random);
  const salted = { ...unsent, salt: bytesToHex(randomBytes(16, random)), sendsLeft: unsent.sendsLeft - 1 };
  const tag = tagCode(serverKey, salted, code);
  return { code, pending: { ...salted, tag, issuedAt: now, expiresAt: now + 1000 * unsent.lifetime } };
}

function tagCode(serverKey: Uint8Array, state: Unsent & { readonly salt: string }, code: string): string {
  return keyedTag(serverKey, DOMAIN, [state.salt, state.account, state.purpose, state.destination, code]);
}

function assertChannel(channel: unknown): asserts channel is DeliveryChannel {
  if (channel !== 'sms' && channel !== 'voice') {
    throw new CountersignError('invalid-argument', "channel must be 'sms' or 'voice'");
  }
}

function assertPending(value: unknown): PendingDeliveredCode {
  const state = (value ?? {}) as PendingDeliveredCode;
  const { v, account, purpose, destination, channel, salt, tag, issuedAt, expiresAt, used } = state;
  const sound =
    v === 1 &&
    [account, purpose, destination].every((name) => typeof name === 'string') &&
    (channel === 'sms' || channel === 'voice') &&
    isHex(salt, 32) &&
    isHex(tag, 64) &&
    typeof used === 'boolean' &&
    Number.isFinite(issuedAt) &&
    Number.isFinite(expiresAt);
  if (!sound) throw new CountersignError('invalid-state', 'pending must be what issueDeliveredCode gave');
  const { digits, lifetime, triesLeft, sendsLeft } = state;
  assertInteger(digits, 'pending.digits', 6, 8, 'invalid-state');
  assertInteger(lifetime, 'pending.lifetime', 1, MAX_LIFETIME, 'invalid-state');
  assertInteger(triesLeft, 'pending.triesLeft', 0, MAX_TRIES, 'invalid-state');
  assertInteger(sendsLeft, 'pending.sendsLeft', 0, MAX_SENDS, 'invalid-state');
  const counts = { digits, lifetime, triesLeft, sendsLeft, used };
  return { v, account, purpose, destination, channel, salt, tag, issuedAt, expiresAt, ...counts };
}
