import { scryptSync } from 'node:crypto';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { expect, test } from 'vitest';
import { type ScryptCost, scrypt } from '../../src/pin/scrypt.ts';

const salt = utf8ToBytes('sixteen bytes...');

test('scrypt is what an independent implementation computes, at every cost that is taken', async () => {
  const costs = [
    [2, 1, 1, 16],
    [1024, 8, 1, 32],
    [1024, 8, 2, 64],
    [256, 32, 16, 20],
    // The greatest memory, and the most work.
    [2 ** 16, 32, 2, 32],
  ] as const;
  for (const [N, r, p, length] of costs) {
    const cost: ScryptCost = { algorithm: 'scrypt', N, r, p };
    const progress: number[] = [];
    const output = await scrypt(utf8ToBytes('PIN'), salt, cost, length, (done) => progress.push(done));
    expect(output).toEqual(new Uint8Array(scryptSync('PIN', salt, length, { N, r, p, maxmem: 2 ** 30 })));
    expect(progress.at(-1)).toBe(1);
  }
});
