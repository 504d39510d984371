import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import { hexToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, expectTypeOf, test } from 'vitest';
import {
  CountersignError,
  createOcra,
  formatOcraSuite,
  hashPin,
  type Ocra,
  type OcraInput,
  type OcraVerifyInput,
  type OcraWindow,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
  parseOcraSuite,
} from '../../src/ocra.ts';
import { caseArbitrary } from './arbitraries.ts';
import { dataInputHex, type Given, response as reference, suiteText, truncatedHmac } from './reference.ts';

const KEY = new TextEncoder().encode('12345678901234567890');
const KEY_32 = new TextEncoder().encode('12345678901234567890123456789012');

const inputOf = (given: Given): OcraInput => ({
  challenge: given.question,
  counter: given.counter,
  pin: given.pin,
  session: given.session,
  now: given.now,
});

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return (error as CountersignError).code;
  }
  return 'nothing thrown';
}

const ocraOf = <const Suite extends string>(suite: Suite) => createOcra({ suite, key: KEY });

describe('any suite, against a second computation from the text of the RFC', () => {
  test('the response is the same, and verifies', () => {
    fc.assert(
      fc.property(caseArbitrary, ({ parts, key, given }) => {
        const ocra = createOcra({ suite: suiteText(parts), key });
        const response = ocra.respond(inputOf(given));
        expect(response).toBe(reference(parts, key, given));
        expect(ocra.verify(response, { ...inputOf(given), after: null }).ok).toBe(true);
        // What was written for one computation leaves nothing behind for the next.
        expect(ocra.respond(inputOf(given))).toBe(response);
      }),
      { numRuns: 3000, seed: 6287 },
    );
  });

  test('one prepared key gives for many inputs what fresh ones give', () => {
    fc.assert(
      fc.property(
        caseArbitrary,
        fc.array(fc.nat(9999), { minLength: 2, maxLength: 6 }),
        ({ parts, key, given }, numbers) => {
          const ocra = createOcra({ suite: suiteText(parts), key });
          for (const number of numbers) {
            const question = String(number).padStart(4, '0');
            expect(ocra.respond(inputOf({ ...given, question }))).toBe(reference(parts, key, { ...given, question }));
          }
        },
      ),
      { numRuns: 200, seed: 5 },
    );
  });

  test('any change of challenge, PIN, session, counter or time is refused', () => {
    fc.assert(
      fc.property(caseArbitrary, fc.nat(), ({ parts, key, given }, at) => {
        // 0 or 10 digits, so that two responses are not alike by accident.
        const exact = { ...parts, digits: 0 };
        const ocra = createOcra({ suite: suiteText(exact), key });
        const input = inputOf(given);
        const response = ocra.respond(input);
        const refused = (change: Partial<OcraVerifyInput>) =>
          expect(ocra.verify(response, { ...input, after: null, ...change })).toEqual({
            ok: false,
            reason: 'mismatch',
          });

        const i = at % given.question.length;
        const changed = given.question[i] === '7' ? '3' : '7';
        refused({ challenge: given.question.slice(0, i) + changed + given.question.slice(i + 1) });
        if (parts.pin) {
          refused({ pin: `${given.pin}.` });
          const hash = hashPin(given.pin!, parts.pin);
          hash[at % hash.length]! ^= 1 << (at & 7);
          refused({ pin: hash });
        }
        if (parts.session) {
          const session = new Uint8Array(parts.session);
          session.set(given.session!, parts.session - given.session!.length);
          session[at % session.length]! ^= 1 << (at & 7);
          refused({ session });
        }
        if (parts.counter) refused({ counter: given.counter! ^ (1n << BigInt(at % 64)) });
        if (parts.step) {
          const step = parts.step.count * { S: 1, M: 60, H: 3600 }[parts.step.unit] * 1000;
          const now = given.now! >= 2 * step ? given.now! - 2 * step : given.now! + 2 * step;
          refused({ now });
        }
        const other = key.slice();
        other[at % key.length]! ^= 1 << (at & 7);
        expect(createOcra({ suite: suiteText(exact), key: other }).verify(response, { ...input, after: null }).ok).toBe(
          false,
        );
      }),
      { numRuns: 600, seed: 77 },
    );
  });
});

