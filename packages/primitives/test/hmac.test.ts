import { createHmac } from 'node:crypto';
import { _SHA256 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { expect, it, vi } from 'vitest';
import { hmacSha256 } from '../src/hmac-sha256.ts';

const bytes = (max: number) => fc.uint8Array({ maxLength: max, size: 'max' });

it('HMAC of any message agrees with an independent implementation for any key', () => {
  fc.assert(
    fc.property(bytes(300), bytes(500), (secret, message) => {
      const key = hmacSha256(secret);
      const expected = new Uint8Array(createHmac('sha256', secret).update(message).digest());
      expect(key.digest(message)).toEqual(expected);
      key.wipe();
      expect(key.digest(message)).toEqual(expected);
    }),
  );
});

it('keys of exactly one block and one byte more', () => {
  for (const length of [0, 1, 63, 64, 65]) {
    const secret = new Uint8Array(length).fill(0xa5);
    const expected = new Uint8Array(createHmac('sha256', secret).update('x').digest());
    expect(hmacSha256(secret).digest(Uint8Array.of(0x78))).toEqual(expected);
  }
});

it('the secret array is not kept', () => {
  const secret = new Uint8Array(20).fill(7);
  const key = hmacSha256(secret);
  const before = key.digest(secret.slice());
  secret.fill(0);
  expect(key.digest(new Uint8Array(20).fill(7))).toEqual(before);
});

it('wiping destroys the scratch', () => {
  const destroy = vi.spyOn(_SHA256.prototype, 'destroy');
  const key = hmacSha256(new Uint8Array(20));
  destroy.mockClear();
  key.wipe();
  expect(destroy).toHaveBeenCalledTimes(1);
  destroy.mockRestore();
});
