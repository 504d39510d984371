import type { HmacKey } from '@countersign/primitives/hmac';
import { checkCharacter, READABLE_ALPHABET } from '@countersign/primitives/readable-code';
import { codePositions, type Position } from './card-format.ts';
import { deriveCodes } from './derive-code.ts';

/** One character says which code it is, 13 are the secret (65 bits), the last one checks for typos. */
export const RECOVERY_CODE_LENGTH = 15;
const SECRET_CHARACTERS = 13;
/** As many as one character can number, from 1 on. */
export const MAX_RECOVERY_CODES = 31;
export const DEFAULT_RECOVERY_CODES = 10;

/** The codes of a list by their number, 1 … 31, as they are typed: without hyphens; and what ties a state to the list. */
export function recoveryCodes(
  hmac: HmacKey,
  { serial, count }: { readonly serial: string; readonly count: number },
): { readonly code: (number: number) => string; readonly fingerprint: () => string } {
  const positions = new Array<Position>(SECRET_CHARACTERS).fill(codePositions('crockford', 1)[0]!);
  const secrets = deriveCodes(hmac, 'countersign/recovery-code/v1', serial, positions);
  return {
    code(number) {
      const numbered = READABLE_ALPHABET[number]! + secrets.code(number);
      return numbered + checkCharacter(numbered);
    },
    fingerprint: () => secrets.fingerprint(count),
  };
}
