import { assertInteger, assertName, assertOptions, readInstant } from '@countersign/primitives/assert';
import { equalBytes } from '@countersign/primitives/constant-time';
import { CountersignError } from '@countersign/primitives/error';
import { admitIssue } from '@countersign/primitives/issue-limit';
import type { RandomBytes } from '@countersign/primitives/random';
import type { IssueReason } from '@countersign/primitives/reason';
import type { Ocra } from '../ocra/create-ocra.ts';
import { encodeQuestion } from '../ocra/question.ts';
import {
  assertOcra,
  ISSUE_LIMIT,
  laneOf,
  MAX_LIFETIME,
  MAX_OPEN,
  type OcraState,
  type OpenChallenge,
  readOcraState,
  waits,
} from './ocra-state.ts';

/** Options of {@link issueChallenge}. */
export type IssueChallengeOptions = {
  /** The device's prepared key. Only its suite is used. */
  ocra: Ocra;
  /** What was kept of this device: from {@link newOcraState}, {@link issueChallenge} or {@link verifyResponse}. */
  state: OcraState;
  /** Whose device it is, 1 … 256 characters. */
  account: string;
  /**
   * What the response will be for, 1 … 256 characters: `login`, or what names one operation, such as a digest of the
   * action, the amount and all details.
   */
  purpose: string;
  /** The server's clock, milliseconds since the Unix epoch. Default `Date.now()`. */
  now?: number | undefined;
  random?: RandomBytes | undefined;
  /** Seconds until the challenge expires, 10 … 3600. Default 300. */
  lifetime?: number | undefined;
};

/** Result of {@link issueChallenge}. Keep `state` in either case; show `challenge` only when that has succeeded. */
export type IssueChallengeResult =
  | { ok: true; challenge: string; expiresAt: number; state: OcraState }
  /** `retryAt`: when asking again may help, milliseconds since the Unix epoch. */
  | { ok: false; reason: IssueReason; retryAt: number; state: OcraState };

const DEFAULT_LIFETIME = 300;

/** A sound source of random bytes does not hit one of four open ones among 9,375 that often. */
const MAX_DRAWS = 100;

/**
 * Gives a device a challenge to answer for one purpose. Asked again before it is answered or has expired, it gives the
 * same one again, also after wrong responses, so that reloading a page or guessing tells nothing new: whoever could ask
 * until a challenge comes whose response was observed would need no device. For the same reason (RFC 6287 §5.1, IC9):
 * - within an hour 12 challenges are issued for logins and 12 for all other purposes; one that is answered rightly
 *   leaves that count. Five minutes after five minutes, logins never meet the limit; shorter lifetimes do.
 * - 3 challenges wait at a time, and one for `login` beside them, which is therefore always found a place
 * - no two wait that encode alike
 *
 * Six digits are no cryptographic challenge (NIST SP 800-63B asks for 64 bits): the suite's counter or time is needed
 * as well. A wrong response ends nothing here: count each `guess` per device and account, and let nobody go on guessing.
 *
 * A pure function: write `state` back where it was read, on the condition that nobody else has written.
 *
 * @throws CountersignError `invalid-argument`, `invalid-time`, `invalid-random`; `invalid-state` for a `state` that is
 * not ours, or another account's, or another suite's
 * @example
 * ```ts
 * import { createOcra, issueChallenge, newOcraState, PIN_TOKEN_SUITE, verifyResponse } from '@countersign/challenge-response/ocra';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key });
 * const bound = { ocra, account: 'ada', purpose: 'login' };
 *
 * const issued = issueChallenge({ ...bound, state: newOcraState({ ocra }) });
 * const again = issueChallenge({ ...bound, state: issued.state });
 * if (!issued.ok || !again.ok) throw new Error('issued too often');
 * again.challenge === issued.challenge; // => true
 *
 * const response = ocra.respond({ challenge: issued.challenge, counter: 0, pin: '7294' }); // on the token
 * const verified = verifyResponse(issued.state, response, { ...bound, pin: '7294' });
 * verified.ok; // => true
 * const replayed = verifyResponse(verified.state, response, { ...bound, pin: '7294' });
 * replayed.ok || replayed.reason; // => 'not-issued'
 * ```
 */
export function issueChallenge(options: IssueChallengeOptions): IssueChallengeResult {
  assertOptions(options);
  const { ocra, account, purpose, random, lifetime = DEFAULT_LIFETIME } = options;
  assertOcra(ocra);
  assertName(account, 'account');
  assertName(purpose, 'purpose');
  const now = readInstant(options.now ?? Date.now());
  assertInteger(lifetime, 'lifetime', 10, MAX_LIFETIME, 'invalid-argument');
  const kept = readOcraState(options.state, ocra);
  if (kept.account !== null && kept.account !== account) {
    throw new CountersignError('invalid-state', 'state belongs to another account');
  }

  const open = kept.open.filter((challenge) => waits(challenge, now));
  const state: OcraState = { ...kept, account, open };
  const waiting = open.find((challenge) => challenge.purpose === purpose);
  if (waiting) return show(waiting, state);
  const lane = laneOf(purpose);
  const others = open.filter((challenge) => laneOf(challenge.purpose) === 'other');
  if (lane === 'other' && others.length >= MAX_OPEN) {
    const retryAt = Math.min(...others.map(({ expiresAt }) => expiresAt));
    return { ok: false, reason: 'too-many-open', retryAt, state };
  }
  const { issued, ...admitted } = admitIssue(kept.issued[lane], now, ISSUE_LIMIT);
  const counted: OcraState = { ...state, issued: { ...kept.issued, [lane]: issued } };
  if (!admitted.ok) return { ok: false, reason: 'issued-too-often', retryAt: admitted.retryAt, state: counted };
  const challenge = {
    purpose,
    challenge: newQuestion(ocra, open, random),
    issuedAt: now,
    expiresAt: now + lifetime * 1000,
  };
  return show(challenge, { ...counted, open: [...open, challenge] });
}

function show({ challenge, expiresAt }: OpenChallenge, state: OcraState): IssueChallengeResult {
  return { ok: true, challenge, expiresAt, state };
}

/** A challenge that does not encode like one that waits: the response to one would answer the other. */
function newQuestion(ocra: Ocra, open: readonly OpenChallenge[], random: RandomBytes | undefined): string {
  const { question: format } = ocra.suite;
  const taken = open.map(({ challenge }) => encodeQuestion(challenge, format));
  for (let draws = 0; draws < MAX_DRAWS; draws++) {
    const question = ocra.newChallenge(random);
    const encoded = encodeQuestion(question, format);
    if (!taken.some((other) => equalBytes(other, encoded))) return question;
  }
  throw new CountersignError('invalid-random', 'random gives the same bytes again and again');
}
