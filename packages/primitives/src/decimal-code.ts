/** What {@link parseDecimalCode} gives for anything but the right number of ASCII digits. */
export const MALFORMED = -2;
/** A code that no 31-bit truncation can give; equal to no candidate. */
const UNREACHABLE = -1;
const MAX_TRUNCATED = 0x7fffffff;

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
  return String(truncated % 10 ** digits).padStart(digits, '0');
}
