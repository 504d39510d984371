import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { equalIntegers } from '@countersign/primitives/constant-time';
import { advance, type Counter, fromCounter, roomAhead, toCounter } from '@countersign/primitives/counter';
import { formatDecimalCode, MALFORMED, parseDecimalCode } from '@countersign/primitives/decimal-code';
import type { Reason } from '@countersign/primitives/reason';
import { codesInARow } from './codes-in-a-row.ts';
import { type Hashes, type KeyOptions, prepareKey } from './options.ts';

const MAX_LOOK_AHEAD = 100;
const MAX_RESYNCHRONIZE_LOOK_AHEAD = 1000;
const DEFAULT_RESYNCHRONIZE_LOOK_AHEAD = 100;

/** Options of {@link createHotp}. */
export type HotpOptions = KeyOptions & {
  /** As in an account read from a URI: anything but a HOTP account is refused. */
  type?: 'hotp' | undefined;
};

/** Result of a HOTP verification. `nextCounter` is what to store; `null` after 2^64-1, when the token is used up. */
export type HotpResult =
  | { ok: true; counter: number | bigint; nextCounter: number | bigint | null }
  | { ok: false; reason: Extract<Reason, 'malformed' | 'mismatch'> };

/** Where a verification starts and how far it looks. */
export type HotpVerifyOptions = {
  /** The next counter value that has not been accepted: `nextCounter` of the last success, 0 for a new token. */
  counter: number | bigint;
  /** How many further values are tried, forward only. */
  lookAhead?: number | undefined;
};

/** A prepared HOTP key. Shows nothing of its secret when it is printed, copied or serialised. */
export type Hotp = {
  /**
   * The code for a counter value (RFC 4226 §5.3).
   * @param counter 0 … 2^64-1, above 2^53-1 as a bigint
   */
  generate(counter: number | bigint): string;
  /**
   * Judges a code against `counter` and `lookAhead` further values (RFC 4226 §7.2, §7.4; 0 … 100, default 0), and gives
   * the earliest match, so that a token is never stranded by two equal codes. Store `nextCounter` in the same write
   * that counts the try, only if the stored counter is still the one given here.
   */
  verify(code: unknown, options: HotpVerifyOptions): HotpResult;
  /**
   * Finds a token that has run ahead, from two or three codes in a row (RFC 4226 §7.4; `lookAhead` 0 … 1000, default
   * 100). Two six-digit codes over 101 values are guessed once in 10^10 tries, over 1001 once in 10^9; one code alone
   * would be once in 10^4. A pair that was seen and not used stays good until the counter has passed it: count tries,
   * and ask for one more code before you let somebody in.
   */
  resynchronize(codes: unknown, options: HotpVerifyOptions): HotpResult;
};

/** The body of `createHotp`, given the hashes that an entry point brings along. */
export function hotpWith(hashes: Hashes, options: HotpOptions): Hotp {
  const { candidate, wipe, digits } = prepareKey(hashes, 'hotp', options);

  /** Tries `lookAhead + 1` places for codes in a row, all of them, from the last to the first. */
  function find(codes: readonly unknown[], counter: unknown, lookAhead: number): HotpResult {
    const values = Array.from(codes, (code) => parseDecimalCode(code, digits));
    const base = toCounter(counter);
    if (values.includes(MALFORMED)) return { ok: false, reason: 'malformed' };
    const extra = values.length - 1;
    let earliest = -1;
    // matched[i]: whether the code i places into the row stands at the counter last looked at, and all after it match.
    const matched = [...values.map(() => 0), 1];
    for (let offset = roomAhead(base, lookAhead + extra); offset >= 0; offset--) {
      const { high, low } = advance(base, offset) as Counter;
      const found = candidate(high, low);
      for (let i = 0; i <= extra; i++) matched[i] = equalIntegers(found, values[i]!) & matched[i + 1]!;
      // A row that begins after lookAhead would end after the last value tried, and so never matches whole.
      earliest += matched[0]! * (offset - earliest);
    }
    wipe();
    if (earliest < 0) return { ok: false, reason: 'mismatch' };
    const accepted = advance(base, earliest + extra) as Counter;
    const next = advance(accepted, 1);
    return { ok: true, counter: fromCounter(accepted), nextCounter: next && fromCounter(next) };
  }

  function generate(counter: number | bigint): string {
    const { high, low } = toCounter(counter);
    const code = formatDecimalCode(candidate(high, low), digits);
    wipe();
    return code;
  }

  function verify(code: unknown, options: HotpVerifyOptions): HotpResult {
    assertOptions(options);
    const { counter, lookAhead = 0 } = options;
    assertInteger(lookAhead, 'lookAhead', 0, MAX_LOOK_AHEAD, 'invalid-window');
    return find([code], counter, lookAhead);
  }

  function resynchronize(codes: unknown, options: HotpVerifyOptions): HotpResult {
    assertOptions(options);
    const { counter, lookAhead = DEFAULT_RESYNCHRONIZE_LOOK_AHEAD } = options;
    assertInteger(lookAhead, 'lookAhead', 0, MAX_RESYNCHRONIZE_LOOK_AHEAD, 'invalid-window');
    return find(codesInARow(codes, 3), counter, lookAhead);
  }

  return { generate, verify, resynchronize };
}
