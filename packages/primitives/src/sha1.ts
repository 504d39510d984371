import { _SHA1 } from '@noble/hashes/legacy.js';

/** SHA-1 (FIPS 180-4) of a message: by noble's own object, without the wrapper around it. */
export function sha1(message: Uint8Array): Uint8Array<ArrayBuffer> {
  return new _SHA1().update(message).digest();
}
