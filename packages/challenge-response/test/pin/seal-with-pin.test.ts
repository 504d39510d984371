import { scryptSync } from 'node:crypto';
import { bytesToHex, hexToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { describe, expect, test } from 'vitest';
import {
  CountersignError,
  createOcra,
  openWithPin,
  PHONE_SUITE,
  type ScryptCost,
  type SealedKey,
  sealWithPin,
} from '../../src/ocra.ts';

const cost = { algorithm: 'scrypt', N: 2 ** 8, r: 8, p: 1 } as const;
const key = seededRandom('key')(32);

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return (error as CountersignError).code;
  }
  return 'nothing thrown';
}

describe('a key under a PIN', () => {
  test('opens to itself with the PIN, through JSON, for every length of key', async () => {
    for (const length of [16, 20, 32, 64]) {
      const secret = seededRandom(`key ${length}`)(length);
      const sealed = JSON.parse(JSON.stringify(await sealWithPin(secret, 'k7#w2q', { cost }))) as SealedKey;
      expect(Object.keys(sealed)).toEqual(['v', 'cost', 'salt', 'masked']);
      expect(sealed).toMatchObject({ v: 1, cost });
      expect(await openWithPin(sealed, 'k7#w2q')).toEqual(new Uint8Array(secret));
    }
  });

  test('is the key XOR scrypt, as another program computes it', async () => {
    const sealed = await sealWithPin(key, '7294', { cost, random: seededRandom('salt') });
    expect(sealed.salt).toBe(bytesToHex(seededRandom('salt')(16)));
    const { N, r, p } = cost;
    const pad = scryptSync('7294', hexToBytes(sealed.salt), 32, { N, r, p });
    expect(sealed.masked).toBe(bytesToHex(key.map((byte, i) => byte ^ pad[i]!)));
  });

  test('has another salt every time', async () => {
    const one = await sealWithPin(key, '7294', { cost });
    const two = await sealWithPin(key, '7294', { cost });
    expect(one.salt).not.toBe(two.salt);
    expect(one.masked).not.toBe(two.masked);
  });

  test('opens to another key with another PIN, and nothing tells which is right', async () => {
    const sealed = await sealWithPin(key, '7294', { cost });
    const opened = new Map<string, string>();
    const typed = ['7294', '7295', '0000', '', ' 7294', '7294 ', 'k7#w2q', '\ud800', '7'.repeat(128)];
    for (const pin of typed) {
      const candidate = await openWithPin(sealed, pin);
      expect(candidate).toHaveLength(32);
      // Each makes a key that works.
      expect(createOcra({ suite: PHONE_SUITE, key: candidate }).respond({ challenge: '482915', now: 0 })).toMatch(
        /^\d{8}$/,
      );
      opened.set(pin, bytesToHex(candidate));
    }
    expect(new Set(opened.values()).size).toBe(typed.length);
    expect(opened.get('7294')).toBe(bytesToHex(key));
  });

  test('the PIN is compared as people type it', async () => {
    const sealed = await sealWithPin(key, '７２９４', { cost });
    expect(await openWithPin(sealed, '7294')).toEqual(new Uint8Array(key));
  });

  test('snapshots what it is given before it waits', async () => {
    const buffer = new Uint8Array(40);
    buffer.set(key, 4);
    const view = buffer.subarray(4, 36);
    const own = { ...cost };
    const sealing = sealWithPin(view, '7294', { cost: own });
    view.fill(0);
    own.N = 2 as never;
    const sealed = await sealing;
    expect(sealed.cost.N).toBe(cost.N);
    const opening = openWithPin(sealed, '7294');
    Object.assign(sealed, { masked: '00'.repeat(32) });
    expect(await opening).toEqual(new Uint8Array(key));
  });

  test('leaves a Buffer as it is, and snapshots that as well', async () => {
    const buffer = Buffer.from(key);
    const sealing = sealWithPin(buffer, '7294', { cost });
    expect(new Uint8Array(buffer)).toEqual(new Uint8Array(key));
    buffer.fill(1);
    expect(await openWithPin(await sealing, '7294')).toEqual(new Uint8Array(key));
    expect(buffer.every((byte) => byte === 1)).toBe(true);
  });

  test('reports progress', async () => {
    const seen: number[] = [];
    const sealed = await sealWithPin(key, '7294', { cost, onProgress: (fraction) => seen.push(fraction) });
    await openWithPin(sealed, '7294', { onProgress: (fraction) => seen.push(fraction) });
    expect(seen.length).toBeGreaterThan(3);
    expect(seen.filter((fraction) => fraction === 1)).toHaveLength(2);
    expect(Math.min(...seen)).toBeGreaterThanOrEqual(0);
  });

  test('costs 128 MiB unless told otherwise', async () => {
    const sealed = await sealWithPin(key, '7294');
    expect(sealed.cost).toEqual({ algorithm: 'scrypt', N: 2 ** 17, r: 8, p: 1 });
  });
});

