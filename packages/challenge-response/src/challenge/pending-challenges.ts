import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import type { Ocra } from '../ocra/create-ocra.ts';
import { encodeQuestion } from '../ocra/question.ts';
import type { OcraSuite } from '../ocra/suite.ts';

/** One challenge that waits for its response. */
export type PendingChallenge = {
  /** What the response is for: it answers nothing else. */
  readonly purpose: string;
  /** The challenge as shown. */
  readonly question: string;
  readonly expiresAt: number;
  readonly triesLeft: number;
};

/** The challenges of one device that wait for a response: plain JSON, kept by the application. No secret is in it. */
export type PendingChallenges = {
  readonly v: 1;
  readonly account: string;
  /** The device's suite. */
  readonly suite: string;
  readonly outstanding: readonly PendingChallenge[];
  /** When the latest challenges were issued, for the limit. */
  readonly issued: readonly number[];
};

const MAX_NAME_LENGTH = 256;
/** The most that {@link issueChallenge} can be told, and so the most that a state can hold. */
export const MAX_TRIES = 10;
export const MAX_OUTSTANDING = 20;
export const MAX_ISSUED = 100;

/** Refuses an account or a purpose that is not text of 1 … 256 characters. */
export function assertName(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME_LENGTH) {
    throw new CountersignError('invalid-argument', `${name} must be text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
}

/** Refuses anything but a prepared key, before its suite is looked at. */
export function assertOcra(ocra: Ocra): void {
  if (typeof ocra?.verify !== 'function') {
    throw new CountersignError('invalid-argument', 'ocra must be what createOcra gave');
  }
}

function assertPending(value: PendingChallenge, { question: format }: OcraSuite): void {
  const { purpose, question, expiresAt, triesLeft } = value;
  assertName(purpose, 'purpose');
  if (typeof question !== 'string') throw malformed();
  encodeQuestion(question, format);
  assertInstant(expiresAt, 'expiresAt');
  assertInteger(triesLeft, 'triesLeft', 1, MAX_TRIES, 'invalid-state');
}

function assertList(value: unknown, max: number): asserts value is readonly unknown[] {
  if (!Array.isArray(value) || value.length > max) throw malformed();
}

const malformed = (): CountersignError =>
  new CountersignError('invalid-state', 'pending must be what issueChallenge gave, version 1, or null');

/** Reads what the application kept, or begins with nothing for `null`. */
export function readPending(pending: PendingChallenges | null, account: string, suite: OcraSuite): PendingChallenges {
  if (pending === null) return { v: 1, account, suite: suite.text, outstanding: [], issued: [] };
  if (pending?.v !== 1) throw malformed();
  if (pending.suite !== suite.text) {
    throw new CountersignError('invalid-state', 'pending belongs to another suite: a new device begins with null');
  }
  const { outstanding, issued } = pending;
  try {
    assertName(pending.account, 'account');
    assertList(outstanding, MAX_OUTSTANDING);
    assertList(issued, MAX_ISSUED);
    // Not forEach: it would step over the holes of a sparse array.
    for (const waiting of outstanding) assertPending(waiting, suite);
    for (const instant of issued) assertInstant(instant, 'issued');
  } catch {
    throw malformed();
  }
  return pending;
}
