import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { equalIntegers } from '@countersign/primitives/constant-time';
import { formatDecimalCode, MALFORMED, parseDecimalCode } from '@countersign/primitives/decimal-code';
import { codesInARow } from './codes-in-a-row.ts';
import { DEFAULT_PERIOD, type Hashes, type KeyOptions, prepareKey } from './options.ts';

/** In place of an earlier code, when there is none: equal to no code. */
const ALONE = -3;

/** Options of {@link createTotp}. */
export type TotpOptions = KeyOptions & {
  /** Length of a time step in seconds, 1 … 86,400. Default 30. */
  period?: number | undefined;
  /** Where the time steps begin, in seconds since the Unix epoch. Default 0. */
  t0?: number | undefined;
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

/** Options of {@link Totp.verify}. */
export type TotpVerifyOptions = TotpClock & {
  /** Steps tried before and after the current one, 0 … 10. Default 1 (RFC 6238 §5.2 advises one at most). */
  window?: number | { past: number; future: number } | undefined;
  /** How many steps this device's clock was found to be ahead (negative: behind), -100 … 100. Default 0. */
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
 */
export type TotpResult =
  | { ok: true; timeStep: number; drift: number }
  | { ok: false; reason: 'malformed' | 'mismatch' | 'replayed' };

/** A prepared TOTP key. Shows nothing of its secret when it is printed, copied or serialised. */
export type Totp = {
  /** The code at `now` (RFC 6238 §4.2). */
  generate(options?: { now?: number | undefined }): string;
  /**
   * Judges a code against the time steps around `now`, all of them, and reports the newest match, so that of two equal
   * codes in one window neither can be replayed. Accept only if one conditional write then moves the stored `after` to
   * `timeStep` (see the README): two servers may be judging the same code at this moment.
   */
  verify(code: unknown, options: TotpVerifyOptions): TotpResult;
  /**
   * Finds a phone whose clock is wrong, from two codes in a row. `drift × period` is how many seconds it is off: tell
   * the user to turn on automatic time. Both codes must be newer than `after`. `drift` of the result can be given to
   * `verify` when it is within ±100.
   */
  resynchronize(codes: unknown, options: TotpResynchronizeOptions): TotpResult;
  /** The time step at `now`: whole periods since `t0`. */
  timeStep(now?: number): number;
  /** Seconds until the code changes: `period` at the first millisecond of a step, 1 in its last second. */
  secondsRemaining(now?: number): number;
};

/** The body of `createTotp`, given the hashes that an entry point brings along. */
export function totpWith(hashes: Hashes, options: TotpOptions): Totp {
  const { period = DEFAULT_PERIOD, t0 = 0 } = options ?? {};
  assertInteger(period, 'period', 1, 86_400, 'invalid-period');
  assertInteger(t0, 't0', 0, 8.64e12, 'invalid-time');
  const { hmac, key, digits, modulus } = prepareKey(hashes, options);

  function secondsSinceStart(now: number = Date.now()): number {
    assertInstant(now, 'now', t0 * 1000);
    return now / 1000 - t0;
  }

  function timeStep(now?: number): number {
    return Math.floor(secondsSinceStart(now) / period);
  }

  function secondsRemaining(now?: number): number {
    return period - Math.floor(secondsSinceStart(now) % period);
  }

  /** The code of a step as an integer. The step is a 64-bit counter (RFC 6238 §4.2); `>>> 0` takes its low word. */
  function candidate(step: number): number {
    return hmac.truncated(key, Math.floor(step / 2 ** 32), step >>> 0) % modulus;
  }

  function generate(options?: { now?: number | undefined }): string {
    const code = formatDecimalCode(candidate(timeStep(options?.now)), digits);
    hmac.wipe();
    return code;
  }

  /**
   * Judges a parsed code, which must follow `previous` unless that is `ALONE`, against every step from `from` to `to`:
   * no early exit, the same work wherever and whether it matches, the newest match reported.
   */
  function judge(
    value: number,
    previous: number,
    after: number | null,
    current: number,
    from: number,
    to: number,
  ): TotpResult {
    if (after !== null) assertInteger(after, 'after, when not null,', 0, Number.MAX_SAFE_INTEGER, 'invalid-argument');
    if (value === MALFORMED || previous === MALFORMED) return { ok: false, reason: 'malformed' };
    const alone = equalIntegers(previous, ALONE);
    let newest = -1;
    let follows: number = alone;
    for (let step = Math.max(0, from); step <= to; step++) {
      const found = candidate(step);
      newest += (equalIntegers(found, value) & follows) * (step - newest);
      follows = equalIntegers(found, previous) | alone;
    }
    hmac.wipe();
    if (newest < 0) return { ok: false, reason: 'mismatch' };
    // The older of two codes must be unused as well.
    if (after !== null && newest - 1 + alone <= after) return { ok: false, reason: 'replayed' };
    return { ok: true, timeStep: newest, drift: newest - current };
  }

  function verify(code: unknown, options: TotpVerifyOptions): TotpResult {
    const { after, now, window = 1, drift = 0 } = options ?? {};
    const { past, future } = typeof window === 'object' && window !== null ? window : { past: window, future: window };
    assertInteger(past, 'window', 0, 10, 'invalid-window');
    assertInteger(future, 'window', 0, 10, 'invalid-window');
    assertInteger(drift, 'drift', -100, 100, 'invalid-drift');
    const current = timeStep(now);
    return judge(
      parseDecimalCode(code, digits),
      ALONE,
      after,
      current,
      current + drift - past,
      current + drift + future,
    );
  }

  function resynchronize(codes: unknown, options: TotpResynchronizeOptions): TotpResult {
    const { after, now, within = 120 } = options ?? {};
    assertInteger(within, 'within', 0, 2880, 'invalid-window');
    const current = timeStep(now);
    const [first, second] = codesInARow(codes, 2);
    // The second code is the one within reach; the first may stand one step before that.
    return judge(
      parseDecimalCode(second, digits),
      parseDecimalCode(first, digits),
      after,
      current,
      current - within - 1,
      current + within,
    );
  }

  return { generate, verify, resynchronize, timeStep, secondsRemaining };
}
