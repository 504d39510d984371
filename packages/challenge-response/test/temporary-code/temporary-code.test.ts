import { utf8ToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  issueActivationCode,
  issueTemporaryCode,
  redeemActivationCode,
  type TemporaryCodeState,
  verifyTemporaryCode,
} from '../../src/index.ts';

const NOW = 1_800_000_000_000;
const DAY = 86_400_000;
const serverKey = utf8ToBytes('0123456789abcdef');
const issue = (more = {}) =>
  issueTemporaryCode({ serverKey, account: 'ada', now: NOW, random: seededRandom('t'), ...more });
const verify = (state: TemporaryCodeState, code: unknown, more = {}) =>
  verifyTemporaryCode(state, code, { serverKey, account: 'ada', now: NOW + 1000, ...more });

test('again and again until it expires', () => {
  const { code, state } = issue();
  expect(code).toMatch(/^[0-9A-Z]{3}-[0-9A-Z]{3}-[0-9A-Z]{3}$/);
  expect(state).toMatchObject({ v: 1, expiresAt: NOW + 2 * DAY, usesLeft: null, triesLeft: 10 });
  expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  expect(JSON.stringify(state)).not.toContain(code.replaceAll('-', ''));
  let current = state;
  for (let use = 0; use < 20; use++) {
    const result = verify(current, code.toLowerCase());
    expect(result).toEqual({ ok: true, state });
    current = result.state;
  }
  expect(verify(state, code, { now: NOW + 2 * DAY - 1 })).toMatchObject({ ok: true });
  expect(verify(state, code, { now: NOW + 2 * DAY })).toEqual({ ok: false, reason: 'expired', state });
  const today = issueTemporaryCode({ serverKey, account: 'ada' });
  expect(verifyTemporaryCode(today.state, today.code, { serverKey, account: 'ada' })).toMatchObject({ ok: true });
});

test('until its uses are spent', () => {
  const { code, state } = issue({ uses: 2 });
  const first = verify(state, code);
  const second = verify(first.state, code);
  expect([first.ok, first.state.usesLeft, second.ok, second.state.usesLeft]).toEqual([true, 1, true, 0]);
  expect(verify(second.state, code)).toEqual({ ok: false, reason: 'spent', state: second.state });
});

test('tries are counted over its life: a success does not give them back', () => {
  const { code, state } = issue({ tries: 2 });
  const wrong = issue({ random: seededRandom('wrong') }).code;
  const first = verify(state, wrong);
  expect(first).toMatchObject({ ok: false, reason: 'mismatch', state: { triesLeft: 1 } });
  const right = verify(first.state, code);
  expect(right).toMatchObject({ ok: true, state: { triesLeft: 1 } });
  const second = verify(right.state, wrong);
  expect(verify(second.state, code)).toMatchObject({ ok: false, reason: 'exhausted' });
});

test('bound to its account and to its kind', () => {
  const { code, state } = issue();
  expect(verify(state, code, { account: 'eve' })).toEqual({ ok: false, reason: 'other-account', state });
  expect(verify(state, code, { serverKey: new Uint8Array(16) })).toMatchObject({ reason: 'mismatch' });
  // The same random bytes give the same code and the same salt: only the domains of the two tags differ.
  const twin = issueActivationCode({ serverKey, account: 'ada', now: NOW, random: seededRandom('t') });
  expect(twin.code).toBe(code);
  expect(twin.pending.salt).toBe(state.salt);
  const crossed = { ...twin.pending, tag: state.tag };
  expect(redeemActivationCode(crossed, code, { serverKey, account: 'ada', now: NOW })).toMatchObject({
    reason: 'mismatch',
  });
});

test('typing mistakes and hostile input are no tries', () => {
  const { code, state } = issue();
  const typo = (code[0] === 'A' ? 'B' : 'A') + code.slice(1);
  expect(verify(state, typo)).toEqual({ ok: false, reason: 'mistyped', state });
  for (const value of [null, undefined, 5, {}, [code], '', 'A'.repeat(1e6)]) {
    expect(verify(state, value)).toEqual({ ok: false, reason: 'malformed', state });
  }
  fc.assert(fc.property(fc.anything(), (value) => void expect(verify(state, value).ok).toBe(false)));
});

test("the programmer's mistakes", () => {
  const { code, state } = issue();
  const cases: [() => unknown, string][] = [
    [() => issue({ serverKey: new Uint8Array(15) }), 'invalid-secret'],
    [() => issue({ account: '' }), 'invalid-argument'],
    [() => issue({ now: -1 }), 'invalid-time'],
    [() => issue({ lifetime: 32 * 86_400 }), 'invalid-time'],
    [() => issue({ uses: 0 }), 'invalid-argument'],
    [() => issue({ tries: 101 }), 'invalid-argument'],
    [() => verify(state, code, { serverKey: null }), 'invalid-secret'],
    [() => verify(state, code, { account: 5 }), 'invalid-argument'],
    [() => verify(state, code, { now: null }), 'invalid-time'],
    [() => verify(undefined as never, code), 'invalid-state'],
    ...[
      { v: 2 },
      { account: 5 },
      { salt: 'x' },
      { tag: '' },
      { issuedAt: '1' },
      { expiresAt: null },
      { triesLeft: -1 },
      { usesLeft: -1 },
      { usesLeft: undefined },
    ].map((change): [() => unknown, string] => [() => verify({ ...state, ...change } as never, code), 'invalid-state']),
  ];
  for (const [run, code] of cases) expect(run).toThrow(expect.objectContaining({ code }));
});
