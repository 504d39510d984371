import { createHash } from 'node:crypto';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { READABLE_ALPHABET } from '@countersign/primitives/readable-code';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ActivationCodeState,
  activationLink,
  issueActivationCode,
  readActivationCode,
  verifyActivationCode,
} from '../../src/codes.ts';
import { granted } from '../short-code/granted.ts';

const NOW = 1_800_000_000_000;
const PAGE = 'https://example.com/activate?lang=de';
const serverKey = utf8ToBytes('0123456789abcdef');
const options = { state: null, serverKey, account: 'ada', lifetime: 600, now: NOW };
const issue = (more = {}) => granted(issueActivationCode({ ...options, random: seededRandom('a'), ...more }));
const verify = (state: ActivationCodeState | null, answer: unknown, more = {}) =>
  verifyActivationCode(state, answer, { serverKey, account: 'ada', now: NOW + 1000, ...more });
const another = (text: string) => ({ code: issue({ random: seededRandom(`other ${text}`) }).code });
const FRESH = 'get-a-fresh-code';

test('issued: 40 bits and a check character, an id of 130 bits; the state holds an HMAC only', () => {
  const { id, code, typed, expiresAt, state } = issue();
  const three = '[0-9A-HJKMNP-TV-Z]{3}';
  expect(code).toMatch(new RegExp(`^${three}-${three}-${three}$`));
  expect(id).toMatch(/^[0-9A-HJKMNP-TV-Z]{26}$/);
  expect(typed).toMatch(new RegExp(`^(${three}-){5}${three}$`));
  expect(typed.endsWith(code)).toBe(true);
  expect(typed.replaceAll('-', '').slice(0, 8)).toBe(id.slice(0, 8));
  expect(expiresAt).toBe(NOW + 600_000);
  expect(state).toEqual({
    v: 1,
    account: 'ada',
    id,
    salt: expect.stringMatching(/^[0-9a-f]{32}$/),
    tag: expect.stringMatching(/^[0-9a-f]{64}$/),
    expiresAt,
    triesLeft: 5,
    usesLeft: 1,
    used: false,
    issued: [NOW],
  });
  const bare = code.replaceAll('-', '');
  for (const form of [code, bare, bare.slice(0, 8)]) {
    expect(JSON.stringify(state)).not.toContain(form);
    expect(state.tag).not.toBe(createHash('sha256').update(form).digest('hex'));
    expect(state.tag).not.toBe(
      createHash('sha256')
        .update(state.salt + form)
        .digest('hex'),
    );
  }
  const fresh = { state: null, serverKey, account: 'ada', lifetime: 600 };
  const twice = granted(issueActivationCode(fresh));
  expect(twice.state.tag).not.toBe(granted(issueActivationCode(fresh)).state.tag);
  expect(twice.expiresAt - Date.now()).toBeGreaterThan(590_000);
  expect(verifyActivationCode(twice.state, twice, { serverKey, account: 'ada' })).toMatchObject({ ok: true });
});

test('C9 the link and the typed text both name the record, so that the server finds it and counts guesses there', () => {
  const records = new Map(
    ['ada', 'eve', 'bob'].map((account) => {
      const issued = issue({ account, random: seededRandom(account) });
      return [issued.id.slice(0, 8), { account, ...issued }];
    }),
  );
  for (const { account, id, code, typed, state } of records.values()) {
    for (const given of [activationLink(PAGE, { id, code }), typed.toLowerCase().replaceAll('-', ' ')]) {
      const read = readActivationCode(given, PAGE);
      if (!read.ok) return expect.unreachable();
      const record = records.get(read.id.slice(0, 8));
      expect(record?.account).toBe(account);
      expect(verify(state, read, { account })).toMatchObject({ ok: true });
      const guess = verify(record!.state, { ...read, ...another(account) }, { account });
      expect(guess).toMatchObject({ reason: 'mismatch', guess: true, state: { account, triesLeft: 4 } });
    }
  }
});

