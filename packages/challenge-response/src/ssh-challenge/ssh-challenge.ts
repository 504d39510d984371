import {
  assertDisplayText,
  assertInteger,
  assertName,
  assertOptions,
  readInstant,
} from '@countersign/primitives/assert';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { isGuess } from '@countersign/primitives/guess';
import { admitIssue } from '@countersign/primitives/issue-limit';
import { type RandomBytes, randomBytes } from '@countersign/primitives/random';
import type { IssueReason, Reason } from '@countersign/primitives/reason';
import { flag, hex, instant, list, literal, object, readState, text } from '@countersign/primitives/state';
import type { SignatureEngine } from '../signature/engine.ts';
import type { SshPublicKey } from '../ssh/parse-ssh-public-key.ts';
import { type SshTokenReport, verifySshSig } from '../ssh/verify-sshsig.ts';

/** One challenge, of one namespace. */
type OpenChallenge = {
  readonly namespace: string;
  /** 128 random bits in hexadecimal: the text to sign; no secret */
  readonly challenge: string;
  readonly expiresAt: number;
  readonly used: boolean;
};

/** What the server keeps of an account's SSH challenges, as plain JSON. */
export type SshChallengeState = {
  readonly v: 1;
  readonly account: string;
  /** the latest challenge of each namespace */
  readonly challenges: readonly OpenChallenge[];
  /** when those of the last hour that were not answered were issued */
  readonly issued: readonly number[];
};

/** Result of {@link issueSshChallenge}. Keep `state` in either case; show `challenge` only when that has succeeded. */
export type IssueSshChallengeResult =
  | { ok: true; challenge: string; expiresAt: number; state: SshChallengeState }
  | { ok: false; reason: IssueReason; retryAt: number; state: SshChallengeState };

/**
 * Why a response was refused. `malformed`: no SSHSIG, or one with an algorithm that is not accepted, such as SHA-1;
 * `other-purpose`: signed for another namespace; `bad-signature`: by another key, or of another text;
 * `user-not-verified`: genuine, but nobody touched the token. `guess` is true for `bad-signature` alone.
 */
export type SshResponseRefusal = Extract<
  Reason,
  | 'malformed'
  | 'replayed'
  | 'expired'
  | 'not-issued'
  | 'other-account'
  | 'other-purpose'
  | 'bad-signature'
  | 'user-not-verified'
>;

/** Result of {@link verifySshResponse}. Write `state` back by compare-and-swap before you act on the rest. */
export type SshResponseResult =
  | {
      ok: true;
      hashAlgorithm: 'sha256' | 'sha512';
      token?: SshTokenReport | undefined;
      state: SshChallengeState;
    }
  | { ok: false; reason: SshResponseRefusal; guess: boolean; state: SshChallengeState | null };

const MAX_NAMESPACES = 8;
const MAX_LIFETIME = 3600;
const LIMIT = { count: 20, period: 3600 } as const;

/**
 * Gives an account a text to sign with its SSH key: 32 hexadecimal digits (128 random bits), for one namespace, once.
 * Asked again before it is answered or expires, it gives the same one again. At most 20 that nobody answers an hour, in
 * at most eight namespaces.
 *
 * The user writes the text into a file and signs that: `echo CHALLENGE > challenge`, then
 * `ssh-keygen -Y sign -n NAMESPACE -f KEY challenge`, and hands in `challenge.sig`.
 *
 * @param options `state`: what was kept for this account, or null at first; `account`: 1 to 256 characters; `namespace`:
 *   what the signature is for, one line of 1 to 256 characters that people type into a shell, such as
 *   `enrol@portal.example`; `lifetime`: seconds, 10 to 3600, default 300; `now`: milliseconds since the Unix epoch
 * @returns refused as `issued-too-often`, or `too-many-open` (namespaces)
 * @throws CountersignError `invalid-argument`, `invalid-time`, `invalid-random`; `invalid-state`, also for a state of
 *   another account
 *
 * @example
 * ```ts
 * import { issueSshChallenge } from '@countersign/challenge-response';
 *
 * const about = { account: 'ada', namespace: 'enrol@portal.example' };
 * const first = issueSshChallenge({ state: null, ...about });
 * const second = issueSshChallenge({ state: first.state, ...about });
 * first.ok && second.ok && second.challenge === first.challenge; // => true
 * ```
 */
export function issueSshChallenge(options: {
  state: SshChallengeState | null;
  account: string;
  namespace: string;
  now?: number | undefined;
  lifetime?: number | undefined;
  random?: RandomBytes | undefined;
}): IssueSshChallengeResult {
  assertOptions(options);
  const { account, namespace, lifetime = 300, random, now: given = Date.now() } = options;
  assertName(account, 'account');
  assertDisplayText(namespace, 'namespace');
  assertInteger(lifetime, 'lifetime', 10, MAX_LIFETIME, 'invalid-argument');
  const now = readInstant(given);
  const expiresAt = readInstant(now + 1000 * lifetime, 'now + lifetime');
  const before =
    options.state === null ? ({ v: 1, account, challenges: [], issued: [] } as const) : readChallenges(options.state);
  if (before.account !== account) throw new CountersignError('invalid-state', 'state belongs to another account');
  const open = before.challenges.filter((challenge) => isOpen(challenge, now));
  const known = open.find((challenge) => challenge.namespace === namespace);
  if (known !== undefined) return { ok: true, challenge: known.challenge, expiresAt: known.expiresAt, state: before };
  if (open.length >= MAX_NAMESPACES) {
    const retryAt = Math.min(...open.map((challenge) => challenge.expiresAt));
    return { ok: false, reason: 'too-many-open', retryAt, state: before };
  }
  const admission = admitIssue(before.issued, now, LIMIT);
  if (!admission.ok) return { ok: false, reason: 'issued-too-often', retryAt: admission.retryAt, state: before };
  const challenge = bytesToHex(randomBytes(16, random));
  const challenges = [...open, { namespace, challenge, expiresAt, used: false }];
  return { ok: true, challenge, expiresAt, state: { v: 1, account, challenges, issued: admission.issued } };
}

