import { assertInstant } from '@countersign/primitives/assert';
import type { Ocra } from '../ocra/create-ocra.ts';
import type { OcraResult, OcraVerifyInput } from '../ocra/verify.ts';
import {
  assertName,
  assertOcra,
  type PendingChallenge,
  type PendingChallenges,
  readPending,
} from './pending-challenges.ts';

/** Options of {@link answerChallenge}: what {@link Ocra.verify} takes, but for the challenge, which is in `pending`. */
export type AnswerChallengeOptions = Omit<OcraVerifyInput, 'challenge'> & {
  /** The device's prepared key. */
  ocra: Ocra;
  /** Who answers, from the server's own session. */
  account: string;
  /** What is to be allowed by the response. */
  purpose: string;
};

/** Result of {@link answerChallenge}. Keep `pending` in either case, before the user learns the outcome. */
export type AnswerChallengeResult =
  | (Extract<OcraResult, { ok: true }> & { pending: PendingChallenges })
  | {
      ok: false;
      /**
       * `no-challenge`: none waits for this purpose: none was issued, or it was answered, or its tries are used up.
       * `expired`: start over with a new challenge. `wrong-account`: the challenge is somebody else's.
       */
      reason: 'malformed' | 'mismatch' | 'replayed' | 'expired' | 'no-challenge' | 'wrong-account';
      /** Tries left for this challenge, 0 when a new one is needed. */
      triesLeft: number;
      pending: PendingChallenges;
    };

/**
 * Judges a response against the challenge that waits for this account and purpose. A right response ends the challenge:
 * it is accepted once. A wrong one costs one of its tries, and the last one ends it; what can be no response at all
 * (`malformed`) costs none. Once it has expired, a new challenge is needed.
 *
 * A pure function: write `pending` (and `nextCounter` or `timeStep`) back on the condition that nobody else has written,
 * and only then let the user in. Tell the user one generic thing whatever the reason, and count failures per device and
 * account: the tries counted here are the challenge's own.
 *
 * @param pending as {@link issueChallenge} or the last answer gave it; `null` when nothing was kept
 * @param response what the user typed: of any type, never throws
 * @throws CountersignError as {@link Ocra.verify} and {@link issueChallenge}
 * @example
 * ```ts
 * import { answerChallenge, createOcra, issueChallenge, PHONE_SUITE } from '@countersign/challenge-response';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const ocra = createOcra({ suite: PHONE_SUITE, key });
 * const now = Date.UTC(2026, 0, 1);
 * const issued = issueChallenge({ ocra, pending: null, account: 'ada', purpose: 'login', now });
 * if (!issued.ok) throw new Error('issued too often');
 *
 * const response = ocra.respond({ challenge: issued.challenge, now }); // on the phone
 * const late = answerChallenge(issued.pending, response, { ocra, account: 'ada', purpose: 'login', now: issued.expiresAt });
 * late.ok || late.reason; // => 'expired'
 * const other = answerChallenge(issued.pending, response, { ocra, account: 'ada', purpose: 'withdrawal', now });
 * other.ok || other.reason; // => 'no-challenge'
 * answerChallenge(issued.pending, response, { ocra, account: 'ada', purpose: 'login', after: null, now }).ok; // => true
 * ```
 */
export function answerChallenge(
  pending: PendingChallenges | null,
  response: unknown,
  options: AnswerChallengeOptions,
): AnswerChallengeResult {
  const { ocra, account, purpose, now = Date.now(), ...given } = options ?? {};
  assertOcra(ocra);
  assertName(account, 'account');
  assertName(purpose, 'purpose');
  assertInstant(now, 'now');
  const state = readPending(pending, account, ocra.suite);
  if (state.account !== account) return { ok: false, reason: 'wrong-account', triesLeft: 0, pending: state };

  const challenge = state.outstanding.find((waiting) => waiting.purpose === purpose);
  if (!challenge) return { ok: false, reason: 'no-challenge', triesLeft: 0, pending: state };
  if (now >= challenge.expiresAt) {
    return { ok: false, reason: 'expired', triesLeft: 0, pending: replace(state, challenge, 0) };
  }
  const clock = ocra.suite.timeStep === null ? undefined : now;
  const result = ocra.verify(response, { ...given, challenge: challenge.question, now: clock });
  if (result.ok) return { ...result, pending: replace(state, challenge, 0) };
  const triesLeft = challenge.triesLeft - (result.reason === 'malformed' ? 0 : 1);
  return { ok: false, reason: result.reason, triesLeft, pending: replace(state, challenge, triesLeft) };
}

/** The state with the tries of one challenge changed; without any it is gone. */
function replace(state: PendingChallenges, challenge: PendingChallenge, triesLeft: number): PendingChallenges {
  const outstanding = state.outstanding
    .map((other) => (other === challenge ? { ...other, triesLeft } : other))
    .filter((other) => other.triesLeft > 0);
  return { ...state, outstanding };
}
