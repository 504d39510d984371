import { createHash } from 'node:crypto';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { READABLE_ALPHABET } from '@countersign/primitives/readable-code';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  activationLink,
  issueActivationCode,
  type PendingActivationCode,
  readActivationLink,
  redeemActivationCode,
} from '../../src/index.ts';

const NOW = 1_800_000_000_000;
const serverKey = utf8ToBytes('0123456789abcdef');
const issue = (more = {}) =>
  issueActivationCode({ serverKey, account: 'ada', now: NOW, random: seededRandom('a'), ...more });
const redeem = (pending: PendingActivationCode, code: unknown, more = {}) =>
  redeemActivationCode(pending, code, { serverKey, account: 'ada', now: NOW + 1000, ...more });
const another = (code: string): string => issue({ random: seededRandom(`other ${code}`) }).code;

test('issued: 40 bits and a check character, in threes; the state holds an HMAC only', () => {
  const { code, pending } = issue();
  expect(code).toMatch(/^[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}-[0-9A-HJKMNP-TV-Z]{3}$/);
  expect(pending).toEqual({
    v: 1,
    account: 'ada',
    salt: expect.stringMatching(/^[0-9a-f]{32}$/),
    tag: expect.stringMatching(/^[0-9a-f]{64}$/),
    issuedAt: NOW,
    expiresAt: NOW + 600_000,
    triesLeft: 5,
    used: false,
  });
  expect(JSON.parse(JSON.stringify(pending))).toEqual(pending);
  const bare = code.replaceAll('-', '');
  for (const form of [code, bare, bare.slice(0, 8)]) {
    expect(JSON.stringify(pending)).not.toContain(form);
    expect(pending.tag).not.toBe(createHash('sha256').update(form).digest('hex'));
    expect(pending.tag).not.toBe(
      createHash('sha256')
        .update(pending.salt + form)
        .digest('hex'),
    );
  }
  const twice = issueActivationCode({ serverKey, account: 'ada' });
  expect(twice.pending.tag).not.toBe(issueActivationCode({ serverKey, account: 'ada' }).pending.tag);
  expect(twice.pending.expiresAt - Date.now()).toBeGreaterThan(590_000);
});

test('redeemed once, however it is typed', () => {
  const { code, pending } = issue();
  for (const typed of [
    code,
    code.toLowerCase(),
    code.replaceAll('-', ''),
    ` ${code.replaceAll('-', ' – ')}\n`,
    code.replaceAll('0', 'o').replaceAll('1', 'l'),
    [...code].join('.'),
  ]) {
    const first = redeem(pending, typed);
    expect(first).toEqual({ ok: true, pending: { ...pending, used: true } });
    expect(redeem(first.pending, typed)).toEqual({
      ok: false,
      reason: 'replayed',
      advice: 'get-a-fresh-code',
      pending: first.pending,
    });
  }
  expect(pending.used).toBe(false);
});

test('the same advice for wrong, used and expired; the reason for the caller', () => {
  const { code, pending } = issue();
  const fresh = 'get-a-fresh-code';
  expect(redeem(pending, another(code))).toMatchObject({
    reason: 'mismatch',
    advice: fresh,
    pending: { triesLeft: 4 },
  });
  expect(redeem(pending, code, { now: NOW + 600_000 })).toMatchObject({ reason: 'expired', advice: fresh });
  expect(redeem(pending, code, { now: NOW + 599_999 })).toMatchObject({ ok: true });
  expect(redeem(pending, code, { account: 'eve' })).toMatchObject({ reason: 'other-account', advice: fresh, pending });
  expect(redeem(pending, code, { serverKey: new Uint8Array(16) })).toMatchObject({ reason: 'mismatch' });
  const enrolled = redeem(pending, code, { alreadyEnrolled: true });
  expect(enrolled).toMatchObject({ reason: 'already-enrolled', advice: 'try-signing-in', pending: { used: true } });
  expect(redeem(pending, another(code), { alreadyEnrolled: true })).toMatchObject({
    reason: 'mismatch',
    advice: fresh,
  });
  expect(redeem(pending, code, { now: undefined })).toMatchObject({ ok: Date.now() < NOW + 600_000 });
});

test('tries are limited, and then the right code is too late', () => {
  const { code, pending } = issue({ tries: 3 });
  let state = pending;
  for (const triesLeft of [2, 1, 0]) {
    const result = redeem(state, another(`${code}${triesLeft}`));
    expect(result).toMatchObject({ reason: 'mismatch', pending: { triesLeft } });
    state = result.pending;
  }
  expect(redeem(state, code)).toMatchObject({ ok: false, reason: 'exhausted', advice: 'get-a-fresh-code' });
});

