import { assertBytes, assertOptions } from '@countersign/primitives/assert';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { fromBase64, toBase64 } from './base64.ts';
import type { Cipher, KeyedCipher } from './cipher.ts';

/** A record in clear, with what must not be changed from outside. */
type Plain = { value: string; expiresAt: number | null };

/** Where a record stands. It is sealed together with this, so that it opens nowhere else. */
type Place = { key: string; version: string };

export type Keyring = {
  seal(plain: Plain, place: Place): Promise<string>;
  open(text: string, place: Place): Promise<Plain>;
  /** Whether a text is sealed under the current key. */
  isCurrent(text: string): boolean;
};

const KEY_ID = /^[A-Za-z0-9_-]{1,64}$/;
/** cs1.key id.Base64 */
const SEALED = /^cs1\.([A-Za-z0-9_-]{1,64})\.([A-Za-z0-9+/]+={0,2})$/;
/** In clear: expiresAt or nothing, a line feed, the value. */
const PLAIN = /^(\d{0,16})\n/;

/** Seals with the current key, opens with any. */
export function createKeyring(current: string, keys: Record<string, Uint8Array>, cipher: Cipher): Keyring {
  assertOptions(keys, 'keys');
  const ciphers = new Map<string, KeyedCipher>();
  for (const [id, key] of Object.entries(keys)) {
    if (!KEY_ID.test(id)) {
      throw new CountersignError('invalid-key', 'key ids must be 1 to 64 letters, digits, hyphens and underscores');
    }
    assertBytes(key, `key ${id}`, 32, 32, 'invalid-key');
    ciphers.set(id, cipher(new Uint8Array(key)));
  }
  const sealing = ciphers.get(current);
  if (!sealing) throw new CountersignError('invalid-key', 'current must be the id of one of the keys');
  const associatedData = (id: string, { key, version }: Place): Uint8Array =>
    encodeFields('countersign/sealed-record/v1', [id, key, version]);

  return {
    async seal({ value, expiresAt }, place) {
      const sealed = await sealing.seal(utf8ToBytes(`${expiresAt ?? ''}\n${value}`), associatedData(current, place));
      return `cs1.${current}.${toBase64(sealed)}`;
    },
    async open(text, place) {
      const [, id = '', base64 = ''] = SEALED.exec(text) ?? [];
      try {
        const bytes = (await ciphers.get(id)?.open(fromBase64(base64), associatedData(id, place))) ?? null;
        if (bytes) {
          const plain = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
          const [head, expiresAt] = PLAIN.exec(plain) as unknown as [string, string];
          return { value: plain.slice(head.length), expiresAt: expiresAt === '' ? null : Number(expiresAt) };
        }
      } catch (cause) {
        throw unopened(cause);
      }
      throw unopened();
    },
    isCurrent: (text) => text.startsWith(`cs1.${current}.`),
  };
}

function unopened(cause?: unknown): CountersignError {
  return new CountersignError(
    'invalid-state',
    'a stored record does not open: it was changed or moved, or its key is not among the keys',
    { cause },
  );
}
