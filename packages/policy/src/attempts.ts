import { assertPolicy, isCounter, isInstant, isObject, own } from './checks.ts';
import type { CounterRules } from './policy-types.ts';
import type { AttemptState, Counter, Policy } from './types.ts';

/** No failures. */
export const CLEAR: Counter = { failures: 0, blockedUntil: 0, lock: 'none' };

/** Nothing is judged now: why not, and when to come back (`null`: only after unlocking, or never). */
export type AttemptRefusal = {
  readonly ok: false;
  readonly reason: 'waiting' | 'locked' | 'clock-went-backwards' | 'invalid-state' | 'invalid-time';
  readonly scope: 'device' | 'account' | null;
  readonly retryAt: number | null;
};

/** What a judged try means, once it is written. */
export type AttemptOutcome =
  | { readonly ok: true }
  | {
      readonly ok: false;
      readonly reason: 'failed';
      /** When the next try may be judged; `null`: not before unlocking. */
      readonly retryAt: number | null;
      readonly deviceLock: Counter['lock'];
      readonly accountLock: Counter['lock'];
      /** Tries left before a permanent lock; `null` if none ever comes. */
      readonly triesLeft: number | null;
      /** Tell the user that a permanent lock is near (RTS Art. 4(4)). */
      readonly warn: boolean;
    };

/**
 * A judged try: the state to write, and the outcome under seal. The seal opens only for `true`, which is what a store's
 * compare-and-swap says when it has written; so that nobody learns a verdict that was not counted.
 */
export type Transition = {
  readonly next: AttemptState;
  reveal(written: boolean): AttemptOutcome | { readonly ok: false; readonly reason: 'not-written' };
};

/** Leave to judge one try against the state that was read. */
export type Admission = { readonly ok: true; record(success: boolean): Transition };

/**
 * The state of an account without failures.
 *
 * @example
 * ```ts
 * import { newAttemptState } from '@countersign/policy';
 *
 * newAttemptState().account.failures; // => 0
 * ```
 */
export function newAttemptState(): AttemptState {
  return { v: 1, account: CLEAR, devices: {}, judged: 0, latest: 0 };
}

/**
 * Asks for leave to judge one code, response or approval. In this order, and in no other:
 *
 * 1. read the user's record; `admitAttempt` with its attempts; if refused, judge nothing;
 * 2. judge (`totp.verify` …) and `record` the verdict;
 * 3. write `next` by compare-and-swap, in the same record as whatever makes the code single-use;
 * 4. `reveal` with what the store answered. `not-written`: somebody else was first; start over from 1.
 *
 * So that of any number of simultaneous tries, on any number of servers, no more outcomes are revealed than the rules allow
 * (RFC 4226 section 7.3, NIST SP 800-63B-4 section 3.2.2). Do not log or answer anything that depends on the verdict, or on
 * `next`, before step 4.
 *
 * @param state - from {@link newAttemptState} or an earlier `next`; a malformed one refuses everything.
 * @param request - `device`: id of the device that is tried; `now`: milliseconds since the epoch, of the server's clock.
 * @throws CountersignError `invalid-policy` when the policy was not checked
 *
 * @example
 * ```ts
 * import { admitAttempt, newAttemptState } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const admission = admitAttempt(brokerPolicy, newAttemptState(), { device: 'phone', now: 1_800_000_000_000 });
 * if (!admission.ok) throw new Error(admission.reason);
 * const verdict = false; // what the verifier said
 * const transition = admission.record(verdict);
 * const written = true; // await store.write(key, JSON.stringify(transition.next), version)
 * transition.reveal(false); // => { ok: false, reason: 'not-written' }
 * const outcome = transition.reveal(written);
 * outcome.ok; // => false
 * transition.next.account.failures; // => 1
 * ```
 */
export function admitAttempt(
  policy: Policy,
  state: AttemptState,
  request: { readonly device: string; readonly now: number },
): Admission | AttemptRefusal {
  assertPolicy(policy);
  const refusal = findBlock(policy, state, request.device, request.now);
  if (refusal !== null) return refusal;
  // A clock that lags within the tolerance must not shorten a wait.
  const now = Math.max(request.now, state.latest);
  return { ok: true, record: (success) => record(policy, state, request.device, now, success === true) };
}

