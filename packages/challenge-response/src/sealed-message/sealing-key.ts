import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import {
  AEAD_AES_256_GCM,
  CipherSuite,
  type CryptoKey,
  KDF_HKDF_SHA256,
  KEM_DHKEM_P256_HKDF_SHA256,
  KEM_DHKEM_X25519_HKDF_SHA256,
  type KeyPair,
} from 'hpke';
import { persistently } from '../signature/persistently.ts';
import { readSealingPublicKey } from './sealing-public-key.ts';

/** The two key agreements: X25519 (RFC 7748), and P-256 for engines whose WebCrypto has no X25519. */
export type SealingAlgorithm = 'X25519' | 'P-256';

/** A phone's key pair for sealed messages; printing or serialising it shows the public key only. */
export type SealingKey = {
  readonly algorithm: SealingAlgorithm;
  /** X25519: 32 bytes; P-256: 65 bytes, uncompressed. A fresh copy each time. */
  readonly publicKey: Uint8Array;
};

/** What a phone keeps, as IndexedDB stores it: the private half is a CryptoKey that cannot be exported. */
export type StoredSealingKey = {
  readonly v: 1;
  readonly algorithm: SealingAlgorithm;
  readonly publicKey: Uint8Array;
  readonly privateKey: CryptoKey;
};

const pairs = /* @__PURE__ */ new WeakMap<SealingKey, KeyPair<CryptoKey>>();

/** HPKE's cipher suite (RFC 9180 §7) for a key agreement: HKDF-SHA-256 and AES-256-GCM with both. */
export function cipherSuite(algorithm: SealingAlgorithm): CipherSuite<CryptoKey> {
  const kem = algorithm === 'X25519' ? KEM_DHKEM_X25519_HKDF_SHA256 : KEM_DHKEM_P256_HKDF_SHA256;
  return new CipherSuite(kem, KDF_HKDF_SHA256, AEAD_AES_256_GCM);
}

/** The key pair behind a key made here. */
export function sealingPair(key: SealingKey): KeyPair<CryptoKey> {
  const pair = pairs.get(key);
  if (pair === undefined) throw new CountersignError('invalid-key', 'key must be made by generateSealingKey');
  return pair;
}

/**
 * Makes the key pair that a phone receives sealed messages with. A key for signing approvals cannot do that, and should
 * not: one key, one purpose.
 *
 * @param algorithm `X25519` (default), or `P-256` where the runtime's WebCrypto has no X25519
 * @returns the key; enrol its `publicKey` with the server, keep {@link exportSealingKey}'s result on the phone
 * @throws CountersignError `invalid-algorithm`; `unsupported` when WebCrypto lacks the algorithm
 *
 * @example
 * ```ts
 * import { generateSealingKey } from '@countersign/challenge-response';
 *
 * const key = await generateSealingKey('P-256');
 * key.publicKey.length; // => 65
 * ```
 */
export async function generateSealingKey(algorithm: SealingAlgorithm = 'X25519'): Promise<SealingKey> {
  assertAlgorithm(algorithm);
  const suite = cipherSuite(algorithm);
  try {
    return await persistently(async () => {
      const pair = await suite.GenerateKeyPair(false);
      return sealingKey(algorithm, await suite.SerializePublicKey(pair.publicKey), pair);
    });
  } catch {
    throw new CountersignError('unsupported', `this runtime's WebCrypto has no ${algorithm} key agreement`);
  }
}

/**
 * What to keep on the phone, and to give to {@link importSealingKey} after a restart.
 *
 * @throws CountersignError `invalid-key` for a key that was not made here
 *
 * @example
 * ```ts
 * import { exportSealingKey, generateSealingKey } from '@countersign/challenge-response';
 *
 * exportSealingKey(await generateSealingKey('P-256')).privateKey.extractable; // => false
 * ```
 */
export function exportSealingKey(key: SealingKey): StoredSealingKey {
  const { privateKey } = sealingPair(key);
  return { v: 1, algorithm: key.algorithm, publicKey: key.publicKey, privateKey };
}

/**
 * The key again from what {@link exportSealingKey} gave.
 *
 * @throws CountersignError `invalid-key` when it is something else, or when its halves do not belong together
 *
 * @example
 * ```ts
 * import { exportSealingKey, generateSealingKey, importSealingKey } from '@countersign/challenge-response';
 *
 * const stored = exportSealingKey(await generateSealingKey('P-256'));
 * (await importSealingKey(stored)).algorithm; // => 'P-256'
 * ```
 */
export async function importSealingKey(stored: StoredSealingKey): Promise<SealingKey> {
  if (stored?.v !== 1 || stored.privateKey?.type !== 'private') {
    throw new CountersignError('invalid-key', 'stored must be what exportSealingKey gave');
  }
  const { algorithm, privateKey } = stored;
  assertAlgorithm(algorithm);
  const { publicKey } = readSealingPublicKey(stored.publicKey, algorithm);
  const pair = { privateKey, publicKey: await importPublicKey(publicKey, algorithm) };
  if (!(await opensForItsPublicKey(algorithm, pair))) {
    throw new CountersignError('invalid-key', 'stored key: its halves do not belong together');
  }
  return sealingKey(algorithm, publicKey, pair);
}

/** A probe, which no sealed message can be taken for: the halves belong together if what one seals the other opens. */
async function opensForItsPublicKey(algorithm: SealingAlgorithm, pair: KeyPair<CryptoKey>): Promise<boolean> {
  const suite = cipherSuite(algorithm);
  const info = encodeFields('countersign/sealing-key-probe/v1', []);
  try {
    const { encapsulatedSecret, ciphertext } = await persistently(() =>
      suite.Seal(pair.publicKey, new Uint8Array(), { info }),
    );
    await suite.Open(pair, encapsulatedSecret, ciphertext, { info });
    return true;
  } catch {
    return false;
  }
}

/** A public key as HPKE takes it; a point that is not on its curve is refused. */
export async function importPublicKey(publicKey: Uint8Array, algorithm: SealingAlgorithm): Promise<CryptoKey> {
  try {
    return await cipherSuite(algorithm).DeserializePublicKey(publicKey);
  } catch {
    throw new CountersignError('invalid-key', `publicKey is no ${algorithm} key that this runtime can use`);
  }
}

function assertAlgorithm(algorithm: unknown): asserts algorithm is SealingAlgorithm {
  if (algorithm !== 'X25519' && algorithm !== 'P-256') {
    throw new CountersignError('invalid-algorithm', "algorithm must be 'X25519' or 'P-256'");
  }
}

function sealingKey(algorithm: SealingAlgorithm, publicKey: Uint8Array, pair: KeyPair<CryptoKey>): SealingKey {
  const key: SealingKey = Object.freeze({
    algorithm,
    get publicKey(): Uint8Array {
      return publicKey.slice();
    },
  });
  pairs.set(key, pair);
  return key;
}
