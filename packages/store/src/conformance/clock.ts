import type { Store } from '../store.ts';
import { equal, fail, holds, sleep } from './check.ts';

const LIFETIME = 150;

/** The instant that the store's clock shows. */
async function nowOf(store: Store): Promise<number> {
  return (await store.read('nobody')).now;
}

/** Waits until the store's clock has reached an instant; a clock that does not run is not waited for for ever. */
async function waitUntil(store: Store, instant: number): Promise<void> {
  for (let tries = 0; (await nowOf(store)) < instant; tries++) {
    if (tries > 400) fail('the clock does not reach an instant that is near');
    await sleep(5);
  }
}

/** The clock that reads give, and records that expire by it. */
export const clockChecks: Record<string, (store: Store) => Promise<void>> = {
  'now is a number of whole milliseconds, for absent and present records': async (store) => {
    await store.write('user', 'one', null, { version: 'v1' });
    for (const key of ['user', 'nobody']) {
      const { now } = await store.read(key);
      if (!Number.isSafeInteger(now) || now < 0 || now > 8.64e15) fail(`now is ${typeof now} ${now}`);
    }
  },
  'the clock runs, in milliseconds, and not backwards': async (store) => {
    const began = await nowOf(store);
    const mine = Date.now();
    let last = began;
    for (let i = 0; i < 20; i++) {
      await sleep(5);
      const now = await nowOf(store);
      if (now < last) fail(`the clock went from ${last} back to ${now}`);
      last = now;
    }
    const [passed, really] = [last - began, Date.now() - mine];
    if (passed < 50 || passed > really + 1000) fail(`${passed} ms passed by its clock, ${really} ms by mine`);
  },
  'a record is present before expiresAt, and absent from then on, by the clock of the same read': async (store) => {
    const expiresAt = (await nowOf(store)) + LIFETIME;
    equal(await store.write('user', 'one', null, { version: 'v1', expiresAt }), true, 'creating');
    for (let now = 0, tries = 0; now <= expiresAt + 20; tries++) {
      if (tries > 1000) fail('the clock does not reach an instant that is near');
      const read = await store.read('user');
      now = read.now;
      equal(read.value, now < expiresAt ? 'one' : null, `value ${expiresAt - now} ms before it expires`);
      equal(read.version, now < expiresAt ? 'v1' : null, `version ${expiresAt - now} ms before it expires`);
      await sleep(2);
    }
  },
  'an expired record is nobody’s: created anew, neither replaced nor deleted': async (store) => {
    const expiresAt = (await nowOf(store)) + LIFETIME;
    for (const key of ['a', 'b', 'c', 'd']) await store.write(key, 'one', null, { version: 'v1', expiresAt });
    await waitUntil(store, expiresAt);
    equal(await store.write('a', 'two', 'v1', { version: 'v2' }), false, 'replacing');
    equal(await store.write('b', null, 'v1', { version: 'v2' }), false, 'deleting');
    equal(await store.write('c', null, null, { version: 'v2' }), true, 'deleting nothing');
    equal(await store.write('d', 'two', null, { version: 'v2' }), true, 'creating');
    for (const key of ['a', 'b', 'c']) await holds(store, key, null, null);
    await holds(store, 'd', 'two', 'v2');
  },
  'a record that is not yet expired is not created anew': async (store) => {
    const expiresAt = (await nowOf(store)) + 3_600_000;
    await store.write('user', 'one', null, { version: 'v1', expiresAt });
    equal(await store.write('user', 'two', null, { version: 'v2' }), false, 'creating');
    await holds(store, 'user', 'one', 'v1');
  },
  'a record written with an instant of the past is at once absent': async (store) => {
    const now = await nowOf(store);
    for (const [index, expiresAt] of [0, 1, now - 3_600_000, now].entries()) {
      const key = `user ${index}`;
      equal(await store.write(key, 'one', null, { version: 'v1', expiresAt }), true, 'creating');
      await holds(store, key, null, null);
      equal(await store.write(key, 'two', null, { version: 'v2' }), true, 'creating again');
      equal(await store.write(key, 'three', 'v2', { version: 'v3', expiresAt }), true, 'replacing');
      await holds(store, key, null, null);
      equal(await store.write(key, 'four', 'v3', { version: 'v4' }), false, 'replacing what is absent');
    }
  },
  'each write states anew when the record expires': async (store) => {
    const expiresAt = (await nowOf(store)) + LIFETIME;
    await store.write('kept', 'one', null, { version: 'v1', expiresAt });
    await store.write('kept', 'two', 'v1', { version: 'v2' });
    await store.write('longer', 'one', null, { version: 'v1', expiresAt });
    await store.write('longer', 'two', 'v1', { version: 'v2', expiresAt: expiresAt + 3_600_000 });
    await store.write('shorter', 'one', null, { version: 'v1' });
    await store.write('shorter', 'two', 'v1', { version: 'v2', expiresAt });
    await waitUntil(store, expiresAt + 20);
    await holds(store, 'kept', 'two', 'v2');
    await holds(store, 'longer', 'two', 'v2');
    await holds(store, 'shorter', null, null);
  },
};
