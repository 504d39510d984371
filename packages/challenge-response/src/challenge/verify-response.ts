import { assertName, assertOptions, readInstant } from '@countersign/primitives/assert';
import type { Reason } from '@countersign/primitives/reason';
import type { Ocra } from '../ocra/create-ocra.ts';
import { currentTimeStep } from '../ocra/data-input.ts';
import { MAX_WINDOW, type OcraWindow, readWindow } from '../ocra/verify.ts';
import { assertOcra, laneOf, type OcraState, type OpenChallenge, readOcraState, USED_UP, waits } from './ocra-state.ts';

/** Options of {@link verifyResponse}. */
export type VerifyResponseOptions = {
  /** The device's prepared key. */
  ocra: Ocra;
  /** Who answers, from the server's own session. */
  account: string;
  /** What is to be allowed by the response, as it was issued for. */
  purpose: string;
  /** `P`: the PIN's hash as kept ({@link hashPin}), or the PIN as text. */
  pin?: string | Uint8Array | undefined;
  /** `S`: session data. */
  session?: Uint8Array | undefined;
  /** The server's clock, milliseconds since the Unix epoch. Default `Date.now()`. */
  now?: number | undefined;
  /** `C`: how many computations the device may be ahead of the server, 0 … 100. Default 10. */
  lookAhead?: number | undefined;
  /** `T`: time steps tried before and after the current one, besides the drift learnt, 0 … 10. Default 1. */
  window?: OcraWindow | undefined;
};

type Refusal = Extract<
  Reason,
  'malformed' | 'mismatch' | 'replayed' | 'expired' | 'not-issued' | 'other-account' | 'voided'
>;

/** Result of {@link verifyResponse}. Keep `state` in either case, before the user learns the outcome. */
export type VerifyResponseResult =
  | {
      ok: true;
      /** The counter that matched, when the suite has C. The state expects the one after it. */
      counter: number | null;
      /** The time step that matched, when the suite has T. The state accepts only later ones. */
      timeStep: number | null;
      /** Time steps that the device's clock is ahead of the server's, when the suite has T. The state keeps it. */
      drift: number | null;
      state: OcraState;
    }
  | {
      ok: false;
      /**
       * `mismatch`: a guess, to be counted; a wrong PIN in the computation is one. `replayed`: right, but its time step
       * has been used, by this challenge or another. `expired`: issue anew. `not-issued`: nothing waits for this
       * purpose, or it has been answered. `voided`: the device's counter has run out.
       */
      reason: Exclude<Refusal, 'replayed'>;
      /** Whether it was a guess, which must be counted: `mismatch` alone. */
      guess: boolean;
      state: OcraState;
    }
  | {
      ok: false;
      reason: 'replayed';
      guess: false;
      /** Time steps that the device's clock is ahead of the server's. */
      drift: number;
      /** When the device's next response can be accepted, milliseconds since the Unix epoch. */
      usableAt: number;
      state: OcraState;
    };

const DEFAULT_LOOK_AHEAD = 10;

/**
 * Judges a response against the challenge that waits for this account and purpose. A right one is accepted once: it ends
 * the challenge and moves the counter or the time step on. A wrong one changes nothing: count it where `guess` says so,
 * per device and account. Once a challenge has expired, a new one is needed.
 *
 * A success re-aligns the server with the device: the counter after the one that matched is expected next, and by as
 * many time steps as the device's clock was off, up to ten, the window is extended from then on; what was accepted, or
 * is older, stays refused. With T one response is accepted in each time step: a second one within the same minute is
 * `replayed`, and `usableAt` says when the next minute begins.
 *
 * A pure function: write `state` back on the condition that nobody else has written, and only then let the user in. Tell
 * the user one generic thing whatever the reason.
 *
 * @param state as {@link issueChallenge} or the last verification gave it
 * @param response what the user typed: of any type, never throws
 * @throws CountersignError `invalid-state` for what is not ours, or another suite's; `invalid-argument`, `invalid-time`,
 * `invalid-window`, `invalid-pin` for options that are missing, surplus or out of range
 * @example
 * ```ts
 * import { createOcra, issueChallenge, newOcraState, PHONE_SUITE, verifyResponse } from '@countersign/challenge-response/ocra';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const ocra = createOcra({ suite: PHONE_SUITE, key });
 * const bound = { ocra, account: 'ada', purpose: 'login', now: Date.UTC(2026, 0, 1) };
 * const issued = issueChallenge({ ...bound, state: newOcraState({ ocra }) });
 * if (!issued.ok) throw new Error('issued too often');
 *
 * const response = ocra.respond({ challenge: issued.challenge, now: bound.now }); // on the phone
 * const late = verifyResponse(issued.state, response, { ...bound, now: issued.expiresAt });
 * late.ok || late.reason; // => 'expired'
 * const other = verifyResponse(issued.state, response, { ...bound, purpose: 'withdrawal' });
 * other.ok || other.reason; // => 'not-issued'
 * const wrong = verifyResponse(issued.state, response.replace(/.$/, (last) => (last === '0' ? '1' : '0')), bound);
 * wrong.ok || wrong.guess; // => true
 * verifyResponse(issued.state, response, bound).ok; // => true
 * ```
 */
