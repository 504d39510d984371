/**
 * The two to `most` codes that a user typed one after the other, or one `undefined`, which is no code, for anything
 * else. Read by index, because what came from outside may carry an iterator or getters of its own.
 */
export function codesInARow(codes: unknown, most: number): readonly unknown[] {
  try {
    if (Array.isArray(codes) && codes.length >= 2 && codes.length <= most) {
      return Array.from({ length: codes.length }, (_, i) => codes[i]);
    }
  } catch {
    // A getter or a proxy that throws is no code either.
  }
  return [undefined];
}