describe('encodings by the letter', () => {
  const sha1 = (suite: string, input: OcraInput) => createOcra({ suite, key: KEY }).respond(input);

  test('QN: n and 16n encode alike, as the standard has it', () => {
    for (const challenge of ['000001', '000016', '000256', '004096', '065536']) {
      expect(sha1('OCRA-1:HOTP-SHA1-6:QN06', { challenge })).toBe('470167');
    }
    expect(sha1('OCRA-1:HOTP-SHA1-6:QN06', { challenge: '000002' })).not.toBe('470167');
  });

  test('QN: leading zeros do not count, and a challenge may be shorter than the suite allows', () => {
    const suite = 'OCRA-1:HOTP-SHA1-6:QN64';
    const long = sha1(suite, { challenge: `${'0'.repeat(60)}1234` });
    expect(sha1(suite, { challenge: '1234' })).toBe(long);
  });

  test('QH: either case is the same, an odd number of digits is padded on the right', () => {
    const suite = 'OCRA-1:HOTP-SHA1-8:QH08';
    expect(sha1(suite, { challenge: 'abcde' })).toBe(sha1(suite, { challenge: 'ABCDE' }));
    expect(sha1(suite, { challenge: 'abcde' })).toBe(sha1(suite, { challenge: 'abcde0' }));
    expect(sha1(suite, { challenge: 'abcde' })).not.toBe(sha1(suite, { challenge: '0abcde' }));
  });

  test('S is padded on the left, and a view is only its own bytes', () => {
    const suite = 'OCRA-1:HOTP-SHA1-8:QN08-S004';
    const buffer = Uint8Array.of(9, 9, 1, 2, 9);
    expect(sha1(suite, { challenge: '1234', session: buffer.subarray(2, 4) })).toBe(
      sha1(suite, { challenge: '1234', session: Uint8Array.of(0, 0, 1, 2) }),
    );
    expect(sha1(suite, { challenge: '1234', session: new Uint8Array() })).toBe(
      sha1(suite, { challenge: '1234', session: new Uint8Array(4) }),
    );
  });

  test('T is whole steps: the same to the last millisecond', () => {
    const suite = 'OCRA-1:HOTP-SHA1-8:QN08-T48H';
    const step = 48 * 3_600_000;
    const at = (now: number) => sha1(suite, { challenge: '1234', now });
    expect(at(7 * step)).toBe(at(8 * step - 1));
    expect(at(7 * step)).not.toBe(at(8 * step));
  });

  test('the PIN as text is its NFKC form in UTF-8', () => {
    const suite = 'OCRA-1:HOTP-SHA1-8:QN08-PSHA512';
    const at = (pin: string | Uint8Array) => sha1(suite, { challenge: '1234', pin });
    expect(at('１２３４')).toBe(at('1234'));
    expect(at('e\u0301clair')).toBe(at('éclair'));
    expect(at('1234')).toBe(at(hashPin('1234', 'SHA512')));
    // Long after normalising, but not as typed.
    expect(at('\ufdfa'.repeat(100))).toHaveLength(8);
  });

  test('leading zeros are kept, for every number of digits', () => {
    for (const digits of [4, 6, 8, 10]) {
      const ocra = ocraOf(`OCRA-1:HOTP-SHA1-${digits}:C-QN08`);
      let zeros = 0;
      for (let counter = 0; counter < 2000; counter++) {
        const response = ocra.respond({ challenge: '1234', counter });
        expect(response).toMatch(/^[0-9]+$/);
        expect(response).toHaveLength(digits);
        if (response.startsWith('0')) zeros++;
      }
      expect(zeros).toBeGreaterThan(100);
    }
  });

  test('0 digits: the whole HMAC, in lower-case hexadecimal', () => {
    for (const [hash, length] of [
      ['SHA1', 40],
      ['SHA256', 64],
      ['SHA512', 128],
    ] as const) {
      const ocra = ocraOf(`OCRA-1:HOTP-${hash}-0:QN08`);
      const response = ocra.respond({ challenge: '12345678' });
      expect(response).toMatch(/^[0-9a-f]+$/);
      expect(response).toHaveLength(length);
      expect(ocra.verify(response, { challenge: '12345678' })).toEqual({ ok: true });
      expect(
        ocra.verify(
          response.replace(/.$/, (last) => (last === '0' ? '1' : '0')),
          { challenge: '12345678' },
        ),
      ).toEqual({
        ok: false,
        reason: 'mismatch',
      });
      for (const wrong of [
        response.toUpperCase(),
        response.slice(1),
        `${response}0`,
        `g${response.slice(1)}`,
        null,
        40,
      ]) {
        expect(ocra.verify(wrong, { challenge: '12345678' })).toEqual({ ok: false, reason: 'malformed' });
      }
    }
  });

  test('10 digits: what 31 bits cannot say matches nothing', () => {
    const ocra = ocraOf('OCRA-1:HOTP-SHA1-10:QN08');
    for (let n = 1000; n < 1200; n++) {
      const challenge = String(n);
      const response = ocra.respond({ challenge });
      expect(Number(response)).toBeLessThan(2 ** 31);
      for (const wrapped of [2 ** 31, 2 ** 32, 2 ** 33]) {
        const wrong = String(Number(response) + wrapped).padStart(10, '0');
        // 2^33 and more may have 10 digits or not: none of them is a response.
        expect(ocra.verify(wrong, { challenge }).ok).toBe(false);
      }
    }
  });
});

