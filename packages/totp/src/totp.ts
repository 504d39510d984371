import { DEFAULT_PERIOD } from '@countersign/primitives/algorithm';
import { assertInteger, assertOptions, kindOf, readInstant } from '@countersign/primitives/assert';
import { equalIntegers } from '@countersign/primitives/constant-time';
import { formatDecimalCode, MALFORMED, parseDecimalCode } from '@countersign/primitives/decimal-code';
import { CountersignError } from '@countersign/primitives/error';
import type { Reason } from '@countersign/primitives/reason';
import { codesInARow } from './codes-in-a-row.ts';
import { type Hashes, type KeyOptions, prepareKey } from './options.ts';

const MAX_WINDOW = 10;
const DEFAULT_WINDOW = 1;
/** No step further from `now` is ever tried, and so no result has a larger drift, and each can be given back. */
const MAX_DRIFT = 10_000;
/** A day of 30 s steps. */
const MAX_WITHIN = 2880;
const DEFAULT_WITHIN = 120;

/** In place of an earlier code, when there is none: equal to no code. */
const ALONE = -3;

/** Options of {@link createTotp}. */
export type TotpOptions = KeyOptions & {
  /** Length of a time step in seconds, 1 … 86,400. Default 30. */
  period?: number | undefined;
  /** Where the time steps begin, in seconds since the Unix epoch. Default 0. */
  t0?: number | undefined;
  /** As in an account read from a URI: anything but a TOTP account is refused. */
  type?: 'totp' | undefined;
};

/** What every TOTP verification is told. */
export type TotpClock = {
  /**
   * The last accepted time step of this device, or `null` when none has been: required, because a code must not be
   * accepted twice (RFC 6238 §5.2).
   */
  after: number | null;
  /** The server's clock, milliseconds since the Unix epoch. Default `Date.now()`. Never the client's clock. */
  now?: number | undefined;
};

/** Steps tried each way, or each way apart. */
export type TotpWindow = number | { past: number; future: number };

/** Options of {@link Totp.verify}. */
export type TotpVerifyOptions = TotpClock & {
  /** Steps tried before and after the current one, 0 … 10. Default 1 (RFC 6238 §5.2 advises one at most). */
  window?: TotpWindow | undefined;
  /**
   * How many steps this device's clock was found to be ahead (negative: behind), -10,000 … 10,000: any drift that
   * `verify` or `resynchronize` gave. Default 0.
   */
  drift?: number | undefined;
};

/** Options of {@link Totp.resynchronize}. */
export type TotpResynchronizeOptions = TotpClock & {
  /** How many steps the phone's clock may be off, each way, 0 … 2880 (a day of 30 s steps). Default 120 (one hour). */
  within?: number | undefined;
};

/**
 * Result of a TOTP verification. Store `timeStep` as the next `after`; `drift` is how many steps the device's clock is
 * ahead of `now` (negative: behind).
 *
 * `replayed` is a code that is right, of a step that is not after `after`: typed twice, or of a phone that was fast when
 * `after` was stored and whose clock has been corrected since. `usableAt`, in milliseconds since the Unix epoch, is when
 * this phone, its clock left as it is, shows a code that has not been used.
 */
export type TotpResult =
  | { ok: true; timeStep: number; drift: number }
  | { ok: false; reason: Extract<Reason, 'malformed' | 'mismatch'> }
  | { ok: false; reason: Extract<Reason, 'replayed'>; drift: number; usableAt: number };

/** A prepared TOTP key. Shows nothing of its secret when it is printed, copied or serialised. */
export type Totp = {
  /** The code at `now` (RFC 6238 §4.2). */
  generate(options?: { now?: number | undefined }): string;
  /**
   * Judges a code against the time steps around `now`, all of them, and reports the newest match, so that of two equal
   * codes in one window neither can be replayed. Accept only if one conditional write then moves the stored `after` to
   * `timeStep` (see the README): two servers may be judging the same code at this moment. Steps further than 10,000
   * from `now` are not tried, whatever `drift` and `window` say.
   */
  verify(code: unknown, options: TotpVerifyOptions): TotpResult;
  /**
   * Finds a phone whose clock is wrong, from two codes in a row. `drift × period` is how many seconds it is off: tell
   * the user to turn on automatic time. Both codes must be newer than `after`.
   *
   * Two random six-digit codes pass once in 4 · 10^9 tries with the default `within`, once in 1.7 · 10^8 with the
   * largest. But a pair that somebody saw, and that was not used, stays good for as long as `within` reaches: an hour,
   * a day at most. So count failures, and ask for one more code, judged by `verify`, before you let somebody in.
   */
  resynchronize(codes: unknown, options: TotpResynchronizeOptions): TotpResult;
  /** The time step at `now`: whole periods since `t0`. */
  timeStep(now?: number): number;
  /** Seconds until the code changes: `period` at the first millisecond of a step, 1 in its last second. */
  secondsRemaining(now?: number): number;
};

