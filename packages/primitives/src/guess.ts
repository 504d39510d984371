import type { Reason } from './reason.ts';

/**
 * The reasons that say that a well-formed, timely answer was wrong. Somebody may be guessing, so policy counts these
 * and no others: a slip of the fingers, a late answer or a repeated one tells nothing about who typed it.
 */
export const GUESSES: readonly Reason[] = ['mismatch', 'bad-signature'];

/** What a verifier gives as `guess` beside its reason. */
export function isGuess(reason: Reason): boolean {
  return GUESSES.includes(reason);
}
