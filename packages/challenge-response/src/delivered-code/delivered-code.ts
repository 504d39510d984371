import { assertInteger, assertName } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomDigits } from '@countersign/primitives/random';
import type { IssueReason, Reason } from '@countersign/primitives/reason';
import { integer, literal, object, oneOf, readState, text } from '@countersign/primitives/state';
import {
  type CodeKind,
  type CodeRecord,
  type IssueLimit,
  isCode,
  issueRecord,
  judgeCode,
  ofAccount,
  readIssueOptions,
  readVerifyOptions,
  recordFields,
  refuseCode,
} from '../short-code/code-record.ts';

/** How a code travels. Not e-mail: NIST SP 800-63B-4 §3.1.3.1 forbids it. */
export type DeliveryChannel = 'sms' | 'voice';

/** What the server keeps of a delivered code, as plain JSON: a salted HMAC under its key, never the code. */
export type DeliveredCodeState = {
  readonly v: 1;
  readonly account: string;
  readonly purpose: string;
  readonly destination: string;
  readonly channel: DeliveryChannel;
  readonly digits: number;
  /** seconds that the code lives, and the next one if it is sent again */
  readonly lifetime: number;
} & CodeRecord;

/**
 * Why a delivered code was refused. `other-purpose` also when it was sent to another destination; `voided`: too many
 * wrong codes. `guess` is true for `mismatch` alone.
 */
export type DeliveredCodeRefusal = Extract<
  Reason,
  'malformed' | 'mismatch' | 'replayed' | 'expired' | 'not-issued' | 'voided' | 'other-account' | 'other-purpose'
>;

/** Result of {@link issueDeliveredCode}. Keep `state` in either case; deliver `code` only when that has succeeded. */
export type IssueDeliveredCodeResult =
  | { ok: true; code: string; expiresAt: number; state: DeliveredCodeState }
  | { ok: false; reason: Extract<IssueReason, 'issued-too-often'>; retryAt: number; state: DeliveredCodeState };

/** Result of {@link resendDeliveredCode}. `not-issued`: nothing waits for an answer, so there is nothing to repeat. */
export type ResendDeliveredCodeResult =
  | { ok: true; code: string; expiresAt: number; state: DeliveredCodeState }
  | {
      ok: false;
      reason: Extract<IssueReason, 'issued-too-often'> | 'not-issued';
      retryAt: number;
      state: DeliveredCodeState | null;
    };

/** Result of {@link verifyDeliveredCode}. */
export type DeliveredCodeResult =
  | { ok: true; state: DeliveredCodeState }
  | { ok: false; reason: DeliveredCodeRefusal; guess: boolean; state: DeliveredCodeState | null };

const KIND: CodeKind = {
  domain: 'countersign/delivered-code/v1',
  // NIST SP 800-63B-4 §3.1.3.2: ten minutes at most.
  maxLifetime: 600,
  tries: 5,
  limits: [
    { count: 3, period: 600 },
    { count: 5, period: 3600 },
    { count: 10, period: 86_400 },
  ],
};

/**
 * Issues a code for delivery by text message or voice call: 6 to 8 random digits, once, for ten minutes at most (NIST
 * SP 800-63B-4 §3.1.3.2), bound to account, purpose and destination.
 *
 * Only an HMAC of it is kept, so it cannot be shown again: asked again while a code waits, this sends another one, as
 * {@link resendDeliveredCode} does. The code before is dead from then on, for whatever purpose it was; the count of wrong
 * codes goes on (NIST SP 800-63B-4 §3.1.3.2), and once it is spent nothing is issued until the last code has expired.
 * Every message counts towards `limits`, whatever it is for, until its code is entered.
 *
 * Write the returned `state` back by compare-and-swap before you deliver the code: two servers that issue from the same
 * state would send twice and count once. The limits hold for one state: keep your own for each destination over all
 * accounts, and for all devices of an account.
 *
 * @param options `state`: what was kept for this device, or null at first; `serverKey`: at least 16 bytes; `account`,
 *   `purpose` (`login`, `activation`), `destination` (a number as E.164): 1 to 256 characters; `channel`: default `sms`;
 *   `digits`: 6 to 8, default 6; `lifetime`: seconds, 1 to 600; `tries`: wrong codes that end it, 1 to 10, default 5;
 *   `limits`: how many may be sent, default 3 in ten minutes, 5 an hour and 10 a day; `now`: milliseconds since the
 *   Unix epoch
 * @returns `code`: to be delivered and forgotten; `state`: plain JSON to keep
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-digits`, `invalid-time`, `invalid-random`;
 *   `invalid-state`, also for a state of another account
 *
 * Not for e-mail, and not as the only factor that a user has: phone numbers are taken over.
 *
 * @example
 * ```ts
 * import { issueDeliveredCode, verifyDeliveredCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { serverKey, account: 'ada', purpose: 'login', destination: '+41791234567' };
 * const issued = issueDeliveredCode({ state: null, ...about, lifetime: 600 });
 * if (!issued.ok) throw new Error('too many messages');
 * const result = verifyDeliveredCode(issued.state, issued.code, about);
 * result.ok; // => true
 * result.state?.used; // => true
 * ```
 */
