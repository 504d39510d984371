import { generateKeyPairSync } from 'node:crypto';
import { inspect } from 'node:util';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { x25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { AEAD_AES_128_GCM, CipherSuite, KDF_HKDF_SHA256, KEM_DHKEM_X25519_HKDF_SHA256 } from 'hpke';
import { describe, expect, test, vi } from 'vitest';
import {
  exportSealingKey,
  generateSealingKey,
  importSealingKey,
  openSealedMessage,
  parseSealingPublicKey,
  type StoredSealingKey,
  sealMessage,
} from '../../src/sealed-message.ts';
import vector from '../vectors/rfc9180-a11.json' with { type: 'json' };
import { openBase } from './rfc9180.ts';

const NOW = 1_800_000_000_000;
const ABOUT = { device: 'phone-1', purpose: 'temporary-password', now: NOW };
const MESSAGE = utf8ToBytes('tulip 42');
const PREFIX = 'countersign-sealed-1.';

test('RFC 9180 A.1.1: the library and the second implementation', async () => {
  const [privateKey, publicKey, enc, info, aad, ciphertext] = (
    ['privateKey', 'publicKey', 'enc', 'info', 'aad', 'ciphertext'] as const
  ).map((name) => hexToBytes(vector[name])) as [Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array, Uint8Array];
  const input = { kem: 'X25519', keyLength: 16, privateKey, publicKey, enc, info, aad, ciphertext } as const;
  expect(bytesToHex(openBase(input))).toBe(vector.plaintext);
  const suite = new CipherSuite(KEM_DHKEM_X25519_HKDF_SHA256, KDF_HKDF_SHA256, AEAD_AES_128_GCM);
  const pair = {
    privateKey: await suite.DeserializePrivateKey(privateKey),
    publicKey: await suite.DeserializePublicKey(publicKey),
  };
  expect(bytesToHex(await suite.Open(pair, enc, ciphertext, { info, aad }))).toBe(vector.plaintext);
});

describe.each([
  ['X25519', 32],
  ['P-256', 65],
] as const)('%s', (algorithm, length) => {
  test('seals and opens, also after storage; nothing secret shows', async () => {
    const key = await generateSealingKey(algorithm);
    expect(key.publicKey.length).toBe(length);
    const sealed = await sealMessage(MESSAGE, { ...ABOUT, publicKey: key.publicKey });
    expect(sealed).toMatch(/^countersign-sealed-1\.[0-9a-f]+$/);
    expect(await openSealedMessage(sealed, { ...ABOUT, key })).toEqual({
      ok: true,
      message: MESSAGE,
      expiresAt: NOW + 600_000,
    });
    const stored = structuredClone(exportSealingKey(key));
    expect(stored.privateKey.extractable).toBe(false);
    const again = await importSealingKey(stored);
    expect(await openSealedMessage(sealed, { ...ABOUT, key: again })).toMatchObject({ ok: true, message: MESSAGE });
    expect(await sealMessage(MESSAGE, { ...ABOUT, publicKey: key.publicKey })).not.toBe(sealed);
    expect(inspect(key, { showHidden: true })).not.toContain('CryptoKey');
    key.publicKey.fill(0);
    expect(key.publicKey).toEqual(again.publicKey);
  });

  test('the second implementation opens it', async () => {
    const privateKey = algorithm === 'X25519' ? x25519.utils.randomSecretKey() : p256.utils.randomSecretKey();
    const publicKey = algorithm === 'X25519' ? x25519.getPublicKey(privateKey) : p256.getPublicKey(privateKey, false);
    for (const message of [new Uint8Array(), MESSAGE, new Uint8Array(65_536).fill(7)]) {
      const sealed = hexToBytes((await sealMessage(message, { ...ABOUT, publicKey })).slice(PREFIX.length));
      const expiresAt = NOW + 600_000;
      expect(new DataView(sealed.buffer).getBigUint64(0)).toBe(BigInt(expiresAt));
      const opened = openBase({
        kem: algorithm,
        keyLength: 32,
        privateKey,
        publicKey,
        enc: sealed.slice(8, 8 + length),
        ciphertext: sealed.slice(8 + length),
        info: encodeFields('countersign/sealed-message/v1', ['phone-1', 'temporary-password', expiresAt]),
        aad: new Uint8Array(),
      });
      expect(opened).toEqual(message);
    }
  });

  test('another device, purpose, key or time, and any changed bit: refused', async () => {
    const key = await generateSealingKey(algorithm);
    const other = await generateSealingKey(algorithm);
    const sealed = await sealMessage(MESSAGE, { ...ABOUT, publicKey: key.publicKey });
    const mismatch = { ok: false, reason: 'mismatch' };
    expect(await openSealedMessage(sealed, { ...ABOUT, key: other })).toEqual(mismatch);
    expect(await openSealedMessage(sealed, { ...ABOUT, key, device: 'phone-2' })).toEqual(mismatch);
    expect(await openSealedMessage(sealed, { ...ABOUT, key, purpose: 'login' })).toEqual(mismatch);
    expect(await openSealedMessage(sealed, { ...ABOUT, key, now: NOW + 599_999 })).toMatchObject({ ok: true });
    expect(await openSealedMessage(sealed, { ...ABOUT, key, now: NOW + 600_000 })).toEqual({
      ok: false,
      reason: 'expired',
    });
    const current = await sealMessage(MESSAGE, { ...ABOUT, publicKey: key.publicKey, now: undefined, lifetime: 60 });
    expect(await openSealedMessage(current, { ...ABOUT, key, now: undefined })).toMatchObject({ ok: true });
    const bytes = hexToBytes(sealed.slice(PREFIX.length));
    for (let bit = 0; bit < 8 * bytes.length; bit++) {
      const flipped = bytes.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      const result = await openSealedMessage(PREFIX + bytesToHex(flipped), { ...ABOUT, key });
      expect(result.ok).toBe(false);
      expect(!result.ok && result.reason).not.toBe('expired');
    }
  });
});

test('hostile input gives a reason', async () => {
  const key = await generateSealingKey();
  const sealed = await sealMessage(MESSAGE, { ...ABOUT, publicKey: key.publicKey });
  const malformed = { ok: false, reason: 'malformed' };
  const hostile = [
    null,
    undefined,
    5,
    {},
    [sealed],
    { toString: () => sealed },
    '',
    PREFIX,
    sealed.toUpperCase(),
    sealed.slice(0, -1),
    `${PREFIX}${'00'.repeat(55)}`,
    `${PREFIX}${'0'.repeat(1_000_000)}`,
    `${PREFIX}${'g'.repeat(200)}`,
    `${PREFIX}${'ff'.repeat(100)}`,
    sealed.replace('sealed-1', 'sealed-2'),
    ` ${sealed}`,
  ];
  for (const value of hostile) expect(await openSealedMessage(value, { ...ABOUT, key })).toEqual(malformed);
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (value) => {
      expect(await openSealedMessage(value, { ...ABOUT, key })).toEqual(malformed);
    }),
  );
});

