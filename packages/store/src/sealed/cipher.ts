import { randomBytes } from '@countersign/primitives/random';

/** Seals and opens under one key. What `open` is given may have been tampered with: it must throw or give null then. */
export type KeyedCipher = {
  seal(plain: Uint8Array, associatedData: Uint8Array): Uint8Array | Promise<Uint8Array>;
  open(sealed: Uint8Array, associatedData: Uint8Array): Uint8Array | null | Promise<Uint8Array | null>;
};

/** An authenticated cipher: called once for each key of 32 bytes. */
export type Cipher = (key: Uint8Array<ArrayBuffer>) => KeyedCipher;

/** NIST SP 800-38D §8.2.2: 96 random bits, so that one key may seal 2^32 records. */
const NONCE_BYTES = 12;

/** AES-256-GCM by WebCrypto: the nonce, then the ciphertext with its tag of 16 bytes. */
export const webCryptoCipher: Cipher = (key) => {
  const imported = crypto.subtle.importKey('raw', key, 'AES-GCM', false, ['encrypt', 'decrypt']);
  return {
    async seal(plain, associatedData) {
      const iv = randomBytes(NONCE_BYTES) as Uint8Array<ArrayBuffer>;
      const algorithm = { name: 'AES-GCM', iv, additionalData: associatedData as Uint8Array<ArrayBuffer> };
      const sealed = await crypto.subtle.encrypt(algorithm, await imported, plain as Uint8Array<ArrayBuffer>);
      const bytes = new Uint8Array(NONCE_BYTES + sealed.byteLength);
      bytes.set(iv);
      bytes.set(new Uint8Array(sealed), NONCE_BYTES);
      return bytes;
    },
    async open(sealed, associatedData) {
      const algorithm = {
        name: 'AES-GCM',
        iv: sealed.slice(0, NONCE_BYTES),
        additionalData: associatedData as Uint8Array<ArrayBuffer>,
      };
      return new Uint8Array(await crypto.subtle.decrypt(algorithm, await imported, sealed.slice(NONCE_BYTES)));
    },
  };
};