export function issueDeliveredCode(options: {
  state: DeliveredCodeState | null;
  serverKey: Uint8Array;
  account: string;
  purpose: string;
  destination: string;
  lifetime: number;
  channel?: DeliveryChannel | undefined;
  digits?: number | undefined;
  now?: number | undefined;
  tries?: number | undefined;
  limits?: readonly IssueLimit[] | undefined;
  random?: RandomBytes | undefined;
}): IssueDeliveredCodeResult {
  const common = readIssueOptions(KIND, options);
  const { account, lifetime, now, tries } = common;
  const { purpose, destination, channel = 'sms', digits = 6 } = options;
  assertAbout(purpose, destination);
  assertChannel(channel);
  assertInteger(digits, 'digits', 6, 8, 'invalid-digits');
  const before = options.state === null ? null : ofAccount(readDeliveredCode(options.state), account);
  // A code that says it lives longer than any may was issued by a clock that was wrong, and must not block anybody.
  const waits = before?.usesLeft === 1 && now < before.expiresAt && before.expiresAt <= now + 1000 * KIND.maxLifetime;
  const triesLeft = waits ? Math.min(tries, before.triesLeft) : tries;
  return send(before, { v: 1, account, purpose, destination, channel, digits, lifetime }, common, triesLeft);
}

/**
 * A fresh code for what the last one was for, through the same or the other channel: see {@link issueDeliveredCode}.
 * Works on a code that expired on its way, too. Another destination is another binding: issue for it, under your
 * policy's waiting times.
 *
 * @param options `state`: what the last call returned; `serverKey`; `account`; `channel`: default the last one's;
 *   `limits`; `now`: milliseconds since the Unix epoch
 * @returns refused as `issued-too-often` (the limits, or no try left), or `not-issued` (never, or it was entered):
 *   issue instead
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-time`, `invalid-random`; `invalid-state`, also
 *   for a state of another account
 *
 * @example
 * ```ts
 * import { issueDeliveredCode, resendDeliveredCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { serverKey, account: 'ada' };
 * const call = { purpose: 'login', destination: '+41791234567', lifetime: 600 };
 * const { state } = issueDeliveredCode({ state: null, ...about, ...call });
 * const limits = [{ count: 2, period: 600 }];
 * const again = resendDeliveredCode({ state, ...about, channel: 'voice', limits });
 * again.ok; // => true
 * const third = resendDeliveredCode({ state: again.state, ...about, limits });
 * !third.ok && third.reason; // => 'issued-too-often'
 * ```
 */
export function resendDeliveredCode(options: {
  state: DeliveredCodeState | null;
  serverKey: Uint8Array;
  account: string;
  channel?: DeliveryChannel | undefined;
  now?: number | undefined;
  limits?: readonly IssueLimit[] | undefined;
  random?: RandomBytes | undefined;
}): ResendDeliveredCodeResult {
  const { account, now } = readVerifyOptions(options);
  const before = options.state === null ? null : ofAccount(readDeliveredCode(options.state), account);
  // The rest of the options is checked even when there is nothing to repeat.
  const { lifetime, triesLeft } = before ?? { lifetime: 1, triesLeft: 1 };
  const common = readIssueOptions(KIND, { ...options, lifetime, tries: undefined });
  const { channel = before?.channel ?? 'sms' } = options;
  assertChannel(channel);
  if (before?.usesLeft !== 1) return { ok: false, reason: 'not-issued', retryAt: now, state: before };
  const { purpose, destination, digits } = before;
  return send(before, { v: 1, account, purpose, destination, channel, digits, lifetime }, common, triesLeft);
}