describe('C11: the public key that a phone hands in', () => {
  const x = generateKeyPairSync('x25519');
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const spki = ({ publicKey }: typeof x): Uint8Array =>
    new Uint8Array(publicKey.export({ type: 'spki', format: 'der' }));

  test('is raw or SPKI, and raw from then on; either form can be sealed to', async () => {
    for (const [algorithm, der, length] of [
      ['X25519', spki(x), 32],
      ['P-256', spki(ec), 65],
    ] as const) {
      const parsed = parseSealingPublicKey(der);
      expect(parsed).toEqual({ algorithm, publicKey: der.slice(-length) });
      expect(parseSealingPublicKey(parsed.publicKey)).toEqual(parsed);
      expect(await sealMessage(MESSAGE, { ...ABOUT, publicKey: der })).toMatch(/^countersign-sealed-1\./);
      const key = await generateSealingKey(algorithm);
      expect(parseSealingPublicKey(key.publicKey)).toEqual({ algorithm, publicKey: key.publicKey });
    }
  });

  const le = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0')).reverse();
  const p = 2n ** 255n - 19n;
  const order8 = 325606250916557431795983626356110631294008115727848805560023387167927233504n;
  test.each<[string, unknown]>([
    ['small order: 0', le(0n)],
    ['small order: 1', le(1n)],
    ['small order: p - 1', le(p - 1n)],
    ['small order: of order 8', le(order8)],
    ['not reduced: p', le(p)],
    ['not reduced: p + 9', le(p + 9n)],
    ['top bit', le(9n + 2n ** 255n)],
    ['off the curve', new Uint8Array(65).fill(4, 0, 1)],
    ['compressed', p256.Point.BASE.toBytes(true)],
    ['hybrid', new Uint8Array(65).fill(6)],
    ['Ed25519, which signs', spki(generateKeyPairSync('ed25519'))],
    ['31 bytes', new Uint8Array(31)],
    ['nothing', null],
    ['text', 'x'.repeat(32)],
  ])('is refused: %s', (_, publicKey) => {
    expect(() => parseSealingPublicKey(publicKey)).toThrow(
      expect.objectContaining({ name: 'CountersignError', code: 'invalid-key' }),
    );
  });

  test('base points and keys near the prime are sound', () => {
    for (const u of [9n, p - 2n, p - 19n, 2n ** 255n - 20n - 256n]) {
      expect(parseSealingPublicKey(le(u)).algorithm).toBe('X25519');
    }
  });
});

