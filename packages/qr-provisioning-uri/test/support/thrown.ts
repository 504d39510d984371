import { CountersignError } from '@countersign/primitives/error';
import { expect } from 'vitest';

/** The error that a call throws: always the one class, so that what it says can be looked at. */
export function thrown(call: () => unknown): CountersignError {
  try {
    call();
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return error as CountersignError;
  }
  throw new Error('nothing was thrown');
}
