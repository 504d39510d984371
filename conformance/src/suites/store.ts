import { memoryStore, type SealedStore, type Store, sealedStore } from '@countersign/store';
import { storeSuite } from '@countersign/store/conformance';
import type { Checks, Suite } from '../checks.ts';

const NOW = 1_800_000_000_000;
const KEYS = { old: new Uint8Array(32).fill(1), new: new Uint8Array(32).fill(2) };
/** Sealed by another implementation under `old`, as the record `user:1` of version `v1`. */
const SEALED = 'cs1.old.AAAAAAAAAAAAAAAAhwWo7EULM4+jSaJ1QS66Y8PkpYGpvUCftFAs7ywVyjkjXImfMl24JUSHaGDcWFWuQw==';

const sealed = (below: Store = memoryStore()): SealedStore => sealedStore(below, { current: 'new', keys: KEYS });

/** Records in memory, plain and sealed by the runtime's own WebCrypto. */
export const store: Suite = {
  name: 'store',
  declare(checks) {
    declareSuite(checks);
    declareSealing(checks);
  },
};

function declareSuite({ equal }: Checks): void {
  for (const [name, make] of Object.entries({ memory: () => memoryStore(), sealed: () => sealed() })) {
    for (const check of storeSuite(make)) equal(`${name}, ${check.name}`, () => check.run(), undefined);
  }
}

function declareSealing({ equal, throws }: Checks): void {
  const below = async (value: string): Promise<Store> => {
    const memory = memoryStore({ now: () => NOW });
    await memory.write('user:1', value, null, { version: 'v1' });
    return memory;
  };
  equal('opens what another implementation sealed', async () => sealed(await below(SEALED)).read('user:1'), {
    value: '{"v":1,"text":"ä"}',
    version: 'v1',
    now: NOW,
  });
  for (const value of [
    '',
    '{"v":1}',
    SEALED.slice(0, -8),
    SEALED.replace('old', 'new'),
    SEALED.replace('old', 'gone'),
  ]) {
    throws(`what does not open: ${value}`, async () => sealed(await below(value)).read('user:1'), 'invalid-state');
  }
  equal('seals anew under the current key', async () => sealed(await below(SEALED)).reseal(['user:1', 'user:2']), {
    resealed: 1,
    current: 0,
    absent: 1,
    unreadable: 0,
  });
}
