import { inspect } from 'node:util';
import { bytesToHex } from '@countersign/primitives/bytes';
import { describe, expect, test, vi } from 'vitest';
import {
  type DeviceKey,
  exportDeviceKey,
  generateDeviceKey,
  importDeviceKey,
  nobleSignatures,
  parseDevicePublicKey,
  type StoredDeviceKey,
} from '../../src/approval.ts';
import type { SignatureAlgorithm } from '../../src/signature/engine.ts';
import { normalizeP256Signature } from '../../src/signature/p256.ts';

const MESSAGE = new Uint8Array([1, 2, 3]);

const fallback = nobleSignatures;

/** By noble, and with the low s. */
function genuine({ algorithm, publicKey }: DeviceKey, signature: Uint8Array): boolean {
  const low = algorithm === 'Ed25519' || normalizeP256Signature(signature) === signature;
  return low && nobleSignatures.verify(algorithm, publicKey, MESSAGE, signature);
}

/** A key whose private half is bytes: what a runtime without WebCrypto makes. */
async function softwareKey(algorithm: SignatureAlgorithm): Promise<DeviceKey> {
  return importDeviceKey({ v: 1, algorithm, ...nobleSignatures.generate(algorithm) }, { fallback });
}

describe.each([
  ['Ed25519', 'WebCrypto', 32],
  ['Ed25519', 'noble', 32],
  ['P-256', 'WebCrypto', 65],
  ['P-256', 'noble', 65],
] as const)('%s by %s', (algorithm, engine, length) => {
  test('signs, is stored and comes back, and shows nothing', async () => {
    const key = await (engine === 'noble' ? softwareKey(algorithm) : generateDeviceKey(algorithm));
    expect(key.algorithm).toBe(algorithm);
    expect(key.publicKey.length).toBe(length);
    expect(parseDevicePublicKey(key.publicKey)).toEqual({ algorithm, publicKey: key.publicKey });
    for (let i = 0; i < 8; i++) expect(genuine(key, await key.sign(MESSAGE))).toBe(true);

    key.publicKey.fill(0);
    expect(key.publicKey.some((byte) => byte !== 0)).toBe(true);

    const stored = structuredClone(exportDeviceKey(key));
    const again = await importDeviceKey(stored, { fallback });
    expect(again.publicKey).toEqual(key.publicKey);
    expect(genuine(again, await again.sign(MESSAGE))).toBe(true);

    const { privateKey } = stored;
    if (privateKey instanceof Uint8Array) {
      expect(engine).toBe('noble');
      const shown = `${inspect(key, { depth: 9, showHidden: true, getters: true })}${JSON.stringify(key)}${JSON.stringify({ ...key })}`;
      expect(shown).not.toContain(bytesToHex(privateKey));
      expect(shown).not.toContain(`${privateKey[0]}, ${privateKey[1]}, ${privateKey[2]}, ${privateKey[3]}`);
      expect(shown).not.toContain(`${privateKey.join(',')}`);
      expect(Object.keys(key)).toEqual(['algorithm', 'publicKey', 'sign']);
      privateKey.fill(0);
      expect(genuine(again, await again.sign(MESSAGE))).toBe(true);
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
    for (const algorithm of ['Ed25519', 'P-256'] as const) {
      const key = await generateDeviceKey(algorithm, { fallback });
      const stored = exportDeviceKey(key);
      expect(stored.privateKey).toBeInstanceOf(Uint8Array);
      expect(genuine(key, await key.sign(MESSAGE))).toBe(true);
      expect((await importDeviceKey(stored, { fallback })).publicKey).toEqual(key.publicKey);
      for (const failed of [generateDeviceKey(algorithm), importDeviceKey(stored)]) {
        await expect(failed).rejects.toMatchObject({ name: 'CountersignError', code: 'unsupported' });
      }
    }
  } finally {
    vi.unstubAllGlobals();
  }
});

test('a private key in bytes needs the fallback, also beside WebCrypto', async () => {
  const stored = exportDeviceKey(await softwareKey('Ed25519'));
  await expect(importDeviceKey(stored)).rejects.toMatchObject({ code: 'unsupported' });
});

test('a key that WebCrypto fails to make is tried again, and not for ever', async () => {
  const generateKey = vi.spyOn(crypto.subtle, 'generateKey');
  const failure = new DOMException('The operation failed', 'OperationError');
  generateKey.mockRejectedValueOnce(failure).mockRejectedValueOnce(failure);
  expect((await generateDeviceKey('Ed25519')).publicKey.length).toBe(32);
  expect(generateKey).toHaveBeenCalledTimes(3);
  generateKey.mockReset().mockRejectedValue(failure);
  await expect(generateDeviceKey('Ed25519')).rejects.toMatchObject({ name: 'CountersignError', code: 'unsupported' });
  expect(generateKey).toHaveBeenCalledTimes(5);
  generateKey.mockRestore();
});

test('P-256 signatures are low-S: WebCrypto alone makes the other half too', async () => {
  const key = await generateDeviceKey('P-256');
  const { privateKey } = exportDeviceKey(key);
  let high = 0;
  for (let i = 0; i < 40; i++) {
    const raw = await crypto.subtle.sign({ name: 'ECDSA', hash: 'SHA-256' }, privateKey as CryptoKey, MESSAGE);
    if (!genuine(key, new Uint8Array(raw))) high++;
    expect(genuine(key, await key.sign(MESSAGE))).toBe(true);
  }
  expect(high).toBeGreaterThan(5);
});

test('bad input', async () => {
  const key = await softwareKey('Ed25519');
  const other = await softwareKey('Ed25519');
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
    await expect(importDeviceKey(wrong as StoredDeviceKey, { fallback })).rejects.toMatchObject({
      code: 'invalid-key',
    });
  }
  await expect(importDeviceKey({ ...stored, algorithm: 'x' as 'P-256' })).rejects.toMatchObject({
    code: 'invalid-algorithm',
  });
  for (const options of [null, 5, { fallback: null }, { fallback: 'noble' }]) {
    const given = options as never;
    await expect(generateDeviceKey('P-256', given)).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(importDeviceKey(web, given)).rejects.toMatchObject({ code: 'invalid-argument' });
  }
  expect(() => exportDeviceKey(null as never)).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  const off = new Uint8Array(32);
  off[0] = 2;
  for (const wrong of [off, new Uint8Array(65), Uint8Array.of(4, ...new Uint8Array(64)), 'x', null]) {
    expect(() => parseDevicePublicKey(wrong)).toThrow(expect.objectContaining({ code: 'invalid-key' }));
  }
});
