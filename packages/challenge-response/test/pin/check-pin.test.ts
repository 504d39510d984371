import { describe, expect, test } from 'vitest';
import { CountersignError, checkPin, PHONE_PIN_RULES, pinStrength, TOKEN_PIN_RULES } from '../../src/ocra.ts';

const reasonOf = (pin: unknown, rules = TOKEN_PIN_RULES, ownNumbers?: string[]) => {
  const result = checkPin(pin, rules, { ownNumbers });
  return result.ok ? 'ok' : result.reason;
};

describe('checkPin', () => {
  test('takes what is not trivial', () => {
    for (const pin of ['7294', '4829', '8305', '0927', '5713'])
      expect(checkPin(pin, TOKEN_PIN_RULES)).toEqual({ ok: true });
    for (const pin of ['7294', 'k7#w', 'K7#w2', 'k7#w2q', '729485', 'xk!q?z', '~!/^_|']) {
      expect(checkPin(pin, PHONE_PIN_RULES)).toEqual({ ok: true });
    }
  });

  test.each([
    ['0000', 'repeated'],
    ['1212', 'repeated'],
    ['1122', 'repeated'],
    ['1221', 'repeated'],
    ['7773', 'repeated'],
    ['1234', 'run'],
    ['0123', 'run'],
    ['9876', 'run'],
    ['2468', 'run'],
    ['9753', 'run'],
    ['7890', 'keyboard'],
    ['0987', 'keyboard'],
    ['8901', 'keyboard'],
    ['9012', 'keyboard'],
    ['1098', 'keyboard'],
    ['2109', 'keyboard'],
    ['2580', 'keyboard'],
    ['0852', 'keyboard'],
    ['1470', 'keyboard'],
    ['0741', 'keyboard'],
    ['3690', 'keyboard'],
    ['0963', 'keyboard'],
    ['7410', 'keyboard'],
    ['0147', 'keyboard'],
    ['8520', 'keyboard'],
    ['9630', 'run'],
    ['1900', 'year'],
    ['1987', 'year'],
    ['2026', 'year'],
    ['2099', 'year'],
    ['123', 'length'],
    ['12345', 'length'],
    ['', 'length'],
    ['72a4', 'characters'],
    ['７２９４', 'characters'],
    ['72 4', 'characters'],
    ['729\n', 'characters'],
  ])('token: %j is refused: %s', (pin, reason) => {
    expect(reasonOf(pin)).toBe(reason);
  });

  test.each([
    ['aaaa', 'repeated'],
    ['aAaA', 'repeated'],
    ['abab', 'repeated'],
    ['abcabc', 'repeated'],
    ['abcd', 'run'],
    ['FEDCBA', 'run'],
    ['aBcDe', 'run'],
    ['abc123', 'run'],
    ['123321', 'run'],
    ['111222', 'repeated'],
    ['112233', 'repeated'],
    ['aAbBcC', 'repeated'],
    ['678901', 'keyboard'],
    ['qwer', 'keyboard'],
    ['QWERTY', 'keyboard'],
    ['poiuy', 'keyboard'],
    ['asdf', 'keyboard'],
    ['azert', 'keyboard'],
    ['qwertz', 'keyboard'],
    ['yxcv', 'keyboard'],
    ['!@#$', 'keyboard'],
    ['qweasd', 'keyboard'],
    ['qwe123', 'keyboard'],
    ['147369', 'run'],
    ['1qaz', 'keyboard'],
    ['2wsx', 'keyboard'],
    ['zaq1', 'keyboard'],
    ['2WSX', 'keyboard'],
    ['!qaz', 'keyboard'],
    ['qazwsx', 'keyboard'],
    ['wsxedc', 'keyboard'],
    ['zaqxsw', 'keyboard'],
    ['4esz', 'keyboard'],
    ['1qay', 'keyboard'],
    ['1aqw', 'keyboard'],
    ['1q2w3e', 'keyboard'],
    ['q1w2', 'keyboard'],
    ['0p;/', 'keyboard'],
    ['1987', 'year'],
    ['198704', 'year'],
    ['041987', 'year'],
    ['abc', 'length'],
    ['k7#w2qz', 'length'],
    ['k7 w2q', 'characters'],
    ['k7éw2q', 'characters'],
    ['k7😀q', 'characters'],
  ])('phone: %j is refused: %s', (pin, reason) => {
    expect(reasonOf(pin, PHONE_PIN_RULES)).toBe(reason);
  });

  test('not a month: no year', () => expect(reasonOf('198729', PHONE_PIN_RULES)).toBe('ok'));

  test('refuses numbers of the user that others know', () => {
    const own = ['+41 44 175 20 08', 'U1729-4855'];
    expect(reasonOf('4417', TOKEN_PIN_RULES, own)).toBe('own-number');
    expect(reasonOf('7294', TOKEN_PIN_RULES, own)).toBe('own-number');
    expect(reasonOf('u1729', PHONE_PIN_RULES, own)).toBe('own-number');
    expect(reasonOf('8305', TOKEN_PIN_RULES, own)).toBe('ok');
    expect(reasonOf('*/+(', PHONE_PIN_RULES, own)).toBe('ok');
  });

  test('own numbers that are no texts are the programmer’s mistake', () => {
    expect(() => checkPin('7294', TOKEN_PIN_RULES, null as never)).toThrow(CountersignError);
    for (const wrong of [null, '7294', [null], [7294], new Array(1)]) {
      expect(() => checkPin('7294', TOKEN_PIN_RULES, { ownNumbers: wrong as never })).toThrow(CountersignError);
    }
  });

  test('never throws for what a user gives', () => {
    for (const pin of [null, undefined, 7294, ['7294'], {}, new String('7294'), Symbol('x')]) {
      expect(reasonOf(pin)).toBe('malformed');
    }
    expect(reasonOf('7'.repeat(1_000_000))).toBe('length');
  });

  test('rules of one’s own, that make sense', () => {
    const eight = { minLength: 8, maxLength: 12, characters: 'visible' } as const;
    expect(reasonOf('correct-h', eight)).toBe('ok');
    expect(reasonOf('abcdefgh', eight)).toBe('run');
    expect(reasonOf('qwertasdf', eight)).toBe('keyboard');
    for (const wrong of [
      undefined,
      null,
      'digits',
      { ...eight, minLength: 3 },
      { ...eight, maxLength: 7 },
      { ...eight, maxLength: 65 },
      { ...eight, characters: 'toString' },
    ]) {
      expect(() => checkPin('7294', wrong as never)).toThrow(CountersignError);
    }
  });

  test('of all four-digit PINs, less than a tenth is refused', () => {
    const refused = Array.from({ length: 10_000 }, (_, i) => String(i).padStart(4, '0')).filter(
      (pin) => !checkPin(pin, TOKEN_PIN_RULES).ok,
    );
    expect(refused.length).toBeGreaterThan(800);
    expect(refused.length).toBeLessThan(1000);
  });
});

test('pinStrength', () => {
  expect(pinStrength('7294')).toEqual({ bits: 13, advised: false });
  expect(pinStrength('729485')).toEqual({ bits: 19, advised: true });
  expect(pinStrength('k7#w2Q')).toEqual({ bits: 39, advised: true });
  expect(pinStrength('')).toEqual({ bits: 0, advised: false });
  for (const pin of [null, undefined, 7294, ['7294'], new String('7294'), Symbol('x')]) {
    expect(pinStrength(pin)).toEqual({ bits: 0, advised: false });
  }
});
