import type { SignatureAlgorithm } from './engine.ts';

/** The longest DER form of a P-256 signature: two integers of 33 bytes with their headers. */
export const MAX_SIGNATURE = 72;
/** The shortest: two integers of one byte. */
export const MIN_SIGNATURE = 8;

/**
 * The raw 64 bytes of a signature: as they are, or for P-256 out of the DER that Android Keystore and the Secure
 * Enclave give (RFC 3279 §2.2.3: SEQUENCE of two INTEGERs). One value has one DER form here, as X.690 §8.3 and §10.1
 * have it. Exactly 64 bytes are always raw: DER that short takes r and s six bytes short, which no signer ever meets.
 */
export function readSignatureForm(algorithm: SignatureAlgorithm, signature: Uint8Array): Uint8Array | undefined {
  if (signature.length === 64) return signature;
  return algorithm === 'P-256' ? readDer(signature) : undefined;
}

function readDer(der: Uint8Array): Uint8Array | undefined {
  // A length under 128 is one byte (X.690 §8.1.3.4), and 70 is the most that can stand here.
  if (der.length < MIN_SIGNATURE || der.length > MAX_SIGNATURE || der[0] !== 0x30 || der[1] !== der.length - 2) {
    return undefined;
  }
  const raw = new Uint8Array(64);
  let start = 2;
  for (const end of [32, 64]) {
    const length = der[start + 1];
    if (der[start] !== 0x02 || length === undefined || length < 1 || start + 2 + length > der.length) return undefined;
    const value = der.subarray(start + 2, start + 2 + length);
    start += 2 + length;
    // Positive, and without a zero byte in front that the sign does not need (X.690 §8.3.2).
    if (value[0]! >= 0x80 || (length > 1 && value[0] === 0 && value[1]! < 0x80)) return undefined;
    const digits = value[0] === 0 ? value.subarray(1) : value;
    if (digits.length > 32) return undefined;
    raw.set(digits, end - digits.length);
  }
  return start === der.length ? raw : undefined;
}
