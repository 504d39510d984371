import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { flag, hex, instant, integer, list, literal, nullable, object, oneOf, readState, text } from '../src/state.ts';

type Example = {
  v: 1;
  kind: 'a' | 'b';
  count: number;
  at: number | null;
  tags: string[];
  on: boolean;
  name: string;
};
const example = object<Example>({
  v: literal(1),
  kind: oneOf('a', 'b'),
  count: integer(0, 9),
  at: nullable(instant),
  tags: list(hex(2), 3),
  on: flag,
  name: text(1, 4),
});
const read = (state: unknown): Example => readState(state, 'newExample', example);
const good: Example = { v: 1, kind: 'b', count: 9, at: null, tags: ['0f'], on: false, name: 'ada' };
const refused = expect.objectContaining({ name: 'CountersignError', code: 'invalid-state' });

describe('fields', () => {
  const takes = (field: (value: unknown) => unknown, values: unknown[]): unknown[] =>
    values.filter((value) => {
      try {
        return Object.is(field(value), value);
      } catch {
        return false;
      }
    });

  it('take exactly what is within their limits', () => {
    expect(takes(integer(2, 4), [1, 2, 3, 4, 5, 2.5, '3', 3n, null, Number.NaN])).toEqual([2, 3, 4]);
    expect(takes(instant, [-1, 0, 8.64e15, 8.64e15 + 2])).toEqual([0, 8.64e15]);
    expect(takes(text(2, 3), ['', 'a', 'ab', 'abc', 'abcd', ['a', 'b'], '\uD800a', null])).toEqual(['ab', 'abc']);
    const digits = ['a', 'ab', 'abc', 'AB', 'xy', ' a', 'a ', 'ax', 'xa', '12', ['a', 'b'], ['ab'], 12, null];
    expect(takes(hex(2), digits)).toEqual(['ab', '12']);
    expect(takes(hex(1), [['a'], 'a', 'g', 5])).toEqual(['a']);
    expect(takes(oneOf('a', 'b'), ['a', 'b', 'c', ['a'], undefined])).toEqual(['a', 'b']);
    expect(takes(literal(1), [1, '1', true, 2])).toEqual([1]);
    expect(takes(flag, [true, false, 0, 'true', null])).toEqual([true, false]);
    expect(takes(nullable(flag), [null, true, undefined, 0])).toEqual([null, true]);
  });

  it('lists are as long as they may be, and objects have the members they must', () => {
    const two = list(flag, 2);
    expect([two([]), two([true]), two([true, false])]).toEqual([[], [true], [true, false]]);
    for (const value of [[true, false, true], new Array(1), { length: 0 }, null, 'x', [1]]) {
      expect(() => two(value)).toThrow();
    }
    const none = object({});
    expect(none({})).toEqual({});
    for (const value of [[], '', 5, true, null, undefined, () => {}, { a: 1 }]) expect(() => none(value)).toThrow();
    const pair = object<{ a: undefined; b: undefined }>({ a: literal(undefined), b: literal(undefined) });
    expect(Object.keys(pair({ b: undefined, a: undefined }))).toEqual(['a', 'b']);
    for (const value of [{ a: undefined, c: undefined }, { b: undefined, c: 1 }, { a: undefined }, { c: 1, d: 2 }]) {
      expect(() => pair(value)).toThrow();
    }
    expect(() => readState([], 'newNone', none)).toThrow('state must be what newNone gave, unchanged');
  });
});

describe('reading a stored state', () => {
  it('gives a fresh copy with its members in one order, of any realm', () => {
    const shuffled = Object.fromEntries(Object.entries(good).reverse());
    const copy = read(shuffled);
    expect(JSON.stringify(copy)).toBe(JSON.stringify(good));
    expect(copy.tags).not.toBe(good.tags);
    expect(JSON.stringify(read(runInNewContext(`(${JSON.stringify(good)})`)))).toBe(JSON.stringify(good));
  });

  it('refuses every member that is missing, added or of another kind', () => {
    for (const name of Object.keys(good) as (keyof Example)[]) {
      const { [name]: _dropped, ...rest } = good;
      expect(() => read(rest)).toThrow(refused);
      for (const value of [undefined, Number.NaN, -1, 1.5, 'abcde', {}, [null], new Array(2), '\uD800']) {
        expect(() => read({ ...good, [name]: value })).toThrow(refused);
      }
    }
    expect(() => read({ ...good, extra: 1 })).toThrow(refused);
    expect(() => read({ ...good, tags: ['00', '01', '02', '03'] })).toThrow(refused);
    for (const value of [null, undefined, 0, 'state', [], [good], () => good])
      expect(() => read(value)).toThrow(refused);
  });

  it('never lets a raw error or a value out', () => {
    const hostile = new Proxy(good, {
      get: () => {
        throw new TypeError('secret 4711');
      },
    });
    expect(() => read(hostile)).toThrow('state must be what newExample gave, unchanged');
    fc.assert(
      fc.property(fc.anything({ withNullPrototype: true, withSparseArray: true }), (value) => {
        expect(() => read(value)).toThrow(refused);
      }),
    );
  });
});
