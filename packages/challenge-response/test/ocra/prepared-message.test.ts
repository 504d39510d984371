import { createHmac } from 'node:crypto';
import { hmacSha1 } from '@countersign/primitives/hmac-sha1';
import { describe, expect, test } from 'vitest';
import {
  BLOCK_HASHES,
  midstateMessage,
  type PrepareMessage,
  plainMessage,
  selfTested,
} from '../../src/ocra/prepared-message.ts';

const cases = Object.entries(BLOCK_HASHES).flatMap(
  ([algorithm, [create, hmac]]): [string, string, PrepareMessage][] => [
    [algorithm, algorithm.toLowerCase(), midstateMessage(create, hmac)],
    [`${algorithm}, plain`, algorithm.toLowerCase(), plainMessage(hmac)],
  ],
);

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
    const two = prepare(
      secret.map((byte) => byte ^ 1),
      8,
    );
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
  const [createSha1] = BLOCK_HASHES.SHA1;
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
    const broken = () => Object.assign(createSha1(), { more: compress });
    const prepare = selfTested(broken, hmacSha1);
    expect(prepare(new Uint8Array(20), 8).truncated()).toBe(expected);
    expect(prepare(new Uint8Array(20), 200).truncated()).toBe(
      plainMessage(hmacSha1)(new Uint8Array(20), 200).truncated(),
    );
  });

  test('and one that is right is', () => {
    let compressions = 0;
    const counting = () => {
      const hash = createSha1();
      const more = hash.more.bind(hash);
      return Object.assign(hash, {
        more(blocks: DataView, offset: number) {
          compressions++;
          more(blocks, offset);
        },
      });
    };
    const message = selfTested(counting, hmacSha1)(new Uint8Array(20), 200);
    compressions = 0;
    message.truncated();
    expect(compressions).toBe(3);
  });
});
