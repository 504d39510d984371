import { OUTPUT_LENGTH } from '@countersign/primitives/algorithm';
import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { hexToBytes } from '@countersign/primitives/bytes';
import { equalBytes, equalIntegers } from '@countersign/primitives/constant-time';
import { advance, type Counter, fromCounter, roomAhead, toCounter } from '@countersign/primitives/counter';
import { MALFORMED, parseDecimalCode } from '@countersign/primitives/decimal-code';
import type { PreparedOcra } from './create-ocra.ts';
import { assertNamed, currentTimeStep, type OcraInput } from './data-input.ts';

/** Time steps tried before and after the current one, or as many both ways, 0 … 10. */
export type OcraWindow = number | { past: number; future: number };

type Tolerance = {
  /** `C`: how many further counters are tried, forward only, 0 … 100. Default 0. */
  lookAhead?: number | undefined;
  /** `T`: time steps tried before and after the current one, 0 … 10. Default 1. */
  window?: OcraWindow | undefined;
};

/**
 * `T`: the last accepted time step of this device, `null` at first: matches up to it are `replayed` (RFC 6287 §7).
 * Required unless the compiler knows that the suite has no time step, so that it cannot be forgotten.
 */
type After<Suite extends string> = string extends Suite
  ? { after: number | null }
  : [Extract<Suite, `${string}-T${string}`>] extends [never]
    ? { after?: number | null | undefined }
    : { after: number | null };

/** What a verification is told besides what the response is computed over. `Suite` is the suite's text, where known. */
export type OcraVerifyInput<Suite extends string = string> = OcraInput & Tolerance & After<Suite>;

/** The same for any suite: what must be there is checked when it runs. */
export type AnyVerifyInput = OcraInput & Tolerance & { after?: number | null | undefined };

/**
 * Result of {@link Ocra.verify}. `counter` and `nextCounter` with C only, numbers up to 2^53-1, else bigints;
 * `nextCounter` is `null` after 2^64-1, when the device is used up. `timeStep` with T only: store it as `after`.
 */
export type OcraResult =
  | { ok: true; counter?: number | bigint; nextCounter?: number | bigint | null; timeStep?: number }
  | { ok: false; reason: 'malformed' | 'mismatch' | 'replayed' };

const MAX_LOOK_AHEAD = 100;
export const MAX_WINDOW = 10;
const DEFAULT_WINDOW = 1;

/** How the message as it stands is compared with a response; `undefined` for what can be no response. */
function comparison({ suite, message }: PreparedOcra, response: unknown): (() => number) | undefined {
  const { digits } = suite;
  if (digits === 0) {
    const length = 2 * OUTPUT_LENGTH[suite.algorithm];
    const sound = typeof response === 'string' && response.length === length && /^[0-9a-f]+$/.test(response);
    if (!sound) return undefined;
    const bytes = hexToBytes(response);
    return () => Number(equalBytes(message.digest(), bytes));
  }
  const value = parseDecimalCode(response, digits);
  const modulus = 10 ** digits;
  return value === MALFORMED ? undefined : () => equalIntegers(message.truncated() % modulus, value);
}

/** A window as steps each way. */
export function readWindow(window: OcraWindow = DEFAULT_WINDOW): [past: number, future: number] {
  // Object(1).past is undefined, and so a plain number is the window both ways.
  const { past = window, future = window } = Object(window);
  assertInteger(past, 'window', 0, MAX_WINDOW, 'invalid-window');
  assertInteger(future, 'window', 0, MAX_WINDOW, 'invalid-window');
  return [past, future];
}

/** The time steps to try: one nameless step when the suite has no T. Never before the epoch. */
function timeSteps({ suite }: PreparedOcra, given: AnyVerifyInput): [from: number, to: number] {
  const { now, window, after } = given;
  assertNamed(suite.timeStep !== null, window, 'window');
  assertNamed(suite.timeStep !== null, after ?? undefined, 'after');
  if (suite.timeStep === null) return [0, 0];
  if (after !== null) assertInteger(after, 'after, null at first,', 0, Number.MAX_SAFE_INTEGER, 'invalid-argument');
  const [past, future] = readWindow(window);
  const step = currentTimeStep(suite.timeStep, now);
  return [Math.max(0, step - past), step + future];
}

/** Where the counters to try begin, and how many follow: none past 2^64-1. */
function counters({ suite }: PreparedOcra, given: AnyVerifyInput): [base: Counter, ahead: number] {
  const { counter, lookAhead = 0 } = given;
  assertNamed(suite.counter, given.lookAhead, 'lookAhead');
  if (!suite.counter) return [{ high: 0, low: 0 }, 0];
  assertInteger(lookAhead, 'lookAhead', 0, MAX_LOOK_AHEAD, 'invalid-window');
  const base = toCounter(counter);
  return [base, roomAhead(base, lookAhead)];
}

/** Judges a response against every counter and time step that comes into question, all of them. */
export function verify(prepared: PreparedOcra, response: unknown, given: AnyVerifyInput): OcraResult {
  assertOptions(given, 'input');
  const { suite, message, input } = prepared;
  try {
    const isPin = input.writeFixed(given);
    const [base, ahead] = counters(prepared, given);
    const [from, to] = timeSteps(prepared, given);
    const matches = comparison(prepared, response);
    if (!isPin || matches === undefined) return { ok: false, reason: 'malformed' };
    let counter = -1;
    let timeStep = -1;
    // From the last counter to the first and from the oldest step to the newest: what matched last is what counts.
    for (let offset = ahead; offset >= 0; offset--) {
      if (suite.counter) input.writeCounter(advance(base, offset) as Counter);
      for (let step = from; step <= to; step++) {
        if (suite.timeStep !== null) input.writeTimeStep(step);
        const matched = matches();
        counter += matched * (offset - counter);
        timeStep += matched * (step - timeStep);
      }
    }
    if (counter < 0) return { ok: false, reason: 'mismatch' };
    if (suite.timeStep !== null && timeStep <= (given.after ?? -1)) return { ok: false, reason: 'replayed' };
    return {
      ok: true,
      ...(suite.counter && accepted(base, counter)),
      ...(suite.timeStep !== null && { timeStep }),
    };
  } finally {
    input.clear();
    message.wipe();
  }
}

function accepted(base: Counter, offset: number): { counter: number | bigint; nextCounter: number | bigint | null } {
  const counter = advance(base, offset) as Counter;
  const next = advance(counter, 1);
  return { counter: fromCounter(counter), nextCounter: next && fromCounter(next) };
}