test('WebKitGTK: a key that fails to be made is tried again, and not for ever', async () => {
  const key = await generateSealingKey('P-256');
  const generateKey = vi.spyOn(crypto.subtle, 'generateKey');
  const failure = new DOMException('small order', 'OperationError');
  generateKey.mockRejectedValueOnce(failure);
  const again = await generateSealingKey('P-256');
  expect(generateKey).toHaveBeenCalledTimes(2);
  generateKey.mockRejectedValueOnce(failure);
  const sealed = await sealMessage(MESSAGE, { ...ABOUT, publicKey: again.publicKey });
  expect(await openSealedMessage(sealed, { ...ABOUT, key: again })).toMatchObject({ ok: true });
  generateKey.mockRejectedValueOnce(failure);
  expect((await importSealingKey(exportSealingKey(key))).publicKey).toEqual(key.publicKey);
  generateKey.mockReset().mockRejectedValue(failure);
  await expect(generateSealingKey('P-256')).rejects.toMatchObject({ code: 'unsupported' });
  expect(generateKey).toHaveBeenCalledTimes(5);
  generateKey.mockRestore();
});

test('C4: missing options', async () => {
  for (const options of [null, undefined, 'x']) {
    const none = options as never;
    const refused = { name: 'CountersignError', code: 'invalid-argument' };
    await expect(sealMessage(MESSAGE, none)).rejects.toMatchObject(refused);
    await expect(openSealedMessage('x', none)).rejects.toMatchObject(refused);
  }
  expect(() => exportSealingKey(null as never)).toThrow(expect.objectContaining({ code: 'invalid-key' }));
});

test("the programmer's mistakes", async () => {
  const key = await generateSealingKey();
  const { publicKey } = key;
  const seal = (more: object, message: unknown = MESSAGE) =>
    sealMessage(message as Uint8Array, { ...ABOUT, publicKey, ...more });
  for (const weak of [
    new Uint8Array(32),
    new Uint8Array(32).fill(1, 0, 1),
    hexToBytes('ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f'),
    hexToBytes('e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800'),
    new Uint8Array(31),
    new Uint8Array(65),
    new Uint8Array(65).fill(4, 0, 1),
    'text',
  ]) {
    await expect(seal({ publicKey: weak })).rejects.toMatchObject({ code: 'invalid-key' });
  }
  await expect(seal({}, 'text')).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(seal({}, new Uint8Array(65_537))).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(seal({ device: '' })).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(seal({ purpose: 5 })).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(seal({ now: -1 })).rejects.toMatchObject({ code: 'invalid-time' });
  await expect(seal({ lifetime: 0 })).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(seal({ now: 8.64e15 })).rejects.toMatchObject({ code: 'invalid-time' });
  await expect(openSealedMessage('x', { ...ABOUT, key, now: Number.NaN })).rejects.toMatchObject({
    code: 'invalid-time',
  });
  await expect(openSealedMessage('x', { ...ABOUT, key: { ...key } })).rejects.toMatchObject({ code: 'invalid-key' });
  await expect(generateSealingKey('RSA' as 'P-256')).rejects.toMatchObject({ code: 'invalid-algorithm' });
  const stored = exportSealingKey(key);
  for (const wrong of [null, { ...stored, v: 2 }, { ...stored, privateKey: undefined }, { ...stored, publicKey: 5 }]) {
    await expect(importSealingKey(wrong as StoredSealingKey)).rejects.toMatchObject({ code: 'invalid-key' });
  }
  for (const algorithm of ['X25519', 'P-256'] as const) {
    const mine = exportSealingKey(await generateSealingKey(algorithm));
    const { publicKey: other } = await generateSealingKey(algorithm);
    await expect(importSealingKey({ ...mine, publicKey: other })).rejects.toMatchObject({ code: 'invalid-key' });
  }
  const off = new Uint8Array(65).fill(4, 0, 1);
  await expect(importSealingKey({ ...stored, algorithm: 'P-256', publicKey: off })).rejects.toMatchObject({
    code: 'invalid-key',
  });
  await expect(importSealingKey({ ...stored, publicKey: off })).rejects.toMatchObject({ code: 'invalid-key' });
  await expect(importSealingKey({ ...stored, algorithm: 'x' as 'P-256' })).rejects.toMatchObject({
    code: 'invalid-algorithm',
  });
  vi.stubGlobal('crypto', {});
  try {
    await expect(generateSealingKey()).rejects.toMatchObject({ code: 'unsupported' });
  } finally {
    vi.unstubAllGlobals();
  }
});
