import type { RandomBytes } from '@countersign/primitives/random';
import { checkCharacter, normalizeReadableCode, randomReadableCode } from '@countersign/primitives/readable-code';
import type { IssueReason, Reason } from '@countersign/primitives/reason';
import { type Field, literal, object, readState, text } from '@countersign/primitives/state';
import { displayCheckedCode, randomCheckedCode, readCheckedCode } from '../short-code/checked-code.ts';
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
import { ID_CHARACTERS, SHORT_ID_CHARACTERS } from './activation-id.ts';

/** What the server keeps of an activation code, as plain JSON: an HMAC under its key, never the code. */
export type ActivationCodeState = {
  readonly v: 1;
  readonly account: string;
  /** 26 characters, the name of this record; the first eight of them are what the typed text has */
  readonly id: string;
} & CodeRecord;

/** Result of {@link issueActivationCode}. Keep `state` in either case; show the rest only when that has succeeded. */
export type IssueActivationCodeResult =
  | { ok: true; id: string; code: string; typed: string; expiresAt: number; state: ActivationCodeState }
  | { ok: false; reason: Extract<IssueReason, 'issued-too-often'>; retryAt: number; state: ActivationCodeState };

/**
 * Why an activation code was refused. `mistyped`: its check character does not fit; `other-request`: an id that is not
 * this record's, such as that of a link which a newer one replaced; `not-issued` also for somebody who is enrolled
 * already. `guess` is true for `mismatch` alone.
 */
export type ActivationCodeRefusal = Extract<
  Reason,
  | 'malformed'
  | 'mistyped'
  | 'mismatch'
  | 'replayed'
  | 'expired'
  | 'not-issued'
  | 'voided'
  | 'other-account'
  | 'other-request'
>;

/** What to tell the user: the same for a wrong, a used and an expired code. */
export type ActivationAdvice = 'check-typing' | 'get-a-fresh-code' | 'try-signing-in';

/** Result of {@link verifyActivationCode}. */
export type ActivationCodeResult =
  | { ok: true; state: ActivationCodeState }
  | {
      ok: false;
      reason: ActivationCodeRefusal;
      guess: boolean;
      advice: ActivationAdvice;
      state: ActivationCodeState | null;
    };

const KIND: CodeKind = {
  domain: 'countersign/activation-code/v1',
  // NIST SP 800-63B-4 §4.1: a binding code lives ten minutes at most.
  maxLifetime: 600,
  tries: 5,
  limits: [{ count: 10, period: 3600 }],
};

/**
 * Issues an activation code: eight random characters without look-alikes (40 bits, NIST SP 800-63B-4 §4.1) and one that
 * catches typing mistakes, together with the name of its record, so that a server that is sent both finds the record and
 * counts wrong codes there, before it knows whose they are. Show {@link activationLink} as a QR code and `typed` below.
 *
 * It belongs to whoever began the enrolment and is not shown again: issuing anew ends the code before.
 *
 * @param options `state`: what was kept for this enrolment, or null at first; `serverKey`: at least 16 bytes; `account`:
 *   for whom, 1 to 256 characters; `lifetime`: seconds, 1 to 600; `tries`: wrong codes that end it, 1 to 10, default 5;
 *   `limits`: how many may be issued, default 10 an hour; a code that was used no longer counts; `now`: milliseconds
 *   since the Unix epoch
 * @returns `id`: 26 characters (130 bits); keep the record so that it is found by the first eight, which both the link
 *   and the typed text have, and issue again if another open one has the same; `code`: grouped, for the user alone;
 *   `typed`: the first eight characters of the id and the code, each with a check character, in six groups of three
 * @throws CountersignError `invalid-secret`, `invalid-argument`, `invalid-time`, `invalid-random`; `invalid-state`, also
 *   for a state of another account
 *
 * For a code that arrives by text message use `issueDeliveredCode`.
 *
 * @example
 * ```ts
 * import { issueActivationCode, readActivationCode, verifyActivationCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const issued = issueActivationCode({ state: null, serverKey, account: 'ada', lifetime: 600 });
 * if (!issued.ok) throw new Error('too many codes this hour');
 * issued.typed.length; // => 23
 *
 * const read = readActivationCode(issued.typed.toLowerCase(), 'https://example.com/activate');
 * read.ok && read.id === issued.id.slice(0, 8); // => true
 * const first = verifyActivationCode(issued.state, read, { serverKey, account: 'ada' });
 * first.ok; // => true
 * const second = verifyActivationCode(first.state, read, { serverKey, account: 'ada' });
 * !second.ok && second.reason; // => 'replayed'
 * !second.ok && second.advice; // => 'get-a-fresh-code'
 * ```
 */