test('accepted once, however it is typed', () => {
  const { id, code, state } = issue();
  for (const typed of [
    code,
    code.toLowerCase(),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' – ')}\n`,
    code.replaceAll('0', 'o').replaceAll('1', 'l'),
    [...code].join('.'),
  ]) {
    for (const name of [id, id.slice(0, 8), id.toLowerCase()]) {
      const first = verify(state, { id: name, code: typed, ok: true, besides: 5 });
      expect(first).toEqual({ ok: true, state: { ...state, used: true, usesLeft: 0, issued: [] } });
      const refused = { ok: false, guess: false, advice: FRESH, state: first.state };
      expect(verify(first.state, { id, code: typed })).toEqual({ ...refused, reason: 'replayed' });
      expect(verify(first.state, { id, ...another('used') })).toEqual({ ...refused, reason: 'not-issued' });
    }
  }
  expect(state.used).toBe(false);
});

test('the same advice for wrong, used and expired; the reason and whether it is a guess for the caller', () => {
  const { id, code, state } = issue();
  const right = { id, code };
  const wrong = { id, ...another('wrong') };
  expect(verify(state, wrong)).toEqual({
    ok: false,
    reason: 'mismatch',
    guess: true,
    advice: FRESH,
    state: { ...state, triesLeft: 4 },
  });
  const refused = { ok: false, guess: false, advice: FRESH, state };
  for (const now of [NOW + 600_000, NOW + 600_000.9, NOW + 1e12]) {
    expect(verify(state, right, { now })).toEqual({ ...refused, reason: 'expired' });
    expect(verify(state, wrong, { now })).toEqual({ ...refused, reason: 'expired' });
  }
  expect(verify(state, right, { now: NOW + 599_999.9 })).toMatchObject({ ok: true });
  expect(verify(state, right, { account: 'eve' })).toEqual({ ...refused, reason: 'other-account' });
  for (const other of [
    issue({ random: seededRandom('id') }).id,
    issue({ random: seededRandom('id') }).id.slice(0, 8),
  ]) {
    expect(verify(state, { id: other, code })).toEqual({ ...refused, reason: 'other-request' });
  }
  expect(verify(state, { id: `${id.slice(0, 25)}${id.endsWith('0') ? '1' : '0'}`, code })).toEqual({
    ...refused,
    reason: 'other-request',
  });
  expect(verify(null, right)).toEqual({ ...refused, reason: 'not-issued', state: null });
  expect(verify(state, right, { serverKey: new Uint8Array(16) })).toMatchObject({ reason: 'mismatch' });
  expect(verify(state, right, { now: undefined })).toMatchObject({ ok: Date.now() < NOW + 600_000 });
});

test('only somebody with the right code learns that the account is enrolled already', () => {
  const { id, code, state } = issue();
  const advice = 'try-signing-in';
  const alreadyEnrolled = { alreadyEnrolled: true };
  const first = verify(state, { id, code }, alreadyEnrolled);
  expect(first).toMatchObject({ ok: false, reason: 'not-issued', guess: false, advice, state: { usesLeft: 0 } });
  expect(verify(first.state, { id, code }, alreadyEnrolled)).toMatchObject({ reason: 'replayed', advice });
  const wrong = { id, ...another('enrolled') };
  expect(verify(state, wrong, alreadyEnrolled)).toMatchObject({ reason: 'mismatch', guess: true, advice: FRESH });
  expect(verify(first.state, wrong, alreadyEnrolled)).toMatchObject({ reason: 'not-issued', advice: FRESH });
  const late = { ...alreadyEnrolled, now: NOW + 600_000 };
  expect(verify(state, { id, code }, late)).toMatchObject({ reason: 'expired', advice: FRESH });
});

test('tries are limited, and then the right code is too late', () => {
  const { id, code, state } = issue({ tries: 3 });
  let current: ActivationCodeState | null = state;
  for (const triesLeft of [2, 1, 0]) {
    const result = verify(current, { id, ...another(`${triesLeft}`) });
    expect(result).toMatchObject({ reason: 'mismatch', guess: true, state: { triesLeft } });
    current = result.state;
  }
  const voided = { ok: false, reason: 'voided', guess: false, advice: FRESH, state: current };
  expect(verify(current, { id, code })).toEqual(voided);
  expect(verify(current, { id, ...another('more') })).toEqual(voided);
});

test('a new code is another one, ends the one before, and the number is limited', () => {
  const first = issue({ limits: [{ count: 2, period: 60 }] });
  const second = issue({
    state: first.state,
    limits: [{ count: 2, period: 60 }],
    random: seededRandom('b'),
    now: NOW + 1,
  });
  expect([second.id, second.code]).not.toEqual([first.id, first.code]);
  expect(second.state.issued).toEqual([NOW, NOW + 1]);
  expect(verify(second.state, first)).toMatchObject({ ok: false, reason: 'other-request', guess: false });
  const answered = verify(second.state, second);
  expect(answered).toMatchObject({ ok: true, state: { issued: [NOW] } });
  const limits = [{ count: 2, period: 60 }];
  const refused = { ok: false, reason: 'issued-too-often', retryAt: NOW + 60_000, state: second.state };
  for (const now of [NOW + 2, NOW + 59_999]) {
    expect(issueActivationCode({ ...options, state: second.state, now, limits })).toEqual(refused);
  }
  expect(issueActivationCode({ ...options, state: second.state, now: NOW + 60_000, limits })).toMatchObject({
    ok: true,
  });
  expect(issueActivationCode({ ...options, state: answered.state, now: NOW + 2, limits })).toMatchObject({ ok: true });
});

test('every single wrong character and every swap is caught before a try is counted', () => {
  for (let round = 0; round < 20; round++) {
    const { id, code, typed, state } = issue({ random: seededRandom(`typo ${round}`) });
    const bare = code.replaceAll('-', '');
    const mistyped = { ok: false, reason: 'mistyped', guess: false, advice: 'check-typing', state };
    const whole = typed.replaceAll('-', '');
    for (let at = 0; at < whole.length; at++) {
      for (const wrong of READABLE_ALPHABET) {
        if (wrong === whole[at]) continue;
        const text = whole.slice(0, at) + wrong + whole.slice(at + 1);
        expect(readActivationCode(text, PAGE)).toEqual({ ok: false, reason: 'mistyped' });
        if (at > 8) expect(verify(state, { id, code: text.slice(9) })).toEqual(mistyped);
      }
      for (let other = at + 1; other < whole.length; other++) {
        if (whole[at] === whole[other]) continue;
        const swapped = [...whole];
        [swapped[at], swapped[other]] = [swapped[other]!, swapped[at]!];
        expect(readActivationCode(swapped.join(''), PAGE)).toEqual({ ok: false, reason: 'mistyped' });
      }
    }
    expect(verify(state, { id, code: bare })).toMatchObject({ ok: true });
  }
});

test('hostile input is malformed, and soon', () => {
  const { id, code, state } = issue();
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  const megabyte = 'A'.repeat(1e6);
  const hostile: unknown[] = [
    null,
    undefined,
    5,
    {},
    [id, code],
    code,
    { id, code: [code] },
    { id, code: { toString: () => code } },
    { id: [id], code },
    { id: '', code },
    { id: id.slice(1), code },
    { id: id.slice(0, 7), code },
    { id, code: '' },
    { id, code: code.slice(1) },
    { id, code: `${code}0` },
    { id, code: 'U'.repeat(9) },
    { id, code: '😀' },
    { id, code: megabyte },
    { id: megabyte, code },
    megabyte,
    proxy,
    {
      get id() {
        throw new Error('no');
      },
    },
  ];
  const started = performance.now();
  for (const value of hostile) {
    const malformed = { ok: false, reason: 'malformed', guess: false, advice: 'check-typing', state };
    expect(verify(state, value)).toEqual(malformed);
    expect(readActivationCode(value, PAGE)).toEqual({ ok: false, reason: 'malformed' });
  }
  expect(performance.now() - started).toBeLessThan(1000);
  fc.assert(fc.property(fc.anything(), (value) => void expect(verify(state, value).ok).toBe(false)));
});

describe('the link in the QR code', () => {
  const { id, code } = issue();
  const link = activationLink(PAGE, { id, code: code.toLowerCase() });

  test('holds id and code in its fragment, and gives them back', () => {
    expect(link).toBe(`${PAGE}#id=${id}&code=${code}`);
    expect(readActivationCode(link, PAGE)).toEqual({ ok: true, id, code });
    expect(readActivationCode(link, `${PAGE}#`)).toEqual({ ok: true, id, code });
  });

  test.each([
    [link.replace('https:', 'http:'), 'other-audience'],
    [link.replace('example.com', 'example.com.evil.example'), 'other-audience'],
    [link.replace('example.com', 'example.com@evil.example'), 'other-audience'],
    [link.replace('?lang=de', ''), 'other-audience'],
    [link.replace(code, '000-000-001'), 'mistyped'],
    [link.replace(code, '000'), 'malformed'],
    [link.replace(id, id.slice(1)), 'malformed'],
    [link.replace(id, id.slice(0, 8)), 'malformed'],
    [`${link}&more=1`, 'malformed'],
    [`${PAGE}#code=${code}`, 'malformed'],
    [PAGE, 'malformed'],
    ['https://', 'malformed'],
    ['no link: at all', 'malformed'],
    [`${PAGE}#id=${id}&code=${'0'.repeat(2048)}`, 'malformed'],
  ])('%s: %s', (scanned, reason) => {
    expect(readActivationCode(scanned, PAGE)).toEqual({ ok: false, reason });
  });

  test.each([
    'http://example.com/',
    'example.com',
    'https://example.com/#x',
    'https://u@example.com/',
    'https://u:p@example.com/',
    'https://:p@example.com/',
    '',
    null,
    new URL(PAGE),
  ])('the page must be an https address: %s', (wrong) => {
    for (const run of [
      () => activationLink(wrong as string, { id, code }),
      () => readActivationCode('000', wrong as string),
    ]) {
      expect(run).toThrow(expect.objectContaining({ code: 'invalid-uri' }));
    }
  });

  test.each([null, undefined, {}, { id, code: '000-000-001' }, { id: id.slice(0, 8), code }])(
    'the id and the code must be those: %o',
    (wrong) => {
      expect(() => activationLink(PAGE, wrong as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    },
  );
});
