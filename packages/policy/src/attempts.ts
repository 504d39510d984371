import { assertAttempts, assertCall, assertId, own, readNow } from './checks.ts';
import { reservedTries, triesBeforePermanentLock } from './policy-contradictions.ts';
import type { CounterRules } from './policy-types.ts';
import type { AttemptState, Counter, Lane, Policy } from './types.ts';

/** No failures. */
export const CLEAR: Counter = { failures: 0, at: 0, until: 0, lock: 'none' };

/** More devices than this share one counter, so that a state never grows, and no failure is forgotten. */
const MAX_COUNTERS = 10;
const SHARED = '*';

/** Nothing is judged now: why not, and when to come back (`null`: only after unlocking). */
export type AttemptRefusal = {
  readonly ok: false;
  readonly reason: 'waiting' | 'locked';
  readonly scope: 'lane' | 'device' | 'account';
  readonly retryAt: number | null;
};

/** What a verifier said. `ignored`: what was typed was no guess (malformed, expired, cancelled): it is not counted. */
export type Verdict = 'success' | 'guess' | 'ignored';

/** What a judged try means, once it is written. */
export type AttemptOutcome =
  | { readonly ok: true }
  | { readonly ok: false; readonly reason: 'ignored' }
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
export type AttemptTransition = {
  readonly next: AttemptState;
  /** False when nothing changed: there is nothing to write, and {@link reveal} takes `true` at once. */
  readonly changed: boolean;
  reveal(written: boolean): AttemptOutcome | { readonly ok: false; readonly reason: 'not-written' };
};

