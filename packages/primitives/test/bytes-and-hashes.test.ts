import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, it } from 'vitest';
import { bytesToHex, hexToBytes } from '../src/bytes.ts';
import { sha1 } from '../src/sha1.ts';
import { sha256, sha512 } from '../src/sha2.ts';

it('hexadecimal is what Node makes of the same bytes, and is read in either case', () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => {
      const hex = bytesToHex(bytes);
      expect(hex).toBe(Buffer.from(bytes).toString('hex'));
      expect(hexToBytes(hex)).toEqual(bytes);
      expect(hexToBytes(hex.toUpperCase())).toEqual(bytes);
    }),
  );
});

it('what is not hexadecimal is refused', () => {
  for (const wrong of ['0', '0g', ' 00', '00\n', '0x00', '٠٠', null, undefined, 7, ['00'], '0'.repeat(1_000_001)]) {
    expect(() => hexToBytes(wrong as string)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  }
});

it('the hashes are what Node computes, for messages around the lengths of blocks', () => {
  for (let length = 0; length <= 260; length++) {
    const message = Uint8Array.from({ length }, (_, i) => (i * 7 + length) & 0xff);
    for (const [name, hash] of [
      ['sha1', sha1],
      ['sha256', sha256],
      ['sha512', sha512],
    ] as const) {
      expect(bytesToHex(hash(message))).toBe(createHash(name).update(message).digest('hex'));
    }
  }
});
