import { withoutSeparators } from '@countersign/primitives/readable-code';
import { type CardDesign, codePositions } from './card-format.ts';

/** Longer input than this is no answer, and is not even looked at. The longest true one has 24 characters. */
const MAX_TYPED_LENGTH = 128;

/**
 * What a person typed, as the codes that are printed: upper case, look-alikes mapped as the position allows, separators
 * dropped. `undefined` when it cannot be the codes of `asked` cells, joined.
 */
export function normalizeAnswer(typed: unknown, { format, codeLength, asked }: CardDesign): string | undefined {
  if (typeof typed !== 'string' || typed.length > MAX_TYPED_LENGTH) return undefined;
  const characters = withoutSeparators(typed);
  if (characters.length !== codeLength * asked) return undefined;
  const positions = codePositions(format, codeLength);
  let answer = '';
  for (const [i, character] of [...characters].entries()) {
    const { alphabet, lookAlikes } = positions[i % codeLength]!;
    const meant = lookAlikes[character] ?? character;
    if (!alphabet.includes(meant)) return undefined;
    answer += meant;
  }
  return answer;
}
