import { assertOptions } from '@countersign/primitives/assert';
import { fromCounter, toCounter } from '@countersign/primitives/counter';
import { CountersignError } from '@countersign/primitives/error';
import { isGuess } from '@countersign/primitives/guess';
import type { Reason } from '@countersign/primitives/reason';
import { type Field, literal, nullable, object, readState } from '@countersign/primitives/state';
import type { Hotp, HotpResult } from './hotp.ts';

/**
 * What is kept of one token: plain JSON without secrets. `counter` is the next value that is accepted; above 2^53-1 as
 * decimal digits, because JSON has no such numbers; `null` after 2^64-1, when the token is used up.
 */
export type HotpState = { v: 1; counter: number | string | null };

/** Options of {@link verifyHotp} and {@link resynchronizeHotp}. */
export type VerifyHotpOptions = {
  /** The token's key, as `createHotp` gave it. */
  hotp: Hotp;
  /** How many further counter values are tried: 0 … 100, default 0; to resynchronise 0 … 1000, default 100. */
  lookAhead?: number | undefined;
};

/**
 * Result of {@link verifyHotp} and {@link resynchronizeHotp}. `guess` is true for `mismatch` alone: that is what must be
 * counted. `voided`: the token has shown its last code.
 */
export type HotpStateResult =
  | { ok: true; counter: number | bigint; state: HotpState }
  | { ok: false; reason: Extract<Reason, 'malformed' | 'mismatch' | 'voided'>; guess: boolean; state: HotpState };

function store(counter: number | bigint): number | string {
  return typeof counter === 'number' ? counter : String(counter);
}

/** A counter as it was stored; another spelling of it is refused, because no state of ours has it. */
const storedCounter: Field<number | string> = (value) => {
  const counter = store(fromCounter(toCounter(BigInt(value as number | string))));
  if (counter !== value) throw new Error('not ours');
  return counter;
};

const FIELDS = /* @__PURE__ */ object<HotpState>({
  v: /* @__PURE__ */ literal(1),
  counter: /* @__PURE__ */ nullable(storedCounter),
});

/** What both operations do: `judge` gets the key and the next counter. */
function judged(
  state: HotpState,
  options: VerifyHotpOptions,
  judge: (hotp: Hotp, counter: bigint) => HotpResult,
): HotpStateResult {
  assertOptions(options);
  const { hotp } = options;
  if (typeof (hotp as Partial<Hotp> | null | undefined)?.resynchronize !== 'function' || 'timeStep' in hotp) {
    throw new CountersignError('invalid-argument', 'hotp must be what createHotp gave');
  }
  const kept = readState(state, 'newHotpState or verifyHotp', FIELDS);
  const { counter } = kept;
  if (counter === null) return { ok: false, reason: 'voided', guess: false, state: kept };
  const result = judge(hotp, BigInt(counter));
  if (!result.ok) return { ...result, guess: isGuess(result.reason), state: kept };
  const { nextCounter } = result;
  return {
    ok: true,
    counter: result.counter,
    state: { v: 1, counter: nextCounter === null ? null : store(nextCounter) },
  };
}

/**
 * The state of a token: keep one for each token and secret, and make no second one, which would accept again what the
 * first has accepted.
 *
 * @param counter the next value that has not been used, 0 … 2^64-1, above 2^53-1 as a bigint; default 0
 * @throws CountersignError `invalid-counter`
 * @example
 * ```ts
 * import { newHotpState } from '@countersign/totp';
 *
 * newHotpState(); // => { v: 1, counter: 0 }
 * newHotpState(-1); // throws invalid-counter
 * ```
 */
export function newHotpState(counter: number | bigint = 0): HotpState {
  return { v: 1, counter: store(fromCounter(toCounter(counter))) };
}

/**
 * Judges a code (RFC 4226 §7.2) and moves the counter on, so that no code, and none before it, is accepted again. Write
 * the returned state back only if the stored one is still the one given here, and let the user in only after that write.
 *
 * @param code what was typed, of any type, without separators ({@link normalizeCode}): never throws
 * @throws CountersignError `invalid-state`, `invalid-argument`, `invalid-window`
 * @example
 * ```ts
 * import { createHotp, newHotpState, verifyHotp } from '@countersign/totp';
 *
 * const hotp = createHotp({ secret: new TextEncoder().encode('12345678901234567890') });
 * const first = verifyHotp(newHotpState(), '287082', { hotp, lookAhead: 3 });
 * first; // => { ok: true, counter: 1, state: { v: 1, counter: 2 } }
 * const again = verifyHotp(first.state, '287082', { hotp, lookAhead: 3 });
 * again; // => { ok: false, reason: 'mismatch', guess: true, state: { v: 1, counter: 2 } }
 * ```
 */
export function verifyHotp(state: HotpState, code: unknown, options: VerifyHotpOptions): HotpStateResult {
  return judged(state, options, (hotp, counter) => hotp.verify(code, { counter, lookAhead: options.lookAhead }));
}

/**
 * Finds a token that has run ahead, from two or three codes in a row (RFC 4226 §7.4), and moves the counter on. It is no
 * login: a row that somebody saw, and that was not used, stays good until the counter has passed it. Ask for one more
 * code. Two random codes pass once in 10^10 tries with the default look-ahead, once in 10^9 with the largest; count
 * `guess` as for a code.
 *
 * @param codes an array of two or three codes, the oldest first; of any type, never throws
 * @throws CountersignError `invalid-state`, `invalid-argument`, `invalid-window`
 * @example
 * ```ts
 * import { createHotp, newHotpState, resynchronizeHotp } from '@countersign/totp';
 *
 * const hotp = createHotp({ secret: new TextEncoder().encode('12345678901234567890') });
 * const codes = [hotp.generate(40), hotp.generate(41)];
 * resynchronizeHotp(newHotpState(), codes, { hotp }).state; // => { v: 1, counter: 42 }
 * ```
 */
export function resynchronizeHotp(state: HotpState, codes: unknown, options: VerifyHotpOptions): HotpStateResult {
  return judged(state, options, (hotp, counter) =>
    hotp.resynchronize(codes, { counter, lookAhead: options.lookAhead }),
  );
}
