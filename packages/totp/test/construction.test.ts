// Keys are made inside the tests here: a rule that refused every key would keep the other files from being read at all.
import { expect, it } from 'vitest';
import {
  createHotp,
  createTotp,
  generateSecret,
  secretFromBase32,
  secretFromHex,
  secretToBase32,
} from '../src/index.ts';

const secret = new Uint8Array(20).fill(7);

it('keys of the shortest and of longer secrets, of every hash, are made', () => {
  for (const algorithm of ['SHA1', 'SHA256', 'SHA512'] as const) {
    for (const length of [16, 20, 32, 64, 200]) {
      const options = { secret: secret.slice(0, 1).fill(7), algorithm };
      expect(() => createTotp(options)).toThrow('a Uint8Array of 16 bytes or more');
      expect(createTotp({ ...options, secret: new Uint8Array(length) }).generate({ now: 0 })).toHaveLength(6);
      expect(createHotp({ ...options, secret: new Uint8Array(length) }).generate(0)).toHaveLength(6);
    }
  }
  expect(createTotp({ secret, algorithm: 'SHA1' }).generate({ now: 0 })).toBe(
    createTotp({ secret }).generate({ now: 0 }),
  );
});

it('accounts of the right type are taken, and of the other refused', () => {
  expect(createTotp({ secret, type: 'totp' }).generate({ now: 0 })).toHaveLength(6);
  expect(createHotp({ secret, type: 'hotp' }).generate(0)).toHaveLength(6);
  expect(() => createTotp({ secret, type: 'hotp' as never })).toThrow('type must be totp: use createHotp');
  expect(() => createHotp({ secret, type: 'totp' as never })).toThrow('type must be hotp: use createTotp');
});

it.each<[string, () => unknown]>([
  ['digits must be', () => createTotp({ secret, digits: 5 })],
  ['period must be', () => createTotp({ secret, period: 0 })],
  ['t0 must be', () => createTotp({ secret, t0: -1 })],
  ['now must be', () => createTotp({ secret }).generate({ now: -1 })],
  ['now must be', () => createTotp({ secret }).timeStep(-1)],
  ['window must be', () => createTotp({ secret }).verify('1', { after: null, window: { past: -1, future: 1 } })],
  ['window must be', () => createTotp({ secret }).verify('1', { after: null, window: { past: 1, future: -1 } })],
  ['drift must be', () => createTotp({ secret }).verify('1', { after: null, drift: 0.5 })],
  ['within must be', () => createTotp({ secret }).resynchronize([], { after: null, within: -1 })],
  ['lookAhead must be', () => createHotp({ secret }).verify('1', { counter: 0, lookAhead: -1 })],
  ['lookAhead must be', () => createHotp({ secret }).resynchronize([], { counter: 0, lookAhead: -1 })],
  ['algorithm must be SHA1, SHA256 or SHA512', () => generateSecret({ algorithm: 'MD5' as never })],
  ['the Base32 text is empty', () => secretFromBase32('')],
  ['hexadecimal must be text', () => secretFromHex(5 as never)],
  ['secret must be', () => secretToBase32(new Uint8Array(0))],
])('says what is wrong: %s', (message, call) => {
  expect(call).toThrow(message);
});