test('every single wrong character and every swap is caught before a try is counted', () => {
  for (let round = 0; round < 40; round++) {
    const { code, pending } = issue({ random: seededRandom(`typo ${round}`) });
    const bare = code.replaceAll('-', '');
    for (let at = 0; at < bare.length; at++) {
      for (const wrong of READABLE_ALPHABET) {
        if (wrong === bare[at]) continue;
        const typed = bare.slice(0, at) + wrong + bare.slice(at + 1);
        expect(redeem(pending, typed)).toEqual({ ok: false, reason: 'mistyped', advice: 'check-typing', pending });
      }
      for (let other = at + 1; other < bare.length; other++) {
        if (bare[at] === bare[other]) continue;
        const swapped = [...bare];
        [swapped[at], swapped[other]] = [swapped[other]!, swapped[at]!];
        expect(redeem(pending, swapped.join(''))).toMatchObject({ reason: 'mistyped', pending });
      }
    }
  }
});

test('hostile input is malformed', () => {
  const { code, pending } = issue();
  const typed = [
    null,
    undefined,
    5,
    {},
    [code],
    { toString: () => code },
    '',
    code.slice(1),
    `${code}0`,
    'U'.repeat(9),
    '😀',
    'A'.repeat(1e6),
  ];
  for (const value of typed) {
    expect(redeem(pending, value)).toEqual({ ok: false, reason: 'malformed', advice: 'check-typing', pending });
  }
  fc.assert(fc.property(fc.anything(), (value) => void expect(redeem(pending, value).ok).toBe(false)));
});

test("the programmer's mistakes", () => {
  const { code, pending } = issue();
  const cases: [() => unknown, string][] = [
    [() => issue({ serverKey: new Uint8Array(15) }), 'invalid-secret'],
    [() => issue({ serverKey: 'text' }), 'invalid-secret'],
    [() => issue({ account: '' }), 'invalid-argument'],
    [() => issue({ account: '\udc00' }), 'invalid-argument'],
    [() => issue({ account: 'x'.repeat(257) }), 'invalid-argument'],
    [() => issue({ account: null }), 'invalid-argument'],
    [() => issue({ now: Number.NaN }), 'invalid-time'],
    [() => issue({ lifetime: 601 }), 'invalid-time'],
    [() => issue({ tries: 0 }), 'invalid-argument'],
    [() => redeem(pending, code, { serverKey: undefined }), 'invalid-secret'],
    [() => redeem(pending, code, { account: undefined }), 'invalid-argument'],
    [() => redeem(pending, code, { now: '1' }), 'invalid-time'],
    [() => redeem(null as never, code), 'invalid-state'],
    ...[
      { v: 2 },
      { account: 5 },
      { salt: 'x' },
      { tag: bytesToHex(serverKey) },
      { issuedAt: '1' },
      { expiresAt: null },
      { triesLeft: -1 },
      { used: 0 },
    ].map((change): [() => unknown, string] => [
      () => redeem({ ...pending, ...change } as never, code),
      'invalid-state',
    ]),
  ];
  for (const [run, code] of cases) expect(run).toThrow(expect.objectContaining({ code }));
});

describe('the link in the QR code', () => {
  const page = 'https://example.com/activate?lang=de';

  test('holds the code in its fragment, and gives it back', () => {
    const { code } = issue();
    const link = activationLink(page, code.toLowerCase());
    expect(link).toBe(`${page}#code=${code}`);
    expect(readActivationLink(link, page)).toEqual({ ok: true, code });
    expect(readActivationLink(link, `${page}#`)).toEqual({ ok: true, code });
  });

  test.each([
    ['http://example.com/activate?lang=de#code=000-000-000', 'other-page'],
    ['https://example.com.evil.example/activate?lang=de#code=000-000-000', 'other-page'],
    ['https://example.com@evil.example/activate?lang=de#code=000-000-000', 'other-page'],
    ['https://example.com/activate#code=000-000-000', 'other-page'],
    ['https://example.com/activate?lang=de#code=000-000-001', 'mistyped'],
    ['https://example.com/activate?lang=de#code=000', 'malformed'],
    ['https://example.com/activate?lang=de#000-000-000', 'malformed'],
    ['https://example.com/activate?lang=de', 'malformed'],
    ['no link', 'malformed'],
    [`https://example.com/activate?lang=de#code=${'0'.repeat(2048)}`, 'malformed'],
    [null, 'malformed'],
  ])('%s: %s', (scanned, reason) => {
    expect(readActivationLink(scanned, page)).toEqual({ ok: false, reason });
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
  ])('the page must be an https address: %s', (wrong) => {
    expect(() => activationLink(wrong as string, '000-000-000')).toThrow(
      expect.objectContaining({ code: 'invalid-uri' }),
    );
  });

  test('the code must be one', () => {
    expect(() => activationLink(page, '000-000-001')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
