import { utf8ToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { issueTemporaryCode, type TemporaryCodeState, verifyTemporaryCode } from '../../src/codes.ts';
import { granted } from '../short-code/granted.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const serverKey = utf8ToBytes('0123456789abcdef');
const options = { state: null, serverKey, account: 'ada', lifetime: 2 * 86_400, now: NOW };
const issue = (more = {}) => granted(issueTemporaryCode({ ...options, random: seededRandom('t'), ...more }));
const verify = (state: TemporaryCodeState | null, code: unknown, more = {}) =>
  verifyTemporaryCode(state, code, { serverKey, account: 'ada', now: NOW + 1000, ...more });

test('again and again until it expires', () => {
  const { code, expiresAt, state } = issue();
  expect(code).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}$/);
  expect(expiresAt).toBe(NOW + 2 * DAY);
  expect(state).toMatchObject({ v: 1, expiresAt, usesLeft: null, used: false, triesLeft: 10, issued: [NOW] });
  expect(JSON.stringify(state)).not.toContain(code.replaceAll('-', ''));
  let current: TemporaryCodeState = state;
  for (let use = 0; use < 20; use++) {
    const result = granted(verify(current, code.toLowerCase()));
    expect(result).toEqual({ ok: true, state: { ...state, used: true, issued: [] } });
    current = result.state;
  }
  expect(verify(state, code, { now: NOW + 2 * DAY - 1 })).toMatchObject({ ok: true });
  expect(verify(state, code, { now: NOW + 2 * DAY })).toEqual({ ok: false, reason: 'expired', guess: false, state });
  const today = granted(issueTemporaryCode({ ...options, now: undefined }));
  expect(verifyTemporaryCode(today.state, today.code, { serverKey, account: 'ada' })).toMatchObject({ ok: true });
  expect(verify(null, code)).toEqual({ ok: false, reason: 'not-issued', guess: false, state: null });
});

test('until its uses are spent', () => {
  const { code, state } = issue({ uses: 2 });
  const first = verify(state, code);
  const second = verify(first.state, code);
  expect([first.ok, first.state?.usesLeft, second.ok, second.state?.usesLeft]).toEqual([true, 1, true, 0]);
  expect(verify(second.state, code)).toEqual({ ok: false, reason: 'voided', guess: false, state: second.state });
});

test('tries are counted over its life: a success does not give them back', () => {
  const { code, state } = issue({ tries: 2 });
  const wrong = issue({ random: seededRandom('wrong') }).code;
  const first = verify(state, wrong);
  expect(first).toMatchObject({ ok: false, reason: 'mismatch', guess: true, state: { triesLeft: 1 } });
  const right = verify(first.state, code);
  expect(right).toMatchObject({ ok: true, state: { triesLeft: 1 } });
  const second = verify(right.state, wrong);
  expect(verify(second.state, code)).toEqual({ ok: false, reason: 'voided', guess: false, state: second.state });
});

test('five an hour, those that nobody used; the latest alone is valid', () => {
  let state: TemporaryCodeState | null = null;
  let before = '';
  for (let i = 0; i < 5; i++) {
    const issued = issue({ state, now: NOW + i, random: undefined });
    if (state !== null) expect(verify(issued.state, before)).toMatchObject({ ok: false, reason: 'mismatch' });
    ({ state, code: before } = issued);
  }
  const refused = { ok: false, reason: 'issued-too-often', retryAt: NOW + 3_600_000, state };
  expect(issueTemporaryCode({ ...options, state, now: NOW + 3_599_999 })).toEqual(refused);
  expect(issueTemporaryCode({ ...options, state, now: NOW + 3_600_000 })).toMatchObject({ ok: true });
  const used = granted(verify(state, before));
  expect(used.state.issued).toHaveLength(4);
  expect(granted(verify(used.state, before)).state.issued).toHaveLength(4);
  expect(issueTemporaryCode({ ...options, state: used.state, now: NOW + 10 })).toMatchObject({ ok: true });
});

test('typing mistakes and hostile input are no tries', () => {
  const { code, state } = issue();
  const typo = (code[0] === 'A' ? 'B' : 'A') + code.slice(1);
  expect(verify(state, typo)).toEqual({ ok: false, reason: 'mistyped', guess: false, state });
  expect(verify(state, code, { account: 'eve' })).toEqual({ ok: false, reason: 'other-account', guess: false, state });
  expect(verify(state, code, { serverKey: new Uint8Array(16) })).toMatchObject({ reason: 'mismatch' });
  for (const value of [null, undefined, 5, {}, [code], '', 'A'.repeat(1e6)]) {
    expect(verify(state, value)).toEqual({ ok: false, reason: 'malformed', guess: false, state });
  }
  fc.assert(fc.property(fc.anything(), (value) => void expect(verify(state, value).ok).toBe(false)));
});
