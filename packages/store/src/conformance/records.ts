import type { Store } from '../store.ts';
import { equal, holds } from './check.ts';

/** Writing, replacing and deleting one record by its version. */
export const recordChecks: Record<string, (store: Store) => Promise<void>> = {
  'what was never written is absent': async (store) => {
    await holds(store, 'nobody', null, null);
  },
  'a record is created once': async (store) => {
    equal(await store.write('user', 'one', null, { version: 'v1' }), true, 'creating');
    await holds(store, 'user', 'one', 'v1');
    equal(await store.write('user', 'two', null, { version: 'v2' }), false, 'creating again');
    await holds(store, 'user', 'one', 'v1');
  },
  'a record is replaced by whoever knows its version, and by nobody else': async (store) => {
    await store.write('user', 'one', null, { version: 'v1' });
    equal(await store.write('user', 'two', 'v1', { version: 'v2' }), true, 'replacing');
    await holds(store, 'user', 'two', 'v2');
    equal(await store.write('user', 'three', 'v1', { version: 'v3' }), false, 'replacing by an old version');
    equal(await store.write('user', 'three', 'v', { version: 'v3' }), false, 'replacing by part of the version');
    await holds(store, 'user', 'two', 'v2');
  },
  'what is absent is not replaced': async (store) => {
    equal(await store.write('user', 'one', 'v0', { version: 'v1' }), false, 'replacing nothing');
    await holds(store, 'user', null, null);
  },
  'a record is deleted by its version, and can be created again': async (store) => {
    await store.write('user', 'one', null, { version: 'v1' });
    equal(await store.write('user', null, 'v0', { version: 'd' }), false, 'deleting by another version');
    equal(await store.write('user', null, null, { version: 'd' }), false, 'deleting what should be absent');
    await holds(store, 'user', 'one', 'v1');
    equal(await store.write('user', null, 'v1', { version: 'd' }), true, 'deleting');
    await holds(store, 'user', null, null);
    equal(await store.write('user', null, 'v1', { version: 'd' }), false, 'deleting twice');
    equal(await store.write('user', 'two', 'v1', { version: 'v2' }), false, 'replacing what was deleted');
    equal(await store.write('user', 'two', 'd', { version: 'v2' }), false, 'replacing by the version of the deletion');
    equal(await store.write('user', 'two', null, { version: 'v2' }), true, 'creating again');
    await holds(store, 'user', 'two', 'v2');
  },
  'deleting nothing succeeds when nothing is expected': async (store) => {
    equal(await store.write('user', null, null, { version: 'd' }), true, 'deleting nothing');
    await holds(store, 'user', null, null);
  },
  'what a read gave does not change': async (store) => {
    await store.write('user', 'one', null, { version: 'v1' });
    const read = await store.read('user');
    await store.write('user', 'two', 'v1', { version: 'v2' });
    equal(`${read.value} ${read.version}`, 'one v1', 'an earlier read');
    read.value = 'changed by its reader';
    await holds(store, 'user', 'two', 'v2');
  },
};
