import { CountersignError } from '@countersign/primitives/error';
import { beforeAll, describe, expect, test } from 'vitest';
import { type FaultyStore, storeSuite } from '../src/conformance.ts';
import { memoryStore } from '../src/memory.ts';
import type { Store, StoreRead, WriteOptions } from '../src/store.ts';
import { fates } from './declare-suite.ts';

/** The checks that a kind of store fails. */
async function failures(makeStore: () => Store, makeFaulty?: () => FaultyStore): Promise<string[]> {
  const failed = await Promise.all(
    storeSuite(makeStore, { makeFaulty }).map(({ name, run }) =>
      run().then(
        () => [],
        () => [name],
      ),
    ),
  );
  return failed.flat();
}

type Write = Store['write'];

/** A right store with another `read`. */
const reading = (change: (read: StoreRead, key: string) => StoreRead | Promise<StoreRead>) => (): Store => {
  const store = memoryStore();
  return { ...store, read: async (key) => change(await store.read(key), key) };
};

/** A right store with another `write`. */
const writing = (write: (store: Store, ...args: Parameters<Write>) => Promise<boolean>) => (): Store => {
  const store = memoryStore();
  return { ...store, write: (...args) => write(store, ...args) };
};

/** A right store that takes keys, versions and values for other ones. */
const folding = (fold: (text: string) => string, what: 'key' | 'version' | 'value') => (): Store => {
  const store = memoryStore();
  const when = (name: string, text: unknown): never =>
    (typeof text === 'string' && name === what ? fold(text) : text) as never;
  return {
    read: (key) => store.read(when('key', key)),
    write: (key, value, expected, options) =>
      store.write(when('key', key), when('value', value), when('version', expected), {
        ...options,
        version: when('version', options?.version),
      }),
  };
};

const never = (options: WriteOptions): WriteOptions => ({ version: options.version });
const pause = (): Promise<void> => new Promise((resolve) => setTimeout(resolve, 1));
const HOUR = 3_600_000;
let clocks = 0;
const shared: StoreRead = { value: null, version: null, now: 0 };

