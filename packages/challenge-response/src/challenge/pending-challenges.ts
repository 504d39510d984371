import { CountersignError } from '@countersign/primitives/error';
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

/** Refuses an account or a purpose that is not text of 1 … 256 characters. */
export function assertName(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || value.length === 0 || value.length > MAX_NAME_LENGTH) {
    throw new CountersignError('invalid-argument', `${name} must be text of 1 to ${MAX_NAME_LENGTH} characters`);
  }
}

const isInstant = (value: unknown): value is number => typeof value === 'number' && value >= 0;

function isPending(value: unknown): value is PendingChallenge {
  const { purpose, question, expiresAt, triesLeft } = Object(value) as Partial<PendingChallenge>;
  return (
    typeof purpose === 'string' &&
    typeof question === 'string' &&
    isInstant(expiresAt) &&
    Number.isSafeInteger(triesLeft) &&
    triesLeft! > 0
  );
}

/** Reads what the application kept, or begins with nothing for `null`. */
export function readPending(pending: PendingChallenges | null, account: string, suite: OcraSuite): PendingChallenges {
  if (pending === null) return { v: 1, account, suite: suite.text, outstanding: [], issued: [] };
  const { v, outstanding, issued } = Object(pending) as Partial<PendingChallenges>;
  const sound =
    v === 1 &&
    typeof pending.account === 'string' &&
    Array.isArray(outstanding) &&
    outstanding.every(isPending) &&
    Array.isArray(issued) &&
    issued.every(isInstant);
  if (!sound)
    throw new CountersignError('invalid-state', 'pending must be what issueChallenge gave, version 1, or null');
  if (pending.suite !== suite.text) {
    throw new CountersignError('invalid-state', 'pending belongs to another suite: a new device begins with null');
  }
  return pending;
}
