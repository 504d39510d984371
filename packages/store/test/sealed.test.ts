import { createCipheriv, createDecipheriv, randomBytes } from 'node:crypto';
import { expect, test } from 'vitest';
import { memoryStore } from '../src/memory.ts';
import { type Cipher, sealedStore } from '../src/sealed.ts';
import type { Store } from '../src/store.ts';
import { declareSuite } from './declare-suite.ts';

const key = (fill: number): Uint8Array => new Uint8Array(32).fill(fill);
const KEYS = { old: key(1), new: key(2) };
const KEY_NAMES = Object.keys(KEYS);

/** AES-256-GCM by Node's own crypto: the same bytes, a third of the time. docs/storing.md shows it. */
const nodeCipher: Cipher = (secret) => ({
  seal(plain, associatedData) {
    const nonce = randomBytes(12);
    const cipher = createCipheriv('aes-256-gcm', secret, nonce).setAAD(associatedData);
    return Buffer.concat([nonce, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  },
  open(sealed, associatedData) {
    const cipher = createDecipheriv('aes-256-gcm', secret, sealed.subarray(0, 12), { authTagLength: 16 });
    cipher.setAAD(associatedData).setAuthTag(sealed.subarray(-16));
    return Buffer.concat([cipher.update(sealed.subarray(12, -16)), cipher.final()]);
  },
});

declareSuite('sealed memory, WebCrypto', () => sealedStore(memoryStore(), { current: 'new', keys: KEYS }));
declareSuite('sealed memory, node:crypto', () =>
  sealedStore(memoryStore(), { current: 'new', keys: KEYS, cipher: nodeCipher }),
);
/** A sealed store, and what lies below it. */
function pair(current: 'old' | 'new' = 'new'): { below: Store; store: ReturnType<typeof sealedStore> } {
  const below = memoryStore();
  return { below, store: sealedStore(below, { current, keys: KEYS }) };
}

/** Puts another value into the store below, as whoever can write to the database does. */
async function tamper(below: Store, name: string, value: string, version?: string): Promise<void> {
  const read = await below.read(name);
  await below.write(name, null, read.version, { version: 'd' });
  await below.write(name, value, null, { version: version ?? read.version ?? 'v1' });
}

test('a store says that it is sealed, and one that is not does not', () => {
  expect(pair().store.sealed).toBe(true);
  expect(pair().below.sealed).toBeUndefined();
});

test('what lies below shows neither the value nor when it expires, and the same value never twice alike', async () => {
  const { below, store } = pair();
  await store.write('a', 'the secret value', null, { version: 'v1', expiresAt: 8_000_000_000_000 });
  await store.write('b', 'the secret value', null, { version: 'v1' });
  const texts = [(await below.read('a')).value, (await below.read('b')).value] as string[];
  for (const text of texts) {
    expect(text).toMatch(/^cs1\.new\.[A-Za-z0-9+/]+=*$/);
    expect(atob(text.slice(8))).not.toMatch(/secret|8000000000000/);
  }
  expect(texts[0]).not.toBe(texts[1]);
});

test('the two ciphers open what the other sealed', async () => {
  const below = memoryStore();
  const web = sealedStore(below, { current: 'new', keys: KEYS });
  const node = sealedStore(below, { current: 'new', keys: KEYS, cipher: nodeCipher });
  await web.write('a', 'by WebCrypto', null, { version: 'v1' });
  await node.write('b', 'by node:crypto', null, { version: 'v1' });
  expect((await node.read('a')).value).toBe('by WebCrypto');
  expect((await web.read('b')).value).toBe('by node:crypto');
});

// Made by a few lines of node:crypto from the format's description, not by this package.
test('a fixed record is read for ever: the format of today', async () => {
  const below = memoryStore();
  const sealed = 'cs1.old.AAAAAAAAAAAAAAAAhwWo7EULM4+jSaJ1QS66Y8PkpYGpvUCftFAs7ywVyjkjXImfMl24JUSHaGDcWFWuQw==';
  await below.write('user:1', sealed, null, { version: 'v1' });
  const { value } = await sealedStore(below, { current: 'new', keys: KEYS }).read('user:1');
  expect(value).toBe('{"v":1,"text":"ä"}');
});

test('a changed record does not open, whichever character was changed, and is never absent', async () => {
  const { below, store } = pair();
  await store.write('user', 'one', null, { version: 'v1' });
  const text = (await below.read('user')).value as string;
  for (let place = 0; place < text.length; place++) {
    if (text[place] === '=') continue;
    const changed = text.slice(0, place) + (text[place] === 'A' ? 'B' : 'A') + text.slice(place + 1);
    await tamper(below, 'user', changed);
    // The last character carries two bits that Base64 does not use.
    const spare = place === text.length - 2 && text.endsWith('=');
    const read = store.read('user').catch(({ code }) => code);
    if (!spare) expect(await read, `character ${place}`).toBe('invalid-state');
  }
});

test.each([
  '',
  'one',
  '{"v":1}',
  'cs1.',
  'cs1.new.',
  'cs1.new.AAAA',
  'cs1.other.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA',
  'cs1.__proto__.AAAA',
  'cs2.new.AAAA',
  'cs1.new.A',
  'cs1.new.A A=',
])('what was never sealed does not open: %j', async (text) => {
  const { below, store } = pair();
  await tamper(below, 'user', text);
  await expect(store.read('user')).rejects.toMatchObject({ name: 'CountersignError', code: 'invalid-state' });
});

test('a record does not open under another key, nor with another version', async () => {
  const { below, store } = pair();
  await store.write('user:1', 'one', null, { version: 'v1' });
  const text = (await below.read('user:1')).value as string;
  await tamper(below, 'user:2', text, 'v1');
  await expect(store.read('user:2')).rejects.toMatchObject({ code: 'invalid-state' });
  await tamper(below, 'user:1', text, 'v2');
  await expect(store.read('user:1')).rejects.toMatchObject({ code: 'invalid-state' });
  await tamper(below, 'user:1', text, 'v1');
  expect((await store.read('user:1')).value).toBe('one');
});

test('a record that the database keeps too long is absent when it should be', async () => {
  let now = 1000;
  const below = memoryStore({ now: () => now });
  const store = sealedStore(below, { current: 'new', keys: KEYS });
  await store.write('user', 'one', null, { version: 'v1', expiresAt: 2000 });
  await tamper(below, 'user', (await below.read('user')).value as string);
  now = 1999;
  expect((await store.read('user')).value).toBe('one');
  now = 2000;
  expect((await below.read('user')).version).toBe('v1');
  expect(await store.read('user')).toEqual({ value: null, version: null, now: 2000 });
});

test('a record lives below no longer than it should', async () => {
  let now = 1000;
  const below = memoryStore({ now: () => now });
  const store = sealedStore(below, { current: 'new', keys: KEYS });
  await store.write('user', 'one', null, { version: 'v1', expiresAt: 2000 });
  now = 2000;
  expect((await below.read('user')).value).toBe(null);
});

test('an old key opens; the next write seals with the current one; a key that is gone does not open', async () => {
  const { below, store: before } = pair('old');
  await before.write('user', 'one', null, { version: 'v1' });
  const after = sealedStore(below, { current: 'new', keys: KEYS });
  expect((await after.read('user')).value).toBe('one');
  const only = sealedStore(below, { current: 'new', keys: { new: KEYS.new } });
  await expect(only.read('user')).rejects.toMatchObject({ code: 'invalid-state' });
  await after.write('user', 'two', 'v1', { version: 'v2' });
  expect((await only.read('user')).value).toBe('two');
});

test('resealing brings all records under the current key, keeps when they expire, and tells of each', async () => {
  let now = 1000;
  const below = memoryStore({ now: () => now });
  const before = sealedStore(below, { current: 'old', keys: KEYS });
  await before.write('a', 'one', null, { version: 'v1' });
  await before.write('b', 'two', null, { version: 'v1', expiresAt: 2000 });
  await before.write('broken', 'three', null, { version: 'v1' });
  await tamper(below, 'broken', 'cs1.old.AAAA');
  const after = sealedStore(below, { current: 'new', keys: KEYS });
  await after.write('c', 'four', null, { version: 'v1' });
  async function* keys(): AsyncGenerator<string> {
    yield* ['a', 'b', 'gone', 'broken', 'c'];
  }
  const told: string[] = [];
  const outcomes = await after.reseal(keys(), ({ key: name, outcome }) => told.push(`${name} ${outcome}`));
  expect(outcomes).toEqual({ resealed: 2, current: 1, absent: 1, unreadable: 1 });
  expect(told).toEqual(['a resealed', 'b resealed', 'gone absent', 'broken unreadable', 'c current']);
  const only = sealedStore(below, { current: 'new', keys: { new: KEYS.new } });
  expect((await only.read('a')).value).toBe('one');
  expect((await only.read('b')).value).toBe('two');
  expect(await only.reseal(['a', 'b', 'c'])).toEqual({ resealed: 0, current: 3, absent: 0, unreadable: 0 });
  now = 2000;
  expect((await only.read('b')).value).toBe(null);
  expect((await below.read('b')).value).toBe(null);
});

test('resealing never undoes a write that came in between', async () => {
  const { below, store: before } = pair('old');
  await before.write('user', 'one', null, { version: 'v1' });
  let writes = 0;
  const racing: Store = {
    read: (name) => below.read(name),
    async write(...args) {
      if (writes++ === 0) await before.write('user', 'two', 'v1', { version: 'v2' });
      return await below.write(...args);
    },
  };
  const after = sealedStore(racing, { current: 'new', keys: KEYS });
  expect((await after.reseal(['user'])).resealed).toBe(1);
  expect((await sealedStore(below, { current: 'new', keys: { new: KEYS.new } }).read('user')).value).toBe('two');
});

test('values are at most 96,000 bytes, so that the store below takes them sealed', async () => {
  const { store } = pair();
  expect(await store.write('a', 'x'.repeat(96_000), null, { version: 'v1', expiresAt: 8.64e15 })).toBe(true);
  expect((await store.read('a')).value?.length).toBe(96_000);
  for (const value of ['x'.repeat(96_001), 'ä'.repeat(48_001)]) {
    await expect(store.write('b', value, null, { version: 'v1' })).rejects.toMatchObject({ code: 'invalid-argument' });
  }
});

test('keys are copied: wiping the caller’s changes nothing', async () => {
  const keys = { new: key(7) };
  const store = sealedStore(memoryStore(), { current: 'new', keys });
  await store.write('user', 'one', null, { version: 'v1' });
  keys.new.fill(0);
  expect((await store.read('user')).value).toBe('one');
});

test.each([
  ['no options', null, 'invalid-argument'],
  ['no keys', { current: 'new' }, 'invalid-argument'],
  ['a current key that is not there', { current: 'other', keys: KEYS }, 'invalid-key'],
  ['a current key of the prototype', { current: 'constructor', keys: KEYS }, 'invalid-key'],
  ['no current key', { keys: KEYS }, 'invalid-key'],
  ['a key of 16 bytes', { current: 'a', keys: { a: new Uint8Array(16) } }, 'invalid-key'],
  ['a key of text', { current: 'a', keys: { a: 'x'.repeat(32) } }, 'invalid-key'],
  ['a key id with a dot', { current: 'a.b', keys: { 'a.b': key(1) } }, 'invalid-key'],
  ['an empty key id', { current: '', keys: { '': key(1) } }, 'invalid-key'],
  ['a cipher that is none', { current: 'new', keys: KEYS, cipher: 'aes' }, 'invalid-argument'],
])('%s is refused', (_, options, code) => {
  expect(() => sealedStore(memoryStore(), options as never)).toThrow(expect.objectContaining({ code }));
});

test('a store that is none is refused', () => {
  expect(() => sealedStore(null as never, { current: 'new', keys: KEYS })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
});

test('no error and no printed store shows a key or a value', async () => {
  const { below, store } = pair();
  await store.write('user', 'the secret value', null, { version: 'v1' });
  await tamper(below, 'user', 'cs1.new.AAAA');
  const error = await store.read('user').catch((caught) => caught);
  const { inspect } = await import('node:util');
  const printed = [error, store].map((each) => `${each}${inspect(each, { depth: 9 })}${JSON.stringify(each)}`).join();
  expect(printed).not.toMatch(/secret value|Uint8Array|0202|AgIC/);
  expect(KEY_NAMES).toHaveLength(2);
});