describe('newChallenge', () => {
  test('has the full length and the format of the suite', () => {
    for (const [suite, pattern] of [
      ['OCRA-1:HOTP-SHA1-6:QN04', /^[0-9]{4}$/],
      ['OCRA-1:HOTP-SHA1-6:QN64', /^[0-9]{64}$/],
      ['OCRA-1:HOTP-SHA1-6:QA10', /^[0-9A-Za-z]{10}$/],
      ['OCRA-1:HOTP-SHA1-6:QH07', /^[0-9A-F]{7}$/],
    ] as const) {
      const ocra = ocraOf(suite);
      expect(ocra.newChallenge()).toMatch(pattern);
      expect(ocra.respond({ challenge: ocra.newChallenge() })).toHaveLength(6);
    }
  });

  test('QN: every number but the multiples of 16, each as often', () => {
    const ocra = ocraOf('OCRA-1:HOTP-SHA1-6:QN04');
    const random = seededRandom('challenges');
    const seen = new Map<number, number>();
    const draws = 9375 * 16;
    for (let i = 0; i < draws; i++) {
      const number = Number(ocra.newChallenge(random));
      seen.set(number, (seen.get(number) ?? 0) + 1);
    }
    expect([...seen.keys()].filter((number) => number % 16 === 0)).toEqual([]);
    expect(seen.size).toBeGreaterThan(9374 - 5);
    // Chi-squared over 9374 degrees of freedom: 9374 ± 5 · sqrt(2 · 9374).
    const chiSquared =
      [...seen.values()].reduce((sum, count) => sum + (count - 16) ** 2 / 16, 0) + 16 * (9375 - seen.size);
    expect(Math.abs(chiSquared - 9374)).toBeLessThan(5 * Math.sqrt(2 * 9374));
  });

  test('a source of random bytes that is none is refused', () => {
    expect(codeOf(() => ocraOf('OCRA-1:HOTP-SHA1-6:QN08').newChallenge(() => new Uint8Array(1)))).toBe(
      'invalid-random',
    );
  });
});

