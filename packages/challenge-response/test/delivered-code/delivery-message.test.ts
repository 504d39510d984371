import { describe, expect, test } from 'vitest';
import { smsMessage, spokenCode } from '../../src/codes.ts';

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

  test.each([null, undefined])('C4 %s instead of options is an error of ours', (missing) => {
    expect(() => smsMessage(missing as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  test('spoken, digit by digit', () => {
    expect(spokenCode('012345')).toBe('0, 1, 2, 3, 4, 5');
    expect(() => spokenCode('1 2 3')).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});
