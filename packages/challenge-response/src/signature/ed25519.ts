import { bytesToHex, concatBytes, hexToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { sha512 } from '@countersign/primitives/sha2';
import { ed25519 } from '@noble/curves/ed25519.js';

/** The y coordinates of the eight points of small order, little-endian: 0, 1, -1 and the two of order 8. */
const SMALL_ORDER: readonly string[] = [
  '0000000000000000000000000000000000000000000000000000000000000000',
  '0100000000000000000000000000000000000000000000000000000000000000',
  'ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f',
  '26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05',
  'c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a',
];

/** The field's prime 2^255 - 19 and the group's order L, little-endian. */
const PRIME = /* @__PURE__ */ hexToBytes('edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f');
const ORDER = /* @__PURE__ */ hexToBytes('edd3f55c1a631258d69cf7a2def9de1400000000000000000000000000000010');

/** `a < b` for little-endian numbers of one length. They are public: no secret is ever compared here. */
function isLess(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = a.length - 1; i >= 0; i--) {
    if (a[i] !== b[i]) return a[i]! < b[i]!;
  }
  return false;
}

/**
 * The cheap half of a key check, before every verification: 32 bytes, y reduced (RFC 8032 §5.1.3), not of small order.
 * Whether there is a point with this y is left to the engine, and to {@link isSoundEd25519Key} at enrolment.
 */
export function isCanonicalEd25519Key(publicKey: Uint8Array): boolean {
  if (publicKey.length !== 32) return false;
  const y = publicKey.slice();
  y[31]! &= 0x7f;
  return isLess(y, PRIME) && !SMALL_ORDER.includes(bytesToHex(y));
}

/** The whole key check, once at enrolment: a point of the curve in the prime-order subgroup, canonically encoded. */
export function isSoundEd25519Key(publicKey: Uint8Array): boolean {
  if (!isCanonicalEd25519Key(publicKey)) return false;
  try {
    return ed25519.Point.fromBytes(publicKey).isTorsionFree();
  } catch {
    return false;
  }
}

/**
 * Verifies as RFC 8032 §5.1.7 with S < L and the equation without the cofactor, comparing the encoding of
 * [S]B - [k]A with R: what OpenSSL, BoringSSL and the other engines behind WebCrypto do. noble's own `verify` multiplies
 * by the cofactor, and so would accept some signatures, made by a malicious signer, that WebCrypto refuses.
 */
export function verifyEd25519WithNoble(publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean {
  const { Point } = ed25519;
  const R = signature.subarray(0, 32);
  try {
    const A = Point.fromBytes(publicKey);
    const k = Point.Fn.create(littleEndian(sha512(concatBytes(R, publicKey, message))));
    const S = littleEndian(signature.subarray(32));
    return equalBytes(Point.BASE.multiplyUnsafe(S).subtract(A.multiplyUnsafe(k)).toBytes(), R);
  } catch {
    return false;
  }
}

function littleEndian(bytes: Uint8Array): bigint {
  let value = 0n;
  for (let i = bytes.length - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[i]!);
  return value;
}

/** What engines might disagree about, refused before one is asked: 64 bytes with S < L, by a canonical key. */
export function isEd25519Signature(publicKey: Uint8Array, signature: Uint8Array): boolean {
  return signature.length === 64 && isLess(signature.subarray(32), ORDER) && isCanonicalEd25519Key(publicKey);
}
