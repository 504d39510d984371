import { _SHA256, _SHA512 } from '@noble/hashes/sha2.js';

/** SHA-256 (FIPS 180-4) of a message: by noble's own object, without the wrapper around it. */
export function sha256(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return new _SHA256().update(message).digest();
}

/** SHA-512 (FIPS 180-4) of a message. */
export function sha512(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return new _SHA512().update(message).digest();
}
