import { utf8ToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  type DeliveredCodeState,
  issueDeliveredCode,
  resendDeliveredCode,
  verifyDeliveredCode,
} from '../../src/codes.ts';
import { granted } from '../short-code/granted.ts';

const NOW = 1_800_000_000_000;
const serverKey = utf8ToBytes('0123456789abcdef');
const ABOUT = { account: 'ada', purpose: 'login', destination: '+41791234542' };
const options = { state: null, serverKey, ...ABOUT, lifetime: 600, now: NOW };
const issue = (more = {}) => granted(issueDeliveredCode({ ...options, random: seededRandom('d'), ...more }));
const verify = (state: DeliveredCodeState | null, code: unknown, more = {}) =>
  verifyDeliveredCode(state, code, { serverKey, ...ABOUT, now: NOW + 1000, ...more });
const resend = (state: DeliveredCodeState | null, more = {}) =>
  resendDeliveredCode({ state, serverKey, account: 'ada', now: NOW + 30_000, ...more });
const wrong = (code: string): string => (code[0] === '0' ? '1' : '0') + code.slice(1);

test.each([6, 7, 8])('%i digits, once, and never in the state', (digits) => {
  const { code, expiresAt, state } = issue({ digits });
  expect(code).toMatch(new RegExp(`^[0-9]{${digits}}$`));
  expect(expiresAt).toBe(NOW + 600_000);
  expect(state).toEqual({
    v: 1,
    ...ABOUT,
    channel: 'sms',
    digits,
    lifetime: 600,
    salt: expect.stringMatching(/^[0-9a-f]{32}$/),
    tag: expect.stringMatching(/^[0-9a-f]{64}$/),
    expiresAt,
    triesLeft: 5,
    usesLeft: 1,
    used: false,
    issued: [NOW],
  });
  const { tag: _, salt: __, ...rest } = state;
  expect(JSON.stringify(rest)).not.toContain(code);
  const first = verify(state, code);
  expect(first).toEqual({ ok: true, state: { ...state, usesLeft: 0, used: true, issued: [] } });
  expect(verify(first.state, code)).toEqual({ ok: false, reason: 'replayed', guess: false, state: first.state });
  expect(verify(first.state, wrong(code))).toEqual({
    ok: false,
    reason: 'not-issued',
    guess: false,
    state: first.state,
  });
});

test('leading zeros are kept, all digits occur', () => {
  const codes = Array.from({ length: 500 }, () => issue({ random: undefined }).code);
  expect(codes.every((code) => code.length === 6)).toBe(true);
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  expect(new Set(codes.join('')).size).toBe(10);
});

test('bound to account, purpose and destination, in the record and in the tag', () => {
  const { code, state } = issue();
  for (const [field, value, reason] of [
    ['account', 'eve', 'other-account'],
    ['purpose', 'withdrawal', 'other-purpose'],
    ['destination', '+41791234543', 'other-purpose'],
  ] as const) {
    expect(verify(state, code, { [field]: value })).toEqual({ ok: false, reason, guess: false, state });
    expect(verify({ ...state, [field]: value }, code, { [field]: value })).toMatchObject({ reason: 'mismatch' });
  }
  expect(verify(state, code, { serverKey: new Uint8Array(16) })).toMatchObject({ reason: 'mismatch' });
  expect(verify(null, code)).toEqual({ ok: false, reason: 'not-issued', guess: false, state: null });
});

test('expires by the given clock', () => {
  const { code, state } = issue({ lifetime: 60 });
  expect(verify(state, code, { now: NOW + 59_999 })).toMatchObject({ ok: true });
  expect(verify(state, code, { now: NOW + 60_000 })).toEqual({ ok: false, reason: 'expired', guess: false, state });
  const today = granted(issueDeliveredCode({ ...options, now: undefined }));
  expect(verify(today.state, today.code, { now: undefined })).toMatchObject({ ok: true });
  expect(resend(today.state, { now: undefined })).toMatchObject({ ok: true });
});

test.each([
  [
    'issued again',
    (state: DeliveredCodeState, more = {}) => issue({ state, random: undefined, now: NOW + 30_000, ...more }),
  ],
  ['resent', (state: DeliveredCodeState, more = {}) => granted(resend(state, more))],
] as const)('%s: a new code keeps the count of wrong ones, and kills the one before', (_, again) => {
  const { code, state } = issue({ tries: 3 });
  const failed = verify(state, wrong(code));
  expect(failed).toMatchObject({ ok: false, reason: 'mismatch', guess: true, state: { triesLeft: 2 } });
  const second = again(failed.state!, { channel: 'voice' });
  expect(second.state).toMatchObject({ triesLeft: 2, channel: 'voice', expiresAt: NOW + 630_000 });
  expect(second.state.issued).toEqual([NOW, NOW + 30_000]);
  if (second.code !== code) expect(verify(second.state, code)).toMatchObject({ reason: 'mismatch' });
  expect(verify(second.state, second.code)).toMatchObject({ ok: true, state: { issued: [NOW] } });
  let current: DeliveredCodeState | null = second.state;
  for (const triesLeft of [1, 0]) {
    const result = verify(current, wrong(second.code));
    expect(result).toMatchObject({ reason: 'mismatch', guess: true, state: { triesLeft } });
    current = result.state;
  }
  expect(verify(current, second.code)).toEqual({ ok: false, reason: 'voided', guess: false, state: current });
  // Its tries are spent: no new code gives them back before the last one has expired.
  const refused = { ok: false, reason: 'issued-too-often', retryAt: NOW + 630_000, state: current };
  for (const now of [NOW + 31_000, NOW + 629_999]) {
    expect(issueDeliveredCode({ ...options, state: current, now })).toEqual(refused);
    expect(issueDeliveredCode({ ...options, state: current, now, purpose: 'other' })).toEqual(refused);
    expect(resend(current, { now })).toEqual(refused);
  }
  expect(issue({ state: current, now: NOW + 630_000 }).state).toMatchObject({ triesLeft: 5, issued: { length: 3 } });
  expect(resend(current, { now: NOW + 640_000 })).toMatchObject({ ok: false, retryAt: NOW + 640_000 });
});