/** Leave to judge one try against the state that was read. */
export type Admission = {
  readonly ok: true;
  /** Whether it is judged in the lane of a known browser. */
  readonly lane: string | null;
  /** `earn`: id of the browser that is known from now on, if the verdict is `success`. */
  record(verdict: Verdict, options?: { readonly earn?: string | null | undefined }): AttemptTransition;
};

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
  return { v: 1, account: CLEAR, devices: {}, lanes: [], lockedUntil: 0 };
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
 * Failures are never forgotten by waiting, only by success or unlocking. Blocks that a clock ahead of `now` by more than
 * `clockTolerance` has written do not block; their failures count.
 *
 * @param state - from {@link newAttemptState} or an earlier `next`
 * @param request - `device`: id of the device that is tried; `lane`: id of the known browser, by which a user whose account
 * somebody else is guessing at still gets in; a lane that is not known, or was earned with another device, is the common
 * one. `now`: milliseconds since the epoch.
 * @throws CountersignError `invalid-policy`, `invalid-argument`, `invalid-time`; `invalid-state` for a state that is not ours
 *
 * @example
 * ```ts
 * import { admitAttempt, newAttemptState } from '@countersign/policy';
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * const admission = admitAttempt(brokerPolicy, newAttemptState(), { device: 'phone', now: 1_800_000_000_000 });
 * if (!admission.ok) throw new Error(admission.reason);
 * const transition = admission.record('guess'); // what the verifier said
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
  request: { readonly device: string; readonly lane?: string | null | undefined; readonly now: number },
): Admission | AttemptRefusal {
  assertCall(policy, request);
  assertAttempts(state);
  assertId(request.device, 'device');
  const now = readNow(request.now);
  const refusal = findBlock(policy, state, request.device, request.lane, now);
  if (refusal !== null) return refusal;
  const lane = findLane(policy, state, request.device, request.lane, now);
  return {
    ok: true,
    lane: lane?.id ?? null,
    record(verdict, options) {
      const earn = options?.earn ?? null;
      if (verdict === 'ignored') return seal(state, false, { ok: false, reason: 'ignored' });
      const living = livingLanes(policy, state, now);
      const before = endLanes(policy, state, (other) => !living.includes(other), now);
      if (verdict === 'success')
        return seal(succeed(policy, before, request.device, lane, earn, now), true, { ok: true });
      return fail(policy, before, request.device, lane, now);
    },
  };
}

/** What stands in the way of judging a try now; `null` for nothing. Without a device: what the account's own lock says. */
export function findBlock(
  policy: Policy,
  state: AttemptState,
  device: string | null,
  laneId: string | null | undefined,
  now: number,
): AttemptRefusal | null {
  const lane = device === null ? undefined : findLane(policy, state, device, laneId, now);
  if (lane !== undefined) return blockOf(policy, lane.counter, 'lane', now);
  const account = blockOf(policy, state.account, 'account', now);
  if (account !== null || device === null) return account;
  return blockOf(policy, counterOf(state, device), 'device', now);
}

function blockOf(
  policy: Policy,
  { lock, at, until }: Counter,
  scope: AttemptRefusal['scope'],
  now: number,
): AttemptRefusal | null {
  if (lock === 'permanent') return { ok: false, reason: 'locked', scope, retryAt: null };
  // A clock that ran ahead wrote it: it would block until that clock is right.
  if (at > now + policy.clockTolerance * 1000 || until <= now) return null;
  return { ok: false, reason: lock === 'none' ? 'waiting' : 'locked', scope, retryAt: until };
}

/** Until when a device cannot prove itself from an unknown browser; without end for a permanent lock, 0 for no lock. */
export function lockedUntil(policy: Policy, state: AttemptState | null, device: string, now: number): number {
  if (state === null) return 0;
  const locked = state.account.lock === 'permanent' || counterOf(state, device).lock === 'permanent';
  return locked ? Number.POSITIVE_INFINITY : lastLockEnd(policy, state, now);
}

/** The end of the latest lock; 0 if a clock ahead has written it. */
function lastLockEnd({ attempts, clockTolerance }: Policy, state: AttemptState, now: number): number {
  const longest = Math.max(0, ...(attempts.device.locks ?? []), ...(attempts.account.locks ?? []));
  return state.lockedUntil > now + (longest + clockTolerance) * 1000 ? 0 : state.lockedUntil;
}

function counterOf(state: AttemptState, device: string): Counter {
  return own(state.devices, keyOf(state, device)) ?? CLEAR;
}

/** The name under which a device's failures are kept: once counters were shared, they stay so until they are unlocked. */
function keyOf({ devices }: AttemptState, device: string): string {
  if (Object.hasOwn(devices, device)) return device;
  return Object.hasOwn(devices, SHARED) || Object.keys(devices).length >= MAX_COUNTERS ? SHARED : device;
}

/** The lanes that still serve: the latest, and no more than the policy has. */
function livingLanes({ attempts, clockTolerance }: Policy, { lanes }: AttemptState, now: number): readonly Lane[] {
  const rules = attempts.lanes;
  if (rules === null || lanes.length === 0) return [];
  const serves = ({ at }: Lane): boolean => now - at < rules.lifetime * 1000 && at - now <= clockTolerance * 1000;
  const living = lanes.filter(serves);
  return living.length <= rules.maximum ? living : living.sort((a, b) => b.at - a.at).slice(0, rules.maximum);
}

function findLane(
  policy: Policy,
  state: AttemptState,
  device: string,
  id: string | null | undefined,
  now: number,
): Lane | undefined {
  if (id === null || id === undefined) return undefined;
  return livingLanes(policy, state, now).find((lane) => lane.id === id && lane.device === device);
}

/** Ends some lanes; their failures join the common counters, so that no guess is ever forgotten. */
export function endLanes(
  policy: Policy,
  state: AttemptState,
  isEnded: (lane: Lane) => boolean,
  now: number,
): AttemptState {
  const ended = state.lanes.filter(isEnded);
  if (ended.length === 0) return state;
  let next: AttemptState = { ...state, lanes: state.lanes.filter((lane) => !isEnded(lane)) };
  for (const { device, counter } of ended) next = addFailures(policy, next, device, counter.failures, now);
  return next;
}

/** Ends the lanes of a device; when it is final, its counter goes too. */
export function forgetDevice(
  policy: Policy,
  state: AttemptState | null,
  device: string,
  final: boolean,
  now: number,
): AttemptState | null {
  if (state === null) return null;
  const next = endLanes(policy, state, (lane) => lane.device === device, now);
  if (!final) return next;
  const { [device]: _gone, ...devices } = next.devices;
  return { ...next, devices };
}

function addFailures(policy: Policy, state: AttemptState, device: string, count: number, now: number): AttemptState {
  if (count === 0) return state;
  const reserved = reservedTries(policy.attempts.lanes);
  const add = (counter: Counter, rules: CounterRules): Counter => failed(counter, rules, reserved, count, now);
  const account = add(state.account, policy.attempts.account);
  const counter = add(counterOf(state, device), policy.attempts.device);
  const ends = [account, counter].map(({ lock, until }) => (lock === 'temporary' ? until : 0));
  return {
    ...state,
    account,
    devices: { ...state.devices, [keyOf(state, device)]: counter },
    lockedUntil: Math.max(lastLockEnd(policy, state, now), ...ends),
  };
}

/** Some more failures in a row. */
function failed(before: Counter, rules: CounterRules, reserved: number, count: number, now: number): Counter {
  const { limit, locks = [], waits = [] } = rules;
  const failures = before.failures + count;
  const after = (list: readonly number[], index: number): number =>
    now + (list[Math.min(index, list.length - 1)] ?? 0) * 1000;
  if (failures >= triesBeforePermanentLock(rules) - reserved) return { failures, at: now, until: 0, lock: 'permanent' };
  const round = Math.floor(failures / limit);
  if (round > Math.floor(before.failures / limit)) {
    return { failures, at: now, until: after(locks, round - 1), lock: 'temporary' };
  }
  return { failures, at: now, until: after(waits, failures - 1), lock: 'none' };
}

function succeed(
  policy: Policy,
  state: AttemptState,
  device: string,
  lane: Lane | undefined,
  earn: string | null,
  now: number,
): AttemptState {
  if (lane !== undefined) {
    const others = state.lanes.filter((other) => other !== lane);
    return { ...state, lanes: [...others, { ...lane, at: now, counter: CLEAR }] };
  }
  const { [device]: _cleared, ...devices } = state.devices;
  const cleared: AttemptState = { ...state, account: CLEAR, devices };
  const rules = policy.attempts.lanes;
  if (rules === null || earn === null) return cleared;
  assertId(earn, 'earn');
  const others = cleared.lanes.filter((other) => other.id !== earn || other.device !== device);
  // The lane whose last success is oldest makes room; another of the same device first, so that no device takes them all.
  const isOwn = (lane: Lane): number => Number(lane.device === device);
  const sorted = [...others].sort((a, b) => isOwn(b) - isOwn(a) || a.at - b.at);
  const evicted = others.length < rules.maximum ? undefined : sorted[0];
  const room = endLanes(policy, { ...cleared, lanes: others }, (other) => other === evicted, now);
  return { ...room, lanes: [...room.lanes, { id: earn, device, at: now, counter: CLEAR }] };
}

function fail(
  policy: Policy,
  state: AttemptState,
  device: string,
  lane: Lane | undefined,
  now: number,
): AttemptTransition {
  if (lane === undefined) {
    const next = addFailures(policy, state, device, 1, now);
    return seal(next, true, describe(policy, next, device));
  }
  const { tries } = policy.attempts.lanes!;
  const rules: CounterRules = { limit: tries + 1, waits: policy.attempts.device.waits };
  const counter = failed(lane.counter, rules, 0, 1, now);
  const others = state.lanes.filter((other) => other !== lane);
  const noted: AttemptState = { ...state, lanes: [...others, { ...lane, counter }] };
  if (counter.failures < tries) {
    const left = tries - counter.failures;
    const outcome = { ok: false, reason: 'failed', retryAt: counter.until, deviceLock: 'none' } as const;
    return seal(noted, true, { ...outcome, accountLock: 'none', triesLeft: left, warn: false });
  }
  const next = endLanes(policy, noted, (other) => other.id === lane.id && other.device === lane.device, now);
  return seal(next, true, describe(policy, next, device));
}

/** What the common counters say after a failure. */
function describe(policy: Policy, state: AttemptState, device: string): AttemptOutcome {
  const reserved = reservedTries(policy.attempts.lanes);
  const counters = [
    [counterOf(state, device), policy.attempts.device],
    [state.account, policy.attempts.account],
  ] as const;
  const left = counters.map(([{ failures }, rules]) => triesBeforePermanentLock(rules) - reserved - failures);
  const fewest = Math.max(0, Math.min(...left));
  const [ofDevice, ofAccount] = [counters[0][0], counters[1][0]];
  const permanent = ofDevice.lock === 'permanent' || ofAccount.lock === 'permanent';
  return {
    ok: false,
    reason: 'failed',
    retryAt: permanent ? null : Math.max(ofDevice.until, ofAccount.until),
    deviceLock: ofDevice.lock,
    accountLock: ofAccount.lock,
    triesLeft: fewest === Number.POSITIVE_INFINITY ? null : fewest,
    warn: counters.some(([, { warnAt = 0 }], index) => left[index]! > 0 && left[index]! <= warnAt),
  };
}

function seal(next: AttemptState, changed: boolean, outcome: AttemptOutcome): AttemptTransition {
  return { next, changed, reveal: (written) => (written === true ? outcome : { ok: false, reason: 'not-written' }) };
}
