import { bytesToHex, concatBytes, hexToBytes } from '@countersign/primitives/bytes';
import { p256 } from '@noble/curves/nist.js';

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

const toBigInt = (bytes: Uint8Array): bigint => BigInt(`0x${bytesToHex(bytes)}`);

/**
 * `r ‖ s` with the smaller of the two values of s that verify, s or n - s, so that a signature has one form.
 *
 * @returns undefined when r or s is 0 or not below n
 */
export function normalizeP256Signature(signature: Uint8Array): Uint8Array | undefined {
  if (!isInRange(signature)) return undefined;
  const s = signature.subarray(32);
  if (isAtMost(s, HALF)) return signature;
  const low = (toBigInt(ORDER) - toBigInt(s)).toString(16).padStart(64, '0');
  return concatBytes(signature.subarray(0, 32), hexToBytes(low));
}

/** 64 bytes `r ‖ s` with 1 ≤ r < n and 1 ≤ s < n (FIPS 186-5 §6.4.2, step 1). */
function isInRange(signature: Uint8Array): boolean {
  const inRange = (value: Uint8Array): boolean => value.some((byte) => byte !== 0) && !isAtMost(ORDER, value);
  return signature.length === 64 && inRange(signature.subarray(0, 32)) && inRange(signature.subarray(32));
}

/**
 * What engines might disagree about, refused before one is asked: r and s in range, by an uncompressed key.
 *
 * @param lowS also s ≤ n/2: false only for signatures made by others, such as `ssh-keygen`
 */
export function isP256Signature(publicKey: Uint8Array, signature: Uint8Array, lowS: boolean): boolean {
  return isUncompressedP256Key(publicKey) && isInRange(signature) && (!lowS || isAtMost(signature.subarray(32), HALF));
}
