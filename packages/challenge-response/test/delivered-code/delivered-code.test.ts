import { utf8ToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  issueDeliveredCode,
  type PendingDeliveredCode,
  resendDeliveredCode,
  smsMessage,
  spokenCode,
  verifyDeliveredCode,
} from '../../src/index.ts';

const NOW = 1_800_000_000_000;
const serverKey = utf8ToBytes('0123456789abcdef');
const ABOUT = { account: 'ada', purpose: 'login', destination: '+41791234542' };
const issue = (more = {}) => issueDeliveredCode({ serverKey, ...ABOUT, now: NOW, random: seededRandom('d'), ...more });
const verify = (pending: PendingDeliveredCode, code: unknown, more = {}) =>
  verifyDeliveredCode(pending, code, { serverKey, ...ABOUT, now: NOW + 1000, ...more });
const resend = (pending: PendingDeliveredCode, more = {}) =>
  resendDeliveredCode(pending, { serverKey, now: NOW + 30_000, random: seededRandom('again'), ...more });
const wrong = (code: string): string => (code[0] === '0' ? '1' : '0') + code.slice(1);

test.each([6, 7, 8])('%i digits, once, and never in the state', (digits) => {
  const { code, pending } = issue({ digits });
  expect(code).toMatch(new RegExp(`^[0-9]{${digits}}$`));
  expect(pending).toMatchObject({
    v: 1,
    ...ABOUT,
    channel: 'sms',
    expiresAt: NOW + 600_000,
    triesLeft: 5,
    sendsLeft: 2,
  });
  expect(JSON.parse(JSON.stringify(pending))).toEqual(pending);
  const { tag: _, salt: __, ...rest } = pending;
  expect(JSON.stringify(rest)).not.toContain(code);
  const first = verify(pending, code);
  expect(first).toEqual({ ok: true, pending: { ...pending, used: true } });
  expect(verify(first.pending, code)).toEqual({ ok: false, reason: 'replayed', pending: first.pending });
});

test('leading zeros are kept, all digits occur', () => {
  const codes = Array.from({ length: 500 }, () => issueDeliveredCode({ serverKey, ...ABOUT }).code);
  expect(codes.every((code) => code.length === 6)).toBe(true);
  expect(codes.some((code) => code.startsWith('0'))).toBe(true);
  expect(new Set(codes.join('')).size).toBe(10);
});

test('bound to account, purpose and destination, in the record and in the tag', () => {
  const { code, pending } = issue();
  for (const [field, value, reason] of [
    ['account', 'eve', 'other-account'],
    ['purpose', 'withdrawal', 'other-purpose'],
    ['destination', '+41791234543', 'other-destination'],
  ] as const) {
    expect(verify(pending, code, { [field]: value })).toEqual({ ok: false, reason, pending });
    expect(verify({ ...pending, [field]: value }, code, { [field]: value })).toMatchObject({ reason: 'mismatch' });
  }
  expect(verify(pending, code, { serverKey: new Uint8Array(16) })).toMatchObject({ reason: 'mismatch' });
});

test('expires by the given clock', () => {
  const { code, pending } = issue({ lifetime: 60 });
  expect(verify(pending, code, { now: NOW + 59_999 })).toMatchObject({ ok: true });
  expect(verify(pending, code, { now: NOW + 60_000 })).toEqual({ ok: false, reason: 'expired', pending });
  const today = issueDeliveredCode({ serverKey, ...ABOUT });
  expect(verifyDeliveredCode(today.pending, today.code, { serverKey, ...ABOUT })).toMatchObject({ ok: true });
});

test('a new code keeps the count of failures, kills the one before, and is limited', () => {
  const { code, pending } = issue({ tries: 3 });
  const failed = verify(pending, wrong(code));
  expect(failed).toMatchObject({ ok: false, reason: 'mismatch', pending: { triesLeft: 2 } });
  const second = resend(failed.pending, { channel: 'voice' });
  if (!second.ok) return expect.unreachable();
  expect(second.pending).toMatchObject({ triesLeft: 2, sendsLeft: 1, channel: 'voice', expiresAt: NOW + 630_000 });
  expect(second.code).not.toBe(code);
  expect(verify(second.pending, code)).toMatchObject({ reason: 'mismatch', pending: { triesLeft: 1 } });
  expect(verify(second.pending, second.code)).toMatchObject({ ok: true });
  const third = resend(second.pending, { now: NOW + 1e9 });
  if (!third.ok) return expect.unreachable();
  expect(third.pending).toMatchObject({ triesLeft: 2, sendsLeft: 0, channel: 'voice' });
  expect(resend(third.pending)).toEqual({ ok: false, reason: 'too-many-sends', pending: third.pending });
  let state = third.pending;
  for (let i = 0; i < 2; i++) state = verify(state, wrong(third.code), { now: NOW + 1e9 }).pending;
  expect(verify(state, third.code, { now: NOW + 1e9 })).toEqual({ ok: false, reason: 'exhausted', pending: state });
  expect(resend(state)).toMatchObject({ ok: false, reason: 'exhausted' });
  const used = verify(pending, code).pending;
  expect(resend(used)).toEqual({ ok: false, reason: 'replayed', pending: used });
  expect(resendDeliveredCode(pending, { serverKey })).toMatchObject({ ok: true, pending: { channel: 'sms' } });
});

