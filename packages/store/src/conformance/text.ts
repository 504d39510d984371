import type { Store } from '../store.ts';
import { equal, holds, refuses } from './check.ts';

/** Text that databases are known to fold, trim, escape or take for something else, beside what they take it for. */
const LOOKALIKES = [
  'a',
  'A',
  'a ',
  ' a',
  'a\n',
  'a\r\n',
  '\ta',
  'á',
  'a\u0301',
  'ａ',
  'ß',
  'ss',
  'ﬁ',
  'fi',
  '\uFEFFa',
  'a\u200B',
  '\u0001',
  '1',
  '01',
  '1.0',
  '1e0',
  'null',
  'NULL',
  '0',
  "'",
  '"',
  '\\',
  '\\0',
  '%',
  '_',
  '*',
  '?',
  '[a]',
  '{a}',
  '{a}b',
  '$1',
  ':a',
  '__proto__',
  'constructor',
  '💳',
  '日本',
];

const LONE_SURROGATES = ['\uD83D', '\uDCB3', 'a\uDCB3\uD83Db'];
/** What no key, version or value may be, whatever its length. */
const NEVER_TEXT: unknown[] = [undefined, 1, true, {}, ['a'], 'a\0', ...LONE_SURROGATES];

/** Keys, versions and values come back as they were given, and what cannot is refused. */
export const textChecks: Record<string, (store: Store) => Promise<void>> = {
  'keys that look alike are different keys': async (store) => {
    const keys = [...LOOKALIKES, ...['a', 'b'].map((last) => `${'k'.repeat(511)}${last}`), '日'.repeat(512)];
    for (const [index, key] of keys.entries()) {
      equal(await store.write(key, `value ${index}`, null, { version: `v${index}` }), true, `creating ${key}`);
    }
    for (const [index, key] of keys.entries()) await holds(store, key, `value ${index}`, `v${index}`);
  },
  'versions that look alike are different versions': async (store) => {
    const versions = [...LOOKALIKES, ...['a', 'b'].map((last) => `${'v'.repeat(63)}${last}`), '日'.repeat(64)];
    for (const [index, version] of versions.entries()) {
      const key = `user ${index}`;
      await store.write(key, 'one', null, { version });
      await holds(store, key, 'one', version);
      for (const other of [...versions, ...versions].slice(index + 1, index + 7)) {
        const written = await store.write(key, 'two', other, { version: 'new' });
        equal(written, false, `replacing ${JSON.stringify(version)} by ${JSON.stringify(other)}`);
      }
      equal(await store.write(key, 'two', version, { version: 'new' }), true, 'replacing by its own version');
    }
  },
  'values come back to the last character, the empty one too': async (store) => {
    const values = ['', ...LOOKALIKES, '{"v":1,"text":"\\u0000"}', 'x'.repeat(90_000), '日'.repeat(30_000)];
    for (const [index, value] of values.entries()) {
      await store.write(`user ${index}`, value, null, { version: 'v1' });
      await holds(store, `user ${index}`, value, 'v1');
    }
  },
  'keys that are none are refused': async (store) => {
    for (const key of [...NEVER_TEXT, null, '', 'k'.repeat(513)]) {
      await refuses(() => store.read(key as string), 'invalid-argument', 'reading a bad key');
      await refuses(() => store.write(key as string, 'one', null, { version: 'v1' }), 'invalid-argument', 'a bad key');
    }
  },
  'versions that are none are refused, and nothing is written': async (store) => {
    for (const bad of [...NEVER_TEXT, '', 'v'.repeat(65)]) {
      const version = bad as string;
      await refuses(() => store.write('user', 'one', null, { version }), 'invalid-argument', 'a bad version');
      await refuses(() => store.write('user', 'one', version, { version: 'v1' }), 'invalid-argument', 'a bad expected');
      await refuses(() => store.write('user', null, version, { version: 'v1' }), 'invalid-argument', 'a bad expected');
    }
    await refuses(() => store.write('user', 'one', null, {} as never), 'invalid-argument', 'no version');
    await refuses(() => store.write('user', 'one', null, undefined as never), 'invalid-argument', 'no options');
    await holds(store, 'user', null, null);
  },
  'values that are none are refused, and nothing is written': async (store) => {
    for (const value of [...NEVER_TEXT, 'x'.repeat(131_073), '日'.repeat(50_000)]) {
      const write = (): Promise<boolean> => store.write('user', value as string, null, { version: 'v1' });
      await refuses(write, 'invalid-argument', 'a bad value');
    }
    await holds(store, 'user', null, null);
  },
  'instants that are none are refused, and nothing is written': async (store) => {
    for (const expiresAt of [Number.NaN, Number.POSITIVE_INFINITY, -1, 8.64e15 + 1, '1' as never, null as never]) {
      const write = (): Promise<boolean> => store.write('user', 'one', null, { version: 'v1', expiresAt });
      await refuses(write, 'invalid-time', `expiresAt ${expiresAt}`);
    }
    await holds(store, 'user', null, null);
  },
};
