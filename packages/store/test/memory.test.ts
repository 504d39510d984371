import { describe, expect, test } from 'vitest';
import { memoryStore } from '../src/memory.ts';
import { declareSuite } from './declare-suite.ts';

declareSuite('memory', () => memoryStore());

const full = expect.objectContaining({ name: 'CountersignError', code: 'store-full' });

/** A store of three places whose clock is set by hand. */
function small(): { store: ReturnType<typeof memoryStore>; at(instant: number): void } {
  let now = 1000;
  return {
    store: memoryStore({ maximum: 3, now: () => now }),
    at(instant) {
      now = instant;
    },
  };
}

describe('a full store', () => {
  test('refuses new records, keeps every live one, and goes on replacing and deleting', async () => {
    const { store } = small();
    for (const key of ['a', 'b', 'c']) await store.write(key, 'one', null, { version: 'v1' });
    await expect(store.write('d', 'one', null, { version: 'v1' })).rejects.toEqual(full);
    for (const key of ['a', 'b', 'c']) expect((await store.read(key)).value).toBe('one');
    expect(await store.write('a', 'two', 'v1', { version: 'v2' })).toBe(true);
    expect(await store.write('b', null, 'v1', { version: 'v2' })).toBe(true);
    expect(await store.write('d', 'one', null, { version: 'v1' })).toBe(true);
    await expect(store.write('e', 'one', null, { version: 'v1' })).rejects.toEqual(full);
  });

  test('gets room from expired records, and from those only', async () => {
    const { store, at } = small();
    await store.write('a', 'one', null, { version: 'v1', expiresAt: 2000 });
    await store.write('b', 'one', null, { version: 'v1', expiresAt: 3000 });
    await store.write('c', 'one', null, { version: 'v1' });
    at(1999);
    await expect(store.write('d', 'one', null, { version: 'v1' })).rejects.toEqual(full);
    at(2000);
    expect(await store.write('d', 'one', null, { version: 'v1' })).toBe(true);
    await expect(store.write('e', 'one', null, { version: 'v1' })).rejects.toEqual(full);
    at(3000);
    expect(await store.write('e', 'one', null, { version: 'v1', expiresAt: 4000 })).toBe(true);
    expect((await store.read('c')).value).toBe('one');
    at(4000);
    expect(await store.write('f', 'one', null, { version: 'v1' })).toBe(true);
  });

  test('needs no room for what is at once absent', async () => {
    const { store } = small();
    for (const key of ['a', 'b', 'c']) await store.write(key, 'one', null, { version: 'v1' });
    expect(await store.write('d', 'one', null, { version: 'v1', expiresAt: 1 })).toBe(true);
  });

  test('is not searched again and again while nothing can have expired', async () => {
    const maximum = 20_000;
    let now = 1000;
    const store = memoryStore({ maximum, now: () => now });
    for (let i = 0; i < maximum; i++) await store.write(`${i}`, 'one', null, { version: 'v1', expiresAt: 2000 + i });
    now = 2000;
    await store.write('in the place of 0', 'one', null, { version: 'v1' });
    const started = performance.now();
    for (let i = 0; i < 2000; i++) await store.write(`${i} more`, 'x', null, { version: 'v1' }).catch(() => {});
    // 2,000 searches of 20,000 records take over a second.
    expect(performance.now() - started).toBeLessThan(400);
  });
});

test('the same write again is not taken for somebody else’s', async () => {
  const store = memoryStore();
  await store.write('user', 'one', null, { version: 'v1' });
  expect(await store.write('user', 'one', null, { version: 'v1' })).toBe(true);
});

test('a version that is expected already is refused', async () => {
  const store = memoryStore();
  await store.write('user', 'one', null, { version: 'v1' });
  await expect(store.write('user', 'two', 'v1', { version: 'v1' })).rejects.toMatchObject({ code: 'invalid-argument' });
});

test('fractions of instants are floored, of the clock too', async () => {
  const store = memoryStore({ now: () => 1999.9 });
  await store.write('user', 'one', null, { version: 'v1', expiresAt: 2000.9 });
  expect(await store.read('user')).toEqual({ value: 'one', version: 'v1', now: 1999 });
});

test('a clock that is none is refused', async () => {
  await expect(memoryStore({ now: () => Number.NaN }).read('user')).rejects.toMatchObject({ code: 'invalid-time' });
  expect(() => memoryStore({ now: 5 as never })).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});

test.each([0, -1, 1.5, Number.NaN, '3', 1e9, null])('a maximum of %s is refused', (maximum) => {
  expect(() => memoryStore({ maximum: maximum as number })).toThrow(
    expect.objectContaining({ code: 'invalid-argument' }),
  );
  expect(() => memoryStore(null as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
});
