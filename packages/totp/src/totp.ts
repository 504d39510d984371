import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { equalIntegers } from '@countersign/primitives/constant-time';
import { formatDecimalCode, MALFORMED, parseDecimalCode } from '@countersign/primitives/decimal-code';
import { CountersignError } from '@countersign/primitives/error';
import { DEFAULT_PERIOD, type Hashes, type KeyOptions, type PreparedKey, prepareKey } from './options.ts';

const WORD = 0x1_0000_0000;
const MAX_PERIOD = 86_400;
const DEFAULT_WINDOW = 1;
const MAX_WINDOW = 10;
const MAX_DRIFT = 100;
const MAX_WITHIN = 2880;
const DEFAULT_WITHIN = 120;

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

function assertAfter(after: unknown): asserts after is number | null {
  if (after !== null && !(Number.isSafeInteger(after) && (after as number) >= 0)) {
    throw new CountersignError(
      'invalid-argument',
      'after must be the last accepted time step, or null when there is none',
    );
  }
}

/** A prepared key with its clock. */
type Clockwork = PreparedKey & { readonly period: number; readonly t0: number };

function secondsSinceStart({ t0 }: Clockwork, now: number): number {
  assertInstant(now, 'now', t0 * 1000);
  return now / 1000 - t0;
}

function timeStepAt(clockwork: Clockwork, now: number): number {
  return Math.floor(secondsSinceStart(clockwork, now) / clockwork.period);
}

/** The code of a step as an integer. The step is a 64-bit counter (RFC 6238 §4.2); `>>> 0` takes its low word. */
function candidate({ hmac, key, modulus }: Clockwork, step: number): number {
  return hmac.truncated(key, Math.floor(step / WORD), step >>> 0) % modulus;
}

/**
 * Judges `code`, which must follow `previous` when that is given, against every step from `from` to `to`: no early
 * exit, the same work wherever and whether it matches, the newest match reported.
 */
function judge(
  clockwork: Clockwork,
  code: unknown,
  previous: readonly [unknown] | undefined,
  { from, to, current, after }: { from: number; to: number; current: number; after: number | null },
): TotpResult {
  const value = parseDecimalCode(code, clockwork.digits);
  const previousValue = previous ? parseDecimalCode(previous[0], clockwork.digits) : 0;
  if (value === MALFORMED || previousValue === MALFORMED) return { ok: false, reason: 'malformed' };
  let newest = -1;
  let follows = previous ? 0 : 1;
  for (let step = Math.max(0, from); step <= to; step++) {
    const found = candidate(clockwork, step);
    newest += (equalIntegers(found, value) & follows) * (step - newest);
    if (previous) follows = equalIntegers(found, previousValue);
  }
  clockwork.hmac.wipe();
  if (newest < 0) return { ok: false, reason: 'mismatch' };
  const oldestUsed = previous ? newest - 1 : newest;
  if (after !== null && oldestUsed <= after) return { ok: false, reason: 'replayed' };
  return { ok: true, timeStep: newest, drift: newest - current };
}

/** The body of `createTotp`, given the hashes that an entry point brings along. */
export function totpWith(hashes: Hashes, options: TotpOptions): Totp {
  const { period = DEFAULT_PERIOD, t0 = 0 } = options ?? {};
  assertInteger(period, 'period', 1, MAX_PERIOD, 'invalid-period');
  assertInteger(t0, 't0', 0, 8.64e12, 'invalid-time');
  const { hmac, key, digits, modulus } = prepareKey(hashes, options);
  // Written out: spreading an object here costs more than the hashes.
  const clockwork: Clockwork = { hmac, key, digits, modulus, period, t0 };

  function generate({ now = Date.now() }: { now?: number | undefined } = {}): string {
    const code = formatDecimalCode(candidate(clockwork, timeStepAt(clockwork, now)), digits);
    hmac.wipe();
    return code;
  }

  function verify(code: unknown, options: TotpVerifyOptions): TotpResult {
    const { after, now = Date.now(), window = DEFAULT_WINDOW, drift = 0 } = options ?? {};
    assertAfter(after);
    const both = typeof window !== 'object' || window === null;
    const past = both ? window : window.past;
    const future = both ? window : window.future;
    assertInteger(past, 'window', 0, MAX_WINDOW, 'invalid-window');
    assertInteger(future, 'window', 0, MAX_WINDOW, 'invalid-window');
    assertInteger(drift, 'drift', -MAX_DRIFT, MAX_DRIFT, 'invalid-drift');
    const current = timeStepAt(clockwork, now);
    const centre = current + drift;
    return judge(clockwork, code, undefined, { from: centre - past, to: centre + future, current, after });
  }

  function resynchronize(codes: unknown, options: TotpResynchronizeOptions): TotpResult {
    const { after, now = Date.now(), within = DEFAULT_WITHIN } = options ?? {};
    assertAfter(after);
    assertInteger(within, 'within', 0, MAX_WITHIN, 'invalid-window');
    const current = timeStepAt(clockwork, now);
    const [first, second] = Array.isArray(codes) && codes.length === 2 ? codes : [];
    // The second code is the one within reach; the first may stand one step before that.
    return judge(clockwork, second, [first], { from: current - within - 1, to: current + within, current, after });
  }

  function timeStep(now: number = Date.now()): number {
    return timeStepAt(clockwork, now);
  }

  function secondsRemaining(now: number = Date.now()): number {
    return period - Math.floor(secondsSinceStart(clockwork, now) % period);
  }

  return { generate, verify, resynchronize, timeStep, secondsRemaining };
}
