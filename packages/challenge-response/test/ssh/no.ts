/** A refusal, and whether it is a guess: only a signature that is not the right one is. */
export function no(reason: string): { ok: false; reason: string; guess: boolean } {
  return { ok: false, reason, guess: reason === 'bad-signature' };
}
