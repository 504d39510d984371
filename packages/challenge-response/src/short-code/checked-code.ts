import type { RandomBytes } from '@countersign/primitives/random';
import {
  checkCharacter,
  groupCode,
  normalizeReadableCode,
  randomReadableCode,
} from '@countersign/primitives/readable-code';

/** Eight characters of five bits are the 40 bits of NIST SP 800-63B-4 §4.1; the ninth is the check character. */
const RANDOM_CHARACTERS = 8;

/** A fresh code with its check character, as it is kept: nine characters without separators. */
export function randomCheckedCode(random: RandomBytes): string {
  const code = randomReadableCode(RANDOM_CHARACTERS, random);
  return code + checkCharacter(code);
}

/** In threes, for reading aloud and typing: `ABC-DEF-GHJ`. */
export function displayCheckedCode(code: string): string {
  return groupCode(code, 3);
}

/**
 * What was typed, as the code that was printed. `malformed` is no code at all, `mistyped` fails its check character:
 * neither is a guess, so neither counts as a try.
 */
export function readCheckedCode(typed: unknown): { code: string } | 'malformed' | 'mistyped' {
  const code = normalizeReadableCode(typed, RANDOM_CHARACTERS + 1);
  if (code === undefined) return 'malformed';
  return checkCharacter(code.slice(0, -1)) === code.at(-1) ? { code } : 'mistyped';
}
