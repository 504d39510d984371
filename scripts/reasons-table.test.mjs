import assert from 'node:assert/strict';
import { test } from 'node:test';
import { policyReasonsPage, reasonsPage } from './reasons-table.mjs';

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

test('each code of a decision stands in its table with the words for a denial, and each fixed rule in another', () => {
  const page = policyReasonsPage({
    ENGLISH: { allowed: ['yes', 'no'], locked: ['free', 'locked until {retryAt|somebody unlocks it}'] },
    FIXED_RULES: { proof: 'a device is proven' },
  });
  assert.match(page, /\| `locked` +\| locked until \{retryAt\} +\|/);
  assert.match(page, /\| `proof` +\| a device is proven +\|/);
  assert.doesNotMatch(page, /`allowed`/);
});
