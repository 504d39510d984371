import type { Hash } from '@noble/hashes/utils.js';
import { absorbPads } from './hmac.ts';

/**
 * A message of one length whose bytes change from one HMAC to the next: the counter of HOTP and TOTP, the data input of
 * OCRA. It is shared by all keys. `Key` holds what the hash is after each of the two pads, never the secret, and is
 * opaque to callers.
 */
export type HmacMessage<Key = unknown> = {
  /** The message, zeros at first. Write it before each computation; {@link HmacMessage.wipe} leaves it alone. */
  readonly view: DataView<ArrayBuffer>;
  /** Prepares a key from a secret of any length; the caller's array is not kept. */
  prepare(secret: Uint8Array): Key;
  /** HMAC of the message as it stands, in scratch that all messages of a hash share: copy it, or {@link truncate} it. */
  compute(key: Key): DataView;
  /** Clears what the last computations left behind, the scratch too. Call once per request, after the last one. */
  wipe(): void;
};

/** Makes a message of `length` bytes for one hash. */
export type PrepareMessage = (length: number) => HmacMessage;

/** The chaining value of a hash between two blocks, as 32-bit words. */
export type ChainingValue = readonly number[];

/** noble's hashes with their compression function at hand, through their protected methods. */
export type BlockHash = {
  readonly blockLen: number;
  /** Absorbs the block that stands at `offset`, and nothing else: no length is counted, no padding added. */
  absorb(blocks: DataView, offset: number): void;
  save(): ChainingValue;
  load(state: ChainingValue): void;
  /** Writes the chaining value at the start of `output`. */
  write(output: DataView): void;
  /** Clears the message schedule, which all objects of a hash share. */
  clean(): void;
};

/** What a hash is after each of the two pads. */
type Padded<State> = readonly [inner: State, outer: State];

/** HMAC by one way of saving the state of a hash. */
type Engine<State> = {
  /** The state after one whole block. */
  begin(block: DataView<ArrayBuffer>): State;
  /** HMAC of the `length` bytes at the start of `blocks`, to the start of `digest`; both hold their padding too. */
  compute(key: Padded<State>, blocks: DataView<ArrayBuffer>, length: number, digest: DataView<ArrayBuffer>): void;
  wipe(): void;
};

/** RFC 4226 §5.3: the low nibble of the last byte says where the four bytes stand; the top bit is masked. */
export function truncate(digest: DataView): number {
  return digest.getUint32(digest.getUint8(digest.byteLength - 1) & 0xf) & 0x7fffffff;
}

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

/** HMAC from saved states: padding is laid out once, and a computation allocates next to nothing. */
function messagesWith<State, T extends Hash<T>>(engine: Engine<State>, create: () => T): PrepareMessage {
  const { blockLen, outputLen } = create();
  const digestBlock = paddedBlocks(blockLen, outputLen);
  const digest = new DataView(digestBlock.buffer, 0, outputLen);
  const digestBytes = new Uint8Array(digestBlock.buffer, 0, outputLen);
  const keyBlock = new DataView(new ArrayBuffer(blockLen));
  const keyBytes = new Uint8Array(keyBlock.buffer);
  const begin = (): State => engine.begin(keyBlock);
  return (length): HmacMessage<Padded<State>> => {
    const blocks = paddedBlocks(blockLen, length);
    return {
      view: new DataView(blocks.buffer, 0, length),
      prepare: (secret) => absorbPads(secret, create, keyBytes, begin),
      compute(key) {
        engine.compute(key, blocks, length, digestBlock);
        return digest;
      },
      wipe() {
        engine.wipe();
        digestBytes.fill(0);
      },
    };
  };
}

/** The fast path: one object of a hash, and a computation costs its compressions. */
function midstate(hash: BlockHash): Engine<ChainingValue> {
  const initial = hash.save();
  return {
    begin(block) {
      hash.load(initial);
      hash.absorb(block, 0);
      return hash.save();
    },
    compute(key, blocks, _, digest) {
      hash.load(key[0]);
      for (let at = 0; at < blocks.byteLength; at += hash.blockLen) hash.absorb(blocks, at);
      hash.write(digest);
      hash.load(key[1]);
      hash.absorb(digest, 0);
      hash.write(digest);
    },
    wipe() {
      hash.load(initial);
      hash.clean();
    },
  };
}

/** The same through noble's public interface alone, cloned into one pooled object: slower, and in need of no internals. */
function pooled<T extends Hash<T>>(create: () => T): Engine<T> {
  const scratch = create();
  return {
    begin: (block) => create().update(new Uint8Array(block.buffer)),
    compute([inner, outer], blocks, length, { buffer }) {
      const digest = new Uint8Array(buffer, 0, scratch.outputLen);
      inner
        ._cloneInto(scratch)
        .update(new Uint8Array(blocks.buffer, 0, length))
        .digestInto(digest);
      outer._cloneInto(scratch).update(digest).digestInto(digest);
    },
    wipe: () => scratch.destroy(),
  };
}

/**
 * Known-answer test when a module loads: the fast path leans on protected methods of one exact noble version, so it is
 * used only if it gives what is known; otherwise the public interface is. One computation of two or three blocks, because
 * much hashing before another copy of noble is loaded can leave V8 with a stale shape for SHA-512's words.
 *
 * @param answer the HMAC of 130 zero bytes under the key of one zero byte, each byte added to 31 times the sum so far
 */
export function knownAnswerTested<T extends Hash<T>>(
  open: () => BlockHash,
  create: () => T,
  answer: number,
): PrepareMessage {
  try {
    const prepare = messagesWith(midstate(open()), create);
    const message = prepare(130);
    const digest = message.compute(message.prepare(new Uint8Array(1)));
    let sum = 0;
    for (let i = 0; i < digest.byteLength; i++) sum = (Math.imul(sum, 31) + digest.getUint8(i)) | 0;
    if (sum === answer) return prepare;
  } catch {
    // A noble version without these methods: the public interface gives the same result.
  }
  return messagesWith(pooled(create), create);
}
