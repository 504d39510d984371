import { OUTPUT_LENGTH } from '@countersign/primitives/algorithm';
import { assertBytes, readInstant } from '@countersign/primitives/assert';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import type { Counter } from '@countersign/primitives/counter';
import { CountersignError } from '@countersign/primitives/error';
import { hashTypedPin } from '../pin/hash-pin.ts';
import { type Challenge, QUESTION_BYTES, writeQuestion } from './question.ts';
import type { OcraSuite } from './suite.ts';

/** What a response is computed over. What the suite names must be given, what it does not name must not. */
export type OcraInput = {
  /** The challenge, 4 characters up to the suite's length; in mutual mode `[the other party's, one's own]`. */
  challenge: Challenge;
  /** `C`: 0 … 2^64-1, above 2^53-1 as a bigint. */
  counter?: number | bigint | undefined;
  /** `P`: the PIN as text, or its hash as bytes ({@link hashPin}). */
  pin?: string | Uint8Array | undefined;
  /** `S`: session data, at most as many bytes as the suite says; shorter data gets zeros on its left. */
  session?: Uint8Array | undefined;
  /** `T`: the clock, milliseconds since the Unix epoch. Default `Date.now()`. */
  now?: number | undefined;
};

const WORD_BYTES = 4;
const COUNTER_BYTES = 2 * WORD_BYTES;

/** Where each input stands: suite | 00 | C | Q | P | S | T (RFC 6287 §5.1); inputs that are not named take no room. */
type Layout = {
  readonly counter: number;
  readonly question: number;
  readonly pin: number;
  readonly session: number;
  readonly time: number;
  readonly length: number;
};

export function layOut(suite: OcraSuite): Layout {
  const counter = suite.text.length + 1;
  const question = counter + (suite.counter ? COUNTER_BYTES : 0);
  const pin = question + QUESTION_BYTES;
  const session = pin + (suite.pin ? OUTPUT_LENGTH[suite.pin] : 0);
  const time = session + (suite.session ?? 0);
  return { counter, question, pin, session, time, length: time + (suite.timeStep ? COUNTER_BYTES : 0) };
}

/** Refuses what the suite does not name: a caller who gives it believes that it is bound into the response. */
export function assertNamed(named: boolean, given: unknown, name: string): void {
  if (!named && given !== undefined) {
    throw new CountersignError('invalid-argument', `${name} was given, but the suite does not take it`);
  }
}

/** The message of an OCRA computation in one buffer that is used again: only what changes is written. */
export class DataInput {
  private readonly suite: OcraSuite;
  private readonly layout: Layout;
  private readonly bytes: Uint8Array<ArrayBuffer>;
  private readonly view: DataView;

  /** @param bytes zeros, as many as the layout says */
  constructor(suite: OcraSuite, layout: Layout, bytes: Uint8Array<ArrayBuffer>) {
    this.suite = suite;
    this.layout = layout;
    this.bytes = bytes;
    this.view = new DataView(bytes.buffer);
    bytes.set(utf8ToBytes(suite.text));
  }

  /**
   * Writes what stays the same over all candidates: Q, P and S.
   * @returns false when the PIN is text, or something else, that no user's PIN can be
   */
  writeFixed({ challenge, counter, pin, session, now }: OcraInput): boolean {
    const { suite, layout, bytes } = this;
    assertNamed(suite.counter, counter, 'counter');
    assertNamed(suite.pin !== null, pin, 'pin');
    assertNamed(suite.session !== null, session, 'session');
    assertNamed(suite.timeStep !== null, now, 'now');
    writeQuestion(challenge, suite.question, bytes.subarray(layout.question, layout.pin));
    if (suite.session !== null) {
      assertBytes(session, 'session', 0, suite.session);
      bytes.set(session, layout.time - session.length);
    }
    return suite.pin === null || this.writePin(pin, suite.pin);
  }

  private writePin(pin: unknown, algorithm: NonNullable<OcraSuite['pin']>): boolean {
    if (pin === undefined) throw new CountersignError('invalid-pin', 'pin must be given: the suite names P');
    if (ArrayBuffer.isView(pin)) {
      const length = OUTPUT_LENGTH[algorithm];
      assertBytes(pin, 'pin, when given as its hash,', length, length, 'invalid-pin');
      this.bytes.set(pin, this.layout.pin);
      return true;
    }
    const hash = hashTypedPin(pin, algorithm);
    if (hash !== undefined) this.bytes.set(hash, this.layout.pin);
    return hash !== undefined;
  }

  writeCounter({ high, low }: Counter): void {
    this.view.setUint32(this.layout.counter, high);
    this.view.setUint32(this.layout.counter + WORD_BYTES, low);
  }

  /** The time step as 64 bits; `>>> 0` takes its low word. */
  writeTimeStep(step: number): void {
    this.view.setUint32(this.layout.time, Math.floor(step / 2 ** 32));
    this.view.setUint32(this.layout.time + WORD_BYTES, step >>> 0);
  }

  /** Clears everything but the suite. */
  clear(): void {
    this.bytes.fill(0, this.layout.counter);
  }
}

/** Whole steps of `length` seconds since the epoch (RFC 6287 §6.3). */
export function currentTimeStep(length: number, now: number = Date.now()): number {
  return Math.floor(readInstant(now) / (1000 * length));
}
