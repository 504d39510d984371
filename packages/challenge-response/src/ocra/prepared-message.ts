import type { Algorithm } from '@countersign/primitives/algorithm';
import { type ChainingValue, type MidstateHash, truncate } from '@countersign/primitives/counter-hmac';
import { Sha1Midstate } from '@countersign/primitives/counter-hmac-sha1';
import { Sha256Midstate } from '@countersign/primitives/counter-hmac-sha256';
import { Sha512Midstate } from '@countersign/primitives/counter-hmac-sha512';
import { absorbPads, type PrepareHmac, type StreamingHash } from '@countersign/primitives/hmac';
import { hmacSha1 } from '@countersign/primitives/hmac-sha1';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import { hmacSha512 } from '@countersign/primitives/hmac-sha512';

/** An HMAC key with the message that it is computed over again and again, while a few of its bytes change. */
export type PreparedMessage = {
  /** The message, zeros at first. The caller writes here, and clears it after use. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** HMAC of the message as it stands, dynamically truncated to 31 bits (RFC 4226 §5.3). */
  truncated(): number;
  /** HMAC of the message as it stands, whole. */
  digest(): Uint8Array;
  /** Clears what computing left behind. Call once per request, after the last computation. */
  wipe(): void;
};

/** Prepares a key from a secret of any length, and a message of `length` bytes. The caller's secret is not kept. */
export type PrepareMessage = (secret: Uint8Array, length: number) => PreparedMessage;

/** A hash with its compression function at hand, for messages of any number of blocks. */
type BlockHash = MidstateHash &
  StreamingHash & {
    /** Absorbs one more block, which stands at `offset` of `blocks`. */
    more(blocks: DataView, offset: number): void;
  };

class Sha1Blocks extends Sha1Midstate implements BlockHash {
  more(blocks: DataView, offset: number): void {
    this.process(blocks, offset);
  }
}

class Sha256Blocks extends Sha256Midstate implements BlockHash {
  more(blocks: DataView, offset: number): void {
    this.process(blocks, offset);
  }
}

class Sha512Blocks extends Sha512Midstate implements BlockHash {
  more(blocks: DataView, offset: number): void {
    this.process(blocks, offset);
  }
}

/** Each hash for messages of many blocks, beside the plain HMAC that it is tested against. */
export const BLOCK_HASHES: Readonly<Record<Algorithm, readonly [create: () => BlockHash, hmac: PrepareHmac]>> = {
  SHA1: [() => new Sha1Blocks(), hmacSha1],
  SHA256: [() => new Sha256Blocks(), hmacSha256],
  SHA512: [() => new Sha512Blocks(), hmacSha512],
};

/**
 * As many blocks as `length` bytes and their padding take, for a message that follows one earlier block: after the
 * message a one bit, and at the end its length in bits, in a field of an eighth of a block (FIPS 180-4 §5.1).
 */
function paddedBlocks(blockLength: number, length: number): DataView<ArrayBuffer> {
  const size = Math.ceil((length + 1 + blockLength / 8) / blockLength) * blockLength;
  const blocks = new DataView(new ArrayBuffer(size));
  blocks.setUint8(length, 0x80);
  blocks.setUint32(size - 4, (blockLength + length) * 8);
  return blocks;
}

/**
 * The fast path: padding is laid out once, and a computation costs the message's compressions, from the key's chaining
 * values, and allocates next to nothing.
 */
export function midstateMessage(create: () => BlockHash, hmac: PrepareHmac): PrepareMessage {
  const hash = create();
  const { blockLen, outputLen } = hash;
  const digestBlock = paddedBlocks(blockLen, outputLen);
  const keyBlock = new DataView(new ArrayBuffer(blockLen));
  const absorb = (): ChainingValue => hash.absorb(keyBlock);

  return (secret, length) => {
    const key = hmac(secret);
    const [inner, outer] = absorbPads(secret, create, new Uint8Array(keyBlock.buffer), absorb);
    const blocks = paddedBlocks(blockLen, length);
    const bytes = new Uint8Array(blocks.buffer, 0, length);
    return {
      bytes,
      truncated() {
        hash.compress(inner, blocks);
        for (let at = blockLen; at < blocks.byteLength; at += blockLen) hash.more(blocks, at);
        hash.write(digestBlock);
        hash.finish(outer, digestBlock, digestBlock, outputLen);
        return truncate(digestBlock, outputLen);
      },
      digest: () => key.digest(bytes),
      wipe() {
        key.wipe();
        hash.wipe();
        hash.write(digestBlock);
      },
    };
  };
}

/** The same through the plain HMAC alone: slower, and in need of no internals of a hash. */
export function plainMessage(hmac: PrepareHmac): PrepareMessage {
  return (secret, length) => {
    const key = hmac(secret);
    const bytes = new Uint8Array(length);
    const digest = (): Uint8Array<ArrayBuffer> => key.digest(bytes);
    const truncated = (): number => {
      const output = digest();
      return truncate(new DataView(output.buffer), output.length);
    };
    return { bytes, truncated, digest, wipe: key.wipe };
  };
}

/**
 * Both compute one message of several blocks: the fast path leans on protected methods of one exact noble version, and
 * is used only if it gives what noble's public interface gives.
 */
export function selfTested(create: () => BlockHash, hmac: PrepareHmac): PrepareMessage {
  const plain = plainMessage(hmac);
  const compute = (prepare: PrepareMessage): number => {
    const message = prepare(new Uint8Array(20), 300);
    message.bytes.fill(0x5a);
    return message.truncated();
  };
  try {
    const fast = midstateMessage(create, hmac);
    return compute(fast) === compute(plain) ? fast : plain;
  } catch {
    return plain;
  }
}

const tested = new Map<Algorithm, PrepareMessage>();

/**
 * The suite's hash, tested once, at its first use. Loading the module computes nothing: hashing before another copy of
 * noble is loaded can leave V8 with a stale shape for SHA-512's 64-bit words, and every later hash sixty times slower.
 */
export function prepareMessage(algorithm: Algorithm): PrepareMessage {
  const prepare = tested.get(algorithm) ?? selfTested(...BLOCK_HASHES[algorithm]);
  tested.set(algorithm, prepare);
  return prepare;
}
