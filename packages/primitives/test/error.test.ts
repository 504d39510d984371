import { expect, test } from 'vitest';
import { CountersignError } from '../src/error.ts';

test('an error has its code, and a cause only when it is given one', () => {
  const cause = new Error('connection lost');
  expect(new CountersignError('unknown-outcome', 'lost', { cause })).toMatchObject({
    name: 'CountersignError',
    code: 'unknown-outcome',
    message: 'lost',
    cause,
  });
  expect('cause' in new CountersignError('invalid-argument', 'bad')).toBe(false);
});
