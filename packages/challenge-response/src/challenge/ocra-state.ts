import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import {
  type Field,
  instant,
  integer,
  list,
  literal,
  nullable,
  object,
  readState,
  text,
} from '@countersign/primitives/state';
import type { Ocra } from '../ocra/create-ocra.ts';
import { encodeQuestion } from '../ocra/question.ts';
import { MAX_WINDOW } from '../ocra/verify.ts';

/** One challenge that waits for its response. */
export type OpenChallenge = {
  /** What the response is for: it answers nothing else. */
  readonly purpose: string;
  /** The challenge as shown. */
  readonly challenge: string;
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** What a server keeps of one OCRA device besides its key: plain JSON. No secret is in it. */
export type OcraState = {
  readonly v: 1;
  /** The device's suite. */
  readonly suite: string;
  /** Whose device it is, from the first challenge on. */
  readonly account: string | null;
  /** The next counter that is accepted, when the suite has C. */
  readonly counter: number | null;
  /** The last time step that was accepted, when the suite has T. */
  readonly timeStep: number | null;
  /** Time steps that the device's clock was ahead of the server's at the last success. */
  readonly drift: number;
  /** The challenges that wait for a response. */
  readonly open: readonly OpenChallenge[];
  /** When those that were not answered rightly were issued, for the limit; logins are counted by themselves. */
  readonly issued: { readonly login: readonly number[]; readonly other: readonly number[] };
};

/** This purpose has a place and a count of its own: nothing that is begun for other purposes keeps a user out. */
const LOGIN = 'login';

/** The count that a challenge for this purpose belongs to. */
export function laneOf(purpose: string): 'login' | 'other' {
  return purpose === LOGIN ? 'login' : 'other';
}

/** Challenges of other purposes that wait for one device at a time. */
export const MAX_OPEN = 3;

/**
 * Challenges issued and not answered, for logins and for everything else: within an hour, as many as follow one another
 * when each expires after five minutes.
 */
export const ISSUE_LIMIT = { count: 12, period: 3600 } as const;

/** The longest that a challenge waits, in seconds. */
export const MAX_LIFETIME = 3600;

/** The counter that says that a device is used up: the one before it is the last that is accepted. */
export const USED_UP: number = 2 ** 53 - 1;

const name: Field<string> = (value) => text(1, 256)(value);
const instants: Field<number[]> = (value) => list(instant, ISSUE_LIMIT.count)(value);
const openChallenge: Field<OpenChallenge> = (value) =>
  object<OpenChallenge>({ purpose: name, challenge: name, issuedAt: instant, expiresAt: instant })(value);
const ocraState: Field<OcraState> = (value) =>
  object<OcraState>({
    v: literal(1),
    suite: text(1, 64),
    account: nullable(name),
    counter: nullable(integer(0, USED_UP)),
    timeStep: nullable(integer(0, Number.MAX_SAFE_INTEGER)),
    drift: integer(-MAX_WINDOW, MAX_WINDOW),
    open: list(openChallenge, MAX_OPEN + 1),
    issued: object({ login: instants, other: instants }),
  })(value);

/** Refuses anything but a prepared key, before its suite is looked at. */
export function assertOcra(ocra: Ocra): void {
  if (typeof ocra?.verify !== 'function' || typeof ocra.suite?.text !== 'string') {
    throw new CountersignError('invalid-argument', 'ocra must be what createOcra gave');
  }
}

/** Reads what the application kept of a device with this suite. */
export function readOcraState(state: unknown, { suite }: Ocra): OcraState {
  return readState(state, `newOcraState or issueChallenge, with ${suite.text},`, (value) => {
    const read = ocraState(value);
    for (const { challenge } of read.open) encodeQuestion(challenge, suite.question);
    const fits = read.suite === suite.text && (read.counter !== null) === suite.counter;
    if (!fits) throw new Error('of another suite');
    return read;
  });
}

/** Whether a challenge still waits. One from a clock that was far ahead does not wait until that time comes. */
export function waits({ expiresAt }: OpenChallenge, now: number): boolean {
  return now < expiresAt && expiresAt <= now + 2000 * MAX_LIFETIME;
}

/**
 * The state of a new device. Make it once, when the device is enrolled: a second one for the same key would accept
 * what the first has accepted.
 *
 * @param options `ocra`: the device's prepared key, of which only the suite is used; `counter`: the device's next
 * counter when the suite has C, 0 … 2^53-2, default 0
 * @throws CountersignError `invalid-argument`, `invalid-counter`
 * @example
 * ```ts
 * import { createOcra, newOcraState, PIN_TOKEN_SUITE } from '@countersign/challenge-response/ocra';
 *
 * const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key: crypto.getRandomValues(new Uint8Array(32)) });
 * newOcraState({ ocra, counter: 7 }).counter; // => 7
 * ```
 */
export function newOcraState(options: { ocra: Ocra; counter?: number | undefined }): OcraState {
  assertOptions(options);
  const { ocra, counter } = options;
  assertOcra(ocra);
  const { suite } = ocra;
  if (!suite.counter && counter !== undefined) {
    throw new CountersignError('invalid-argument', 'counter was given, but the suite does not take it');
  }
  assertInteger(counter ?? 0, 'counter', 0, USED_UP - 1, 'invalid-counter');
  return {
    v: 1,
    suite: suite.text,
    account: null,
    counter: suite.counter ? (counter ?? 0) : null,
    timeStep: null,
    drift: 0,
    open: [],
    issued: { login: [], other: [] },
  };
}
