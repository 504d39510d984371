import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { isGuess } from '@countersign/primitives/guess';
import type { Reason } from '@countersign/primitives/reason';
import { integer, literal, nullable, object, readState } from '@countersign/primitives/state';
import type { Totp, TotpResult, TotpWindow } from './totp.ts';

/** The largest drifts that are kept: a day of 30 s steps, and one. */
const MIN_KEPT_DRIFT = -2881;
const MAX_KEPT_DRIFT = 2881;
/** 2^53-1. Written out, as above: bundlers take operators for side effects, and would keep `FIELDS` in every bundle. */
const MAX_STEP = 9_007_199_254_740_991;

/**
 * What is kept of one device: plain JSON without secrets. `after` is the last accepted time step, `drift` how many steps
 * the device's clock was ahead then (negative: behind).
 */
export type TotpState = { v: 1; after: number | null; drift: number };

/** Options of {@link verifyTotp}. */
export type VerifyTotpOptions = {
  /** The device's key, as `createTotp` gave it. */
  totp: Totp;
  /** The server's clock, milliseconds since the Unix epoch. Default `Date.now()`. */
  now?: number | undefined;
  /** Steps tried each way, 0 … 10, or `{ past, future }`. Default 1. */
  window?: TotpWindow | undefined;
};

/** Options of {@link resynchronizeTotp}. */
export type ResynchronizeTotpOptions = {
  /** The device's key, as `createTotp` gave it. */
  totp: Totp;
  /** The server's clock, milliseconds since the Unix epoch. Default `Date.now()`. */
  now?: number | undefined;
  /** How many steps the phone's clock may be off, each way, 0 … 2880. Default 120 (one hour). */
  within?: number | undefined;
};

/**
 * Result of {@link verifyTotp} and {@link resynchronizeTotp}. `guess` is true for `mismatch` alone: that is what must be
 * counted. `replayed` is a right code that is not newer than the last one, and `usableAt` (milliseconds since the Unix
 * epoch) when this phone shows one that is.
 */
export type TotpStateResult =
  | { ok: true; timeStep: number; drift: number; state: TotpState }
  | { ok: false; reason: Extract<Reason, 'malformed' | 'mismatch'>; guess: boolean; state: TotpState }
  | {
      ok: false;
      reason: Extract<Reason, 'replayed'>;
      guess: boolean;
      drift: number;
      usableAt: number;
      state: TotpState;
    };

const FIELDS = /* @__PURE__ */ object<TotpState>({
  v: /* @__PURE__ */ literal(1),
  after: /* @__PURE__ */ nullable(/* @__PURE__ */ integer(0, MAX_STEP)),
  drift: /* @__PURE__ */ integer(MIN_KEPT_DRIFT, MAX_KEPT_DRIFT),
});

function readKey(totp: unknown): Totp {
  if (typeof (totp as Partial<Totp> | null | undefined)?.timeStep !== 'function') {
    throw new CountersignError('invalid-argument', 'totp must be what createTotp gave');
  }
  return totp as Totp;
}

/** The state after a result: moved on by a success, unchanged otherwise. */
function settle(result: TotpResult, state: TotpState): TotpStateResult {
  if (result.ok) {
    const drift = Math.max(MIN_KEPT_DRIFT, Math.min(result.drift, MAX_KEPT_DRIFT));
    return { ...result, state: { v: 1, after: result.timeStep, drift } };
  }
  return { ...result, guess: isGuess(result.reason), state };
}

/** The result of two that found the newer code; drifts from one `now` stand in the order of their steps. */
function newer(a: TotpResult, b: TotpResult): TotpResult {
  const driftOf = (result: TotpResult): number => ('drift' in result ? result.drift : Number.NEGATIVE_INFINITY);
  return driftOf(a) < driftOf(b) ? b : a;
}

/**
 * The state of a device that has not been used: keep one for each device and secret, and make no second one, which would
 * accept again what the first has accepted.
 *
 * @example
 * ```ts
 * import { newTotpState } from '@countersign/totp';
 *
 * newTotpState(); // => { v: 1, after: null, drift: 0 }
 * ```
 */