/** Stores that are wrong in one thing each. */
const WRONG: Record<string, () => Store> = {
  'last writer wins': writing(async (store, key, value, _, options) =>
    store.write(key, value, (await store.read(key)).version, options),
  ),
  'looks first, then writes': writing(async (store, key, value, expected, options) => {
    const { version } = await store.read(key);
    if (version !== expected) return false;
    await pause();
    return await store.write(key, value, (await store.read(key)).version, options);
  }),
  'creates what it should replace': writing(async (store, key, value, expected, options) =>
    store.write(key, value, (await store.read(key)).version === null ? null : expected, options),
  ),
  'replaces what it should create': writing(async (store, key, value, expected, options) =>
    store.write(key, value, expected ?? (await store.read(key)).version, options),
  ),
  'says true to everything': writing(async (store, ...args) => (await store.write(...args)) || true),
  'says false to everything': writing(async (store, ...args) => (await store.write(...args)) && false),
  'does not write': writing(async () => true),
  'does not delete': writing(async (store, key, value, ...rest) => value === null || store.write(key, value, ...rest)),
  'deletes whatever is there': writing(async (store, key, value, expected, options) =>
    store.write(key, value, value === null ? (await store.read(key)).version : expected, options),
  ),
  'deletes nothing with false': writing(async (store, key, value, expected, options) =>
    value === null && expected === null ? false : store.write(key, value, expected, options),
  ),
  'says true to every deletion': writing(
    async (store, key, value, ...rest) => (await store.write(key, value, ...rest)) || value === null,
  ),
  'writes empty text for a deletion': writing(async (store, key, value, ...rest) =>
    store.write(key, value ?? '', ...rest),
  ),
  'chooses the version itself': writing(async (store, key, value, expected, options) =>
    store.write(key, value, expected, { ...options, version: `own ${options?.version}` }),
  ),
  'never expires': writing(async (store, key, value, expected, options) =>
    store.write(key, value, expected, options && never(options)),
  ),
  'expires an hour late': writing(async (store, key, value, expected, options) =>
    store.write(
      key,
      value,
      expected,
      options && { ...options, expiresAt: options.expiresAt && options.expiresAt + HOUR },
    ),
  ),
  'expires a little late': writing(async (store, key, value, expected, options) =>
    store.write(
      key,
      value,
      expected,
      options && { ...options, expiresAt: options.expiresAt && options.expiresAt + 10 },
    ),
  ),
  'expires a little early': writing(async (store, key, value, expected, options) =>
    store.write(
      key,
      value,
      expected,
      options && { ...options, expiresAt: options.expiresAt && Math.max(0, options.expiresAt - 10) },
    ),
  ),
  'takes expiresAt for seconds': writing(async (store, key, value, expected, options) =>
    store.write(
      key,
      value,
      expected,
      options && { ...options, expiresAt: options.expiresAt && options.expiresAt * 1000 },
    ),
  ),
  'refuses instants of the past': writing(async (store, key, value, expected, options) => {
    if (options?.expiresAt !== undefined && options.expiresAt < Date.now()) throw new Error('expired');
    return await store.write(key, value, expected, options);
  }),
  'keeps an earlier expiry': (() => () => {
    const store = memoryStore();
    const kept = new Map<string, number | undefined>();
    return {
      ...store,
      async write(key, value, expected, options) {
        const expiresAt = options?.expiresAt ?? kept.get(key);
        kept.set(key, expiresAt);
        return await store.write(key, value, expected, { ...options, expiresAt });
      },
    };
  })(),
  'hides expired records only when it is read': () => {
    const store = memoryStore();
    const expiries = new Map<string, number | undefined>();
    return {
      async read(key) {
        const read = await store.read(key);
        const expired = (expiries.get(key) ?? Number.POSITIVE_INFINITY) <= read.now;
        return expired ? { value: null, version: null, now: read.now } : read;
      },
      async write(key, value, expected, options) {
        const written = await store.write(key, value, expected, options && never(options));
        if (written) expiries.set(key, options?.expiresAt);
        return written;
      },
    };
  },
  'gives seconds': reading((read) => ({ ...read, now: Math.floor(read.now / 1000) })),
  'gives microseconds': reading((read) => ({ ...read, now: read.now * 1000 })),
  'gives fractions': reading((read) => ({ ...read, now: read.now + 0.5 })),
  'gives the clock as text': reading((read) => ({ ...read, now: String(read.now) as never })),
  'has a clock that stands': reading((read) => ({ ...read, now: 1_800_000_000_000 })),
  'has a clock that jumps back': reading((read) => ({ ...read, now: read.now - (clocks++ % 3) * 50 })),
  'has a clock that runs too fast': reading((read) => ({ ...read, now: read.now * 20 - 1_800_000_000_000 * 19 })),
  'shows another clock than it expires by': reading((read) => ({ ...read, now: read.now + HOUR })),
  'gives no clock for what is absent': reading((read) => (read.value === null ? { ...read, now: 0 } : read)),
  'gives the empty value as absent': reading((read) => ({ ...read, value: read.value || null })),
  'gives undefined for what is absent': reading((read) => ({ ...read, value: read.value ?? (undefined as never) })),
  'gives no version': reading((read) => ({ ...read, version: null })),
  'gives the same object again': reading((read) => Object.assign(shared, read)),
  'trims values': folding((text) => text.trim(), 'value'),
  'drops a byte order mark': folding((text) => text.replace(/^\uFEFF/, ''), 'value'),
  'normalizes values': folding((text) => text.normalize('NFC'), 'value'),
  'cuts values at 64 KiB': folding((text) => text.slice(0, 65_536), 'value'),
  'keeps one byte a character': folding((text) => text.replace(/[^\0-\xFF]/g, '?'), 'value'),
  'ignores the case of keys': folding((text) => text.toLowerCase(), 'key'),
  'ignores spaces at the end of keys': folding((text) => text.trimEnd(), 'key'),
  'normalizes keys': folding((text) => text.normalize('NFKC'), 'key'),
  'cuts keys at 255 characters': folding((text) => `${text.slice(0, 255)}${text.length > 512 ? text : ''}`, 'key'),
  'takes hash tags for the key': folding((text) => /^\{(.+)\}/.exec(text)?.[1] ?? text, 'key'),
  'ignores the case of versions': folding((text) => text.toLowerCase(), 'version'),
  'takes versions for numbers': folding((text) => (/^\d/.test(text) ? String(Number(text)) : text), 'version'),
  'cuts versions at 32 characters': folding((text) => `${text.slice(0, 32)}${text.length > 64 ? text : ''}`, 'version'),
  'takes NUL': folding((text) => text.replace('\0', ''), 'value'),
  'takes lone surrogates': folding((text) => text.replace(/\p{Surrogate}/gu, '?'), 'key'),
  'takes values that are too long': folding((text) => text.slice(0, 100_000), 'value'),
  'throws errors of its own': () => {
    const store = memoryStore();
    const rethrow = (error: unknown): never => {
      throw new TypeError(String(error));
    };
    return { read: (key) => store.read(key).catch(rethrow), write: (...args) => store.write(...args).catch(rethrow) };
  },
  'has one code for all errors': () => {
    const store = memoryStore();
    const recode = (): never => {
      throw new CountersignError('unknown-outcome', 'something');
    };
    return { read: (key) => store.read(key).catch(recode), write: (...args) => store.write(...args).catch(recode) };
  },
  'writes one record at a time': (() => () => {
    const store = memoryStore();
    let busy = false;
    return {
      ...store,
      async write(...args) {
        if (busy) return false;
        busy = true;
        await pause();
        busy = false;
        return await store.write(...args);
      },
    };
  })(),
};

type Settle = (call: {
  attempt: () => Promise<boolean>;
  version: () => Promise<string | null>;
  own: string | null;
  expected: string | null;
}) => Promise<boolean>;

const unknown = (): never => {
  throw new CountersignError('unknown-outcome', 'lost');
};