test('a code that waits belongs to one purpose; another one ends it and inherits its wrong ones', () => {
  const first = issue();
  const failed = verify(first.state, wrong(first.code)).state!;
  const second = issue({ state: failed, purpose: 'withdrawal', random: undefined });
  expect(second.state).toMatchObject({ purpose: 'withdrawal', triesLeft: 4 });
  expect(verify(second.state, first.code)).toMatchObject({ reason: 'other-purpose', guess: false });
  expect(verify(second.state, second.code, { purpose: 'withdrawal' })).toMatchObject({ ok: true });
  expect(issue({ state: failed, tries: 2 }).state.triesLeft).toBe(2);
  expect(issue({ state: failed, now: NOW + 600_000 }).state.triesLeft).toBe(5);
  const answered = verify(failed, first.code).state;
  expect(issue({ state: answered, random: undefined }).state.triesLeft).toBe(5);
});

test('issue 12: 100 begins in a second do not send 100 messages', () => {
  let state: DeliveredCodeState | null = null;
  let sent = 0;
  for (let i = 0; i < 100; i++) {
    const result = issueDeliveredCode({ ...options, state, now: NOW + 10 * i, purpose: `purpose ${i}` });
    if (result.ok) sent++;
    else expect(result).toMatchObject({ reason: 'issued-too-often', retryAt: NOW + 600_000 });
    ({ state } = result);
  }
  expect(sent).toBe(3);
});

test('three messages in ten minutes, five an hour, ten a day, in any way; what was answered counts no more', () => {
  const sent: number[] = [];
  let state: DeliveredCodeState | null = null;
  for (let now = NOW; now < NOW + 2 * 86_400_000; now += 60_000) {
    const result: { ok: boolean; reason?: string; retryAt?: number; state: DeliveredCodeState | null } =
      now % 120_000 === 0 ? resend(state, { now }) : issueDeliveredCode({ ...options, state, now });
    if (result.ok) sent.push(now);
    else if (result.reason === 'issued-too-often') expect(result.retryAt).toBeGreaterThan(now);
    ({ state } = result);
  }
  for (const [count, length] of [
    [3, 600_000],
    [5, 3_600_000],
    [10, 86_400_000],
  ] as const) {
    const most = Math.max(...sent.map((from) => sent.filter((at) => at >= from && at < from + length).length));
    expect(most).toBe(count);
  }
  let answered: DeliveredCodeState | null = null;
  for (let i = 0; i < 20; i++) {
    const issued = issue({ state: answered, now: NOW + i });
    answered = granted(verify(issued.state, issued.code)).state;
  }
  expect(answered?.issued).toEqual([]);
});

test('retryAt is when asking again succeeds, and not a millisecond before', () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 4_000_000 }), { minLength: 1, maxLength: 40 }),
      fc.integer({ min: 1, max: 100_000_000 }),
      (gaps, later) => {
        let now = NOW;
        let state: DeliveredCodeState | null = null;
        for (const gap of gaps) {
          now += gap;
          ({ state } = issueDeliveredCode({ ...options, state, now }));
        }
        now += later;
        const refused = issueDeliveredCode({ ...options, state, now });
        if (refused.ok) return;
        expect(issueDeliveredCode({ ...options, state, now: refused.retryAt - 1 }).ok).toBe(false);
        expect(issueDeliveredCode({ ...options, state, now: refused.retryAt }).ok).toBe(true);
      },
    ),
  );
});

test('nothing to resend: issue instead', () => {
  const { code, state } = issue();
  const used = verify(state, code).state;
  expect(resend(used)).toEqual({ ok: false, reason: 'not-issued', retryAt: NOW + 30_000, state: used });
  expect(resend(null)).toEqual({ ok: false, reason: 'not-issued', retryAt: NOW + 30_000, state: null });
  expect(resend(state, { now: NOW + 1e9 })).toMatchObject({ ok: true, state: { channel: 'sms', purpose: 'login' } });
});

test('a clock that was a year ahead when it issued blocks nobody for a year', () => {
  const ahead = issue({ now: NOW + 365 * 86_400_000, tries: 1 });
  const spent = verify(ahead.state, wrong(ahead.code)).state;
  expect(spent?.triesLeft).toBe(0);
  expect(issueDeliveredCode({ ...options, state: spent, now: NOW })).toMatchObject({ ok: true });
});

test('hostile input is malformed and no try', () => {
  const { code, state } = issue();
  const hostile: unknown[] = [
    null,
    undefined,
    Number(code),
    {},
    [code],
    { toString: () => code, length: 6 },
    '',
    code.slice(1),
    `${code}0`,
    `${code}x`,
    `${code}\n`,
    `${code.slice(1)}\n`,
    ` ${code}`,
    `${code.slice(0, 3)} ${code.slice(3)}`,
    ` ${code.slice(1)}`,
    `+${code}`,
    '１２３４５６',
    '٠١٢٣٤٥',
    '1'.repeat(1e6),
    ' '.repeat(1e6),
  ];
  for (const value of hostile) {
    expect(verify(state, value)).toEqual({ ok: false, reason: 'malformed', guess: false, state });
  }
  fc.assert(fc.property(fc.anything(), (value) => void expect(verify(state, value).ok).toBe(false)));
});
