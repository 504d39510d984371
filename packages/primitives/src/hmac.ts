import type { Hash } from '@noble/hashes/utils.js';

/**
 * An HMAC key (RFC 2104) with its two pads already absorbed: each use costs only the message's own compressions. It
 * holds chaining values, never the secret, and shows neither when printed: both live in closures.
 */
export type HmacKey = {
  /** HMAC of any message, in a fresh array. */
  readonly digest: (message: Uint8Array) => Uint8Array;
  /** HMAC of an eight-byte counter, dynamically truncated to 31 bits (RFC 4226 §5.3). `high` and `low`: 0 … 2^32-1. */
  readonly truncatedCounter: (high: number, low: number) => number;
  /** A message of a fixed length that is computed again and again while a few of its bytes change. */
  readonly message: (length: number) => HmacMessage;
  /** Clears what the last computations left in the shared scratch. Call once per request, after the last computation. */
  readonly wipe: () => void;
};

/** A message laid out once, padding included: writing into `bytes` and computing allocates nothing. */
export type HmacMessage = {
  /** The message, zeros at first. The caller writes here, and clears it after use. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** HMAC of the message as it stands, dynamically truncated to 31 bits (RFC 4226 §5.3). */
  readonly truncated: () => number;
};

/** Makes an {@link HmacKey} from a secret of any length; the caller's array is not kept. */
export type PrepareHmac = (secret: Uint8Array) => HmacKey;

/** The chaining value of a hash between two blocks, as 32-bit words. */
export type ChainingValue = readonly number[];

/** What is used of noble's public hash objects. */
type StreamingHash = Pick<Hash<unknown>, 'blockLen' | 'outputLen' | 'update' | 'digest' | 'digestInto'>;

/** One of noble's hashes that can be resumed from a chaining value, through its protected methods (`hmac-sha1.ts`). */
export type MidstateHash = StreamingHash & {
  /** The chaining value reached. */
  save(): ChainingValue;
  /** Goes on as if exactly one block had been absorbed, with this result. */
  resume(state: ChainingValue): MidstateHash;
  /** Absorbs whole blocks into `state` and nothing else: no length is counted, no padding added. */
  compress(state: ChainingValue, blocks: DataView): void;
  /** Writes the chaining value at the start of `output`. */
  write(output: DataView): void;
  /** Clears the chaining value and noble's message schedule. */
  wipe(): void;
};

/** RFC 2104 §2: the key, hashed when longer than a block, filled with zeros to a block and combined with a pad. */
function absorbPads<R>(
  secret: Uint8Array,
  create: () => StreamingHash,
  absorb: (pad: Uint8Array<ArrayBuffer>) => R,
): [R, R] {
  const { blockLen } = create();
  const pad = new Uint8Array(blockLen);
  pad.set(secret.length > blockLen ? create().update(secret).digest() : secret);
  for (let i = 0; i < blockLen; i++) pad[i]! ^= 0x36;
  const inner = absorb(pad);
  for (let i = 0; i < blockLen; i++) pad[i]! ^= 0x36 ^ 0x5c;
  const outer = absorb(pad);
  pad.fill(0);
  return [inner, outer];
}

/** RFC 4226 §5.3: the low nibble of the last byte says where the four bytes stand; the top bit is masked. */
function truncate(digest: DataView, length: number): number {
  return digest.getUint32(digest.getUint8(length - 1) & 0xf) & 0x7fffffff;
}

/**
 * Room for `length` bytes and the padding of a message that follows one earlier block (FIPS 180-4 §5.1): a one bit,
 * zeros, and at the end of a block the length in bits, in a field of an eighth of a block.
 */
function paddedBlocks(blockLength: number, length: number): DataView<ArrayBuffer> {
  const size = Math.ceil((length + 1 + blockLength / 8) / blockLength) * blockLength;
  const blocks = new DataView(new ArrayBuffer(size));
  blocks.setUint8(length, 0x80);
  blocks.setUint32(size - 4, (blockLength + length) * 8);
  return blocks;
}

