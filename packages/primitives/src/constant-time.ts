/**
 * 1 when two 32-bit integers are equal, 0 when not, without a branch.
 * Feed it values below 2^32 only: bit operations drop what lies above.
 */
export function equalIntegers(a: number, b: number): 0 | 1 {
  const difference = a ^ b;
  return (((difference | -difference) >>> 31) ^ 1) as 0 | 1;
}

/**
 * Compares two byte strings in a time that depends on their lengths only.
 * Lengths are public here: every caller compares outputs of a fixed length.
 */
export function equalBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  let difference = 0;
  for (let i = 0; i < a.length; i++) difference |= a[i]! ^ b[i]!;
  return difference === 0;
}