export function issueActivationCode(options: {
  state: ActivationCodeState | null;
  serverKey: Uint8Array;
  account: string;
  lifetime: number;
  now?: number | undefined;
  tries?: number | undefined;
  limits?: readonly IssueLimit[] | undefined;
  random?: RandomBytes | undefined;
}): IssueActivationCodeResult {
  const common = readIssueOptions(KIND, options);
  const { account, random } = common;
  const before = options.state === null ? null : ofAccount(readActivation(options.state), account);
  const id = randomReadableCode(ID_CHARACTERS, random);
  const code = randomCheckedCode(random);
  const issue = issueRecord(KIND, before, code, [account, id], common, 1);
  if ('retryAt' in issue) return { ok: false, reason: 'issued-too-often', retryAt: issue.retryAt, state: before! };
  const state: ActivationCodeState = { v: 1, account, id, ...issue.record };
  const short = id.slice(0, SHORT_ID_CHARACTERS);
  const shown = displayCheckedCode(code);
  const typed = `${displayCheckedCode(short + checkCharacter(short))}-${shown}`;
  return { ok: true, id, code: shown, typed, expiresAt: state.expiresAt, state };
}

/**
 * Verifies an activation code. Any case, separators and look-alikes are tolerated; a single wrong character or a swap is
 * told before it costs a try. Write the returned `state` back by compare-and-swap before you act on the result.
 *
 * @param state the record that the id names, or null where there is none
 * @param answer `{ id, code }` as `readActivationCode` gives it, on the phone or on the server; never throws, whatever
 *   it is. Members besides are ignored.
 * @param options `serverKey`; `account`: who is being enrolled; `alreadyEnrolled`: the caller's own knowledge, told apart
 *   only to somebody who has the right code; `now`: milliseconds since the Unix epoch
 * @returns on refusal `advice`, what to tell the user: the same for a wrong, a used and an expired code
 * @throws CountersignError `invalid-state`, `invalid-secret`, `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { issueActivationCode, verifyActivationCode } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const { state } = issueActivationCode({ state: null, serverKey, account: 'ada', lifetime: 600 });
 * const result = verifyActivationCode(state, { id: 'none', code: 'none' }, { serverKey, account: 'ada' });
 * !result.ok && result.advice; // => 'check-typing'
 * ```
 */
export function verifyActivationCode(
  state: ActivationCodeState | null,
  answer: unknown,
  options: { serverKey: Uint8Array; account: string; now?: number | undefined; alreadyEnrolled?: boolean | undefined },
): ActivationCodeResult {
  const { serverKey, account, now } = readVerifyOptions(options);
  const { alreadyEnrolled = false } = options;
  const refuse = (
    reason: ActivationCodeRefusal,
    next: ActivationCodeState | null,
    advice: ActivationAdvice = 'get-a-fresh-code',
  ): ActivationCodeResult => ({ ...refuseCode(reason, next), advice });

  if (state === null) return refuse('not-issued', state);
  const before = readActivation(state);
  const read = readAnswer(answer);
  if (typeof read === 'string') return refuse(read, before, 'check-typing');
  const matches = isCode(KIND, serverKey, before, [account, before.id], read.code);
  if (account !== before.account) return refuse('other-account', before);
  if (!before.id.startsWith(read.id)) return refuse('other-request', before);
  const verdict = judgeCode(before, matches, now, matches ? 'replayed' : 'not-issued');
  const { reason = alreadyEnrolled ? 'not-issued' : undefined, state: next } = verdict;
  if (reason === undefined) return { ok: true, state: next };
  // Only who has the right code learns that this account is enrolled.
  const enrolled = alreadyEnrolled && (verdict.reason === undefined || verdict.reason === 'replayed');
  return refuse(reason, next, enrolled ? 'try-signing-in' : undefined);
}

/** An answer that could be right. Whatever the phone sent: also objects whose members throw. */
function readAnswer(answer: unknown): { id: string; code: string } | 'malformed' | 'mistyped' {
  try {
    const { id: name, code } = answer as { id: unknown; code: unknown };
    const id = normalizeReadableCode(name, ID_CHARACTERS) ?? normalizeReadableCode(name, SHORT_ID_CHARACTERS);
    const read = readCheckedCode(code);
    if (id === undefined) return 'malformed';
    return typeof read === 'string' ? read : { id, code: read.code };
  } catch {
    return 'malformed';
  }
}

const readableId: Field<string> = (value) => {
  const id = normalizeReadableCode(value, ID_CHARACTERS);
  if (id === undefined || id !== value) throw new Error('not ours');
  return id;
};

function readActivation(state: unknown): ActivationCodeState {
  return readState(
    state,
    'issueActivationCode',
    object<ActivationCodeState>({ v: literal(1), account: text(1, 256), id: readableId, ...recordFields() }),
  );
}
