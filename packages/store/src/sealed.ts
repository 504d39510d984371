import { assertOptions } from '@countersign/primitives/assert';
import { bytesToHex } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { randomBytes } from '@countersign/primitives/random';
import { type Cipher, webCryptoCipher } from './sealed/cipher.ts';
import { createKeyring } from './sealed/keyring.ts';
import { assertKey, checkWrite } from './shared/check-arguments.ts';
import type { Store, StoreRead } from './store.ts';

export { CountersignError } from '@countersign/primitives/error';
export type { Cipher, KeyedCipher } from './sealed/cipher.ts';
export type { Store, StoreRead, WriteOptions } from './store.ts';

/** Sealing makes text a third longer, and the longest must still fit into the store below. */
const MAX_SEALED_VALUE_BYTES = 96_000;

export type SealedStoreOptions = {
  /** The id of the key that seals. */
  current: string;
  /** All keys that open, 32 bytes each, by their ids (1 to 64 letters, digits, hyphens, underscores). */
  keys: Record<string, Uint8Array>;
  /** Another authenticated cipher than AES-256-GCM by WebCrypto. */
  cipher?: Cipher | undefined;
};

/** What became of one record: sealed anew; sealed under the current key already; gone; or it does not open. */
export type ResealOutcome = 'resealed' | 'current' | 'absent' | 'unreadable';

export type SealedStore = Store & {
  readonly sealed: true;
  /**
   * Seals records anew that are not under the current key, one after the other, so that an old key can be retired. May be
   * stopped and begun again, and run while the store is in use.
   *
   * @param recordKeys the keys of all records, as the database lists them
   * @param onProgress is told each record's outcome as it is known
   * @returns how many records came to which outcome. Keep the old keys while `unreadable` is not 0
   * @throws CountersignError `unknown-outcome` when the database does not answer
   */
  reseal(
    recordKeys: AsyncIterable<string> | Iterable<string>,
    onProgress?: (record: { key: string; outcome: ResealOutcome }) => void,
  ): Promise<Record<ResealOutcome, number>>;
};

/**
 * Encrypts and authenticates every record before it reaches another store: AES-256-GCM, with the record's key and version
 * as associated data, so that a copied, moved or changed record does not open. Its `expiresAt` is sealed too. Values are
 * at most 96,000 bytes.
 *
 * A record that does not open throws `invalid-state` from `read`; it is never taken for absent, which would let whoever
 * can write to the database take a user's second factor away. What is not detected: an older row put back whole
 * (ask your database's backups and rights for that), and a deleted one. A key seals at most 2^32 records: change it before.
 *
 * @throws CountersignError `invalid-key` for bad keys or ids
 * @example
 * ```ts
 * import { memoryStore, sealedStore } from '@countersign/store';
 *
 * const below = memoryStore();
 * const keys = { '2026': crypto.getRandomValues(new Uint8Array(32)) }; // from your secret manager
 * const store = sealedStore(below, { current: '2026', keys });
 * await store.write('user:1', '{"v":1}', null, { version: 'a' }); // => true
 * (await store.read('user:1')).value; // => '{"v":1}'
 * (await below.read('user:1')).value?.slice(0, 9); // => 'cs1.2026.'
 *
 * // The same row under another user's key does not open.
 * await below.write('user:2', (await below.read('user:1')).value, null, { version: 'a' }); // => true
 * await store.read('user:2'); // throws invalid-state
 * ```
 */
export function sealedStore(store: Store, options: SealedStoreOptions): SealedStore {
  assertOptions(store, 'store');
  assertOptions(options);
  const { current, keys, cipher = webCryptoCipher } = options;
  if (typeof cipher !== 'function') throw new CountersignError('invalid-argument', 'cipher must be a function');
  const keyring = createKeyring(current, keys, cipher);

  async function read(key: string): Promise<StoreRead> {
    const found = await store.read(key);
    const { value, version, now } = found;
    if (value === null || version === null) return found;
    const plain = await keyring.open(value, { key, version });
    const expired = plain.expiresAt !== null && plain.expiresAt <= now;
    return expired ? { value: null, version: null, now } : { value: plain.value, version, now };
  }

  async function reseal(key: string): Promise<ResealOutcome> {
    const { value, version } = await store.read(key);
    if (value === null || version === null) return 'absent';
    if (keyring.isCurrent(value)) return 'current';
    const plain = await keyring.open(value, { key, version }).catch(() => null);
    if (!plain) return 'unreadable';
    const next = bytesToHex(randomBytes(16));
    const expiresAt = plain.expiresAt ?? undefined;
    const written = await store.write(key, await keyring.seal(plain, { key, version: next }), version, {
      version: next,
      expiresAt,
    });
    // Whoever was first has sealed with the current key, unless it is a server that does not know it yet.
    return written ? 'resealed' : reseal(key);
  }

  return {
    sealed: true,
    async read(key) {
      assertKey(key);
      return await read(key);
    },
    async write(key, value, expected, options) {
      const record = checkWrite(key, value, expected, options, MAX_SEALED_VALUE_BYTES);
      if (!record) return await store.write(key, null, expected, options);
      const { version, expiresAt } = record;
      const sealed = await keyring.seal(record, { key, version });
      return await store.write(key, sealed, expected, { version, expiresAt: expiresAt ?? undefined });
    },
    async reseal(recordKeys, onProgress) {
      const outcomes = { resealed: 0, current: 0, absent: 0, unreadable: 0 };
      for await (const key of recordKeys) {
        const outcome = await reseal(key);
        outcomes[outcome]++;
        onProgress?.({ key, outcome });
      }
      return outcomes;
    },
  };
}
