// One harness for every kind that remembers something: whoever has learnt one has learnt all.
import { describe, expect, it } from 'vitest';
import { KINDS, NOW, type Prepared, type Result } from './kinds.ts';

const refused = expect.objectContaining({ name: 'CountersignError', code: 'invalid-state' });

/** Freezes what a verifier is given: it must give a copy and change nothing. */
function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    for (const entry of Object.values(value)) frozen(entry);
    Object.freeze(value);
  }
  return value;
}

/** What is kept: plain JSON, and back. */
const stored = (state: unknown): unknown => frozen(JSON.parse(JSON.stringify(state)));
/** The names in a state, in their order, all the way down. */
const order = (state: unknown): string => JSON.stringify(state).replace(/"[^"]*"(?!:)|\d+|null|true|false/g, '');

async function attempt(prepared: Prepared, state: unknown, answer: unknown, now = NOW): Promise<Result> {
  const result = await prepared.verify(stored(state), answer, now);
  expect(result.state).not.toBe(state);
  expect(JSON.parse(JSON.stringify(result.state))).toEqual(result.state);
  return result;
}

const HOSTILE: readonly unknown[] = [
  null,
  undefined,
  0,
  Number.NaN,
  1n,
  true,
  '',
  ' ',
  '\u202E123456',
  '１２３４５６',
  'x'.repeat(1_000_000),
  '1'.repeat(1_000_000),
  [],
  ['123456'],
  new Array(6),
  {},
  { id: null, code: null },
  { length: 6, toString: () => '123456' },
  new String('123456'),
  new Uint8Array(8),
  Symbol('code'),
  () => '123456',
  new Proxy(
    {},
    {
      get: () => {
        throw new TypeError('hostile');
      },
    },
  ),
];

describe.each(KINDS.map((kind) => [kind.name, kind] as const))('%s', (_, kind) => {
  it('is versioned JSON, and shows the same again until it is answered', async () => {
    const { state, again, shown } = await kind.prepare();
    expect(state).toMatchObject({ v: 1 });
    if (again === undefined) return;
    const next = again(stored(state));
    expect(next.shown).toEqual(shown);
    expect(order(next.state)).toBe(order(state));
  });

  it('a wrong answer is a guess, and the right one still counts', async () => {
    const prepared = await kind.prepare();
    const wrong = await attempt(prepared, prepared.state, prepared.wrong);
    expect(wrong).toMatchObject({ ok: false, guess: true });
    expect(['mismatch', 'bad-signature']).toContain(wrong.reason);
    expect((await attempt(prepared, wrong.state, prepared.right)).ok).toBe(true);
  });

  it('the right answer is accepted once', async () => {
    const prepared = await kind.prepare();
    const first = await attempt(prepared, prepared.state, prepared.right);
    expect(first.ok).toBe(true);
    const second = await attempt(prepared, first.state, prepared.right);
    if (kind.second === 'ok') expect(second.ok).toBe(true);
    else expect(second).toMatchObject({ ok: false, reason: kind.second, guess: kind.second === 'mismatch' });
  });

  it('expires at its millisecond', async () => {
    const prepared = await kind.prepare();
    const { expiresAt } = prepared;
    if (expiresAt === null) return;
    const inTime = prepared.rightAt?.(expiresAt - 1) ?? prepared.right;
    expect((await attempt(prepared, prepared.state, inTime, expiresAt - 1)).ok).toBe(true);
    for (const answer of [prepared.right, prepared.wrong]) {
      const late = await attempt(prepared, prepared.state, answer, expiresAt);
      expect(late).toMatchObject({ ok: false, reason: 'expired', guess: false });
    }
  });

  it('what can be no answer is a result, no guess, and changes nothing', async () => {
    const prepared = await kind.prepare();
    for (const hostile of HOSTILE) {
      const result = await attempt(prepared, prepared.state, hostile);
      expect(result).toMatchObject({ ok: false, guess: false });
      expect(JSON.stringify(result.state)).toBe(JSON.stringify(prepared.state));
    }
  });

  it('a state that was tampered with is refused, member by member', async () => {
    const prepared = await kind.prepare();
    const judge = async (state: unknown): Promise<unknown> => prepared.verify(state, prepared.right, NOW);
    const good = JSON.parse(JSON.stringify(prepared.state));
    for (const name of Object.keys(good)) {
      const { [name]: _dropped, ...rest } = good;
      await expect(judge(rest)).rejects.toThrow(refused);
      for (const value of [undefined, {}, [[]], Number.NaN, 1.5, '\uD800']) {
        await expect(judge({ ...good, [name]: value })).rejects.toThrow(refused);
      }
    }
    for (const state of [
      { ...good, v: 2 },
      { ...good, extra: 1 },
      [],
      'state',
      7,
      new Proxy(good, { get: () => undefined }),
    ]) {
      await expect(judge(state)).rejects.toThrow(refused);
    }
  });

  it('the state of another kind is refused', async () => {
    const prepared = await kind.prepare();
    for (const foreign of KINDS) {
      if (foreign.name.slice(0, 4) === kind.name.slice(0, 4)) continue;
      const { state } = await foreign.prepare();
      const judged = async (): Promise<unknown> => prepared.verify(stored(state), prepared.right, NOW);
      await expect(judged(), foreign.name).rejects.toThrow(refused);
    }
  });

  it('missing options are a CountersignError', async () => {
    const { state, right, withoutOptions } = await kind.prepare();
    const call = async (): Promise<unknown> => withoutOptions(state, right);
    await expect(call()).rejects.toThrow(expect.objectContaining({ name: 'CountersignError' }));
  });
});
