import type { Hash } from '@noble/hashes/utils.js';
import { absorbPads } from './hmac.ts';

/**
 * The hot path of HOTP and TOTP: HMAC keys whose message is always an eight-byte counter. `Key` holds what the hash is
 * after each of the two pads, never the secret, and is opaque to callers.
 */
export type CounterHmac<Key = unknown> = {
  /** Prepares a key from a secret of any length; the caller's array is not kept. */
  prepare(secret: Uint8Array): Key;
  /** HMAC of the counter, dynamically truncated to 31 bits (RFC 4226 §5.3). `high` and `low`: 0 … 2^32-1. */
  truncated(key: Key, high: number, low: number): number;
  /** Clears what the last computations left in the shared scratch. Call once per request, after the last computation. */
  wipe(): void;
};

/** The chaining value of a hash between two blocks, as 32-bit words. */
export type ChainingValue = readonly number[];

/** A hash that is driven block by block. `State` is what it has come to after one whole block. */
export type BlockHash<State> = {
  readonly blockLen: number;
  readonly outputLen: number;
  /** Begins with one whole block. */
  absorb(block: DataView): State;
  /** Goes on from `state` with the last block, `length` bytes and the padding, and writes the digest into `output`. */
  finish(state: State, block: DataView, output: DataView, length: number): void;
  /** Clears what the last computation left behind. */
  wipe(): void;
};

/** noble's hashes with their compression function at hand, through their protected methods. */
export type MidstateHash = BlockHash<ChainingValue> & {
  /** Absorbs one block into `state` and nothing else: no length is counted, no padding added. */
  compress(state: ChainingValue, block: DataView): void;
  /** Writes the chaining value reached at the start of `output`. */
  write(output: DataView): void;
};

type PaddedKey<State> = readonly [inner: State, outer: State];

/** RFC 4226 §5.3: the low nibble of the last byte says where the four bytes stand; the top bit is masked. */
export function truncate(digest: DataView, length: number): number {
  return digest.getUint32(digest.getUint8(length - 1) & 0xf) & 0x7fffffff;
}

/** A block that is all padding but for its first `length` bytes, and follows one earlier block (FIPS 180-4 §5.1). */
function paddedBlock(blockLength: number, length: number): DataView {
  const block = new DataView(new ArrayBuffer(blockLength));
  block.setUint8(length, 0x80);
  block.setUint32(blockLength - 4, (blockLength + length) * 8);
  return block;
}

/**
 * HMAC from saved states. A counter shares one block with its padding, so that a candidate costs two compressions and
 * two short writes into blocks whose padding never changes.
 */
function counterHmac<State, T extends Hash<T>>(hash: BlockHash<State>, create: () => T): CounterHmac<PaddedKey<State>> {
  const { blockLen, outputLen } = hash;
  const counterBlock = paddedBlock(blockLen, 8);
  const digestBlock = paddedBlock(blockLen, outputLen);
  const digest = new Uint8Array(digestBlock.buffer, 0, outputLen);
  const keyBlock = new DataView(new ArrayBuffer(blockLen));
  const keyBytes = new Uint8Array(keyBlock.buffer);
  const absorb = (): State => hash.absorb(keyBlock);

  return {
    prepare: (secret) => absorbPads(secret, create, keyBytes, absorb),
    truncated([inner, outer], high, low) {
      counterBlock.setUint32(0, high);
      counterBlock.setUint32(4, low);
      hash.finish(inner, counterBlock, digestBlock, 8);
      hash.finish(outer, digestBlock, digestBlock, outputLen);
      return truncate(digestBlock, outputLen);
    },
    wipe() {
      hash.wipe();
      digest.fill(0);
    },
  };
}

/** The same through noble's public interface alone: slower, and in need of no internals. */
export function publicCounterHmac<T extends Hash<T>>(create: () => T): CounterHmac<PaddedKey<T>> {
  const { blockLen, outputLen } = create();
  const hash: BlockHash<T> = {
    blockLen,
    outputLen,
    absorb: (block) => create().update(new Uint8Array(block.buffer)),
    finish(state, block, output, length) {
      const last = state.clone().update(new Uint8Array(block.buffer, 0, length));
      last.digestInto(new Uint8Array(output.buffer));
      last.destroy();
    },
    // Nothing outlives finish().
    wipe() {},
  };
  return counterHmac(hash, create);
}

/**
 * Known-answer test when a module loads: the fast path leans on protected methods of one exact noble version, so it is
 * used only if it gives what the RFC printed; otherwise the slower path is.
 *
 * @param seed `truncated` is the 31-bit truncation for counter 1 under this text's ASCII bytes (RFC 4226, RFC 6238)
 */
export function knownAnswerTested<T extends Hash<T>>(
  midstate: () => MidstateHash,
  create: () => T,
  seed: string,
  truncated: number,
): CounterHmac {
  try {
    const fast = counterHmac(midstate(), create);
    if (fast.truncated(fast.prepare(new TextEncoder().encode(seed)), 0, 1) === truncated) return fast;
  } catch {
    // A noble version without these methods: the public interface gives the same result.
  }
  return publicCounterHmac(create);
}
