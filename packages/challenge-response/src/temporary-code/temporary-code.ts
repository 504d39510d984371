import { assertInteger } from '@countersign/primitives/assert';
import type { RandomBytes } from '@countersign/primitives/random';
import type { IssueReason, Reason } from '@countersign/primitives/reason';
import { literal, object, readState, text } from '@countersign/primitives/state';
import { displayCheckedCode, randomCheckedCode, readCheckedCode } from '../short-code/checked-code.ts';
import {
  type CodeKind,
  type CodeRecord,
  type IssueLimit,
  isCode,
  issueRecord,
  judgeCode,
  MAX_USES,
  ofAccount,
  readIssueOptions,
  readVerifyOptions,
  recordFields,
  refuseCode,
} from '../short-code/code-record.ts';

/** What the server keeps of a temporary code, as plain JSON: an HMAC under its key, never the code. */
export type TemporaryCodeState = { readonly v: 1; readonly account: string } & CodeRecord;

/** Result of {@link issueTemporaryCode}. Keep `state` in either case, and read `code` out only when that has succeeded. */
export type IssueTemporaryCodeResult =
  | { ok: true; code: string; expiresAt: number; state: TemporaryCodeState }
  | { ok: false; reason: Extract<IssueReason, 'issued-too-often'>; retryAt: number; state: TemporaryCodeState };

/**
 * Why a temporary code was refused. `voided`: its wrong codes or its uses are spent. `guess` is true for `mismatch`
 * alone.
 */
export type TemporaryCodeRefusal = Extract<
  Reason,
  'malformed' | 'mistyped' | 'mismatch' | 'expired' | 'not-issued' | 'voided' | 'other-account'
>;

/** Result of {@link verifyTemporaryCode}. */
export type TemporaryCodeResult =
  | { ok: true; state: TemporaryCodeState }
  | { ok: false; reason: TemporaryCodeRefusal; guess: boolean; state: TemporaryCodeState | null };

const KIND: CodeKind = {
  domain: 'countersign/temporary-code/v1',
  maxLifetime: 31 * 86_400,
  tries: 10,
  limits: [{ count: 5, period: 3600 }],
};

/**
 * Issues the code that support reads out over the telephone, after checking who is calling. It stands in for a device
 * and, by design, may be used again until it expires or its uses are spent. 40 random bits and a check character. One
 * code is valid at a time: a new one ends the one before.
 *
 * @param options `state`: what was kept for this account, or null at first; `serverKey`: at least 16 bytes; `account`: 1
 *   to 256 characters; `lifetime`: seconds, 1 to 31 days; `uses`: 1 to 1,000,000, or null (default) for no cap; `tries`:
 *   wrong codes that end it, over its whole life, 1 to 10, default 10; `limits`: how many may be issued, default 5 an
 *   hour; a code that was used no longer counts; `now`: milliseconds since the Unix epoch
 * @returns `code`: grouped, to be read out; `state`: plain JSON to keep
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-time`, `invalid-random`; `invalid-state`, also
 *   for a state of another account
 *
 * Not for a code that the user can receive or scan: use `issueDeliveredCode` or `issueActivationCode`.
 *
 * @example
 * ```ts
 * import { issueTemporaryCode, verifyTemporaryCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const issued = issueTemporaryCode({ state: null, serverKey, account: 'ada', lifetime: 2 * 86_400, uses: 2 });
 * if (!issued.ok) throw new Error('too many codes this hour');
 * const first = verifyTemporaryCode(issued.state, issued.code, { serverKey, account: 'ada' });
 * first.ok; // => true
 * first.state?.usesLeft; // => 1
 * ```
 */
export function issueTemporaryCode(options: {
  state: TemporaryCodeState | null;
  serverKey: Uint8Array;
  account: string;
  lifetime: number;
  now?: number | undefined;
  uses?: number | null | undefined;
  tries?: number | undefined;
  limits?: readonly IssueLimit[] | undefined;
  random?: RandomBytes | undefined;
}): IssueTemporaryCodeResult {
  const common = readIssueOptions(KIND, options);
  const { account } = common;
  const { uses = null } = options;
  if (uses !== null) assertInteger(uses, 'uses', 1, MAX_USES, 'invalid-argument');
  const before = options.state === null ? null : ofAccount(readTemporaryCode(options.state), account);
  const code = randomCheckedCode(common.random);
  const issue = issueRecord(KIND, before, code, [account], common, uses);
  if ('retryAt' in issue) return { ok: false, reason: 'issued-too-often', retryAt: issue.retryAt, state: before! };
  const state: TemporaryCodeState = { v: 1, account, ...issue.record };
  return { ok: true, code: displayCheckedCode(code), expiresAt: state.expiresAt, state };
}

/**
 * Verifies a temporary code; tolerant of case, separators and look-alikes. A success uses up one use, and leaves the
 * tries as they are. Write the returned `state` back by compare-and-swap before you act on the result.
 *
 * @param state what `issueTemporaryCode` gave, or the last call returned; null where none was ever issued
 * @param code whatever was typed; never throws, whatever it is
 * @param options `serverKey`; `account`: whose code is asked for; `now`: milliseconds since the Unix epoch
 * @throws CountersignError `invalid-state`, `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueTemporaryCode, verifyTemporaryCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const issued = issueTemporaryCode({ state: null, serverKey, account: 'ada', now: 0, lifetime: 60 });
 * if (!issued.ok) throw new Error('too many codes this hour');
 * const result = verifyTemporaryCode(issued.state, issued.code, { serverKey, account: 'ada', now: 60_000 });
 * !result.ok && result.reason; // => 'expired'
 * !result.ok && result.guess; // => false
 * ```
 */
export function verifyTemporaryCode(
  state: TemporaryCodeState | null,
  code: unknown,
  options: { serverKey: Uint8Array; account: string; now?: number | undefined },
): TemporaryCodeResult {
  const { serverKey, account, now } = readVerifyOptions(options);
  if (state === null) return refuseCode('not-issued', state);
  const before = readTemporaryCode(state);
  const read = readCheckedCode(code);
  if (typeof read === 'string') return refuseCode(read, before);
  const matches = isCode(KIND, serverKey, before, [account], read.code);
  if (account !== before.account) return refuseCode('other-account', before);
  const { reason, state: next } = judgeCode(before, matches, now, 'voided');
  return reason === undefined ? { ok: true, state: next } : refuseCode(reason, next);
}

function readTemporaryCode(state: unknown): TemporaryCodeState {
  return readState(
    state,
    'issueTemporaryCode',
    object<TemporaryCodeState>({ v: literal(1), account: text(1, 256), ...recordFields() }),
  );
}