describe('mutual mode', () => {
  const suite = 'OCRA-1:HOTP-SHA256-8:QA08';
  const ocra = createOcra({ suite, key: KEY_32 });

  test('both directions, as in Appendix C.2', () => {
    const client = 'CLI22220';
    const server = 'SRV11110';
    const fromServer = ocra.respond({ challenge: [client, server] });
    expect(fromServer).toBe('28247970');
    expect(ocra.verify(fromServer, { challenge: [client, server] })).toEqual({ ok: true });
    const fromClient = ocra.respond({ challenge: [server, client] });
    expect(fromClient).toBe('15510767');
    expect(ocra.verify(fromClient, { challenge: [server, client] })).toEqual({ ok: true });
    expect(ocra.verify(fromServer, { challenge: [server, client] }).ok).toBe(false);
  });

  test('two of the greatest length fill the room exactly; hexadecimal ones join by nibbles', () => {
    const longest = ocraOf('OCRA-1:HOTP-SHA1-8:QA64');
    const [a, b] = ['a'.repeat(64), 'b'.repeat(64)];
    const parts = { hash: 'SHA1', digits: 8, counter: false, format: 'A', length: 64 } as const;
    expect(longest.respond({ challenge: [a, b] })).toBe(reference(parts, KEY, { question: a + b }));
    const hex = { ...parts, format: 'H', length: 8 } as const;
    expect(ocraOf('OCRA-1:HOTP-SHA1-8:QH08').respond({ challenge: ['abcde', '1234567'] })).toBe(
      reference(hex, KEY, { question: 'abcde1234567' }),
    );
  });

  test('a proxy that was revoked is no challenge', () => {
    const { proxy, revoke } = Proxy.revocable(['CLI22220', 'SRV11110'], {});
    revoke();
    expect(codeOf(() => ocra.respond({ challenge: proxy as never }))).toBe('invalid-challenge');
  });

  test('QN is refused with a reason', () => {
    const numeric = ocraOf('OCRA-1:HOTP-SHA1-6:QN08');
    expect(() => numeric.respond({ challenge: ['12345678', '12345678'] })).toThrow(/QA or QH/);
    expect(codeOf(() => numeric.verify('123456', { challenge: ['12345678', '12345678'] }))).toBe('unsupported');
  });

  test.each([
    [['CLI22220']],
    [['CLI22220', 'SRV1']],
    [['CLI22220', 'SRV111100']],
    [['A', 'SRV11110']],
    [['CLI2', 'SRV1', 'XYZ1']],
    [[]],
  ])('%j', (challenge) => {
    const code = codeOf(() => ocra.respond({ challenge: challenge as unknown as [string, string] }));
    expect(code).toBe(challenge.length === 2 && challenge[1] === 'SRV1' ? 'nothing thrown' : 'invalid-challenge');
  });
});

