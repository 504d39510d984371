import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { paddedBlocks } from '../src/counter-hmac.ts';
import { Sha1Midstate } from '../src/counter-hmac-sha1.ts';
import { Sha256Midstate } from '../src/counter-hmac-sha256.ts';
import { Sha512Midstate } from '../src/counter-hmac-sha512.ts';

describe.each([
  ['sha1', () => new Sha1Midstate()],
  ['sha256', () => new Sha256Midstate()],
  ['sha512', () => new Sha512Midstate()],
])('%s, block by block', (name, create) => {
  test('messages of every length up to four blocks, after one block of their own', () => {
    const hash = create();
    const initial = hash.save();
    const { blockLen, outputLen } = hash;
    const first = new DataView(new ArrayBuffer(blockLen));
    first.setUint8(3, 7);
    for (let length = 0; length <= 4 * blockLen; length++) {
      const blocks = paddedBlocks(blockLen, length);
      const message = new Uint8Array(blocks.buffer, 0, length).fill(length);
      hash.compress(initial, first);
      for (let at = 0; at < blocks.byteLength; at += blockLen) hash.more(blocks, at);
      const output = new Uint8Array(outputLen);
      hash.write(new DataView(output.buffer));
      expect([...output]).toEqual([...createHash(name).update(first).update(message).digest()]);
    }
  });
});
