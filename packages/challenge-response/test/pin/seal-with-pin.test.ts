import { scryptSync } from 'node:crypto';
import { bytesToHex, hexToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { describe, expect, test } from 'vitest';
import {
  CountersignError,
  createOcra,
  openWithPin,
  PHONE_SUITE,
  type SealedKey,
  sealWithPin,
} from '../../src/index.ts';

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
    const typed = ['7294', '7295', '0000', '', ' 7294', '7294 ', 'k7#w2q', '\ud800', '7'.repeat(100_000)];
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
    expect(await codeOf(sealWithPin(key, '7294', { cost: { ...cost, N: 100 } }))).toBe('invalid-argument');
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
      { ...sealed, cost: null },
      { ...sealed, salt: sealed.salt.slice(2) },
      { ...sealed, salt: 7 },
      { ...sealed, masked: `${sealed.masked}x` },
      { ...sealed, masked: '00' },
      { ...sealed, masked: '00'.repeat(65) },
    ]) {
      expect(await codeOf(openWithPin(wrong as SealedKey, '7294'))).toBe('invalid-state');
    }
    expect(await codeOf(openWithPin(sealed, 7294 as never))).toBe('invalid-pin');
  });
});