/** One judgement. `value` and `previous`: the code, and the one typed before it or `ALONE`, as integers. */
type Judged = {
  value: number;
  previous: number;
  after: number | null;
  /** The time step at `now`. */
  current: number;
  /** The steps that are tried, both included, counted from `current`. */
  from: number;
  to: number;
};

function assertAfter(after: unknown): asserts after is number | null {
  if (after === null || (Number.isSafeInteger(after) && (after as number) >= 0)) return;
  throw new CountersignError(
    'invalid-argument',
    `after must be the last accepted timeStep as a number, or null, not ${kindOf(after)}`,
  );
}

/** The body of `createTotp`, given the hashes that an entry point brings along. */
export function totpWith(hashes: Hashes, options: TotpOptions): Totp {
  const { candidate, wipe, digits } = prepareKey(hashes, 'totp', options);
  const { period = DEFAULT_PERIOD, t0 = 0 } = options;
  assertInteger(period, 'period', 1, 86_400, 'invalid-period');
  assertInteger(t0, 't0', 0, 8.64e12, 'invalid-time');

  function secondsSinceStart(now: number = Date.now()): number {
    return readInstant(now, 'now', t0 * 1000) / 1000 - t0;
  }

  function timeStep(now?: number): number {
    return Math.floor(secondsSinceStart(now) / period);
  }

  function secondsRemaining(now?: number): number {
    return period - Math.floor(secondsSinceStart(now) % period);
  }

  /** The code of a step as an integer. The step is a 64-bit counter (RFC 6238 §4.2); `>>> 0` takes its low word. */
  function codeAt(step: number): number {
    return candidate(Math.floor(step / 2 ** 32), step >>> 0);
  }

  function generate(options: { now?: number | undefined } = {}): string {
    assertOptions(options);
    const code = formatDecimalCode(codeAt(timeStep(options.now)), digits);
    wipe();
    return code;
  }

  /** No early exit, the same work wherever and whether a step matches, the newest match reported. */
  function judge({ value, previous, after, current, from, to }: Judged): TotpResult {
    assertAfter(after);
    if (value === MALFORMED || previous === MALFORMED) return { ok: false, reason: 'malformed' };
    const alone = equalIntegers(previous, ALONE);
    let newest = -1;
    let follows: number = alone;
    for (let step = Math.max(0, current + from); step <= current + to; step++) {
      const found = codeAt(step);
      newest += (equalIntegers(found, value) & follows) * (step - newest);
      follows = equalIntegers(found, previous) | alone;
    }
    wipe();
    if (newest < 0) return { ok: false, reason: 'mismatch' };
    const drift = newest - current;
    // The older of two codes must be unused as well.
    if (after !== null && newest - 1 + alone <= after) {
      const usableAt = (t0 + (after + 1 - drift) * period) * 1000;
      return { ok: false, reason: 'replayed', drift, usableAt };
    }
    return { ok: true, timeStep: newest, drift };
  }

  function verify(code: unknown, options: TotpVerifyOptions): TotpResult {
    assertOptions(options);
    const { after, now, window = DEFAULT_WINDOW, drift = 0 } = options;
    const { past, future } = typeof window === 'object' && window !== null ? window : { past: window, future: window };
    assertInteger(past, 'window', 0, MAX_WINDOW, 'invalid-window');
    assertInteger(future, 'window', 0, MAX_WINDOW, 'invalid-window');
    assertInteger(drift, 'drift', -MAX_DRIFT, MAX_DRIFT, 'invalid-drift');
    return judge({
      value: parseDecimalCode(code, digits),
      previous: ALONE,
      after,
      current: timeStep(now),
      from: Math.max(drift - past, -MAX_DRIFT),
      to: Math.min(drift + future, MAX_DRIFT),
    });
  }

  function resynchronize(codes: unknown, options: TotpResynchronizeOptions): TotpResult {
    assertOptions(options);
    const { after, now, within = DEFAULT_WITHIN } = options;
    assertInteger(within, 'within', 0, MAX_WITHIN, 'invalid-window');
    const [first, second] = codesInARow(codes, 2);
    return judge({
      value: parseDecimalCode(second, digits),
      previous: parseDecimalCode(first, digits),
      after,
      current: timeStep(now),
      // The second code is the one within reach; the first may stand one step before that.
      from: -within - 1,
      to: within,
    });
  }

  return { generate, verify, resynchronize, timeStep, secondsRemaining };
}
