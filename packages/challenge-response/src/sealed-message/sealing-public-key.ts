import { isBytes } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { x25519 } from '@noble/curves/ed25519.js';
import { isSoundP256Key, isUncompressedP256Key } from '../signature/p256.ts';
import { readKeyForm } from '../signature/spki.ts';
import type { SealingAlgorithm } from './sealing-key.ts';

/** A public key for sealed messages, raw: 32 bytes (X25519) or 65 (P-256, uncompressed). */
export type SealingPublicKey = { readonly algorithm: SealingAlgorithm; readonly publicKey: Uint8Array<ArrayBuffer> };

/**
 * The key for sealed messages that a phone hands in when it is enrolled, checked once: its form tells the algorithm, and
 * keys that are malformed, not canonical, not on the curve or of small order are refused. Keep the raw `publicKey` of
 * the result. A raw Ed25519 key looks like an X25519 one: enrol keys for signing and for sealing under their own names.
 *
 * @param publicKey raw: 32 bytes (X25519, RFC 7748 §5) or 65 bytes (P-256, uncompressed); or a SubjectPublicKeyInfo in
 *   DER: 44 or 91 bytes (as Android Keystore gives it)
 * @throws CountersignError `invalid-key`
 *
 * @example
 * ```ts
 * import { generateSealingKey, parseSealingPublicKey } from '@countersign/challenge-response';
 *
 * const { publicKey } = await generateSealingKey('P-256');
 * parseSealingPublicKey(publicKey).algorithm; // => 'P-256'
 * parseSealingPublicKey(new Uint8Array(32)); // throws invalid-key
 * ```
 */
export function parseSealingPublicKey(publicKey: unknown): SealingPublicKey {
  const key = readSealingPublicKey(publicKey);
  const sound = key.algorithm === 'X25519' ? isSoundX25519Key : isSoundP256Key;
  if (!sound(key.publicKey)) throw new CountersignError('invalid-key', 'publicKey is no point that can be sealed to');
  return key;
}

/** The cheap checks: form and length. Gives a raw copy. */
export function readSealingPublicKey(publicKey: unknown, algorithm?: SealingAlgorithm): SealingPublicKey {
  if (isBytes(publicKey)) {
    const montgomery = algorithm === 'P-256' ? undefined : readKeyForm(publicKey, 'X25519');
    if (montgomery !== undefined) return { algorithm: 'X25519', publicKey: montgomery };
    const p256 = algorithm === 'X25519' ? undefined : readKeyForm(publicKey, 'P-256');
    if (p256 !== undefined && isUncompressedP256Key(p256)) return { algorithm: 'P-256', publicKey: p256 };
  }
  throw new CountersignError(
    'invalid-key',
    'publicKey must be a Uint8Array, raw or SPKI, of X25519 or of P-256, uncompressed',
  );
}

/** u below 2^255 - 19, so that a key has one form, and no point of small order, whose shared secrets are all zero. */
function isSoundX25519Key(u: Uint8Array): boolean {
  // RFC 7748 §5 masks the top bit and reduces; a key that needs either was not made by a sound implementation.
  const notReduced = u[31] === 0x7f && u.subarray(1, 31).every((byte) => byte === 0xff) && u[0]! >= 0xed;
  if (u[31]! > 0x7f || notReduced) return false;
  try {
    x25519.getSharedSecret(new Uint8Array(32).fill(1), u);
    return true;
  } catch {
    return false;
  }
}
