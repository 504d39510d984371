import { createHash } from 'node:crypto';
import { bytesToHex, concatBytes, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { isCanonicalEd25519Key, isSoundEd25519Key } from '../../src/signature/ed25519.ts';
import { chooseComputer, chooseEngine, type SignatureAlgorithm, verifyBy } from '../../src/signature/engine.ts';
import { nobleSignatures } from '../../src/signature/noble.ts';
import { isSoundP256Key, normalizeP256Signature } from '../../src/signature/p256.ts';
import { verifySignature } from '../../src/signature/verify.ts';
import vectors from '../vectors/signatures.json' with { type: 'json' };

const L = ed25519.Point.Fn.ORDER;
const N = p256.Point.Fn.ORDER;

type Bytes = Uint8Array;
const judge =
  (algorithm: SignatureAlgorithm) =>
  (engine: 'WebCrypto' | 'noble', key: Bytes, message: Bytes, signature: Bytes, lowS = false): Promise<boolean> =>
    verifyBy(engine === 'noble' ? nobleSignatures : engine, algorithm, key, message, signature, lowS);
const verifyEd25519 = judge('Ed25519');
const verifyP256 = judge('P-256');

/** Both engines' verdicts, which must be one. */
async function both(verify: (engine: 'WebCrypto' | 'noble') => Promise<boolean>): Promise<boolean> {
  const [webCrypto, noble] = [await verify('WebCrypto'), await verify('noble')];
  expect(noble).toBe(webCrypto);
  return noble;
}
const ed = (key: Uint8Array, message: Uint8Array, signature: Uint8Array) =>
  both((engine) => verifyEd25519(engine, key, message, signature));
const ecdsa = (key: Uint8Array, message: Uint8Array, signature: Uint8Array, lowS = true) =>
  both((engine) => verifyP256(engine, key, message, signature, lowS));

const bigEndian = (value: bigint): Uint8Array => hexToBytes(value.toString(16).padStart(64, '0'));
const littleEndian = (value: bigint): Uint8Array => bigEndian(value).reverse();
const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${bytesToHex(bytes)}`);
const fromLittleEndian = (bytes: Uint8Array): bigint => toBigInt(bytes.slice().reverse());

afterEach(() => vi.unstubAllGlobals());

describe('vectors', () => {
  test.each(vectors.Ed25519.cases)(
    'RFC 8032 §7.1: $publicKey',
    async ({ secretKey, publicKey, message, signature }) => {
      const [key, text, value] = [publicKey, message, signature].map((hex) => hexToBytes(hex)) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      expect(isSoundEd25519Key(key)).toBe(true);
      expect(await ed(key, text, value)).toBe(true);
      expect(bytesToHex(ed25519.sign(text, hexToBytes(secretKey)))).toBe(signature);
      for (let bit = 0; bit < 512; bit++) {
        const flipped = value.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(await verifyEd25519('WebCrypto', key, text, flipped)).toBe(false);
        if (bit % 8 === 0) expect(await verifyEd25519('noble', key, text, flipped)).toBe(false);
      }
    },
  );

  test.each(vectors['P-256'].cases)(
    'RFC 6979 A.2.5: $message',
    async ({ secretKey, publicKey, message, signature }) => {
      const [key, text, value] = [publicKey, message, signature].map((hex) => hexToBytes(hex)) as [
        Uint8Array,
        Uint8Array,
        Uint8Array,
      ];
      expect(isSoundP256Key(key)).toBe(true);
      expect(await ecdsa(key, text, value, false)).toBe(true);
      const low = normalizeP256Signature(value)!;
      expect(await ecdsa(key, text, low)).toBe(true);
      expect(await ecdsa(key, text, value)).toBe(bytesToHex(low) === signature);
      expect(bytesToHex(p256.sign(text, hexToBytes(secretKey), { lowS: false }))).toBe(signature);
      for (let bit = 0; bit < 512; bit++) {
        const flipped = low.slice();
        flipped[bit >> 3]! ^= 1 << (bit & 7);
        expect(await verifyP256('WebCrypto', key, text, flipped, false)).toBe(false);
        if (bit % 8 === 0) expect(await verifyP256('noble', key, text, flipped, false)).toBe(false);
      }
    },
  );
});

describe('Ed25519, negative', () => {
  const { publicKey, message, signature } = vectors.Ed25519.cases[1]!;
  const [key, text, value] = [publicKey, message, signature].map((hex) => hexToBytes(hex)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const S = fromLittleEndian(value.slice(32));

  test.each([
    ['S + L, the malleable twin', concatBytes(value.slice(0, 32), littleEndian(S + L))],
    ['S = L', concatBytes(value.slice(0, 32), littleEndian(L))],
    ['S + 8L', concatBytes(value.slice(0, 32), littleEndian((S + 8n * L) % (1n << 256n)))],
    ['S = 0', concatBytes(value.slice(0, 32), new Uint8Array(32))],
    ['all zero', new Uint8Array(64)],
    ['all ones', new Uint8Array(64).fill(255)],
    ['R not on the curve', concatBytes(littleEndian(2n), value.slice(32))],
    ['R not reduced', concatBytes(littleEndian(2n ** 255n - 18n), value.slice(32))],
    ['63 bytes', value.slice(0, 63)],
    ['65 bytes', concatBytes(value, new Uint8Array(1))],
    ['nothing', new Uint8Array()],
    ['halves swapped', concatBytes(value.slice(32), value.slice(0, 32))],
  ])('%s', async (_, forged) => {
    expect(await ed(key, text, forged)).toBe(false);
  });

  test('keys of small order, not reduced, or off the curve are refused, and sign nothing', async () => {
    const p = 2n ** 255n - 19n;
    const points: bigint[] = [0n, 1n, p - 1n, p, p + 1n, 2n ** 255n - 1n];
    const eighth = fromLittleEndian(hexToBytes('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05'));
    points.push(eighth, p - eighth);
    for (const y of points) {
      for (const sign of [0n, 1n << 255n]) {
        const weak = littleEndian(y + sign);
        expect(isCanonicalEd25519Key(weak)).toBe(false);
        expect(isSoundEd25519Key(weak)).toBe(false);
        // The classic forgery: R = identity, S = 0 verifies for every message under the identity key.
        for (const R of [littleEndian(1n), weak]) {
          expect(await ed(weak, text, concatBytes(R, new Uint8Array(32)))).toBe(false);
        }
      }
    }
    const offCurve = littleEndian(2n);
    expect(isCanonicalEd25519Key(offCurve)).toBe(true);
    expect(isSoundEd25519Key(offCurve)).toBe(false);
    expect(await ed(offCurve, text, value)).toBe(false);
    expect(isCanonicalEd25519Key(new Uint8Array(31))).toBe(false);
  });

  test('points with a component of small order: refused at enrolment, and both engines agree on their signatures', async () => {
    const { Point } = ed25519;
    const torsion = Point.fromHex('26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05');
    const random = seededRandom('torsion');
    let accepted = 0;
    for (let i = 0; i < 160; i++) {
      const a = fromLittleEndian(random(32)) % L;
      const r = fromLittleEndian(random(32)) % L;
      const A = Point.BASE.multiply(a).add(torsion.multiplyUnsafe(BigInt(i % 8)));
      const R = Point.BASE.multiply(r).add(torsion.multiplyUnsafe(BigInt(Math.floor(i / 8) % 8)));
      const mixed = A.toBytes();
      expect(isSoundEd25519Key(mixed)).toBe(i % 8 === 0);
      const data = concatBytes(R.toBytes(), mixed, text);
      const k = fromLittleEndian(new Uint8Array(createHash('sha512').update(data).digest())) % L;
      const forged = concatBytes(R.toBytes(), littleEndian((r + k * a) % L));
      // The equation with the cofactor holds for every one of these.
      expect(ed25519.verify(forged, text, mixed, { zip215: false })).toBe(true);
      if (await ed(mixed, text, forged)) accepted++;
    }
    expect(accepted).toBeGreaterThan(5);
    expect(accepted).toBeLessThan(60);
  });
});

describe('P-256, negative', () => {
  const { publicKey, message, signature } = vectors['P-256'].cases[1]!;
  const [key, text, value] = [publicKey, message, signature].map((hex) => hexToBytes(hex)) as [
    Uint8Array,
    Uint8Array,
    Uint8Array,
  ];
  const r = toBigInt(value.slice(0, 32));
  const s = toBigInt(value.slice(32));
  const pair = (first: bigint, second: bigint): Uint8Array => concatBytes(bigEndian(first), bigEndian(second));

  test.each([
    ['r = 0', pair(0n, s)],
    ['s = 0', pair(r, 0n)],
    ['both 0', pair(0n, 0n)],
    ['r = n', pair(N, s)],
    ['s = n', pair(r, N)],
    ['r = n + 1, s = 1', pair(N + 1n, 1n)],
    ['r = 1, s = 1', pair(1n, 1n)],
    ['r = n - 1, s = 1', pair(N - 1n, 1n)],
    ['r + n, where it fits', pair(2n ** 256n - 1n, s)],
    ['swapped', pair(s, r)],
    ['63 bytes', value.slice(0, 63)],
    ['65 bytes', concatBytes(value, new Uint8Array(1))],
    ['DER instead of raw', hexToBytes(p256.Signature.fromBytes(value).toHex('der'))],
  ])('%s', async (_, forged) => {
    expect(await ecdsa(key, text, forged, false)).toBe(false);
    expect(await ecdsa(key, text, forged, true)).toBe(false);
  });

  test('the twin with the high s verifies, but is not taken', async () => {
    expect(await ecdsa(key, text, pair(r, N - s), false)).toBe(true);
    expect(await ecdsa(key, text, pair(r, N - s), true)).toBe(false);
    expect(normalizeP256Signature(pair(r, N - s))).toEqual(value);
    const half = (N - 1n) / 2n;
    expect(normalizeP256Signature(pair(r, half))).toEqual(pair(r, half));
    expect(normalizeP256Signature(pair(r, half + 1n))).toEqual(pair(r, half));
    for (const none of [pair(0n, s), pair(r, 0n), pair(N, s), pair(r, N), value.slice(1)]) {
      expect(normalizeP256Signature(none)).toBeUndefined();
    }
  });

  test('keys: compressed, hybrid, off the curve, not reduced, infinity', async () => {
    const compressed = p256.Point.fromBytes(key).toBytes(true);
    const hybrid = key.slice();
    hybrid[0] = 6;
    const off = key.slice();
    off[64]! ^= 1;
    const big = concatBytes(Uint8Array.of(4), new Uint8Array(64).fill(255));
    for (const wrong of [compressed, hybrid, off, big, Uint8Array.of(0), new Uint8Array(65), key.slice(0, 64)]) {
      expect(isSoundP256Key(wrong)).toBe(false);
      expect(await ecdsa(wrong, text, value)).toBe(false);
    }
    // A coordinate that is not reduced: y + p does not fit for this key, so a point with a tiny x is used.
    const p = p256.Point.Fp.ORDER;
    const point = p256.Point.fromBytes(concatBytes(Uint8Array.of(2), bigEndian(5n)));
    const twin = concatBytes(Uint8Array.of(4), bigEndian(5n + p), bigEndian(point.toAffine().y));
    expect(isSoundP256Key(twin)).toBe(false);
    expect(await ecdsa(twin, text, value)).toBe(false);
  });
});

test('WebCrypto and noble agree on 2,000 random cases, sound and unsound', async () => {
  const random = seededRandom('agreement');
  const pick = (limit: number): number => {
    const [a, b, c] = random(3) as unknown as [number, number, number];
    return ((a << 16) | (b << 8) | c) % limit;
  };
  const secrets = Array.from({ length: 20 }, () => random(32).fill(1, 0, 1));
  const edKeys = secrets.map((secret) => ed25519.getPublicKey(secret));
  const p256Keys = secrets.map((secret) => p256.getPublicKey(secret, false));
  let accepted = 0;
  for (let i = 0; i < 2000; i++) {
    const curve = i % 2 === 0 ? 'Ed25519' : 'P-256';
    const chosen = pick(20);
    const secret = secrets[chosen]!;
    const message = random(pick(80));
    const key = (curve === 'Ed25519' ? edKeys : p256Keys)[chosen]!.slice();
    const signature = curve === 'Ed25519' ? ed25519.sign(message, secret) : p256.sign(message, secret);
    const change = pick(4);
    const target = [signature, key, message, undefined][change];
    if (target !== undefined && target.length > 0) target[pick(target.length)]! ^= 1 << pick(8);
    const verify = curve === 'Ed25519' ? ed : ecdsa;
    if (await verify(key, message, signature)) accepted++;
  }
  expect(accepted).toBeGreaterThan(400);
  expect(accepted).toBeLessThan(600);
});

test('what engines might disagree about is refused before one is asked', async () => {
  const asked = vi.spyOn(crypto.subtle, 'verify');
  const known = vectors.Ed25519.cases[0]!;
  const edKey = hexToBytes(known.publicKey);
  const R = hexToBytes(known.signature).slice(0, 32);
  const p256Key = hexToBytes(vectors['P-256'].cases[0]!.publicKey);
  const message = new Uint8Array();
  expect(await verifyEd25519('WebCrypto', edKey, message, concatBytes(R, littleEndian(L)))).toBe(false);
  expect(await verifyEd25519('WebCrypto', littleEndian(1n), message, new Uint8Array(64))).toBe(false);
  for (const [r, s] of [
    [N, 1n],
    [1n, N],
    [0n, 1n],
    [1n, 0n],
    [1n, N - 1n],
  ] as const) {
    const signature = concatBytes(bigEndian(r), bigEndian(s));
    expect(await verifyP256('WebCrypto', p256Key, message, signature, true)).toBe(false);
  }
  expect(asked).not.toHaveBeenCalled();
  expect(await verifyEd25519('WebCrypto', edKey, message, concatBytes(R, littleEndian(L - 1n)))).toBe(false);
  expect(asked).toHaveBeenCalledTimes(1);
  asked.mockRestore();
});

describe('choosing the engine', () => {
  test('nobleSignatures judge on their own, and sign for what they make', () => {
    for (const algorithm of ['Ed25519', 'P-256'] as const) {
      const { privateKey, publicKey } = nobleSignatures.generate(algorithm);
      const message = utf8ToBytes('message');
      const signature = nobleSignatures.sign(algorithm, privateKey, message);
      expect(nobleSignatures.verify(algorithm, publicKey, message, signature)).toBe(true);
      expect(nobleSignatures.verify(algorithm, publicKey, utf8ToBytes('other'), signature)).toBe(false);
      for (const wrong of [new Uint8Array(), new Uint8Array(64), new Uint8Array(64).fill(255), signature.slice(1)]) {
        expect(nobleSignatures.verify(algorithm, publicKey, message, wrong)).toBe(false);
      }
      expect(nobleSignatures.verify(algorithm, publicKey.slice(1), message, signature)).toBe(false);
    }
  });

  test('the fallback where WebCrypto is missing, and nothing at all without one', async () => {
    expect(await chooseComputer('Ed25519', nobleSignatures)).toBe('WebCrypto');
    vi.stubGlobal('crypto', { subtle: undefined });
    expect(await chooseComputer('Ed25519', nobleSignatures)).toBe(nobleSignatures);
    await expect(chooseComputer('Ed25519', undefined)).rejects.toMatchObject({ code: 'unsupported' });
  });

  test('with noble at hand, whoever is there verifies', async () => {
    const { publicKey, message, signature } = vectors.Ed25519.cases[1]!;
    const [key, text, value] = [hexToBytes(publicKey), hexToBytes(message), hexToBytes(signature)];
    for (const engine of [undefined, 'WebCrypto', 'noble'] as const) {
      expect(await verifySignature('Ed25519', engine, key, text, value, true)).toBe(true);
    }
    vi.stubGlobal('crypto', undefined);
    expect(await verifySignature('Ed25519', undefined, key, text, value, true)).toBe(true);
  });

  test('WebCrypto where it has the algorithm', async () => {
    expect(await chooseEngine('Ed25519', undefined)).toBe('WebCrypto');
    expect(await chooseEngine('P-256', 'WebCrypto')).toBe('WebCrypto');
    expect(await chooseEngine('P-256', 'noble')).toBe('noble');
    await expect(chooseEngine('P-256', 'openssl' as 'noble')).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test('noble where it is missing, knows no Ed25519, or verifies wrongly; each is asked once', async () => {
    const importKey = vi.fn(async () => {
      throw new Error('NotSupportedError');
    });
    const lies = { importKey: vi.fn(async () => ({})), verify: vi.fn(async () => false) };
    for (const subtle of [undefined, { importKey }, lies]) {
      vi.stubGlobal('crypto', { subtle });
      expect(await chooseEngine('Ed25519', undefined)).toBe('noble');
      expect(await chooseEngine('Ed25519', undefined)).toBe('noble');
      await expect(chooseEngine('Ed25519', 'WebCrypto')).rejects.toMatchObject({ code: 'unsupported' });
    }
    expect(importKey).toHaveBeenCalledTimes(1);
    expect(lies.verify).toHaveBeenCalledTimes(1);
    vi.stubGlobal('crypto', undefined);
    expect(await chooseEngine('P-256', undefined)).toBe('noble');
    expect(await verifyEd25519('noble', new Uint8Array(32).fill(3), utf8ToBytes('x'), new Uint8Array(64))).toBe(false);
  });
});
