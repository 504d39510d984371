import { createHmac } from 'node:crypto';
import { Sha1Midstate } from '@countersign/primitives/counter-hmac-sha1';
import { Sha256Midstate } from '@countersign/primitives/counter-hmac-sha256';
import { Sha512Midstate } from '@countersign/primitives/counter-hmac-sha512';
import { hmacSha1 } from '@countersign/primitives/hmac-sha1';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import { hmacSha512 } from '@countersign/primitives/hmac-sha512';
import { describe, expect, test } from 'vitest';
import { midstateMessage, type PrepareMessage, plainMessage, selfTested } from '../../src/ocra/prepared-message.ts';

const cases: [string, string, PrepareMessage][] = [
  ['SHA-1', 'sha1', midstateMessage(() => new Sha1Midstate(), hmacSha1)],
  ['SHA-256', 'sha256', midstateMessage(() => new Sha256Midstate(), hmacSha256)],
  ['SHA-512', 'sha512', midstateMessage(() => new Sha512Midstate(), hmacSha512)],
  ['SHA-1, plain', 'sha1', plainMessage(hmacSha1)],
  ['SHA-256, plain', 'sha256', plainMessage(hmacSha256)],
  ['SHA-512, plain', 'sha512', plainMessage(hmacSha512)],
];

describe.each(cases)('a message used again: %s', (_, name, prepare) => {
  const secret = Uint8Array.from({ length: 32 }, (_byte, i) => 7 * i + 1);
  const digestByNode = (key: Uint8Array, message: Uint8Array) => createHmac(name, key).update(message).digest();
  const truncatedByNode = (key: Uint8Array, message: Uint8Array) => {
    const digest = digestByNode(key, message);
    return digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff;
  };

  test('every length up to five blocks, as node:crypto has it', () => {
    for (let length = 0; length <= 5 * 128; length++) {
      const message = prepare(secret, length);
      expect(message.bytes).toHaveLength(length);
      for (let i = 0; i < length; i++) message.bytes[i] = i * 31 + length;
      expect(message.truncated()).toBe(truncatedByNode(secret, message.bytes));
    }
  });

  test('keys shorter and longer than a block, of which nothing is kept', () => {
    for (const length of [16, 63, 64, 65, 127, 128, 129, 300]) {
      const key = Uint8Array.from({ length }, (_byte, i) => i + length);
      const message = prepare(key, 200);
      const expected = truncatedByNode(key, message.bytes);
      key.fill(0);
      expect(message.truncated()).toBe(expected);
    }
  });

  test('after each change, beside other messages and after wiping', () => {
    const one = prepare(secret, 204);
    const two = prepare(secret.map((byte) => byte ^ 1), 8);
    const other = secret.map((byte) => byte ^ 1);
    for (let i = 0; i < 50; i++) {
      one.bytes[(i * 37) % 204] = i;
      two.bytes[i % 8] = i;
      expect(one.truncated()).toBe(truncatedByNode(secret, one.bytes));
      expect(two.truncated()).toBe(truncatedByNode(other, two.bytes));
      expect([...one.digest()]).toEqual([...digestByNode(secret, one.bytes)]);
      one.wipe();
      expect(two.truncated()).toBe(truncatedByNode(other, two.bytes));
      two.wipe();
    }
  });
});

describe('a fast path that is wrong is not used', () => {
  const expected = plainMessage(hmacSha1)(new Uint8Array(20), 8).truncated();

  test.each([
    ['gives something else', (): void => undefined],
    [
      'fails',
      (): void => {
        throw new Error('no such method');
      },
    ],
  ])('it %s', (_, compress) => {
    class Broken extends Sha1Midstate {
      override more(): void {
        compress();
      }
    }
    const prepare = selfTested(() => new Broken(), hmacSha1);
    expect(prepare(new Uint8Array(20), 8).truncated()).toBe(expected);
    expect(prepare(new Uint8Array(20), 200).truncated()).toBe(plainMessage(hmacSha1)(new Uint8Array(20), 200).truncated());
  });

  test('and one that is right is', () => {
    let compressions = 0;
    class Counting extends Sha1Midstate {
      override more(blocks: DataView, offset: number): void {
        compressions++;
        super.more(blocks, offset);
      }
    }
    const message = selfTested(() => new Counting(), hmacSha1)(new Uint8Array(20), 200);
    compressions = 0;
    message.truncated();
    expect(compressions).toBe(3);
  });
});
