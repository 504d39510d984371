/** What {@link parseDecimalCode} gives for anything but the right number of ASCII digits. */
export const MALFORMED = -2;
/** A code that no 31-bit truncation can give; equal to no candidate. */
const UNREACHABLE = -1;
const MAX_TRUNCATED = 0x7fffffff;

/** 10^0 … 10^10, looked up: raising ten to a power takes as long as an eighth of a compression. */
export const POWERS_OF_TEN: readonly number[] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10];

/**
 * A typed code as an integer, for one integer comparison per candidate. Strict: a string of exactly `digits` ASCII
 * digits, or {@link MALFORMED}, whatever else it is; nothing but the length is looked at in a longer one.
 *
 * Ten digits can say more than 31 bits do. Such a code becomes an integer that equals no candidate, because the
 * comparison drops the bits above 2^32 and would otherwise take 4294967296 + n for n.
 */
export function parseDecimalCode(code: unknown, digits: number): number {
  if (typeof code !== 'string' || code.length !== digits) return MALFORMED;
  let value = 0;
  for (let i = 0; i < digits; i++) {
    const digit = code.charCodeAt(i) - 48;
    if (digit < 0 || digit > 9) return MALFORMED;
    value = value * 10 + digit;
  }
  return value > MAX_TRUNCATED ? UNREACHABLE : value;
}

/** The last `digits` decimal digits of a truncated HMAC, leading zeros kept (RFC 4226 §5.3, step 3). */
export function formatDecimalCode(truncated: number, digits: number): string {
  return String(truncated % POWERS_OF_TEN[digits]!).padStart(digits, '0');
}
