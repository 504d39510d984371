import { hasProgram, run } from '@countersign/testing/programs';
import { seededRandom } from '@countersign/testing/seeded-random';
import { describe, expect, it } from 'vitest';
import { createHotp, createTotp, secretToBase32 } from '../src/index.ts';

describe.runIf(hasProgram('oathtool'))('oathtool gives the same codes', () => {
  const random = seededRandom('oathtool');
  const byte = (): number => random(1)[0]!;

  it('for 200 random keys, hashes, lengths, periods and instants', () => {
    for (let i = 0; i < 200; i++) {
      const algorithm = (['SHA1', 'SHA256', 'SHA512'] as const)[byte() % 3]!;
      const digits = 6 + (byte() % 3);
      const period = [15, 30, 60, 90][byte() % 4]!;
      const secret = random(16 + (byte() % 49));
      const seconds = Buffer.from(random(4)).readUInt32BE() >>> (byte() % 8);
      const args = [
        `--totp=${algorithm}`,
        `--digits=${digits}`,
        `--time-step-size=${period}s`,
        `--now=@${seconds}`,
        '-b',
        secretToBase32(secret),
      ];
      const totp = createTotp({ secret, algorithm, digits, period });
      const expected = run('oathtool', args);
      expect(totp.generate({ now: seconds * 1000 })).toBe(expected);
      expect(totp.verify(expected, { after: null, now: seconds * 1000, window: 0 }).ok).toBe(true);
    }
  });

  it('for HOTP counters up to 2^63-1', () => {
    for (const counter of [0n, 1n, 2n ** 31n, 2n ** 32n, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
      const secret = random(20);
      const expected = run('oathtool', ['--hotp', `--counter=${counter}`, '-b', secretToBase32(secret)]);
      expect(createHotp({ secret }).generate(counter)).toBe(expected);
    }
  });
});
