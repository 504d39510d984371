import type { Hash } from '@noble/hashes/utils.js';

/**
 * An HMAC key (RFC 2104) with its two pads already absorbed: each use costs only the message's own compressions. It
 * keeps noble's hash objects in closures, so that printing it shows nothing.
 */
export type HmacKey = {
  /** HMAC of any message, in a fresh array. */
  readonly digest: (message: Uint8Array) => Uint8Array<ArrayBuffer>;
  /** Clears what the last computation left in the shared scratch. Call once per request, after the last one. */
  readonly wipe: () => void;
};

/** Makes an {@link HmacKey} from a secret of any length; the caller's array is not kept. */
export type PrepareHmac = (secret: Uint8Array) => HmacKey;

/**
 * RFC 2104 §2: the key, hashed when longer than a block and filled with zeros to a block, combined with the inner and
 * with the outer pad. `absorb` sees each in `block`, which is cleared afterwards.
 */
export function absorbPads<State, T extends Hash<T>>(
  secret: Uint8Array,
  create: () => T,
  block: Uint8Array,
  absorb: () => State,
): [inner: State, outer: State] {
  const key = secret.length > block.length ? create().update(secret).digest() : secret;
  block.fill(0x36);
  for (let i = 0; i < key.length; i++) block[i]! ^= key[i]!;
  const inner = absorb();
  for (let i = 0; i < block.length; i++) block[i]! ^= 0x36 ^ 0x5c;
  const outer = absorb();
  block.fill(0);
  return [inner, outer];
}

/** HMAC through noble's public interface, cloned into one pooled object instead of allocating two for each message. */
export function pooledHmac<T extends Hash<T>>(create: () => T): PrepareHmac {
  const scratch = create();
  const { blockLen, outputLen } = scratch;
  const block = new Uint8Array(blockLen);
  return (secret) => {
    const [inner, outer] = absorbPads(secret, create, block, () => create().update(block));
    return {
      digest(message) {
        const output = new Uint8Array(outputLen);
        inner._cloneInto(scratch).update(message).digestInto(output);
        outer._cloneInto(scratch).update(output).digestInto(output);
        return output;
      },
      wipe: () => scratch.destroy(),
    };
  };
}
