import { createHash } from 'node:crypto';

/** A repeatable source of bytes for tests: SHA-256 of the seed and a counter. */
export function seededRandom(seed: string): (length: number) => Uint8Array<ArrayBuffer> {
  let counter = 0;
  return (length) => {
    const output = new Uint8Array(length);
    for (let offset = 0; offset < length; offset += 32) {
      const block = createHash('sha256').update(`${seed}:${counter++}`).digest();
      output.set(block.subarray(0, Math.min(32, length - offset)), offset);
    }
    return output;
  };
}