describe('what the programmer gets wrong throws', () => {
  const full = ocraOf('OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S008-T1M');
  const good = { challenge: '12345678', counter: 1, pin: '1234', session: new Uint8Array(8), now: 0 };
  const bare = ocraOf('OCRA-1:HOTP-SHA1-6:QN08');

  test.each<[string, Partial<Record<keyof OcraVerifyInput, unknown>>]>([
    ['invalid-challenge', { challenge: undefined }],
    ['invalid-challenge', { challenge: '123' }],
    ['invalid-challenge', { challenge: '123456789' }],
    ['invalid-challenge', { challenge: '1234567a' }],
    ['invalid-challenge', { challenge: ' 1234567' }],
    ['invalid-challenge', { challenge: '1234567\n' }],
    ['invalid-challenge', { challenge: '１２３４' }],
    ['invalid-challenge', { challenge: '1'.repeat(1_000_000) }],
    ['invalid-challenge', { challenge: 12345678 }],
    ['invalid-challenge', { challenge: null }],
    ['invalid-counter', { counter: undefined }],
    ['invalid-counter', { counter: -1 }],
    ['invalid-counter', { counter: 1.5 }],
    ['invalid-counter', { counter: Number.NaN }],
    ['invalid-counter', { counter: 2 ** 53 }],
    ['invalid-counter', { counter: 2n ** 64n }],
    ['invalid-counter', { counter: -1n }],
    ['invalid-counter', { counter: '1' }],
    ['invalid-pin', { pin: undefined }],
    ['invalid-pin', { pin: new Uint8Array(19) }],
    ['invalid-pin', { pin: new Uint8Array(32) }],
    ['invalid-argument', { session: undefined }],
    ['invalid-argument', { session: new Uint8Array(9) }],
    ['invalid-argument', { session: 'text' }],
    ['invalid-time', { now: -1 }],
    ['invalid-time', { now: Number.NaN }],
    ['invalid-time', { now: 9e15 }],
    ['invalid-time', { now: '0' }],
  ])('%s, case %#', (code, wrong) => {
    const input = { ...good, ...wrong } as OcraVerifyInput;
    expect(codeOf(() => full.respond(input))).toBe(code);
    expect(codeOf(() => full.verify('123456', { ...input, after: null }))).toBe(code);
    // And leaves nothing behind.
    expect(full.verify(full.respond(good), { ...good, after: null }).ok).toBe(true);
  });

  test.each<Partial<OcraVerifyInput>>([
    { counter: 0 },
    { pin: '1234' },
    { session: new Uint8Array(1) },
    { now: 0 },
    { lookAhead: 0 },
    { window: 1 },
    { after: 1 },
  ])('surplus: %j', (surplus) => {
    expect(codeOf(() => bare.verify('123456', { challenge: '1234', ...surplus }))).toBe('invalid-argument');
    expect(() => bare.verify('123456', { challenge: '1234', ...surplus })).toThrow(Object.keys(surplus)[0]);
  });

  test('undefined is absent, and so is after: null', () => {
    const nothing = { counter: undefined, pin: undefined, session: undefined, now: undefined, lookAhead: undefined };
    const input = { challenge: '1234', ...nothing, window: undefined, after: null };
    expect(bare.verify(bare.respond({ challenge: '1234', ...nothing }), input)).toEqual({ ok: true });
    expect(bare.verify(bare.respond({ challenge: '1234' }), { ...input, after: undefined })).toEqual({ ok: true });
  });

  test.each<Partial<Record<keyof OcraVerifyInput, unknown>>>([
    { lookAhead: -1 },
    { lookAhead: 101 },
    { lookAhead: 0.5 },
    { lookAhead: Number.NaN },
    { lookAhead: '1' },
    { window: -1 },
    { window: 11 },
    { window: 0.5 },
    { window: '1' },
    { window: null },
    { window: { past: 11 } },
    { window: { past: 0, future: Number.NaN } },
    { after: -1 },
    { after: 1.5 },
    { after: '1' },
  ])('%j', (wrong) => {
    const code = codeOf(() => full.verify('123456', { ...good, after: null, ...wrong } as OcraVerifyInput));
    expect(code).toBe('after' in wrong ? 'invalid-argument' : 'invalid-window');
  });

  test('a key or suite that is none, at construction', () => {
    const suite = 'OCRA-1:HOTP-SHA1-6:QN08';
    expect(codeOf(() => createOcra({ suite, key: new Uint8Array(15) }))).toBe('invalid-key');
    expect(codeOf(() => createOcra({ suite, key: new Uint8Array(9), allowShortSecret: true }))).toBe('invalid-key');
    expect(codeOf(() => createOcra({ suite, key: new Uint8Array(10), allowShortSecret: true }))).toBe('nothing thrown');
    expect(codeOf(() => createOcra({ suite, key: '12345678901234567890' as never }))).toBe('invalid-key');
    expect(codeOf(() => createOcra({ suite: 'OCRA-1', key: KEY }))).toBe('invalid-suite');
    expect(codeOf(() => createOcra({ suite: null as never, key: KEY }))).toBe('invalid-suite');
    for (const missing of [undefined, null]) {
      expect(codeOf(() => createOcra(missing as never))).toBe('invalid-argument');
      expect(codeOf(() => ocraOf(suite).respond(missing as never))).toBe('invalid-argument');
      expect(codeOf(() => ocraOf(suite).verify('123456', missing as never))).toBe('invalid-argument');
      expect(codeOf(() => formatOcraSuite(missing as never))).toBe('invalid-suite');
    }
    expect(codeOf(() => formatOcraSuite({ ...parseOcraSuite(suite), algorithm: Symbol('x') as never }))).toBe(
      'invalid-suite',
    );
  });

  test('hashPin', () => {
    expect(codeOf(() => hashPin('1234', 'MD5' as never))).toBe('invalid-algorithm');
    for (const pin of ['', '1'.repeat(129), '\ud800', null, 1234]) {
      expect(codeOf(() => hashPin(pin as string, 'SHA1'))).toBe('invalid-pin');
    }
  });
});

