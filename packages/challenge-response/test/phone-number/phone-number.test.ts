import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { maskPhoneNumber, type PhoneNumberType, parsePhoneNumber } from '../../src/phone-number.ts';

const parse = (country: string, input: unknown, channel: 'sms' | 'voice' = 'sms', allowedCountries?: string[]) =>
  parsePhoneNumber(input, { country, channel, allowedCountries });

describe('accepted, as people write them, without the trunk prefix', () => {
  test.each<[string, string, string, PhoneNumberType]>([
    ['CH', '079 123 45 42', '+41791234542', 'mobile'],
    ['CH', '0791234542', '+41791234542', 'mobile'],
    ['CH', '791234542', '+41791234542', 'mobile'],
    ['CH', ' 079 123 45 42\r\n', '+41791234542', 'mobile'],
    ['CH', '+41 (0)79 123 45 42', '+41791234542', 'mobile'],
    ['CH', '+41 079 123 45 42', '+41791234542', 'mobile'],
    ['CH', '+41791234542', '+41791234542', 'mobile'],
    ['CH', '0041 79 123 45 42', '+41791234542', 'mobile'],
    ['GB', '07400 123456', '+447400123456', 'mobile'],
    ['GB', '+44 (0)7400 123456', '+447400123456', 'mobile'],
    ['DE', '0151 23456789', '+4915123456789', 'mobile'],
    ['US', '(201) 555-0123', '+12015550123', 'mobile-or-landline'],
    ['US', '1-201-555-0123', '+12015550123', 'mobile-or-landline'],
    ['CA', '506/234.5678', '+15062345678', 'mobile-or-landline'],
    ['IT', '312 345 6789', '+393123456789', 'mobile'],
    ['HU', '06 20 123 4567', '+36201234567', 'mobile'],
    ['RU', '8 (912) 345-67-89', '+79123456789', 'mobile'],
    ['KZ', '8 701 234 5678', '+77012345678', 'mobile'],
    ['CN', '131 2345 6789', '+8613123456789', 'mobile'],
    ['IN', '081234 56789', '+918123456789', 'mobile'],
    ['GG', '07781 123456', '+447781123456', 'mobile'],
  ])('%s %s', (country, input, e164, type) => {
    const accepted = { ok: true, e164, country, type, masked: `•••${e164.slice(-2)}` };
    expect(parse(country, input)).toEqual(accepted);
    expect(parse(country, input, 'voice')).toEqual(accepted);
    expect(parse(country, e164)).toEqual(accepted);
  });
});

describe('C3 toll fraud', () => {
  test.each([
    ['CH', '0900 123 456'],
    ['CH', '0901 123 456'],
    ['US', '900-555-0123'],
    ['US', '1 900 234 5678'],
    ['GB', '0909 879 0123'],
    ['DE', '0900 1 123456'],
    ['FR', '0899 12 34 56'],
    ['GB', '070 1234 5678'],
    ['GB', '0843 123 4567'],
    ['GB', '0300 123 4567'],
    ['CH', '0840 123 456'],
    ['CH', '0800 123 456'],
    ['US', '+18005550199'],
  ])('%s %s: premium, shared cost, toll-free, personal and company numbers are refused', (country, input) => {
    for (const channel of ['sms', 'voice'] as const) {
      expect(parse(country, input, channel)).toEqual({ ok: false, reason: 'type-not-allowed' });
    }
  });

  test.each([
    ['CH', '044 668 18 00', '+41446681800'],
    ['GB', '020 7946 0958', '+442079460958'],
    ['IT', '02 1234 5678', '+390212345678'],
  ])('%s %s: a landline takes calls and no text messages', (country, input, e164) => {
    expect(parse(country, input)).toEqual({ ok: false, reason: 'landline' });
    expect(parse(country, input, 'voice')).toMatchObject({ ok: true, e164, country, type: 'landline' });
  });

  test.each([
    ['US', '876-926-1234', 'JM'],
    ['US', '+1 649 231 1234', 'TC'],
    ['US', '+1 506 234 5678', 'CA'],
    ['RU', '+7 701 234 5678', 'KZ'],
    ['GB', '07781 123456', 'GG'],
    ['CH', '+49 151 23456789', 'DE'],
  ])('%s %s is a number of %s, whatever was chosen', (country, input, real) => {
    expect(parse(country, input, 'voice')).toEqual({ ok: false, reason: 'country-not-allowed' });
    expect(parse(country, input, 'voice', [country])).toEqual({ ok: false, reason: 'country-not-allowed' });
    expect(parse(country, input, 'voice', ['AT', real])).toMatchObject({ ok: true, country: real });
    expect(parse(real, input, 'voice', [country])).toEqual({ ok: false, reason: 'country-not-allowed' });
  });

  test.each(['+881 6 1234 5678', '+883 510 0123 4567', '+800 1234 5678', '+882 13 1234567'])(
    '%s: networks without a country',
    (input) => {
      expect(parse('CH', input, 'voice').ok).toBe(false);
    },
  );
});