/** What stands in the way of judging a try with this device now; `null` for nothing. */
export function findBlock(policy: Policy, state: AttemptState, device: string, now: number): AttemptRefusal | null {
  const refuse = (reason: AttemptRefusal['reason'], scope: AttemptRefusal['scope'], retryAt: number | null) =>
    ({ ok: false, reason, scope, retryAt }) as const;
  if (!isInstant(now)) return refuse('invalid-time', null, null);
  if (typeof device !== 'string' || !isAttemptState(state)) return refuse('invalid-state', null, null);
  if (state.latest > now + policy.clockTolerance * 1000) return refuse('clock-went-backwards', null, state.latest);
  const tried = own(state.devices, device) ?? CLEAR;
  for (const [scope, counter] of [
    ['account', state.account],
    ['device', tried],
  ] as const) {
    if (counter.lock === 'permanent') return refuse('locked', scope, null);
    if (counter.blockedUntil > now) {
      return refuse(counter.lock === 'none' ? 'waiting' : 'locked', scope, counter.blockedUntil);
    }
  }
  return null;
}

/** Whether a state is whole: one that is not might hide failures. */
export function isAttemptState(state: unknown): state is AttemptState {
  return (
    isObject(state) &&
    state.v === 1 &&
    isCounter(state.account) &&
    isObject(state.devices) &&
    Object.values(state.devices).every(isCounter) &&
    Number.isSafeInteger(state.judged) &&
    isInstant(state.latest)
  );
}

function record(policy: Policy, state: AttemptState, device: string, now: number, success: boolean): Transition {
  const { device: deviceRules, account: accountRules } = policy.attempts;
  const ofDevice = success ? CLEAR : fail(own(state.devices, device) ?? CLEAR, deviceRules, now);
  const ofAccount = success ? CLEAR : fail(state.account, accountRules, now);
  const { [device]: _before, ...others } = state.devices;
  const next: AttemptState = {
    v: 1,
    account: ofAccount,
    devices: success ? others : { ...others, [device]: ofDevice },
    judged: state.judged + 1,
    latest: now,
  };
  const left = Math.min(triesLeft(ofDevice, deviceRules), triesLeft(ofAccount, accountRules));
  const permanent = ofDevice.lock === 'permanent' || ofAccount.lock === 'permanent';
  const outcome: AttemptOutcome = success
    ? { ok: true }
    : {
        ok: false,
        reason: 'failed',
        retryAt: permanent ? null : Math.max(ofDevice.blockedUntil, ofAccount.blockedUntil),
        deviceLock: ofDevice.lock,
        accountLock: ofAccount.lock,
        triesLeft: left === Number.POSITIVE_INFINITY ? null : left,
        warn: nearsEnd(ofDevice, deviceRules) || nearsEnd(ofAccount, accountRules),
      };
  return { next, reveal: (written) => (written === true ? outcome : { ok: false, reason: 'not-written' }) };
}

/** One more failure in a row. Failures are never forgotten by waiting, only by success or unlocking (NIST 3.2.2). */
function fail(counter: Counter, rules: CounterRules, now: number): Counter {
  const failures = counter.failures + 1;
  const until = (list: readonly number[], index: number): number =>
    now + list[Math.min(index, list.length - 1)]! * 1000;
  if (triesLeftAfter(failures, rules) <= 0) return { failures, blockedUntil: 0, lock: 'permanent' };
  if (failures % rules.limit === 0) {
    return { failures, blockedUntil: until(rules.locks, failures / rules.limit - 1), lock: 'temporary' };
  }
  return { failures, blockedUntil: until(rules.waits, failures - 1), lock: 'none' };
}

function triesLeft(counter: Counter, rules: CounterRules): number {
  return Math.max(0, triesLeftAfter(counter.failures, rules));
}

/** `permanent`: the first lock stays; `mixed`: the one after all temporary ones; `temporary`: none. */
function triesLeftAfter(failures: number, rules: CounterRules): number {
  return rules.mode === 'temporary' ? Number.POSITIVE_INFINITY : rules.limit * (rules.locks.length + 1) - failures;
}

function nearsEnd(counter: Counter, rules: CounterRules): boolean {
  const left = triesLeft(counter, rules);
  return left > 0 && left <= rules.warnAt;
}