describe('what a user types never throws', () => {
  const ocra = ocraOf('OCRA-1:HOTP-SHA1-6:QN08-PSHA1');
  const challenge = '12345678';
  const response = ocra.respond({ challenge, pin: '1234' });

  test('the response', () => {
    const hostile: unknown[] = [
      `${response.slice(1)}x`,
      ` ${response.slice(1)}`,
      `+${response.slice(1)}`,
      `${response}\n`,
      [response],
      Number(response),
      3784.5,
      '０２６９２０',
      '٠٢٦٩٢٠',
      '😀😀😀',
      '',
      null,
      undefined,
      true,
      Symbol('x'),
      () => response,
      new TextEncoder().encode(response),
      new String(response),
      { length: 6, toString: () => response },
      response.slice(1),
      `0${response}`,
      '1'.repeat(1_000_000),
    ];
    for (const typed of hostile) {
      expect(ocra.verify(typed, { challenge, pin: '1234' })).toEqual({ ok: false, reason: 'malformed' });
    }
  });

  test('the PIN', () => {
    expect(ocra.verify(response, { challenge, pin: '1235' })).toEqual({ ok: false, reason: 'mismatch' });
    const hostile: unknown[] = [
      null,
      1234,
      '',
      '1'.repeat(129),
      '\ud800',
      ['1234'],
      { toString: () => '1234' },
      new String('1234'),
      Symbol('1234'),
      '1'.repeat(1_000_000),
      new Proxy({}, { getPrototypeOf: () => expect.unreachable(), get: () => expect.unreachable() }),
    ];
    for (const pin of hostile) {
      expect(ocra.verify(response, { challenge, pin: pin as string })).toEqual({ ok: false, reason: 'malformed' });
      // respond has no result to say it with.
      expect(codeOf(() => ocra.respond({ challenge, pin: pin as string }))).toBe('invalid-pin');
    }
  });
});

describe('counters', () => {
  const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key: KEY_32 });
  const fixed = { challenge: '482915', pin: '7294' };
  const at = (counter: number | bigint) => ocra.respond({ ...fixed, counter });

  test('are looked for ahead, never behind', () => {
    expect(ocra.verify(at(10), { ...fixed, counter: 10 })).toEqual({ ok: true, counter: 10, nextCounter: 11 });
    expect(ocra.verify(at(20), { ...fixed, counter: 10, lookAhead: 10 })).toEqual({
      ok: true,
      counter: 20,
      nextCounter: 21,
    });
    expect(ocra.verify(at(21), { ...fixed, counter: 10, lookAhead: 10 })).toEqual({ ok: false, reason: 'mismatch' });
    expect(ocra.verify(at(9), { ...fixed, counter: 10, lookAhead: 100 })).toEqual({ ok: false, reason: 'mismatch' });
  });

  test('up to 2^64-1, and never round the corner', () => {
    const last = 2n ** 64n - 1n;
    expect(ocra.verify(at(last), { ...fixed, counter: last, lookAhead: 100 })).toEqual({
      ok: true,
      counter: last,
      nextCounter: null,
    });
    expect(ocra.verify(at(0), { ...fixed, counter: last, lookAhead: 100 })).toEqual({ ok: false, reason: 'mismatch' });
    expect(ocra.verify(at(last), { ...fixed, counter: last - 100n, lookAhead: 100 }).ok).toBe(true);
    expect(ocra.verify(at(2 ** 32), { ...fixed, counter: 2 ** 32 - 5, lookAhead: 10 })).toMatchObject({
      counter: 2 ** 32,
    });
    expect(ocra.verify(at(2n ** 53n), { ...fixed, counter: 2 ** 53 - 1, lookAhead: 1 })).toEqual({
      ok: true,
      counter: 2n ** 53n,
      nextCounter: 2n ** 53n + 1n,
    });
    expect(ocra.verify(at(5n), { ...fixed, counter: 5n })).toEqual({ ok: true, counter: 5, nextCounter: 6 });
  });

  test('of two equal responses the earlier counts, so that no token is stranded', () => {
    const short = ocraOf('OCRA-1:HOTP-SHA1-4:C-QN08');
    let found = 0;
    for (let counter = 0; counter < 4000; counter++) {
      const response = short.respond({ challenge: '1234', counter });
      for (let later = counter + 1; later <= counter + 10; later++) {
        if (short.respond({ challenge: '1234', counter: later }) !== response) continue;
        found++;
        expect(short.verify(response, { challenge: '1234', counter, lookAhead: 10 })).toMatchObject({ counter });
      }
    }
    expect(found).toBeGreaterThan(0);
  });
});

