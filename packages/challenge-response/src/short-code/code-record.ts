import { assertInteger, assertName, assertOptions, readInstant } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { isGuess } from '@countersign/primitives/guess';
import { admitIssue } from '@countersign/primitives/issue-limit';
import { type RandomBytes, randomBytes, systemRandom } from '@countersign/primitives/random';
import type { Reason } from '@countersign/primitives/reason';
import { type Field, flag, hex, instant, integer, list, nullable } from '@countersign/primitives/state';
import { assertServerKey, equalTags, keyedTag } from './keyed-tag.ts';

/** At most `count` codes within any `period` seconds. */
export type IssueLimit = { readonly count: number; readonly period: number };

/** What is kept of a code of any kind, beside what it is bound to. */
export type CodeRecord = {
  /** 128 random bits in hexadecimal: two equal codes have different tags */
  readonly salt: string;
  /** HMAC-SHA-256 under the server key of the salt, of all that the code is bound to, and of the code */
  readonly tag: string;
  /** milliseconds since the Unix epoch */
  readonly expiresAt: number;
  /** wrong codes that are still tolerated */
  readonly triesLeft: number;
  /** right codes that are still accepted; null: any number of them */
  readonly usesLeft: number | null;
  /** whether it was ever answered rightly */
  readonly used: boolean;
  /** when the latest codes were issued, for the limits */
  readonly issued: readonly number[];
};

const MAX_COUNT = 100;
const MAX_TRIES = 10;
export const MAX_USES = 1_000_000;

/** How {@link CodeRecord} is read back. Made anew each time, so that loading the module computes nothing. */
export function recordFields(): { readonly [K in keyof CodeRecord]-?: Field<CodeRecord[K]> } {
  return {
    salt: hex(32),
    tag: hex(64),
    expiresAt: instant,
    triesLeft: integer(0, MAX_TRIES),
    usesLeft: nullable(integer(0, MAX_USES)),
    used: flag,
    issued: list(instant, MAX_COUNT),
  };
}

/** What a kind of code allows. */
export type CodeKind = {
  /** separates its tags from those of every other kind */
  readonly domain: string;
  /** seconds */
  readonly maxLifetime: number;
  readonly tries: number;
  readonly limits: readonly IssueLimit[];
};

/** What every kind of code takes to be issued. */
export type IssueOptions = {
  serverKey: Uint8Array;
  account: string;
  lifetime: number;
  now?: number | undefined;
  tries?: number | undefined;
  limits?: readonly IssueLimit[] | undefined;
  random?: RandomBytes | undefined;
};

/** Checks what every kind of code takes to be issued, and fills in the defaults. */
export function readIssueOptions(
  kind: CodeKind,
  options: IssueOptions,
): Required<{ [K in keyof IssueOptions]: Exclude<IssueOptions[K], undefined> }> {
  const { serverKey, account, now } = readVerifyOptions(options);
  const { lifetime, tries = kind.tries, limits = kind.limits, random = systemRandom } = options;
  assertInteger(lifetime, 'lifetime', 1, kind.maxLifetime, 'invalid-argument');
  assertInteger(tries, 'tries', 1, MAX_TRIES, 'invalid-argument');
  if (!Array.isArray(limits) || limits.length < 1 || limits.length > 4) {
    throw new CountersignError('invalid-argument', 'limits must be one to four limits');
  }
  for (const limit of limits as readonly IssueLimit[]) {
    assertOptions(limit, 'each of limits');
    assertInteger(limit.count, 'count', 1, MAX_COUNT, 'invalid-argument');
    assertInteger(limit.period, 'period', 1, 31 * 86_400, 'invalid-argument');
  }
  return { serverKey, account, lifetime, now, tries, limits, random };
}

/** Checks what every kind of code takes to be verified. */
export function readVerifyOptions(options: { serverKey: Uint8Array; account: string; now?: number | undefined }): {
  serverKey: Uint8Array;
  account: string;
  now: number;
} {
  assertOptions(options);
  const { serverKey, account, now = Date.now() } = options;
  assertServerKey(serverKey);
  assertName(account, 'account');
  return { serverKey, account, now: readInstant(now) };
}

/** A state to issue from: another account's is a mix-up of records by the program, not something that a user did. */
export function ofAccount<T extends { readonly account: string }>(state: T, account: string): T {
  if (state.account !== account) throw new CountersignError('invalid-state', 'state belongs to another account');
  return state;
}

/** The record of a fresh code, or when one may be issued again. */
export function issueRecord(
  kind: CodeKind,
  before: Pick<CodeRecord, 'issued'> | null,
  code: string,
  bound: readonly string[],
  options: ReturnType<typeof readIssueOptions>,
  usesLeft: number | null,
  triesLeft: number = options.tries,
): { record: CodeRecord } | { retryAt: number } {
  const { serverKey, now, lifetime, limits, random } = options;
  const expiresAt = readInstant(now + 1000 * lifetime, 'now + lifetime');
  let issued: number[] = [];
  let retryAt = 0;
  for (const limit of limits) {
    const admission = admitIssue(before?.issued ?? [], now, limit);
    if (!admission.ok) retryAt = Math.max(retryAt, admission.retryAt);
    if (admission.issued.length > issued.length) issued = admission.issued;
  }
  if (retryAt > 0) return { retryAt };
  const salt = bytesToHex(randomBytes(16, random));
  const tag = keyedTag(serverKey, kind.domain, [salt, ...bound, code]);
  return { record: { salt, tag, expiresAt, triesLeft, usesLeft, used: false, issued } };
}

/** Whether this is the code. Computed whatever else is wrong, so that every refusal takes the same time. */
export function isCode(
  kind: CodeKind,
  serverKey: Uint8Array,
  record: CodeRecord,
  bound: readonly string[],
  code: string,
): boolean {
  return equalTags(keyedTag(serverKey, kind.domain, [record.salt, ...bound, code]), record.tag);
}

/**
 * The verdict on a code that could be right: why it is refused, or undefined; with the state to keep.
 *
 * @param spent what to say when no use is left
 */
export function judgeCode<S extends CodeRecord, R extends Reason>(
  state: S,
  matches: boolean,
  now: number,
  spent: R,
): { reason: R | 'voided' | 'expired' | 'mismatch' | undefined; state: S } {
  const { triesLeft, usesLeft, used, issued } = state;
  if (usesLeft === 0) return { reason: spent, state };
  if (triesLeft === 0) return { reason: 'voided', state };
  if (now >= state.expiresAt) return { reason: 'expired', state };
  if (!matches) return { reason: 'mismatch', state: { ...state, triesLeft: triesLeft - 1 } };
  const left = usesLeft === null ? null : usesLeft - 1;
  // What was answered rightly no longer counts as issued: its own instant is the last one.
  return {
    reason: undefined,
    state: { ...state, usesLeft: left, used: true, issued: used ? issued : issued.slice(0, -1) },
  };
}

/** A refusal in the one shape of every verifier. */
export function refuseCode<R extends Reason, S>(
  reason: R,
  state: S,
): { ok: false; reason: R; guess: boolean; state: S } {
  return { ok: false, reason, guess: isGuess(reason), state };
}
