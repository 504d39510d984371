import type { Store } from '../store.ts';
import { equal, type FaultyStore, holds, refuses } from './check.ts';

/** Writes that find the record `one` of version `v1`: a replacement and a deletion. */
const WRITES: readonly [
  name: string,
  write: (store: Store) => Promise<boolean>,
  left: [string, string] | [null, null],
][] = [
  ['replacing', (store) => store.write('user', 'two', 'v1', { version: 'v2' }), ['two', 'v2']],
  ['deleting', (store) => store.write('user', null, 'v1', { version: 'v2' }), [null, null]],
];

/** Connections that are lost before and after the database did what it was asked: never a false for what is written. */
export const lostReplyChecks: Record<string, (faulty: FaultyStore) => Promise<void>> = {
  'a read that fails says so, and the next succeeds': async ({ store, plan }) => {
    await store.write('user', 'one', null, { version: 'v1' });
    plan([{ lose: 'before' }]);
    await refuses(() => store.read('user'), 'unknown-outcome', 'a read that fails');
    plan([{ lose: 'after' }]);
    await refuses(() => store.read('user'), 'unknown-outcome', 'a read whose reply is lost');
    plan([{ lose: 'after' }]);
    await refuses(() => store.write('user', null, null, { version: 'v2' }), 'unknown-outcome', 'deleting nothing');
    await holds(store, 'user', 'one', 'v1');
  },
  'creating: a reply that is lost, or a call that never arrived, is settled': async ({ store, plan }) => {
    for (const lose of ['after', 'before'] as const) {
      plan([{ lose }]);
      equal(await store.write(lose, 'one', null, { version: 'v1' }), true, `creating, lost ${lose}`);
      await holds(store, lose, 'one', 'v1');
    }
  },
  'replacing and deleting: a reply that is lost, or a call that never arrived, is settled': async ({ store, plan }) => {
    for (const [name, write, left] of WRITES) {
      for (const lose of ['after', 'before'] as const) {
        const { version } = await store.read('user');
        await store.write('user', 'one', version, { version: 'v1' });
        plan([{ lose }]);
        equal(await write(store), true, `${name}, lost ${lose}`);
        await holds(store, 'user', left[0], left[1]);
        if (left[1] !== null) await store.write('user', null, left[1], { version: 'd' });
      }
    }
  },
  'what somebody replaced in the meantime has an unknown outcome, never a false': async ({ store, plan }) => {
    for (const [name, write, [, version]] of WRITES) {
      for (const lose of ['after', 'before'] as const) {
        await store.write('user', 'one', null, { version: 'v1' });
        const found = lose === 'after' ? version : 'v1';
        const foreign = (): Promise<boolean> => store.write('user', 'foreign', found, { version: 'foreign' });
        plan([{ lose, meanwhile: foreign }]);
        await refuses(() => write(store), 'unknown-outcome', `${name}, lost ${lose}, then replaced`);
        await holds(store, 'user', 'foreign', 'foreign');
        await store.write('user', null, 'foreign', { version: 'd' });
      }
    }
  },
  'what somebody replaced just before the retry has an unknown outcome': async ({ store, plan }) => {
    for (const [name, write] of WRITES) {
      await store.write('user', 'one', null, { version: 'v1' });
      const foreign = (): Promise<boolean> => store.write('user', 'foreign', 'v1', { version: 'foreign' });
      plan([{ lose: 'before' }, { meanwhile: foreign }]);
      await refuses(() => write(store), 'unknown-outcome', `${name}, replaced before the retry`);
      await holds(store, 'user', 'foreign', 'foreign');
      await store.write('user', null, 'foreign', { version: 'd' });
    }
  },
  'what was written with an instant of the past leaves no trace to settle by': async ({ store, plan }) => {
    await store.write('user', 'one', null, { version: 'v1' });
    plan([{ lose: 'after' }]);
    const write = (): Promise<boolean> => store.write('user', 'two', 'v1', { version: 'v2', expiresAt: 1 });
    await refuses(write, 'unknown-outcome', 'replacing by what is at once absent');
    await holds(store, 'user', null, null);
  },
  'there is one read and one retry, not more': async ({ store, plan }) => {
    for (const [name, write] of WRITES) {
      for (const fates of [
        [{ lose: 'after' }, { lose: 'before' }],
        [{ lose: 'before' }, {}, { lose: 'after' }],
      ] as const) {
        const { version } = await store.read('user');
        await store.write('user', 'one', version, { version: 'v1' });
        plan(fates);
        await refuses(() => write(store), 'unknown-outcome', `${name}, lost again`);
        const { version: left } = await store.read('user');
        if (left !== null) await store.write('user', null, left, { version: 'd' });
      }
    }
  },
  'a write that arrives late and twice is not answered with false': async ({ store, plan }) => {
    await store.write('user', 'one', null, { version: 'v1' });
    const write = (): Promise<boolean> => store.write('user', 'two', 'v1', { version: 'v2' });
    plan([{ lose: 'before' }, { meanwhile: write }]);
    const answer = await write().catch(({ code }) => code);
    if (answer !== true) equal(answer, 'unknown-outcome', 'replacing');
    await holds(store, 'user', 'two', 'v2');
  },
};
