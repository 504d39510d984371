/**
 * The two to `most` codes that a user typed one after the other, or one `undefined`, which is no code, for anything
 * else. The length is read once and each code by its index, because what came from outside may be a proxy that grows,
 * or carry an iterator or getters of its own.
 */
export function codesInARow(codes: unknown, most: 2 | 3): readonly unknown[] {
  try {
    if (Array.isArray(codes)) {
      const { length } = codes;
      if (length === 2 || length === most) return Array.from({ length }, (_, i) => codes[i]);
    }
  } catch {
    // A getter or a proxy that throws is no code either.
  }
  return [undefined];
}
