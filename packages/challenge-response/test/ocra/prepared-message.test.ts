import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { prepareMessage } from '../../src/ocra/prepared-message.ts';

const secret = Uint8Array.from({ length: 32 }, (_byte, i) => 7 * i + 1);

test.each(['SHA1', 'SHA256', 'SHA512'] as const)(
  'the message of a suite with %s, as node:crypto has it',
  (algorithm) => {
    const prepare = prepareMessage(algorithm);
    const message = prepare(secret, 204);
    const other = prepare(secret.slice(0, 16), 8);
    for (let i = 0; i < 50; i++) {
      message.bytes[(i * 37) % 204] = i;
      other.bytes[i % 8] = i;
      const digest = createHmac(algorithm, secret).update(message.bytes).digest();
      expect(message.truncated()).toBe(digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff);
      other.truncated();
      const whole = message.digest();
      message.wipe();
      expect([...whole]).toEqual([...digest]);
    }
  },
);