describe('C2: what protects against replay cannot be forgotten', () => {
  const challenge = '482915';
  const now = 1_790_000_000_000;

  test('with a time step, `after` is required when it runs', () => {
    const phone = createOcra({ suite: PHONE_SUITE, key: KEY_32 });
    const response = phone.respond({ challenge, now });
    // @ts-expect-error: after is missing
    expect(codeOf(() => phone.verify(response, { challenge, now }))).toBe('invalid-argument');
    // @ts-expect-error: undefined is no step
    expect(codeOf(() => phone.verify(response, { challenge, now, after: undefined }))).toBe('invalid-argument');
    const first = phone.verify(response, { challenge, now, after: null });
    const after = first.ok && first.timeStep !== undefined ? first.timeStep : null;
    expect(phone.verify(response, { challenge, now, after })).toEqual({ ok: false, reason: 'replayed' });
    // Known at run time only, and even then.
    const suite: string = PHONE_SUITE;
    for (const other of [
      createOcra({ suite, key: KEY_32 }),
      createOcra({ suite: parseOcraSuite(suite), key: KEY_32 }),
    ]) {
      // @ts-expect-error: the compiler does not know that the suite has no time step
      expect(codeOf(() => other.verify(response, { challenge, now }))).toBe('invalid-argument');
      expect(other.verify(response, { challenge, now, after: null }).ok).toBe(true);
    }
  });

  test('and by type', () => {
    type Required = { after: number | null };
    expectTypeOf<OcraVerifyInput<typeof PHONE_SUITE>>().toExtend<Required>();
    expectTypeOf<OcraVerifyInput<'OCRA-1:HOTP-SHA1-6:C-QN08-PSHA1-S008-T48H'>>().toExtend<Required>();
    expectTypeOf<OcraVerifyInput<typeof PIN_TOKEN_SUITE | typeof PHONE_SUITE>>().toExtend<Required>();
    expectTypeOf<OcraVerifyInput<string>>().toExtend<Required>();
    expectTypeOf<OcraVerifyInput>().toExtend<Required>();
    expectTypeOf<{ challenge: string }>().toExtend<OcraVerifyInput<typeof PIN_TOKEN_SUITE>>();
    // A key for a suite that is known is taken where any is.
    expectTypeOf<ReturnType<typeof createOcra<typeof PIN_TOKEN_SUITE>>>().toExtend<Ocra>();
    expectTypeOf<ReturnType<typeof createOcra<typeof PHONE_SUITE>>>().toExtend<Ocra>();
  });

  test('without a time step there is none to give', () => {
    const token = createOcra({ suite: PIN_TOKEN_SUITE, key: KEY_32 });
    const input = { challenge, counter: 0, pin: '7294' };
    expect(token.verify(token.respond(input), input).ok).toBe(true);
    expect(token.verify(token.respond(input), { ...input, after: null }).ok).toBe(true);
  });
});

