import type { DevicesState } from './types.ts';

/**
 * Whether another device of a kind would be the second in a row: one was active before, and no regular device was used or
 * became active since.
 */
export function isSecondInARow({ temporaryAt, regularAt }: DevicesState, kind: string): boolean {
  const last = Object.hasOwn(temporaryAt, kind) ? temporaryAt[kind]! : null;
  return last !== null && (regularAt ?? -1) <= last;
}