/** A store over a memory whose calls meet their fates, which settles lost replies in one way or another. */
function settling(settle: Settle, readError: () => never = unknown): () => FaultyStore {
  return () => {
    const store = memoryStore();
    const { meet, plan } = fates();
    return {
      plan,
      store: {
        read: (key) => meet(() => store.read(key)).catch(readError),
        write: (key, value, expected, options) =>
          settle({
            attempt: () => meet(() => store.write(key, value, expected, options)),
            version: () => meet(() => store.read(key)).then(({ version }) => version),
            own: value === null ? null : options.version,
            expected,
          }),
      },
    };
  };
}

const right: Settle = async ({ attempt, version, own, expected }) => {
  try {
    return await attempt();
  } catch {
    const found = await version().catch(unknown);
    if (found === own) return true;
    return (found === expected && (await attempt().catch(unknown))) || unknown();
  }
};

/** Ways to settle that are wrong in one thing each. */
const WRONG_SETTLE: Record<string, Settle> = {
  'throws the driver’s error': ({ attempt }) => attempt(),
  'says false': ({ attempt }) => attempt().catch(() => false),
  'says true without looking': ({ attempt }) => attempt().catch(() => true),
  'says unknown without looking': ({ attempt }) => attempt().catch(unknown),
  'tries again without looking': ({ attempt }) => attempt().catch(() => attempt()),
  'does not try again': ({ attempt, version, own }) =>
    attempt().catch(async () => (await version().catch(unknown)) === own || unknown()),
  'tries again and again': async (call) => {
    for (let tries = 0; tries < 5; tries++) {
      try {
        return await right(call);
      } catch {}
    }
    return unknown();
  },
  'says false when the retry came too late': async ({ attempt, version, own, expected }) => {
    try {
      return await attempt();
    } catch {
      const found = await version().catch(unknown);
      if (found === own) return true;
      return found === expected ? await attempt().catch(unknown) : unknown();
    }
  },
  'says false when somebody else’s record is there': async ({ attempt, version, own, expected }) => {
    try {
      return await attempt();
    } catch {
      const found = await version().catch(unknown);
      if (found === own) return true;
      return found === expected && ((await attempt().catch(unknown)) || unknown());
    }
  },
  'takes any change for its own': async ({ attempt, version, expected }) => {
    try {
      return await attempt();
    } catch {
      return (await version().catch(unknown)) !== expected || (await attempt().catch(unknown)) || unknown();
    }
  },
  'says false when the read fails': async ({ attempt, version, own }) => {
    try {
      return await attempt();
    } catch {
      return (await version().catch(() => 'another')) === own || ((await attempt().catch(() => false)) && unknown());
    }
  },
};

/** The same as stores, and two whose reads are wrong. */
const WRONG_SETTLING: Record<string, () => FaultyStore> = {
  ...Object.fromEntries(Object.entries(WRONG_SETTLE).map(([name, settle]) => [name, settling(settle)])),
  'lets the errors of reads through': settling(right, () => {
    throw new Error('connection lost');
  }),
  'reads nothing where it cannot read': settling(
    right,
    () => ({ value: null, version: null, now: Date.now() }) as never,
  ),
};

describe('the suite has teeth', () => {
  /** What each wrong store fails: all at once, for the checks mostly wait. */
  let stores: Record<string, string[]>;
  let settlings: Record<string, string[]>;
  const failuresOfAll = async <T>(all: Record<string, T>, fails: (each: T) => Promise<string[]>) =>
    Object.fromEntries(
      await Promise.all(Object.entries(all).map(async ([name, each]) => [name, await fails(each)] as const)),
    );
  beforeAll(async () => {
    [stores, settlings] = await Promise.all([
      failuresOfAll(WRONG, (makeStore) => failures(makeStore)),
      failuresOfAll(WRONG_SETTLING, (makeFaulty) => failures(memoryStore, makeFaulty)),
    ]);
  });

  test('it passes what is right', async () => {
    expect(await failures(memoryStore, settling(right))).toEqual([]);
  });

  test.each(Object.keys(WRONG))('it fails a store that %s', (name) => {
    expect(stores[name]).not.toEqual([]);
  });

  test.each(Object.keys(WRONG_SETTLING))('of a lost reply, it fails a store that %s', (name) => {
    expect(settlings[name]).not.toEqual([]);
  });

  test('each of its checks catches something', () => {
    const caught = new Set([...Object.values(stores), ...Object.values(settlings)].flat());
    const names = storeSuite(memoryStore, { makeFaulty: settling(right) }).map(({ name }) => name);
    expect(names.filter((name) => !caught.has(name))).toEqual([]);
  });

  test('it says what is wrong, and where', async () => {
    const suite = storeSuite(folding((text) => text.repeat(200), 'value'));
    const check = suite.find(({ name }) => name === 'a record is created once');
    await expect(check?.run()).rejects.toThrow(/value of "user": "oneone.*… instead of "one"/);
  });
});

test('a store that is not made cannot be checked', () => {
  expect(() => storeSuite(null as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