describe('time', () => {
  const ocra = createOcra({ suite: PHONE_SUITE, key: KEY_32 });
  const challenge = '482915';
  const minute = 60_000;
  const now = 1_000 * minute + 30_000;
  const at = (step: number) => ocra.respond({ challenge, now: step * minute });

  test('is tried in a window, one step each way unless told otherwise', () => {
    const verify = (step: number, window?: OcraWindow) =>
      ocra.verify(at(step), { challenge, now, after: null, window }).ok;
    expect([998, 999, 1000, 1001, 1002].map((step) => verify(step))).toEqual([false, true, true, true, false]);
    expect([999, 1000, 1001].map((step) => verify(step, 0))).toEqual([false, true, false]);
    expect([989, 990, 1010, 1011].map((step) => verify(step, 10))).toEqual([false, true, true, false]);
    const uneven = { past: 2, future: 0 };
    expect([997, 998, 1000, 1001].map((step) => verify(step, uneven))).toEqual([false, true, true, false]);
  });

  test('is reported, and what is not after the last accepted step is a replay', () => {
    expect(ocra.verify(at(999), { challenge, now, after: null })).toEqual({ ok: true, timeStep: 999 });
    expect(ocra.verify(at(1001), { challenge, now, after: 1000 })).toEqual({ ok: true, timeStep: 1001 });
    for (const after of [1000, 1001, 5000]) {
      expect(ocra.verify(at(1000), { challenge, now, after })).toEqual({ ok: false, reason: 'replayed' });
    }
    expect(ocra.verify('00000000', { challenge, now, after: 5000 })).toEqual({ ok: false, reason: 'mismatch' });
  });

  test('never goes before the epoch, and is this moment unless given', () => {
    expect(ocra.verify(at(0), { challenge, now: 0, window: 10, after: null })).toEqual({ ok: true, timeStep: 0 });
    expect(ocra.verify(at(0), { challenge, now: 0, after: 0 })).toEqual({ ok: false, reason: 'replayed' });
    expect(ocra.verify(ocra.respond({ challenge }), { challenge, after: null }).ok).toBe(true);
    // The step before the first would be 2^64-1.
    const parts = { hash: 'SHA256', digits: 8, counter: false, format: 'N', length: 6 } as const;
    const step = { count: 1, unit: 'M' } as const;
    const message = dataInputHex({ ...parts, step }, { question: challenge, now: 0 }).replace(/0{16}$/, 'f'.repeat(16));
    const before = truncatedHmac({ ...parts, step }, KEY_32, message);
    expect(ocra.verify(before, { challenge, now: 0, window: 10, after: null })).toEqual({
      ok: false,
      reason: 'mismatch',
    });
  });

  test('of two equal responses the newer counts, so that neither can be replayed', () => {
    const short = ocraOf('OCRA-1:HOTP-SHA1-4:QN08-T1S');
    let found = 0;
    for (let step = 1; step < 4000; step++) {
      const response = short.respond({ challenge: '1234', now: step * 1000 });
      for (let later = step + 1; later <= step + 10; later++) {
        if (short.respond({ challenge: '1234', now: later * 1000 }) !== response) continue;
        found++;
        const result = short.verify(response, {
          challenge: '1234',
          now: step * 1000,
          after: null,
          window: { past: 0, future: later - step },
        });
        expect(result).toEqual({ ok: true, timeStep: later });
        const again = short.verify(response, { challenge: '1234', now: later * 1000, after: later, window: 10 });
        expect(again).toEqual({ ok: false, reason: 'replayed' });
      }
    }
    expect(found).toBeGreaterThan(0);
  });

  test('with a counter as well: the earliest counter, and both reported', () => {
    const both = ocraOf('OCRA-1:HOTP-SHA1-8:C-QN08-T1M');
    const response = both.respond({ challenge: '1234', counter: 7, now: 999 * minute });
    const input = { challenge: '1234', counter: 5, lookAhead: 5, now, after: 998 };
    expect(both.verify(response, input)).toEqual({ ok: true, counter: 7, nextCounter: 8, timeStep: 999 });
    expect(both.verify(response, { ...input, after: 999 })).toEqual({ ok: false, reason: 'replayed' });
  });
});

describe('the key', () => {
  const suite = 'OCRA-1:HOTP-SHA1-6:QN08';

  test('is copied, and only the bytes of a view', () => {
    const buffer = new Uint8Array(40).fill(255);
    buffer.set(KEY, 4);
    const view = buffer.subarray(4, 24);
    const ocra = createOcra({ suite, key: view });
    view.fill(0);
    expect(ocra.respond({ challenge: '00000000' })).toBe('237653');
  });

  test('is not shown by anything that prints the object, before or after use', () => {
    const key = hexToBytes('c0ffee00c0ffee11c0ffee22c0ffee33');
    const ocra = createOcra({ suite: parseOcraSuite(PIN_TOKEN_SUITE), key });
    const response = ocra.respond({ challenge: '482915', counter: 0, pin: 'hunter' });
    const shown = [String(ocra), JSON.stringify(ocra), inspect(ocra, { depth: 9, showHidden: true })].join();
    expect(shown).not.toMatch(/c0ffee|192, ?255, ?238|hunter/i);
    expect(shown).not.toContain(response);
  });

  test('and hashes of PINs, may be of another realm', () => {
    const foreign = runInNewContext('bytes => Uint8Array.from(bytes)') as (bytes: Uint8Array) => Uint8Array;
    const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key: foreign(KEY_32) });
    const input = { challenge: '482915', counter: 0, pin: foreign(hashPin('7294', 'SHA256')) };
    expect(ocra.verify(ocra.respond({ ...input, pin: '7294' }), input).ok).toBe(true);
  });

  test('no message shows what was given', () => {
    const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key: KEY_32 });
    for (const run of [
      () => ocra.respond({ challenge: '48291', counter: 0, pin: 'x'.repeat(200) }),
      () => ocra.respond({ challenge: 'abc482915', counter: 0, pin: '7294' }),
    ]) {
      expect(run).toThrow(CountersignError);
      expect(run).not.toThrow(/48291|xxx|7294/);
    }
  });
});
