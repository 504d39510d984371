import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { formatSecret, parseOtpauthUri } from '../src/uri.ts';
import { thrown } from './support/thrown.ts';

describe('formatSecret', () => {
  it('groups Base32 in fours', () => {
    expect(formatSecret(Uint8Array.from([0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x21, 0xde, 0xad, 0xbe, 0xef]))).toBe(
      'JBSW Y3DP EHPK 3PXP',
    );
    expect(formatSecret(Uint8Array.from([0x66]))).toBe('MY');
  });

  it('is read back by the parser', () => {
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 128 }), (secret) => {
        expect(parseOtpauthUri(`otpauth://totp/a?secret=${formatSecret(secret)}`).secret).toEqual(secret);
      }),
    );
  });

  it('never takes text for bytes', () => {
    for (const secret of ['JBSWY3DP', new Uint8Array(0), new Uint8Array(129), undefined]) {
      expect(thrown(() => formatSecret(secret as Uint8Array)).code).toBe('invalid-secret');
    }
  });
});
