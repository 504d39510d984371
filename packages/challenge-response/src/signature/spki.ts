import { bytesToHex } from '@countersign/primitives/bytes';

/**
 * All that stands before the key in a SubjectPublicKeyInfo (RFC 5280 §4.1), the only bytes that DER allows there:
 * RFC 8410 §4 for the 25519 curves, RFC 5480 §2.1.1 for a named curve with an uncompressed point.
 */
const PREFIXES = {
  Ed25519: '302a300506032b6570032100',
  X25519: '302a300506032b656e032100',
  'P-256': '3059301306072a8648ce3d020106082a8648ce3d030107034200',
} as const;

/** Raw lengths of the keys: RFC 8032 §5.1.5, RFC 7748 §5, SEC 1 §2.3.3 uncompressed. */
const LENGTHS = { Ed25519: 32, X25519: 32, 'P-256': 65 } as const;

/**
 * The raw key in bytes that are raw already, or a SubjectPublicKeyInfo as Android Keystore gives it. Only lengths and
 * the bytes before the key are looked at. Gives a copy; undefined for anything else.
 */
export function readKeyForm(
  bytes: Uint8Array,
  algorithm: 'Ed25519' | 'X25519' | 'P-256',
): Uint8Array<ArrayBuffer> | undefined {
  const length = LENGTHS[algorithm];
  if (bytes.length === length) return new Uint8Array(bytes);
  const prefix = PREFIXES[algorithm];
  if (bytes.length !== prefix.length / 2 + length) return undefined;
  const head = bytes.subarray(0, prefix.length / 2);
  return bytesToHex(new Uint8Array(head)) === prefix ? new Uint8Array(bytes.subarray(head.length)) : undefined;
}