test.each([
  ['', 'malformed'],
  ['079 123 45 42 ext. 5', 'malformed'],
  ['079 123 45 42;ext=5', 'malformed'],
  ['079 ABC DEFG', 'malformed'],
  ['call 079 123 45 42', 'malformed'],
  ['٠٧٩١٢٣٤٥٤٢', 'malformed'],
  ['０７９１２３４５４２', 'malformed'],
  ['++41791234542', 'malformed'],
  ['0'.repeat(65), 'malformed'],
  ['1'.repeat(1_000_000), 'malformed'],
  [' '.repeat(1_000_000), 'malformed'],
  [791234542, 'malformed'],
  [null, 'malformed'],
  [undefined, 'malformed'],
  [['0791234542'], 'malformed'],
  [{ toString: () => '0791234542', length: 10 }, 'malformed'],
  ['12', 'no-such-number'],
  ['117', 'no-such-number'],
  ['079 123 45 4', 'no-such-number'],
  ['079 123 45 421', 'no-such-number'],
  ['-', 'no-such-number'],
  ['+', 'malformed'],
] as const)('%s is refused as %s', (input, reason) => {
  const started = performance.now();
  expect(parse('CH', input)).toEqual({ ok: false, reason });
  expect(performance.now() - started).toBeLessThan(200);
});

test.each(['ch', 'XX', '', null, undefined, 5, '__proto__', 'constructor'])('a country that is none: %s', (country) => {
  expect(parse(country as string, '0791234542')).toEqual({ ok: false, reason: 'country-not-allowed' });
});

test('whatever is typed: a result', () => {
  fc.assert(fc.property(fc.anything(), (input) => void expect(parse('US', input).ok).toBe(false)));
  const typed = fc.string({ unit: fc.constantFrom(...'0123456789 +-()./'), maxLength: 20 });
  fc.assert(
    fc.property(typed, fc.constantFrom('US', 'CH', 'GB', 'RU', 'IT'), (input, country) => {
      const result = parse(country, input);
      if (!result.ok) return;
      expect(result).toMatchObject({ country, e164: expect.stringMatching(/^\+[1-9][0-9]{4,14}$/) });
      expect(parse(country, result.e164)).toEqual(result);
    }),
    { numRuns: 2000 },
  );
});

test("the programmer's mistakes", () => {
  const options = { country: 'CH', channel: 'sms' as const };
  const run = (more: unknown) => () => parsePhoneNumber('0791234542', more as never);
  for (const wrong of [
    null,
    undefined,
    'CH',
    { country: 'CH' },
    { ...options, channel: 'email' },
    { ...options, allowedCountries: null },
    { ...options, allowedCountries: 'CH' },
    { ...options, allowedCountries: [] },
    { ...options, allowedCountries: ['ch'] },
    { ...options, allowedCountries: new Array(2) },
    { ...options, allowedCountries: new Array(301).fill('CH') },
  ]) {
    expect(run(wrong), JSON.stringify(wrong)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  }
});

test('masked for display', () => {
  expect(maskPhoneNumber('+41791234542')).toBe('•••42');
  for (const wrong of ['0791234542', '+0791234542', '+41', '', null, `+${'1'.repeat(16)}`]) {
    expect(() => maskPhoneNumber(wrong as string)).toThrow(expect.objectContaining({ code: 'invalid-phone-number' }));
  }
});
