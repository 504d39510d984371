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
