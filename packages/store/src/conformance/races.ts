import type { Store } from '../store.ts';
import { equal, fail, holds } from './check.ts';

const WRITERS = 16;

async function all<T>(call: (writer: number) => Promise<T>): Promise<T[]> {
  return await Promise.all(Array.from({ length: WRITERS }, (_, writer) => call(writer)));
}

const wins = (written: readonly boolean[]): number => written.filter(Boolean).length;

/** Many writers at once: for each version there is one. */
export const raceChecks: Record<string, (store: Store) => Promise<void>> = {
  'of many who create at once, one succeeds': async (store) => {
    const written = await all((writer) => store.write('user', `by ${writer}`, null, { version: `v${writer}` }));
    equal(wins(written), 1, 'successes');
    const winner = written.indexOf(true);
    await holds(store, 'user', `by ${winner}`, `v${winner}`);
  },
  'of many who replace at once, one succeeds': async (store) => {
    await store.write('user', 'one', null, { version: 'v' });
    const written = await all((writer) => store.write('user', `by ${writer}`, 'v', { version: `v${writer}` }));
    equal(wins(written), 1, 'successes');
    const winner = written.indexOf(true);
    await holds(store, 'user', `by ${winner}`, `v${winner}`);
  },
  'of many who delete or replace at once, one succeeds': async (store) => {
    await store.write('user', 'one', null, { version: 'v' });
    const written = await all((writer) =>
      store.write('user', writer % 2 === 0 ? null : `by ${writer}`, 'v', { version: `v${writer}` }),
    );
    equal(wins(written), 1, 'successes');
    const winner = written.indexOf(true);
    if (winner % 2 === 0) await holds(store, 'user', null, null);
    else await holds(store, 'user', `by ${winner}`, `v${winner}`);
  },
  'a counter that many raise at once loses nothing': async (store) => {
    const rounds = 4;
    let tries = 0;
    await all(async (writer) => {
      for (let round = 0; round < rounds; ) {
        // When all writers try and one succeeds in each turn, the last is done after as many turns as there are rounds.
        if (tries > 4 * WRITERS * WRITERS * rounds) fail('nobody succeeds any more');
        const { value, version } = await store.read('counter');
        const next = `${Number(value ?? 0) + 1}`;
        if (await store.write('counter', next, version, { version: `${writer} ${round} ${tries++}` })) round++;
      }
    });
    equal((await store.read('counter')).value, `${WRITERS * rounds}`, 'the counter');
  },
  'records of different keys do not hinder each other': async (store) => {
    const written = await all((writer) => store.write(`user ${writer}`, `by ${writer}`, null, { version: 'v1' }));
    equal(wins(written), WRITERS, 'successes');
    for (let writer = 0; writer < WRITERS; writer++) await holds(store, `user ${writer}`, `by ${writer}`, 'v1');
  },
};