/** What waits for an answer. One that says it lives longer than any may was issued by a clock that was wrong. */
function isOpen({ used, expiresAt }: OpenChallenge, now: number): boolean {
  return !used && now < expiresAt && expiresAt <= now + 1000 * MAX_LIFETIME;
}

/**
 * Verifies the signature of a challenge: the text as it was issued, and after it nothing or what tools leave there (the
 * line end of Unix or of Windows, the space before it that `echo` leaves in cmd.exe; or all of it in UTF-16, from Windows
 * PowerShell 5.1). Once, within its lifetime, by this key, for this namespace.
 *
 * @param state what the last call returned; null where none was ever issued
 * @param armour the text of the `.sig` file, whatever arrived; never throws, whatever it is
 * @param options `publicKey`: from `parseSshPublicKey`, or its line: the key that this account enrolled or enrols;
 *   `account`, `namespace`: what this request is about, from your own records; `now`: milliseconds since the Unix epoch;
 *   `engine`: see `generateDeviceKey`
 * @returns `token` for `sk-` keys, whose signature counts only if somebody touched the token
 * @throws CountersignError `invalid-state`, `invalid-key` (publicKey), `invalid-argument`, `invalid-time`, `unsupported`
 *   (RSA where there is no WebCrypto)
 *
 * @example
 * ```ts
 * import { issueSshChallenge, parseSshPublicKey, verifySshResponse } from '@countersign/challenge-response';
 *
 * const publicKey = parseSshPublicKey(
 *   'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea',
 * );
 * const about = { account: 'ada', namespace: 'enrol@portal.example' };
 * const { state } = issueSshChallenge({ state: null, ...about });
 * const result = await verifySshResponse(state, 'garbage', { publicKey, ...about });
 * !result.ok && result.reason; // => 'malformed'
 * ```
 */
export async function verifySshResponse(
  state: SshChallengeState | null,
  armour: unknown,
  options: {
    publicKey: SshPublicKey | string;
    account: string;
    namespace: string;
    now?: number | undefined;
    engine?: SignatureEngine | undefined;
  },
): Promise<SshResponseResult> {
  assertOptions(options);
  const { publicKey, account, namespace, engine, now: given = Date.now() } = options;
  assertName(account, 'account');
  assertDisplayText(namespace, 'namespace');
  const now = readInstant(given);
  const before = state === null ? null : readChallenges(state);
  const refuse = (reason: SshResponseRefusal): SshResponseResult => ({
    ok: false,
    reason,
    guess: isGuess(reason),
    state: before,
  });
  const open = before?.challenges.find((challenge) => challenge.namespace === namespace);
  const messages = open === undefined ? [] : challengeFiles(open.challenge);
  const verdict = await verifySshSig(armour, publicKey, namespace, messages, engine);
  if (!verdict.ok && verdict.reason === 'malformed') return refuse('malformed');
  if (before !== null && before.account !== account) return refuse('other-account');
  if (!verdict.ok && verdict.reason === 'other-purpose') return refuse('other-purpose');
  if (before === null || open === undefined) return refuse('not-issued');
  if (open.used) return refuse(verdict.ok ? 'replayed' : 'not-issued');
  if (now >= open.expiresAt) return refuse('expired');
  if (!verdict.ok) return refuse(verdict.reason);
  const challenges = before.challenges.map((challenge) => (challenge === open ? { ...open, used: true } : challenge));
  // What was answered rightly no longer counts as issued: one instant less.
  return { ...verdict, state: { ...before, challenges, issued: before.issued.slice(0, -1) } };
}

/**
 * The files that a user makes of a challenge by following the instructions: as it is; with the newline of `echo` and of
 * editors; with that of Windows; with the space that `echo` leaves before it in cmd.exe; and in UTF-16, as `echo` writes
 * in Windows PowerShell 5.1. Each holds the challenge and nothing else, so that none can be taken for another one.
 */
function challengeFiles(challenge: string): Uint8Array[] {
  const utf16 = Array.from(`\ufeff${challenge}\r\n`, (character) => character.charCodeAt(0));
  return [
    ...['', '\n', '\r\n', ' \r\n'].map((end) => utf8ToBytes(challenge + end)),
    Uint8Array.from(utf16.flatMap((unit) => [unit & 0xff, unit >> 8])),
  ];
}

function readChallenges(state: unknown): SshChallengeState {
  return readState(
    state,
    'issueSshChallenge',
    object<SshChallengeState>({
      v: literal(1),
      account: text(1, 256),
      challenges: list(
        object<OpenChallenge>({ namespace: text(1, 256), challenge: hex(32), expiresAt: instant, used: flag }),
        MAX_NAMESPACES,
      ),
      issued: list(instant, LIMIT.count),
    }),
  );
}
