import { expect, it } from 'vitest';
import { ISSUE_REASONS, REASONS } from '../src/reason.ts';

it('every reason has one meaning of its own', () => {
  const meanings = [...Object.values(REASONS), ...Object.values(ISSUE_REASONS)];
  expect(new Set(meanings).size).toBe(meanings.length);
  expect(meanings.every((meaning) => meaning.length > 10)).toBe(true);
});

it('there are these reasons, and no others', () => {
  expect(Object.keys(REASONS)).toHaveLength(16);
  expect(Object.keys(ISSUE_REASONS)).toEqual(['too-many-open', 'issued-too-often']);
});
