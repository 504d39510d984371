import { concatBytes, hexToBytes } from '@countersign/primitives/bytes';
import { p256 } from '@noble/curves/nist.js';
import { type SignatureEngine, verifyWithWebCrypto } from './engine.ts';

/** The order n of P-256 and half of it, big-endian (SP 800-186 §3.2.1.3). */
const ORDER = /* @__PURE__ */ hexToBytes('ffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551');
const HALF = /* @__PURE__ */ hexToBytes('7fffffff800000007fffffffffffffffde737d56d38bcf4279dce5617e3192a8');

/** `a <= b` for big-endian numbers of one length, all of them public. */
function isAtMost(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length; i++) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return true;
}

/** Uncompressed form only (SEC 1 §2.3.3): every WebCrypto takes it, and a key then has one encoding. */
export function isUncompressedP256Key(publicKey: Uint8Array): boolean {
  return publicKey.length === 65 && publicKey[0] === 4;
}

/** The whole key check, once at enrolment: reduced coordinates of a point on the curve, whose group has no cofactor. */
export function isSoundP256Key(publicKey: Uint8Array): boolean {
  if (!isUncompressedP256Key(publicKey)) return false;
  try {
    p256.Point.fromBytes(publicKey).assertValidity();
    return true;
  } catch {
    return false;
  }
}

/** `r ‖ s` with the smaller of the two values of s that verify, so that a signature has one form. */
export function normalizeP256Signature(signature: Uint8Array): Uint8Array {
  const s = signature.subarray(32);
  if (isAtMost(s, HALF)) return signature;
  const { Fn } = p256.Point;
  return concatBytes(signature.subarray(0, 32), Fn.toBytes(Fn.neg(Fn.fromBytes(s))));
}

/**
 * One verdict from either engine on a raw `r ‖ s` of 64 bytes: 1 ≤ r < n, 1 ≤ s < n, checked before one is asked.
 *
 * @param lowS also s ≤ n/2: false only for signatures made by others, such as `ssh-keygen`
 */
export async function verifyP256(
  engine: SignatureEngine,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  lowS: boolean,
): Promise<boolean> {
  if (signature.length !== 64 || !isUncompressedP256Key(publicKey)) return false;
  const r = signature.subarray(0, 32);
  const s = signature.subarray(32);
  const inRange = (value: Uint8Array): boolean => value.some((byte) => byte !== 0) && !isAtMost(ORDER, value);
  if (!inRange(r) || !inRange(s) || (lowS && !isAtMost(s, HALF))) return false;
  return engine === 'WebCrypto'
    ? verifyWithWebCrypto('P-256', publicKey, message, signature)
    : p256.verify(signature, message, publicKey, { lowS, prehash: true });
}
