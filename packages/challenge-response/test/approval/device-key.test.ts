import { inspect } from 'node:util';
import { bytesToHex } from '@countersign/primitives/bytes';
import { describe, expect, test, vi } from 'vitest';
import {
  type DeviceKey,
  exportDeviceKey,
  generateDeviceKey,
  importDeviceKey,
  parseDevicePublicKey,
  type StoredDeviceKey,
} from '../../src/index.ts';
import { verifyEd25519 } from '../../src/signature/ed25519.ts';
import { verifyP256 } from '../../src/signature/p256.ts';

const MESSAGE = new Uint8Array([1, 2, 3]);

function genuine(key: DeviceKey, signature: Uint8Array): Promise<boolean> {
  return key.algorithm === 'Ed25519'
    ? verifyEd25519('noble', key.publicKey, MESSAGE, signature)
    : verifyP256('noble', key.publicKey, MESSAGE, signature, true);
}

describe.each([
  ['Ed25519', 'WebCrypto', 32],
  ['Ed25519', 'noble', 32],
  ['P-256', 'WebCrypto', 65],
  ['P-256', 'noble', 65],
] as const)('%s by %s', (algorithm, engine, length) => {
  test('signs, is stored and comes back, and shows nothing', async () => {
    const key = await generateDeviceKey(algorithm, { engine });
    expect(key.algorithm).toBe(algorithm);
    expect(key.publicKey.length).toBe(length);
    expect(parseDevicePublicKey(key.publicKey)).toEqual({ algorithm, publicKey: key.publicKey });
    for (let i = 0; i < 8; i++) expect(await genuine(key, await key.sign(MESSAGE))).toBe(true);

    key.publicKey.fill(0);
    expect(key.publicKey.some((byte) => byte !== 0)).toBe(true);

    const stored = structuredClone(exportDeviceKey(key));
    const again = await importDeviceKey(stored);
    expect(again.publicKey).toEqual(key.publicKey);
    expect(await genuine(again, await again.sign(MESSAGE))).toBe(true);

    const { privateKey } = stored;
    if (privateKey instanceof Uint8Array) {
      expect(engine).toBe('noble');
      const shown = `${inspect(key, { depth: 9, showHidden: true, getters: true })}${JSON.stringify(key)}${JSON.stringify({ ...key })}`;
      expect(shown).not.toContain(bytesToHex(privateKey));
      expect(shown).not.toContain(`${privateKey[0]}, ${privateKey[1]}, ${privateKey[2]}, ${privateKey[3]}`);
      expect(shown).not.toContain(`${privateKey.join(',')}`);
      expect(Object.keys(key)).toEqual(['algorithm', 'publicKey', 'sign']);
      privateKey.fill(0);
      expect(await genuine(again, await again.sign(MESSAGE))).toBe(true);
      expect((exportDeviceKey(again).privateKey as Uint8Array).some((byte) => byte !== 0)).toBe(true);
    } else {
      expect(engine).toBe('WebCrypto');
      expect(privateKey.extractable).toBe(false);
      await expect(crypto.subtle.exportKey('pkcs8', privateKey)).rejects.toThrow();
    }
  });
});

test('raw keys where the engine has no WebCrypto', async () => {
  vi.stubGlobal('crypto', { getRandomValues: crypto.getRandomValues.bind(crypto), subtle: undefined });
  try {
    const key = await generateDeviceKey('P-256');
    expect(exportDeviceKey(key).privateKey).toBeInstanceOf(Uint8Array);
    expect(await genuine(key, await key.sign(MESSAGE))).toBe(true);
  } finally {
    vi.unstubAllGlobals();
  }
});

test('P-256 signatures are low-S: WebCrypto alone makes the other half too', async () => {
  const key = await generateDeviceKey('P-256', { engine: 'WebCrypto' });
  const { privateKey } = exportDeviceKey(key);
  let high = 0;
  for (let i = 0; i < 40; i++) {
    const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey as CryptoKey, MESSAGE);
    if (!(await genuine(key, new Uint8Array(raw)))) high++;
    expect(await genuine(key, await key.sign(MESSAGE))).toBe(true);
  }
  expect(high).toBeGreaterThan(5);
});

test('bad input', async () => {
  const key = await generateDeviceKey('Ed25519', { engine: 'noble' });
  const other = await generateDeviceKey('Ed25519', { engine: 'noble' });
  const web = exportDeviceKey(await generateDeviceKey('P-256'));
  const stored = exportDeviceKey(key);
  await expect(generateDeviceKey('RSA' as 'P-256')).rejects.toMatchObject({ code: 'invalid-algorithm' });
  await expect(key.sign('text' as unknown as Uint8Array)).rejects.toMatchObject({ code: 'invalid-argument' });
  expect(() => exportDeviceKey({ ...key })).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  for (const wrong of [
    null,
    { ...stored, v: 2 },
    { ...stored, publicKey: other.publicKey },
    { ...stored, publicKey: web.publicKey },
    { ...stored, publicKey: new Uint8Array(32) },
    { ...stored, privateKey: new Uint8Array(5) },
    { ...stored, privateKey: undefined },
    { ...stored, privateKey: web.privateKey },
    { ...web, algorithm: 'Ed25519' },
    { ...web, privateKey: { type: 'public' } },
    { ...web, privateKey: new Uint8Array(32) },
    { ...web, publicKey: exportDeviceKey(await generateDeviceKey('P-256')).publicKey },
  ]) {
    await expect(importDeviceKey(wrong as StoredDeviceKey)).rejects.toMatchObject({ code: 'invalid-key' });
  }
  await expect(importDeviceKey({ ...stored, algorithm: 'x' as 'P-256' })).rejects.toMatchObject({
    code: 'invalid-algorithm',
  });
  const off = new Uint8Array(32);
  off[0] = 2;
  for (const wrong of [off, new Uint8Array(65), Uint8Array.of(4, ...new Uint8Array(64)), 'x', null]) {
    expect(() => parseDevicePublicKey(wrong)).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  }
});
