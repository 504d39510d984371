import { utf8ToBytes } from '@countersign/primitives/bytes';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import type { RandomBytes } from '@countersign/primitives/random';

/** A source of bytes that is the same on every runtime, so that what is made of it can be in the digest. */
export function repeatableRandom(seed: string): RandomBytes {
  const key = hmacSha256(utf8ToBytes(seed));
  let counter = 0;
  return (length) => {
    const bytes = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      bytes.set(key.digest(utf8ToBytes(`${counter++}`)).subarray(0, length - offset), offset);
    }
    return bytes;
  };
}
