import assert from 'node:assert/strict';
import { test } from 'node:test';
import { reasonsPage } from './reasons-table.mjs';

test('each word stands in the table with its meaning and whether it is a guess', () => {
  const page = reasonsPage({
    REASONS: { expired: 'came too late', mismatch: 'wrong' },
    ISSUE_REASONS: { 'too-many-open': 'enough wait' },
    isGuess: (reason) => reason === 'mismatch',
  });
  assert.match(page, /\| `expired` +\| came too late +\| no +\|/);
  assert.match(page, /\| `mismatch` +\| wrong +\| \*\*yes\*\* +\|/);
  assert.match(page, /\| `too-many-open` +\| enough wait +\|/);
});