export function newTotpState(): TotpState {
  return { v: 1, after: null, drift: 0 };
}

/**
 * Judges a code (RFC 6238 §5.2) and remembers what must be remembered: the last accepted step, so that no code is
 * accepted twice, and the drift of the device's clock (§6). Write the returned state back, after refusals too, only if
 * the stored one is still the one given here, and let the user in only after that write.
 *
 * While a drift is known, the steps around it *and* those around `now` are tried, so that a user who corrects the clock
 * is not locked out; twice as many codes are right then. A clock that was fast and is corrected shows codes that count as
 * used, `replayed`, until `usableAt`. Say so only to somebody who has already given the right password.
 *
 * @param code what was typed, of any type, without separators ({@link normalizeCode}): never throws
 * @throws CountersignError `invalid-state`, `invalid-argument`, `invalid-time`, `invalid-window`
 * @example
 * ```ts
 * import { createTotp, newTotpState, verifyTotp } from '@countersign/totp';
 *
 * const totp = createTotp({ secret: new TextEncoder().encode('12345678901234567890') });
 * const now = 59_000;
 * const first = verifyTotp(newTotpState(), '287082', { totp, now });
 * first; // => { ok: true, timeStep: 1, drift: 0, state: { v: 1, after: 1, drift: 0 } }
 * const again = verifyTotp(first.state, '287082', { totp, now });
 * !again.ok && again.reason; // => 'replayed'
 * verifyTotp(first.state, '000000', { totp, now }).ok; // => false
 * ```
 */
export function verifyTotp(state: TotpState, code: unknown, options: VerifyTotpOptions): TotpStateResult {
  assertOptions(options);
  const { now = Date.now(), window } = options;
  const totp = readKey(options.totp);
  const kept = readState(state, 'newTotpState or verifyTotp', FIELDS);
  const { after, drift } = kept;
  const plain = totp.verify(code, { after, now, window });
  if (drift === 0) return settle(plain, kept);
  return settle(newer(plain, totp.verify(code, { after, now, window, drift })), kept);
}

/**
 * Learns how far a phone's clock is off, from two codes in a row, both unused. `drift × period` is how many seconds it
 * is ahead: tell the user to turn on automatic time. The next call of {@link verifyTotp} knows the drift.
 *
 * It is no login: two codes that somebody saw, and that were not used, stay good for as long as `within` reaches. Ask
 * for one more code. Random codes pass once in 4 · 10^9 tries with the default, once in 1.7 · 10^8 with the largest
 * `within`; count `guess` as for a code.
 *
 * @param codes an array of two codes, the older one first; of any type, never throws
 * @throws CountersignError `invalid-state`, `invalid-argument`, `invalid-time`, `invalid-window`
 * @example
 * ```ts
 * import { createTotp, newTotpState, resynchronizeTotp, verifyTotp } from '@countersign/totp';
 *
 * const totp = createTotp({ secret: new TextEncoder().encode('12345678901234567890') });
 * const now = 1_700_000_000_000;
 * const phone = now - 40 * 60_000; // 40 minutes slow
 * const codes = [totp.generate({ now: phone - 30_000 }), totp.generate({ now: phone })];
 * const found = resynchronizeTotp(newTotpState(), codes, { totp, now });
 * found.ok && found.drift * 30; // => -2400
 * const next = totp.generate({ now: phone + 30_000 });
 * verifyTotp(found.state, next, { totp, now: now + 30_000 }).ok; // => true
 * ```
 */
export function resynchronizeTotp(
  state: TotpState,
  codes: unknown,
  options: ResynchronizeTotpOptions,
): TotpStateResult {
  assertOptions(options);
  const { now, within } = options;
  const totp = readKey(options.totp);
  const kept = readState(state, 'newTotpState or verifyTotp', FIELDS);
  return settle(totp.resynchronize(codes, { after: kept.after, now, within }), kept);
}
