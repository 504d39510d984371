import { isBytes } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { isCanonicalEd25519Key, isSoundEd25519Key } from '../signature/ed25519.ts';
import type { SignatureAlgorithm } from '../signature/engine.ts';
import { isSoundP256Key, isUncompressedP256Key } from '../signature/p256.ts';
import { readKeyForm } from '../signature/spki.ts';

/** A public key whose algorithm is known and whose point was checked: raw, 32 bytes (Ed25519) or 65 (P-256). */
export type DevicePublicKey = { readonly algorithm: SignatureAlgorithm; readonly publicKey: Uint8Array<ArrayBuffer> };

/**
 * The public key that a phone hands in when it is enrolled, checked once: its form tells the algorithm, and keys that
 * are malformed, not canonical, not on the curve or of small order are refused. Keep the raw `publicKey` of the result.
 *
 * @param publicKey raw: 32 bytes (Ed25519) or 65 bytes (P-256, uncompressed, as the Secure Enclave gives it); or a
 *   SubjectPublicKeyInfo in DER: 44 or 91 bytes (as Android Keystore gives it)
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

/** The cheap checks that every verification repeats: form, length, small order. Gives a raw copy. */
export function assertDevicePublicKey(publicKey: unknown): DevicePublicKey {
  if (isBytes(publicKey)) {
    const ed25519 = readKeyForm(publicKey, 'Ed25519');
    if (ed25519 !== undefined && isCanonicalEd25519Key(ed25519)) return { algorithm: 'Ed25519', publicKey: ed25519 };
    const p256 = readKeyForm(publicKey, 'P-256');
    if (p256 !== undefined && isUncompressedP256Key(p256)) return { algorithm: 'P-256', publicKey: p256 };
  }
  throw new CountersignError(
    'invalid-key',
    'publicKey must be a Uint8Array, raw or SPKI, of a canonical Ed25519 point not of small order or of an uncompressed P-256 point',
  );
}
