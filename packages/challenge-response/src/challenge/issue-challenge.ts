import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { equalBytes } from '@countersign/primitives/constant-time';
import { CountersignError } from '@countersign/primitives/error';
import type { RandomBytes } from '@countersign/primitives/random';
import type { Ocra } from '../ocra/create-ocra.ts';
import { encodeQuestion } from '../ocra/question.ts';
import {
  assertName,
  assertOcra,
  MAX_ISSUED,
  MAX_OUTSTANDING,
  MAX_TRIES,
  type PendingChallenge,
  type PendingChallenges,
  readPending,
} from './pending-challenges.ts';

/** Options of {@link issueChallenge}. */
export type IssueChallengeOptions = {
  /** The device's prepared key. Only its suite is used. */
  ocra: Ocra;
  /** What was kept for this device, or `null` at first. */
  pending: PendingChallenges | null;
  /** Whose device it is, 1 … 256 characters. */
  account: string;
  /** What the response will be for, 1 … 256 characters: `login`, or `withdrawal 4711`. */
  purpose: string;
  /** The server's clock, milliseconds since the Unix epoch. Default `Date.now()`. */
  now?: number | undefined;
  random?: RandomBytes | undefined;
  /** Seconds until the challenge expires, 10 … 3600. Default 300. */
  lifetime?: number | undefined;
  /** Wrong responses that the challenge survives less one, 1 … 10. Default 3. */
  tries?: number | undefined;
  /** Challenges of one device that may wait at a time, for different purposes, 1 … 20. Default 3. */
  maxOutstanding?: number | undefined;
  /** Challenges issued for one device within `issuePeriod`, 1 … 100. Default 10. */
  maxIssued?: number | undefined;
  /** Seconds over which `maxIssued` counts, 60 … 86,400. Default 3600. */
  issuePeriod?: number | undefined;
};

/** Result of {@link issueChallenge}. Keep `pending` in either case; show `challenge` only when that has succeeded. */
export type IssueChallengeResult =
  | { ok: true; challenge: string; expiresAt: number; triesLeft: number; pending: PendingChallenges }
  | {
      ok: false;
      reason: 'too-many-outstanding' | 'issued-too-often';
      /** When asking again may help, milliseconds since the Unix epoch. */
      retryAt: number;
      pending: PendingChallenges;
    };

/** A sound source of random bytes does not hit one of 20 outstanding among 9,375 that often. */
const MAX_DRAWS = 100;

/**
 * Gives a device a challenge to answer for one purpose. Asked again before it is answered, used up or expired, it gives
 * the same one again, so that reloading a page tells nothing new: who may ask for challenges until one comes whose
 * response was observed needs no device. For the same reason the number issued is limited (RFC 6287 §5.1, IC9), and no
 * two challenges wait for one device that encode alike.
 *
 * Six digits are no cryptographic challenge (NIST SP 800-63B asks for 64 bits): the suite's counter or time is needed
 * as well, and a limit on failures over all challenges of the device and the account, which is the application's.
 *
 * A pure function: write `pending` back where it was read, on the condition that nobody else has written.
 *
 * @throws CountersignError `invalid-argument`, `invalid-time`, `invalid-random`; `invalid-state` for a `pending` that is
 * malformed, or another account's, or another suite's
 * @example
 * ```ts
 * import { answerChallenge, createOcra, issueChallenge, PIN_TOKEN_SUITE } from '@countersign/challenge-response';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key });
 * const bound = { ocra, account: 'ada', purpose: 'login' };
 *
 * const issued = issueChallenge({ ...bound, pending: null });
 * const again = issueChallenge({ ...bound, pending: issued.pending });
 * if (!issued.ok || !again.ok) throw new Error('issued too often');
 * again.challenge === issued.challenge; // => true
 *
 * const response = ocra.respond({ challenge: issued.challenge, counter: 0, pin: '7294' }); // on the token
 * const given = { ...bound, counter: 0, lookAhead: 10, pin: '7294' };
 * const answered = answerChallenge(issued.pending, response, given);
 * answered.ok; // => true
 * const replayed = answerChallenge(answered.pending, response, given);
 * replayed.ok || replayed.reason; // => 'no-challenge'
 * ```
 */
export function issueChallenge(options: IssueChallengeOptions): IssueChallengeResult {
  const { ocra, account, purpose, now = Date.now(), random, lifetime = 300, tries = 3 } = options ?? {};
  const { maxOutstanding = 3, maxIssued = 10, issuePeriod = 3600 } = options ?? {};
  assertOcra(ocra);
  assertName(account, 'account');
  assertName(purpose, 'purpose');
  assertInstant(now, 'now');
  assertInteger(lifetime, 'lifetime', 10, 3600, 'invalid-argument');
  assertInteger(tries, 'tries', 1, MAX_TRIES, 'invalid-argument');
  assertInteger(maxOutstanding, 'maxOutstanding', 1, MAX_OUTSTANDING, 'invalid-argument');
  assertInteger(maxIssued, 'maxIssued', 1, MAX_ISSUED, 'invalid-argument');
  assertInteger(issuePeriod, 'issuePeriod', 60, 86_400, 'invalid-argument');
  const state = readPending(options.pending, account, ocra.suite);
  if (state.account !== account) throw new CountersignError('invalid-state', 'pending belongs to another account');

  const outstanding = state.outstanding.filter(({ expiresAt }) => now < expiresAt);
  const issued = state.issued.filter((instant) => now < instant + issuePeriod * 1000);
  const pending: PendingChallenges = { ...state, outstanding, issued };
  const waiting = outstanding.find((challenge) => challenge.purpose === purpose);
  if (waiting) return show(waiting, pending);
  if (outstanding.length >= maxOutstanding) {
    const retryAt = Math.min(...outstanding.map(({ expiresAt }) => expiresAt));
    return { ok: false, reason: 'too-many-outstanding', retryAt, pending };
  }
  if (issued.length >= maxIssued) {
    const retryAt = issued.at(-maxIssued)! + issuePeriod * 1000;
    return { ok: false, reason: 'issued-too-often', retryAt, pending };
  }
  const question = newQuestion(ocra, outstanding, random);
  const challenge = { purpose, question, expiresAt: now + lifetime * 1000, triesLeft: tries };
  return show(challenge, { ...pending, outstanding: [...outstanding, challenge], issued: [...issued, now] });
}

function show({ question, expiresAt, triesLeft }: PendingChallenge, pending: PendingChallenges): IssueChallengeResult {
  return { ok: true, challenge: question, expiresAt, triesLeft, pending };
}

/** A challenge that does not encode like one that waits: the response to one would answer the other. */
function newQuestion(ocra: Ocra, outstanding: readonly PendingChallenge[], random: RandomBytes | undefined): string {
  const { question: format } = ocra.suite;
  const taken = outstanding.map(({ question }) => encodeQuestion(question, format));
  for (let draws = 0; draws < MAX_DRAWS; draws++) {
    const question = ocra.newChallenge(random);
    const encoded = encodeQuestion(question, format);
    if (!taken.some((other) => equalBytes(other, encoded))) return question;
  }
  throw new CountersignError('invalid-random', 'random gives the same bytes again and again');
}
