import { assertBytes, isBytes } from '@countersign/primitives/assert';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { isCanonicalEd25519Key, isSoundEd25519Key } from '../signature/ed25519.ts';
import {
  chooseEngine,
  PARAMETERS,
  type SignatureAlgorithm,
  type SignatureEngine,
  subtleCrypto,
} from '../signature/engine.ts';
import { isSoundP256Key, isUncompressedP256Key, normalizeP256Signature } from '../signature/p256.ts';
import { verifySignature } from '../signature/verify.ts';

/**
 * A phone's key pair. The private half is in no property of it: printing, spreading or serialising it shows the
 * public key only. A phone with its own key store implements these three members around it.
 */
export type DeviceKey = {
  readonly algorithm: SignatureAlgorithm;
  /** Ed25519: 32 bytes (RFC 8032 §5.1.2). P-256: 65 bytes, uncompressed (SEC 1 §2.3.3). A fresh copy each time. */
  readonly publicKey: Uint8Array;
  /** Signs bytes: 64 bytes, `R ‖ S` or raw `r ‖ s`. */
  sign(message: Uint8Array): Promise<Uint8Array>;
};

/**
 * What a phone keeps of its key, as IndexedDB stores it (structured clone, not JSON). `privateKey` is a CryptoKey that
 * cannot be exported where WebCrypto has the algorithm, otherwise 32 secret bytes that the application has to seal.
 */
export type StoredDeviceKey = {
  readonly v: 1;
  readonly algorithm: SignatureAlgorithm;
  readonly publicKey: Uint8Array;
  readonly privateKey: CryptoKey | Uint8Array;
};

/** A public key whose algorithm is known and whose point was checked. */
export type DevicePublicKey = { readonly algorithm: SignatureAlgorithm; readonly publicKey: Uint8Array };

/** Private halves, by the key object that they belong to. */
const privateKeys = /* @__PURE__ */ new WeakMap<DeviceKey, CryptoKey | Uint8Array>();

/**
 * Makes a key pair for a phone. Use `P-256` only where a platform's key store offers nothing else.
 *
 * @param algorithm `Ed25519` or `P-256`
 * @param options `engine`: `WebCrypto` for a private key that cannot be exported, `noble` for raw bytes; without it,
 *   WebCrypto where it has the algorithm
 * @returns the key; hand its `publicKey` to the server, and keep {@link exportDeviceKey}'s result on the phone
 * @throws CountersignError `invalid-algorithm`, or `unsupported` when the engine asked for lacks the algorithm
 *
 * @example
 * ```ts
 * import { generateDeviceKey } from '@countersign/challenge-response';
 *
 * const key = await generateDeviceKey('Ed25519');
 * key.publicKey.length; // => 32
 * ```
 */
export async function generateDeviceKey(
  algorithm: SignatureAlgorithm,
  options: { engine?: SignatureEngine | undefined } = {},
): Promise<DeviceKey> {
  assertAlgorithm(algorithm);
  if ((await chooseEngine(algorithm, options.engine)) === 'WebCrypto') {
    const pair = await crypto.subtle.generateKey(PARAMETERS[algorithm], false, ['sign', 'verify']);
    const { privateKey, publicKey } = pair as CryptoKeyPair;
    return deviceKey(algorithm, new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)), privateKey);
  }
  const secret = algorithm === 'Ed25519' ? ed25519.utils.randomSecretKey() : p256.utils.randomSecretKey();
  return deviceKey(algorithm, publicHalf(algorithm, secret), secret);
}

/**
 * The public key that a phone hands in when it is enrolled, checked once: its length tells the algorithm, and keys that
 * are malformed, not canonical, not on the curve or of small order are refused.
 *
 * @param publicKey 32 bytes (Ed25519) or 65 bytes (P-256, uncompressed)
 * @throws CountersignError `invalid-key`
 *
 * @example
 * ```ts
 * import { generateDeviceKey, parseDevicePublicKey } from '@countersign/challenge-response';
 *
 * const { publicKey } = await generateDeviceKey('P-256');
 * parseDevicePublicKey(publicKey).algorithm; // => 'P-256'
 * parseDevicePublicKey(new Uint8Array(32)); // throws invalid-key
 * ```
 */
export function parseDevicePublicKey(publicKey: unknown): DevicePublicKey {
  const checked = assertDevicePublicKey(publicKey);
  const sound = checked.algorithm === 'Ed25519' ? isSoundEd25519Key : isSoundP256Key;
  if (!sound(checked.publicKey)) throw new CountersignError('invalid-key', 'publicKey is no point that can sign');
  return checked;
}