/**
 * Verifies a delivered code: exactly its ASCII digits, and nothing around them (trim the form's field before). Write the
 * returned `state` back by compare-and-swap before you act on the result.
 *
 * @param state what the last call returned; null where none was ever issued
 * @param code whatever was typed; never throws, whatever it is
 * @param options `serverKey`; `account`, `purpose`, `destination`: what this request is about, from your own records; a
 *   code issued for another is refused without a try; `now`: milliseconds since the Unix epoch
 * @throws CountersignError `invalid-state`, `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueDeliveredCode, verifyDeliveredCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { serverKey, account: 'ada', purpose: 'login', destination: '+41791234567' };
 * const issued = issueDeliveredCode({ state: null, ...about, lifetime: 600 });
 * if (!issued.ok) throw new Error('too many messages');
 * const result = verifyDeliveredCode(issued.state, issued.code, { ...about, purpose: 'withdrawal' });
 * !result.ok && result.reason; // => 'other-purpose'
 * ```
 */
export function verifyDeliveredCode(
  state: DeliveredCodeState | null,
  code: unknown,
  options: {
    serverKey: Uint8Array;
    account: string;
    purpose: string;
    destination: string;
    now?: number | undefined;
  },
): DeliveredCodeResult {
  const { serverKey, account, now } = readVerifyOptions(options);
  const { purpose, destination } = options;
  assertAbout(purpose, destination);
  if (state === null) return refuseCode('not-issued', state);
  const before = readDeliveredCode(state);
  if (typeof code !== 'string' || code.length !== before.digits || !/^[0-9]+$/.test(code)) {
    return refuseCode('malformed', before);
  }
  const matches = isCode(KIND, serverKey, before, boundTo(before), code);
  if (account !== before.account) return refuseCode('other-account', before);
  if (purpose !== before.purpose || destination !== before.destination) return refuseCode('other-purpose', before);
  const { reason, state: next } = judgeCode(before, matches, now, matches ? 'replayed' : 'not-issued');
  return reason === undefined ? { ok: true, state: next } : refuseCode(reason, next);
}

/** All that is known of a code before it is drawn. */
type About = Omit<DeliveredCodeState, keyof CodeRecord>;

function send(
  before: DeliveredCodeState | null,
  about: About,
  options: ReturnType<typeof readIssueOptions>,
  triesLeft: number,
): IssueDeliveredCodeResult {
  const refuse = (retryAt: number): IssueDeliveredCodeResult => ({
    ok: false,
    reason: 'issued-too-often',
    retryAt,
    state: before!,
  });
  if (triesLeft === 0) return refuse(Math.max(before!.expiresAt, options.now));
  const code = randomDigits(about.digits, options.random);
  const issue = issueRecord(KIND, before, code, boundTo(about), options, 1, triesLeft);
  if ('retryAt' in issue) return refuse(issue.retryAt);
  const state: DeliveredCodeState = { ...about, ...issue.record };
  return { ok: true, code, expiresAt: state.expiresAt, state };
}

function boundTo({ account, purpose, destination }: About): string[] {
  return [account, purpose, destination];
}

function assertAbout(purpose: unknown, destination: unknown): void {
  assertName(purpose, 'purpose');
  assertName(destination, 'destination');
}

function assertChannel(channel: unknown): asserts channel is DeliveryChannel {
  if (channel !== 'sms' && channel !== 'voice') {
    throw new CountersignError('invalid-argument', "channel must be 'sms' or 'voice'");
  }
}

function readDeliveredCode(state: unknown): DeliveredCodeState {
  return readState(
    state,
    'issueDeliveredCode',
    object<DeliveredCodeState>({
      v: literal(1),
      account: text(1, 256),
      purpose: text(1, 256),
      destination: text(1, 256),
      channel: oneOf('sms', 'voice'),
      digits: integer(6, 8),
      lifetime: integer(1, KIND.maxLifetime),
      ...recordFields(),
    }),
  );
}
