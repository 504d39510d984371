import { createHmac } from 'node:crypto';
import { _SHA1 } from '@noble/hashes/legacy.js';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import { type CounterHmac, knownAnswerTested, type MidstateHash, publicCounterHmac } from '../src/counter-hmac.ts';
import { counterHmacSha1 } from '../src/counter-hmac-sha1.ts';
import { counterHmacSha256 } from '../src/counter-hmac-sha256.ts';
import { counterHmacSha512 } from '../src/counter-hmac-sha512.ts';
import { hmacSha1 } from '../src/hmac-sha1.ts';
import { hmacSha256 } from '../src/hmac-sha256.ts';
import { hmacSha512 } from '../src/hmac-sha512.ts';

const general = { sha1: hmacSha1, sha256: hmacSha256, sha512: hmacSha512 };
const counters = { sha1: counterHmacSha1, sha256: counterHmacSha256, sha512: counterHmacSha512 };
const algorithms = Object.keys(general) as (keyof typeof general)[];
const bytes = (max: number) => fc.uint8Array({ maxLength: max, size: 'max' });
const word = fc.integer({ min: 0, max: 0xffffffff });

/** RFC 4226 §5.3 on Node's own HMAC: the independent computation. */
function expectedTruncation(algorithm: string, secret: Uint8Array, high: number, low: number): number {
  const message = Buffer.alloc(8);
  message.writeUInt32BE(high, 0);
  message.writeUInt32BE(low, 4);
  const digest = createHmac(algorithm, secret).update(message).digest();
  return digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff;
}

describe.each(algorithms)('HMAC with %s', (algorithm) => {
  it('agrees with an independent implementation for any key and message', () => {
    fc.assert(
      fc.property(bytes(300), bytes(500), (secret, message) => {
        const key = general[algorithm](secret);
        const expected = new Uint8Array(createHmac(algorithm, secret).update(message).digest());
        expect(key.digest(message)).toEqual(expected);
        key.wipe();
        expect(key.digest(message)).toEqual(expected);
      }),
    );
  });

  it('gives the truncation of any counter, in any order of keys', () => {
    fc.assert(
      fc.property(bytes(200), bytes(200), word, word, (secret, other, high, low) => {
        const hmac = counters[algorithm];
        const key = hmac.prepare(secret);
        const second = hmac.prepare(other);
        expect(hmac.truncated(second, low, high)).toBe(expectedTruncation(algorithm, other, low, high));
        expect(hmac.truncated(key, high, low)).toBe(expectedTruncation(algorithm, secret, high, low));
        hmac.wipe();
        expect(hmac.truncated(key, high, low)).toBe(expectedTruncation(algorithm, secret, high, low));
      }),
    );
  });

  it('does not keep the secret array', () => {
    const secret = new Uint8Array(20).fill(7);
    const key = general[algorithm](secret);
    const counterKey = counters[algorithm].prepare(secret);
    const before = key.digest(secret.slice());
    secret.fill(0);
    expect(key.digest(new Uint8Array(20).fill(7))).toEqual(before);
    expect(counters[algorithm].truncated(counterKey, 0, 5)).toBe(
      expectedTruncation(algorithm, new Uint8Array(20).fill(7), 0, 5),
    );
  });
});

describe('the known-answer test of the fast path', () => {
  const seed = '12345678901234567890';
  const answer = 1094287082;
  const secret = new TextEncoder().encode(seed);
  const create = (): _SHA1 => new _SHA1();

  function isRight(hmac: CounterHmac): void {
    const key = hmac.prepare(secret);
    for (let counter = 0; counter < 50; counter++) {
      expect(hmac.truncated(key, 0, counter)).toBe(expectedTruncation('sha1', secret, 0, counter));
    }
    hmac.wipe();
  }

  it('is passed by the noble version that is pinned', () => {
    const clones = vi.spyOn(_SHA1.prototype, '_cloneInto');
    isRight(counterHmacSha1);
    expect(clones).not.toHaveBeenCalled();
    isRight(publicCounterHmac(create));
    expect(clones).toHaveBeenCalled();
    clones.mockRestore();
  });

  it('falls back to the public interface when the methods are gone', () => {
    const gone = (): MidstateHash => new _SHA1() as unknown as MidstateHash;
    isRight(knownAnswerTested(gone, create, seed, answer));
  });

  it('falls back when the compression gives something else', () => {
    const wrong = (): MidstateHash => ({
      blockLen: 64,
      outputLen: 20,
      absorb: () => [1, 2, 3, 4, 5],
      compress: () => {},
      write: () => {},
      finish: (_state, _block, output) => output.setUint32(0, 0x01020304),
      wipe: () => {},
    });
    isRight(knownAnswerTested(wrong, create, seed, answer));
  });

  it('the public path takes secrets longer than a block', () => {
    const long = new Uint8Array(100).fill(9);
    const hmac = publicCounterHmac(create);
    expect(hmac.truncated(hmac.prepare(long), 0, 1)).toBe(expectedTruncation('sha1', long, 0, 1));
  });
});
