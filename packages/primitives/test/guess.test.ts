import { expect, test } from 'vitest';
import { GUESSES, isGuess } from '../src/guess.ts';
import { REASONS, type Reason } from '../src/reason.ts';

test('a guess is a well-formed, timely answer that was wrong, and nothing else', () => {
  const guesses = (Object.keys(REASONS) as Reason[]).filter(isGuess);
  expect(guesses).toEqual(['mismatch', 'bad-signature']);
  expect(GUESSES).toEqual(guesses);
});