/**
 * HMAC on saved chaining values: the fast path. A counter shares one block with its padding, so that a candidate costs
 * two compressions and two short writes into blocks whose padding never changes.
 */
export function midstateHmac(create: () => MidstateHash): PrepareHmac {
  const hash = create();
  const { blockLen, outputLen } = hash;
  const initial = hash.save();
  const counterBlock = paddedBlocks(blockLen, 8);
  const digestBlock = paddedBlocks(blockLen, outputLen);

  function wipe(): void {
    hash.wipe();
    counterBlock.setUint32(0, 0);
    counterBlock.setUint32(4, 0);
    for (let i = 0; i < outputLen; i += 4) digestBlock.setUint32(i, 0);
  }

  return (secret) => {
    const [inner, outer] = absorbPads(secret, create, (pad) => {
      hash.compress(initial, new DataView(pad.buffer));
      return hash.save();
    });
    hash.wipe();
    function truncatedBlocks(blocks: DataView): number {
      hash.compress(inner, blocks);
      hash.write(digestBlock);
      hash.compress(outer, digestBlock);
      hash.write(digestBlock);
      return truncate(digestBlock, outputLen);
    }
    return {
      truncatedCounter(high, low) {
        counterBlock.setUint32(0, high);
        counterBlock.setUint32(4, low);
        return truncatedBlocks(counterBlock);
      },
      message(length) {
        const blocks = paddedBlocks(blockLen, length);
        return { bytes: new Uint8Array(blocks.buffer, 0, length), truncated: () => truncatedBlocks(blocks) };
      },
      digest(message) {
        const output = new Uint8Array(outputLen);
        hash.resume(inner).update(message).digestInto(output);
        hash.resume(outer).update(output).digestInto(output);
        return output;
      },
      wipe,
    };
  };
}

/** HMAC through noble's public interface alone, cloned into a pooled object: slower, and in need of no internals. */
export function clonedHmac<T extends Hash<T>>(create: () => T): PrepareHmac {
  const scratch = create();
  const counter = new DataView(new ArrayBuffer(8));
  const output = new DataView(new ArrayBuffer(scratch.outputLen));
  const outputBytes = new Uint8Array(output.buffer);
  return (secret) => {
    const [inner, outer] = absorbPads(secret, create, (pad) => create().update(pad));
    function finish(message: Uint8Array): void {
      inner._cloneInto(scratch).update(message).digestInto(outputBytes);
      outer._cloneInto(scratch).update(outputBytes).digestInto(outputBytes);
    }
    return {
      truncatedCounter(high, low) {
        counter.setUint32(0, high);
        counter.setUint32(4, low);
        finish(new Uint8Array(counter.buffer));
        return truncate(output, outputBytes.length);
      },
      message(length) {
        const bytes = new Uint8Array(length);
        return {
          bytes,
          truncated() {
            finish(bytes);
            return truncate(output, outputBytes.length);
          },
        };
      },
      digest(message) {
        finish(message);
        return outputBytes.slice();
      },
      wipe() {
        scratch.destroy();
        counter.setBigUint64(0, 0n);
        outputBytes.fill(0);
      },
    };
  };
}

/**
 * Known-answer test when a module loads: the fast path leans on protected methods of one exact noble version, so it is
 * used only if it gives what the RFC printed and what noble's public interface gives; otherwise the slower path is.
 *
 * @param seed `truncated` is the 31-bit truncation for counter 1 under this text's ASCII bytes (RFC 4226, RFC 6238)
 */
export function knownAnswerTested(
  fast: () => PrepareHmac,
  fallback: PrepareHmac,
  seed: string,
  truncated: number,
): PrepareHmac {
  const secret = Uint8Array.from(seed, (character) => character.charCodeAt(0));
  try {
    const prepare = fast();
    const key = prepare(secret);
    const slow = fallback(secret);
    const message = new Uint8Array(200);
    const right =
      key.truncatedCounter(0, 1) === truncated &&
      key.message(200).truncated() === slow.message(200).truncated() &&
      `${key.digest(message)}` === `${slow.digest(message)}`;
    return right ? prepare : fallback;
  } catch {
    return fallback;
  }
}
