import { describe, expect, test } from 'vitest';
import { CountersignError, maskPhoneNumber, parsePhoneNumber } from '../../src/phone-number/index.ts';

describe('accepted', () => {
  test.each([
    ['CH', '079 123 45 42', '+41791234542'],
    ['CH', '0791234542', '+41791234542'],
    ['CH', '791234542', '+41791234542'],
    ['CH', ' 079 123 45 42\r\n', '+41791234542'],
    ['CH', '+41 (0)79 123 45 42', '+41791234542'],
    ['CH', '+41791234542', '+41791234542'],
    ['CH', '0041 79 123 45 42', '+41791234542'],
    ['GB', '07400 123456', '+447400123456'],
    ['DE', '0151 23456789', '+4915123456789'],
    ['US', '(201) 555-0123', '+12015550123'],
    ['US', '1-201-555-0123', '+12015550123'],
    ['CA', '506/234.5678', '+15062345678'],
    ['IT', '312 345 6789', '+393123456789'],
    ['IT', '02 1234 5678', '+390212345678'],
    ['RU', '8 (912) 345-67-89', '+79123456789'],
    ['CN', '131 2345 6789', '+8613123456789'],
    ['IN', '081234 56789', '+918123456789'],
    ['GG', '07400 123456', '+447400123456'],
  ])('%s %s', (country, number, e164) => {
    expect(parsePhoneNumber({ country, number })).toEqual({ e164, country, masked: `•••${e164.slice(-2)}` });
  });
});

test.each([
  ['CH', ''],
  ['CH', '12'],
  ['CH', '117'],
  ['CH', '079 123 45 4'],
  ['CH', '079 123 45 421'],
  ['CH', '+49 151 23456789'],
  ['CH', '079 123 45 42 ext. 5'],
  ['CH', '079 123 45 42;ext=5'],
  ['CH', '079 ABC DEFG'],
  ['CH', 'call 079 123 45 42'],
  ['CH', '٠٧٩١٢٣٤٥٤٢'],
  ['CH', '++41791234542'],
  ['CH', '0'.repeat(65)],
  ['CH', '1'.repeat(1_000_000)],
  ['CH', 791234542],
  ['CH', null],
  ['ch', '0791234542'],
  ['XX', '0791234542'],
  ['', '0791234542'],
  [null, '0791234542'],
  ['__proto__', '0791234542'],
  ['constructor', '0791234542'],
])('%s %s is refused, and not repeated', (country, number) => {
  try {
    parsePhoneNumber({ country: country as string, number: number as string });
    expect.unreachable();
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    expect(error).toMatchObject({ code: 'invalid-phone-number' });
    if (String(number).length > 3) expect((error as Error).message).not.toContain(String(number));
  }
});

test('masked for display', () => {
  expect(maskPhoneNumber('+41791234542')).toBe('•••42');
  for (const wrong of ['0791234542', '+0791234542', '+41', '', null, `+${'1'.repeat(16)}`]) {
    expect(() => maskPhoneNumber(wrong as string)).toThrow(expect.objectContaining({ code: 'invalid-phone-number' }));
  }
});