/** The cheap checks that every verification repeats: length, form, small order. Gives a copy. */
export function assertDevicePublicKey(publicKey: unknown): DevicePublicKey {
  if (isBytes(publicKey)) {
    const copy = new Uint8Array(publicKey);
    if (isCanonicalEd25519Key(copy)) return { algorithm: 'Ed25519', publicKey: copy };
    if (isUncompressedP256Key(copy)) return { algorithm: 'P-256', publicKey: copy };
  }
  throw new CountersignError(
    'invalid-key',
    'publicKey must be a Uint8Array: 32 bytes of a canonical Ed25519 point not of small order, or 65 bytes of an uncompressed P-256 point',
  );
}

/**
 * What to keep on the phone, and to give to {@link importDeviceKey} after a restart. Do not send it anywhere.
 *
 * @throws CountersignError `invalid-key` for a key that was not made here
 *
 * @example
 * ```ts
 * import { exportDeviceKey, generateDeviceKey, importDeviceKey } from '@countersign/challenge-response';
 *
 * const key = await generateDeviceKey('Ed25519');
 * const again = await importDeviceKey(exportDeviceKey(key));
 * again.publicKey.join() === key.publicKey.join(); // => true
 * ```
 */
export function exportDeviceKey(key: DeviceKey): StoredDeviceKey {
  const privateKey = privateKeys.get(key);
  if (privateKey === undefined) throw new CountersignError('invalid-key', 'key was not made by this package');
  const { algorithm, publicKey } = key;
  return { v: 1, algorithm, publicKey, privateKey: isBytes(privateKey) ? privateKey.slice() : privateKey };
}

/**
 * The key again from what {@link exportDeviceKey} gave.
 *
 * @throws CountersignError `invalid-key` when it is something else, or when its halves do not belong together
 *
 * @example
 * ```ts
 * import { importDeviceKey } from '@countersign/challenge-response';
 *
 * const privateKey = new Uint8Array(32).fill(7);
 * const publicKey = new Uint8Array(32);
 * await importDeviceKey({ v: 1, algorithm: 'Ed25519', publicKey, privateKey }); // throws invalid-key
 * ```
 */
export async function importDeviceKey(stored: StoredDeviceKey): Promise<DeviceKey> {
  if (stored?.v !== 1) throw new CountersignError('invalid-key', 'stored must be what exportDeviceKey gave');
  const { algorithm, privateKey } = stored;
  assertAlgorithm(algorithm);
  const checked = parseDevicePublicKey(stored.publicKey);
  const secret = isBytes(privateKey) ? new Uint8Array(privateKey) : privateKey;
  const key = deviceKey(algorithm, checked.publicKey, secret);
  if (!(await signsForItsPublicKey(key))) {
    throw new CountersignError('invalid-key', 'stored key: its halves do not belong together');
  }
  return key;
}

function assertAlgorithm(algorithm: unknown): asserts algorithm is SignatureAlgorithm {
  if (algorithm !== 'Ed25519' && algorithm !== 'P-256') {
    throw new CountersignError('invalid-algorithm', "algorithm must be 'Ed25519' or 'P-256'");
  }
}

function publicHalf(algorithm: SignatureAlgorithm, secret: Uint8Array): Uint8Array {
  return algorithm === 'Ed25519' ? ed25519.getPublicKey(secret) : p256.getPublicKey(secret, false);
}

/** A probe, which no approval can be taken for: whatever the engine, the two halves belong together if it verifies. */
async function signsForItsPublicKey(key: DeviceKey): Promise<boolean> {
  const probe = encodeFields('countersign/device-key-probe/v1', []);
  try {
    return await verifySignature(key.algorithm, undefined, key.publicKey, probe, await key.sign(probe), true);
  } catch {
    return false;
  }
}

function deviceKey(
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  privateKey: CryptoKey | Uint8Array,
): DeviceKey {
  const key: DeviceKey = Object.freeze({
    algorithm,
    get publicKey(): Uint8Array {
      return publicKey.slice();
    },
    async sign(message: Uint8Array): Promise<Uint8Array> {
      assertBytes(message, 'message', 0);
      const copy = new Uint8Array(message);
      if (isBytes(privateKey)) {
        return algorithm === 'Ed25519' ? ed25519.sign(copy, privateKey) : p256.sign(copy, privateKey, { lowS: true });
      }
      const subtle = subtleCrypto()!;
      const signature = new Uint8Array(await subtle.sign(PARAMETERS[algorithm], privateKey, copy));
      // WebCrypto leaves s in the upper half in every other signature.
      return algorithm === 'P-256' ? normalizeP256Signature(signature) : signature;
    },
  });
  privateKeys.set(key, privateKey);
  return key;
}
