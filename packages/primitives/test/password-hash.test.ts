import { scryptSync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { utf8ToBytes } from '../src/bytes.ts';
import { assertCost, DEFAULT_COST, passwordHash, type ScryptCost } from '../src/password-hash.ts';

const small: ScryptCost = { algorithm: 'scrypt', N: 1024, r: 8, p: 1 };
const salt = utf8ToBytes('sixteen bytes...');

describe('password hash', () => {
  it('is scrypt, as an independent implementation computes it', async () => {
    const progress: number[] = [];
    const hash = await passwordHash(utf8ToBytes('PIN'), salt, small, { onProgress: (done) => progress.push(done) });
    expect(hash).toEqual(new Uint8Array(scryptSync('PIN', salt, 32, { N: 1024, r: 8, p: 1 })));
    expect(progress.at(-1)).toBe(1);
    const long = await passwordHash(utf8ToBytes('PIN'), salt, { ...small, p: 2 }, { length: 64 });
    expect(long).toEqual(new Uint8Array(scryptSync('PIN', salt, 64, { N: 1024, r: 8, p: 2 })));
  });

  it('takes its default cost when none is given', async () => {
    const { N, r, p } = DEFAULT_COST;
    const hash = await passwordHash(utf8ToBytes('PIN'), salt);
    expect(hash).toEqual(new Uint8Array(scryptSync('PIN', salt, 32, { N, r, p, maxmem: 2 ** 28 })));
  });

  it.each([
    null,
    {},
    { ...small, algorithm: 'argon2id' },
    { ...small, N: 1000 },
    { ...small, N: 1 },
    { ...small, N: 2 ** 21 },
    { ...small, N: Number.NaN },
    { ...small, r: 0 },
    { ...small, r: 33 },
    { ...small, p: 17 },
    { ...small, p: 1.5 },
    { ...small, N: 2 ** 20, r: 16 },
  ])('refuses the cost %j', (cost) => {
    expect(() => assertCost(cost)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });

  it('refuses a short salt', async () => {
    await expect(passwordHash(utf8ToBytes('PIN'), new Uint8Array(8), small)).rejects.toMatchObject({
      code: 'invalid-argument',
    });
  });
});
