import { assertBytes, assertOptions, isBytes } from '@countersign/primitives/assert';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import type { CryptoKey } from 'hpke';
import {
  chooseComputer,
  PARAMETERS,
  type SignatureAlgorithm,
  type SoftwareSignatures,
  subtleCrypto,
  verifyBy,
} from '../signature/engine.ts';
import { normalizeP256Signature } from '../signature/p256.ts';
import { persistently } from '../signature/persistently.ts';
import { assertDevicePublicKey } from './device-public-key.ts';

/**
 * A phone's key pair. The private half is in no property of it: printing, spreading or serialising it shows the
 * public key only. A phone with its own key store (Android Keystore, Secure Enclave) implements these members around it.
 */
export type DeviceKey = {
  readonly algorithm: SignatureAlgorithm;
  /** Ed25519: 32 bytes (RFC 8032 §5.1.2). P-256: 65 bytes, uncompressed (SEC 1 §2.3.3). A fresh copy each time. */
  readonly publicKey: Uint8Array;
  /** Signs bytes: 64 bytes `R ‖ S` or raw `r ‖ s`, or for P-256 the DER that a platform's key store gives. */
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

/** Private halves, by the key object that they belong to. */
const privateKeys = /* @__PURE__ */ new WeakMap<DeviceKey, CryptoKey | Uint8Array>();

/**
 * Makes a key pair for a phone. Use `P-256` only where a platform's key store offers nothing else.
 *
 * @param algorithm `Ed25519` or `P-256`
 * @param options `fallback`: `nobleSignatures`, for runtimes whose WebCrypto lacks the algorithm; the private key is
 *   then 32 bytes, otherwise it is a CryptoKey that cannot be exported
 * @returns the key; hand its `publicKey` to the server, and keep {@link exportDeviceKey}'s result on the phone
 * @throws CountersignError `invalid-algorithm`, `invalid-argument`; `unsupported` without WebCrypto and `fallback`
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
  options: { fallback?: SoftwareSignatures | undefined } = {},
): Promise<DeviceKey> {
  assertAlgorithm(algorithm);
  assertOptions(options);
  const computer = await chooseComputer(algorithm, options.fallback);
  if (computer !== 'WebCrypto') {
    const { privateKey, publicKey } = computer.generate(algorithm);
    return deviceKey(algorithm, publicKey, privateKey, computer);
  }
  try {
    return await persistently(async () => {
      const pair = await crypto.subtle.generateKey(PARAMETERS[algorithm], false, ['sign', 'verify']);
      const { privateKey, publicKey } = pair as CryptoKeyPair;
      return deviceKey(algorithm, new Uint8Array(await crypto.subtle.exportKey('raw', publicKey)), privateKey);
    });
  } catch {
    throw new CountersignError('unsupported', `this runtime's WebCrypto failed to make a key for ${algorithm}`);
  }
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
 * @param stored as it was kept
 * @param options `fallback`: `nobleSignatures`, needed for a private key in bytes
 * @throws CountersignError `invalid-key` when it is something else, or when its halves do not belong together;
 *   `invalid-algorithm`, `invalid-argument`; `unsupported` for bytes without `fallback`
 *
 * @example
 * ```ts
 * import { importDeviceKey, nobleSignatures } from '@countersign/challenge-response';
 *
 * const privateKey = new Uint8Array(32).fill(7);
 * const stored = { v: 1, algorithm: 'Ed25519', publicKey: new Uint8Array(32), privateKey } as const;
 * await importDeviceKey(stored, { fallback: nobleSignatures }); // throws invalid-key
 * ```
 */
export async function importDeviceKey(
  stored: StoredDeviceKey,
  options: { fallback?: SoftwareSignatures | undefined } = {},
): Promise<DeviceKey> {
  assertOptions(options);
  const { fallback } = options;
  if (stored?.v !== 1) throw new CountersignError('invalid-key', 'stored must be what exportDeviceKey gave');
  const { algorithm, privateKey } = stored;
  assertAlgorithm(algorithm);
  const checked = assertDevicePublicKey(stored.publicKey);
  const secret = isBytes(privateKey) ? new Uint8Array(privateKey) : privateKey;
  const computer = await chooseComputer(algorithm, fallback);
  const key = deviceKey(algorithm, checked.publicKey, secret, fallback);
  // A probe, which no approval can be taken for: the halves belong together if it verifies.
  const probe = encodeFields('countersign/device-key-probe/v1', []);
  if (!(await verifies(key, probe, computer))) {
    throw new CountersignError('invalid-key', 'stored key: its halves do not belong together');
  }
  return key;
}

function assertAlgorithm(algorithm: unknown): asserts algorithm is SignatureAlgorithm {
  if (algorithm !== 'Ed25519' && algorithm !== 'P-256') {
    throw new CountersignError('invalid-algorithm', "algorithm must be 'Ed25519' or 'P-256'");
  }
}

async function verifies(
  key: DeviceKey,
  probe: Uint8Array,
  computer: 'WebCrypto' | SoftwareSignatures,
): Promise<boolean> {
  const { algorithm, publicKey } = key;
  try {
    return await verifyBy(computer, algorithm, publicKey, probe, await key.sign(probe), true);
  } catch (error) {
    if (error instanceof CountersignError) throw error;
    return false;
  }
}

function deviceKey(
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  privateKey: CryptoKey | Uint8Array,
  software?: SoftwareSignatures,
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
        if (software !== undefined) return software.sign(algorithm, privateKey, copy);
        throw new CountersignError('unsupported', 'a private key in bytes needs { fallback: nobleSignatures }');
      }
      const subtle = subtleCrypto()!;
      const signature = new Uint8Array(await subtle.sign(PARAMETERS[algorithm], privateKey, copy));
      // WebCrypto leaves s in the upper half in every other signature.
      return algorithm === 'P-256' ? normalizeP256Signature(signature)! : signature;
    },
  });
  privateKeys.set(key, privateKey);
  return key;
}