export function verifyResponse(
  state: OcraState,
  response: unknown,
  options: VerifyResponseOptions,
): VerifyResponseResult {
  assertOptions(options);
  const { ocra, account, purpose, pin, session, window } = options;
  assertOcra(ocra);
  assertName(account, 'account');
  assertName(purpose, 'purpose');
  const now = readInstant(options.now ?? Date.now());
  const { suite } = ocra;
  const kept = readOcraState(state, ocra);
  const refuse = (reason: Exclude<Refusal, 'replayed'>, next = kept): VerifyResponseResult => {
    return { ok: false, reason, guess: reason === 'mismatch', state: next };
  };
  if (kept.account !== null && kept.account !== account) return refuse('other-account');
  const waiting = kept.open.find((challenge) => challenge.purpose === purpose);
  if (!waiting) return refuse('not-issued');
  if (!waits(waiting, now)) return refuse('expired', without(kept, waiting));
  if (kept.counter === USED_UP) return refuse('voided');

  const result = ocra.verify(response, {
    challenge: waiting.challenge,
    counter: kept.counter ?? undefined,
    pin,
    session,
    now: suite.timeStep === null ? undefined : now,
    lookAhead: options.lookAhead ?? (suite.counter ? DEFAULT_LOOK_AHEAD : undefined),
    window: suite.timeStep === null ? window : widened(window, kept.drift),
    // Judged below, because a response that was used tells how far off the device's clock is.
    after: null,
  });
  if (!result.ok) return refuse(result.reason === 'malformed' ? 'malformed' : 'mismatch');
  const { counter = null, nextCounter = null, timeStep = null } = result;
  if (typeof counter === 'bigint' || typeof nextCounter === 'bigint') {
    return refuse('voided', { ...kept, counter: USED_UP });
  }
  let drift: number | null = null;
  if (timeStep !== null && suite.timeStep !== null) {
    const after = kept.timeStep ?? -1;
    drift = timeStep - currentTimeStep(suite.timeStep, now);
    if (timeStep <= after) {
      const usableAt = (after + 1 - drift) * suite.timeStep * 1000;
      return { ok: false, reason: 'replayed', guess: false, drift, usableAt, state: kept };
    }
  }
  const answered = uncounted(without(kept, waiting), waiting);
  return {
    ok: true,
    counter,
    timeStep,
    drift,
    state: { ...answered, counter: nextCounter, timeStep, drift: drift ?? 0 },
  };
}

/** The window given, extended to the side to which the device's clock was off at the last success. */
function widened(window: OcraWindow | undefined, drift: number): OcraWindow {
  const [past, future] = readWindow(window);
  return {
    past: Math.min(MAX_WINDOW, past + Math.max(0, -drift)),
    future: Math.min(MAX_WINDOW, future + Math.max(0, drift)),
  };
}

/** The state without one challenge. */
function without(state: OcraState, gone: OpenChallenge): OcraState {
  return { ...state, open: state.open.filter((challenge) => challenge !== gone) };
}

/** The state in which a challenge does not count as issued any more: who answers rightly may go on. */
function uncounted(state: OcraState, { purpose, issuedAt }: OpenChallenge): OcraState {
  const lane = laneOf(purpose);
  const at = state.issued[lane].indexOf(issuedAt);
  const left = state.issued[lane].filter((_, index) => index !== at);
  return { ...state, issued: { ...state.issued, [lane]: left } };
}