describe('what the programmer gets wrong is refused', () => {
  test('when sealing', async () => {
    expect(await codeOf(sealWithPin(key.slice(0, 15), '7294', { cost }))).toBe('invalid-key');
    expect(await codeOf(sealWithPin(new Uint8Array(65), '7294', { cost }))).toBe('invalid-key');
    expect(await codeOf(sealWithPin('k'.repeat(32) as never, '7294', { cost }))).toBe('invalid-key');
    for (const pin of ['', '729', '\ufdfa', 'x'.repeat(129), '\ud800xyz', null, 7294]) {
      expect(await codeOf(sealWithPin(key, pin as string, { cost }))).toBe('invalid-pin');
    }
    for (const wrong of [
      null,
      'scrypt',
      { ...cost, algorithm: 'argon2id' },
      { ...cost, N: 100 },
      { ...cost, N: 1 },
      { ...cost, N: 2 ** 21 },
      { ...cost, N: Number.NaN },
      { ...cost, r: 0 },
      { ...cost, r: 33 },
      { ...cost, p: 17 },
      { ...cost, p: 1.5 },
      { ...cost, N: 2 ** 19 },
      { ...cost, N: 2 ** 17, p: 5 },
    ]) {
      expect(await codeOf(sealWithPin(key, '7294', { cost: wrong as never }))).toBe('invalid-argument');
    }
    for (const options of [null, 'fast', { onProgress: 7, cost }]) {
      expect(await codeOf(sealWithPin(key, '7294', options as never))).toBe('invalid-argument');
    }
    expect(await codeOf(sealWithPin(key, '7294', { cost, random: () => new Uint8Array(8) }))).toBe('invalid-random');
  });

  test('when opening', async () => {
    const sealed = await sealWithPin(key, '7294', { cost });
    for (const wrong of [
      null,
      'text',
      {},
      { ...sealed, v: 2 },
      { ...sealed, cost: { ...cost, N: 2 ** 21 } },
      { ...sealed, more: 1 },
      { ...sealed, masked: null },
      { ...sealed, masked: sealed.masked.slice(1) },
      { ...sealed, cost: null },
      { ...sealed, salt: sealed.salt.slice(2) },
      { ...sealed, salt: 7 },
      { ...sealed, masked: `${sealed.masked}x` },
      { ...sealed, masked: '00' },
      { ...sealed, masked: '00'.repeat(65) },
    ]) {
      expect(await codeOf(openWithPin(wrong as SealedKey, '7294'))).toBe('invalid-state');
    }
    for (const pin of [7294, null, undefined, ['7294'], '7'.repeat(129), '\ufdfa'.repeat(1_000_000)]) {
      expect(await codeOf(openWithPin(sealed, pin as never))).toBe('invalid-pin');
    }
    for (const options of [null, 'fast', { onProgress: 7 }]) {
      expect(await codeOf(openWithPin(sealed, '7294', options as never))).toBe('invalid-argument');
    }
  });
});

test('C8: a hostile sealed key is refused before anything is computed', async () => {
  const sealed = await sealWithPin(key, '7294', { cost });
  const hostile = [
    { N: 2 ** 20, r: 7, p: 1 },
    { N: 2 ** 17, r: 8, p: 16 },
    { N: 2 ** 16, r: 16, p: 5 },
    { N: 2 ** 18, r: 16, p: 1 },
    { N: '131072', r: 8, p: 1 },
  ];
  const begin = performance.now();
  for (const parts of hostile) {
    const file = { ...sealed, cost: { algorithm: 'scrypt', ...parts } as ScryptCost };
    expect(await codeOf(openWithPin(file, '7294'))).toBe('invalid-state');
  }
  expect(performance.now() - begin).toBeLessThan(100);
});

describe('one computation at a time', () => {
  test('C8: eight at once run one after the other, in the order asked for', async () => {
    const running = new Set<number>();
    let most = 0;
    const ended: number[] = [];
    const slow = { ...cost, N: 2 ** 11 };
    await Promise.all(
      Array.from({ length: 8 }, async (_, i) => {
        const onProgress = (fraction: number) => {
          if (fraction < 1) running.add(i);
          else running.delete(i);
          most = Math.max(most, running.size);
        };
        if (i % 2) await openWithPin(await sealedBefore, '7294', { onProgress });
        else await sealWithPin(key, '7294', { cost: slow, onProgress });
        ended.push(i);
      }),
    );
    expect(most).toBe(1);
    expect(ended).toHaveLength(8);
    expect(ended.filter((i) => i % 2 === 0)).toEqual([0, 2, 4, 6]);
  });

  test('one that fails stops none behind it', async () => {
    const failing = sealWithPin(key, '7294', {
      cost,
      onProgress() {
        throw new RangeError('the display is gone');
      },
    });
    const after = sealWithPin(key, '7294', { cost });
    await expect(failing).rejects.toThrow('the display is gone');
    expect(await openWithPin(await after, '7294')).toEqual(new Uint8Array(key));
  });
});

const sealedBefore = sealWithPin(key, '7294', { cost: { ...cost, N: 2 ** 11 } });
