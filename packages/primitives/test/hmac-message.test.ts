import { createHmac } from 'node:crypto';
import { _SHA1 } from '@noble/hashes/legacy.js';
import { _SHA256, _SHA512 } from '@noble/hashes/sha2.js';
import { describe, expect, test } from 'vitest';
import { clonedHmac, knownAnswerTested, type PrepareHmac } from '../src/hmac.ts';
import { hmacSha1 } from '../src/hmac-sha1.ts';
import { hmacSha256 } from '../src/hmac-sha256.ts';
import { hmacSha512 } from '../src/hmac-sha512.ts';

const secret = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1);

function truncatedByNode(name: string, message: Uint8Array): number {
  const digest = createHmac(name, secret).update(message).digest();
  return digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff;
}

const cases: [string, string, PrepareHmac][] = [
  ['SHA-1', 'sha1', hmacSha1],
  ['SHA-256', 'sha256', hmacSha256],
  ['SHA-512', 'sha512', hmacSha512],
  ['SHA-1, cloned', 'sha1', clonedHmac(() => new _SHA1())],
  ['SHA-256, cloned', 'sha256', clonedHmac(() => new _SHA256())],
  ['SHA-512, cloned', 'sha512', clonedHmac(() => new _SHA512())],
];

describe.each(cases)('a message used again: %s', (_, name, prepare) => {
  test('every length up to five blocks, as node:crypto has it', () => {
    const key = prepare(secret);
    for (let length = 0; length <= 5 * 128; length++) {
      const message = key.message(length);
      expect(message.bytes).toEqual(new Uint8Array(length));
      message.bytes.forEach((_byte, i) => {
        message.bytes[i] = i * 31 + length;
      });
      expect(message.truncated()).toBe(truncatedByNode(name, message.bytes));
    }
  });

  test('again after each change, beside other messages and computations', () => {
    const key = prepare(secret);
    const one = key.message(204);
    const two = key.message(8);
    for (let i = 0; i < 50; i++) {
      one.bytes[(i * 37) % 204] = i;
      two.bytes[i % 8] = i;
      expect(one.truncated()).toBe(truncatedByNode(name, one.bytes));
      expect(two.truncated()).toBe(truncatedByNode(name, two.bytes));
      key.truncatedCounter(0, i);
      key.digest(one.bytes);
      key.wipe();
      expect(one.truncated()).toBe(truncatedByNode(name, one.bytes));
      key.wipe();
    }
  });
});

test('a fast path whose messages are wrong is not used', () => {
  const slow = clonedHmac(() => new _SHA1());
  const seed = '12345678901234567890';
  const wrong: PrepareHmac = (key) => ({ ...slow(key), message: (length) => ({ bytes: new Uint8Array(length), truncated: () => 0 }) });
  expect(knownAnswerTested(() => wrong, slow, seed, 1094287082)).toBe(slow);
  expect(knownAnswerTested(() => slow, hmacSha1, seed, 1094287082)).toBe(slow);
});