test('hostile input is malformed and no try', () => {
  const { code, pending } = issue();
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
    ` ${code}`,
    `${code.slice(0, 3)} ${code.slice(3)}`,
    ` ${code.slice(1)}`,
    `+${code}`,
    '１２３４５６',
    '٠١٢٣٤٥',
    '1'.repeat(1e6),
    ' '.repeat(1e6),
  ];
  for (const value of hostile) expect(verify(pending, value)).toEqual({ ok: false, reason: 'malformed', pending });
  fc.assert(fc.property(fc.anything(), (value) => void expect(verify(pending, value).ok).toBe(false)));
});

test("the programmer's mistakes", () => {
  const { code, pending } = issue();
  const cases: [() => unknown, string][] = [
    [() => issue({ serverKey: new Uint8Array(15) }), 'invalid-secret'],
    [() => issue({ account: '' }), 'invalid-argument'],
    [() => issue({ purpose: undefined }), 'invalid-argument'],
    [() => issue({ destination: null }), 'invalid-argument'],
    [() => issue({ channel: 'email' }), 'invalid-argument'],
    [() => issue({ digits: 5 }), 'invalid-digits'],
    [() => issue({ digits: 9 }), 'invalid-digits'],
    [() => issue({ now: Number.POSITIVE_INFINITY }), 'invalid-time'],
    [() => issue({ lifetime: 601 }), 'invalid-time'],
    [() => issue({ tries: 11 }), 'invalid-argument'],
    [() => issue({ sends: 0 }), 'invalid-argument'],
    [() => resend(pending, { channel: 'email' }), 'invalid-argument'],
    [() => resend(pending, { serverKey: null }), 'invalid-secret'],
    [() => resend(pending, { now: '' }), 'invalid-time'],
    [() => verify(pending, code, { serverKey: null }), 'invalid-secret'],
    [() => verify(pending, code, { account: '' }), 'invalid-argument'],
    [() => verify(pending, code, { purpose: '' }), 'invalid-argument'],
    [() => verify(pending, code, { destination: '' }), 'invalid-argument'],
    [() => verify(pending, code, { now: '' }), 'invalid-time'],
    [() => verify(null as never, code), 'invalid-state'],
    ...[
      { v: 2 },
      { account: 5 },
      { channel: 'email' },
      { channel: undefined },
      { salt: 'x' },
      { tag: '' },
      { used: 1 },
      { issuedAt: '1' },
      { expiresAt: null },
      { digits: 5 },
      { lifetime: 0 },
      { triesLeft: -1 },
      { sendsLeft: 11 },
    ].map((change): [() => unknown, string] => [
      () => verify({ ...pending, ...change } as never, code),
      'invalid-state',
    ]),
  ];
  for (const [run, code] of cases) expect(run).toThrow(expect.objectContaining({ code }));
});

describe('the message', () => {
  test('ends with the line that phones autofill from', () => {
    const message = smsMessage({ code: '012345', domain: 'example.com' });
    expect(message).toBe('012345 is your code for example.com. Give it to nobody.\n\n@example.com #012345');
    expect(message.split('\n').at(-1)).toBe('@example.com #012345');
    expect(message.length).toBeLessThan(160);
    expect(smsMessage({ code: '12345678', domain: 'xn--bcher-kva.example', text: 'Ihr Code: 12345678\n' })).toBe(
      'Ihr Code: 12345678\n\n@xn--bcher-kva.example #12345678',
    );
  });

  test.each([
    { domain: 'https://example.com' },
    { domain: 'example.com:443' },
    { domain: 'Example.com' },
    { domain: 'example' },
    { domain: '-a.example' },
    { domain: 'example.com #999999' },
    { domain: 'bücher.example' },
    { domain: `${'a.'.repeat(126)}example` },
    { domain: null as never },
    { code: '12345' },
    { code: '123456789' },
    { code: '12345x' },
    { code: 123456 as never },
    { text: ' ' },
    { text: 5 as never },
    { text: 'x'.repeat(501) },
  ])('%o is refused', (more) => {
    expect(() => smsMessage({ code: '123456', domain: 'example.com', ...more })).toThrow(
      expect.objectContaining({ code: 'invalid-argument' }),
    );
  });

  test('spoken, digit by digit', () => {
    expect(spokenCode('012345')).toBe('0, 1, 2, 3, 4, 5');
    expect(() => spokenCode('1 2 3')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
