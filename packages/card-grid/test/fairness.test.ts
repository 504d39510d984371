import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidates, observerChance, unusedCells, withUsed } from '../src/cell-use.ts';
import {
  answerCardChallenge,
  type CardState,
  cardStatus,
  issueCardChallenge,
  newCardState,
  observationProbability,
} from '../src/index.ts';
import { asked, chiSquared, chiSquaredLimit, KEY, NOW, rightAnswer, thrownBy } from './support.ts';

const key = KEY;
const now = NOW;
const card = (options: object = {}): CardState => newCardState({ serial: 'SC-1', cells: 224, now, ...options });

function login(state: CardState, random: (length: number) => Uint8Array): { state: CardState; challenge: number[] } {
  const issued = issueCardChallenge(state, { now, random });
  const result = answerCardChallenge(issued.state, rightAnswer(issued.state), { key, now });
  expect(result.ok).toBe(true);
  return { state: result.state, challenge: issued.challenge };
}

describe('a challenge sticks', () => {
  it('tells an attacker nothing more in 10,000 reloads, where a re-rolled one would', () => {
    const random = seededRandom('re-roll');
    const fresh = card({ cells: 100, reuse: 'random' });
    const known = new Set<number>();
    let state = fresh;
    for (let i = 0; i < 10; i++) {
      const seen = login(state, random);
      for (const index of seen.challenge) known.add(index);
      state = seen.state;
    }
    let stored = issueCardChallenge(state, { now, random }).state;
    const pairs = new Set<string>();
    for (let reload = 0; reload < 10_000; reload++) {
      // As a server would after a restart: from what was stored, as text.
      const again = issueCardChallenge(JSON.parse(JSON.stringify(stored)) as CardState, { now, random });
      pairs.add(`${again.challenge}`);
      stored = reload % 100 === 0 ? answerCardChallenge(again.state, 'A2AA2A', { key, now }).state : again.state;
    }
    expect(pairs.size).toBe(1);

    // The control: an application that forgets the state it was given is the one that can be attacked.
    const reloadsNeeded = Array.from({ length: 101 }, () => {
      let reloads = 1;
      while (!issueCardChallenge(state, { now, random }).challenge.every((index) => known.has(index))) reloads++;
      return reloads;
    }).sort((a, b) => a - b);
    expect(reloadsNeeded[50]).toBeGreaterThan(10);
    expect(reloadsNeeded[50]).toBeLessThan(60);
  });

  it('gives away no array of the state', () => {
    const { challenge, state } = issueCardChallenge(card(), { now });
    challenge[0] = 999;
    const again = issueCardChallenge(state, { now });
    again.challenge[1] = 999;
    expect(state.pending?.challenge).not.toContain(999);
    expect(state.pending?.challenge).toEqual(issueCardChallenge(state).challenge);
  });
});

describe('cells are picked uniformly', () => {
  it.each([
    ['seeded', seededRandom('uniform')],
    ['real', undefined],
  ])('over all cells, first and second alike (%s)', (_, random) => {
    const state = card({ cells: 20 });
    const counts = [0, 1].map(() => new Array<number>(20).fill(0));
    const pairs = new Map<string, number>();
    for (let i = 0; i < 20_000; i++) {
      const { challenge } = issueCardChallenge(state, { now, random });
      challenge.forEach((index, at) => {
        counts[at]![index - 1]!++;
      });
      pairs.set(`${challenge}`, (pairs.get(`${challenge}`) ?? 0) + 1);
    }
    for (const count of counts) expect(chiSquared(count)).toBeLessThan(chiSquaredLimit(19));
    expect(pairs.size).toBe(380);
    expect(chiSquared([...pairs.values()])).toBeLessThan(chiSquaredLimit(379));
  });

  it('over the unused cells', () => {
    const random = seededRandom('unused');
    let state = card({ cells: 20 });
    const used: number[] = [];
    for (let i = 0; i < 4; i++) {
      const done = login(state, random);
      used.push(...done.challenge);
      state = done.state;
    }
    const counts = new Map<number, number>();
    for (let i = 0; i < 12_000; i++) {
      for (const index of issueCardChallenge(state, { now, random }).challenge) {
        counts.set(index, (counts.get(index) ?? 0) + 1);
      }
    }
    expect([...counts.keys(), ...used].sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i + 1));
    expect(chiSquared([...counts.values()])).toBeLessThan(chiSquaredLimit(11));
  });
});

describe('single use', () => {
  it('holds under any interleaving of servers that write with compare-and-swap', () => {
    const step = fc.record({
      server: fc.integer({ min: 0, max: 2 }),
      action: fc.constantFrom('read', 'issue', 'right', 'wrong', 'write', 'crash'),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 20, maxLength: 120 }), fc.string(), (steps, seed) => {
        const random = seededRandom(seed);
        const store = { value: JSON.stringify(card({ cells: 12, asked: 2 })), version: 0 };
        const servers = Array.from({ length: 3 }, () => ({ version: 0, state: JSON.parse(store.value), won: [] }));
        const accepted: number[] = [];
        const accept = (cells: readonly number[]): number => accepted.push(...cells);
        for (const { server, action } of steps) {
          const at = servers[server]! as { version: number; state: CardState; won: readonly number[] };
          if (action === 'read' || action === 'crash') {
            Object.assign(at, { version: store.version, state: JSON.parse(store.value), won: [] });
          } else if (action === 'issue') {
            at.state = issueCardChallenge(at.state, { now, random }).state;
          } else if (action === 'write') {
            if (at.version === store.version) {
              store.value = JSON.stringify(at.state);
              store.version++;
              accept(at.won);
            }
            Object.assign(at, { version: store.version, state: JSON.parse(store.value), won: [] });
          } else {
            const pending = at.state.pending?.challenge ?? [];
            const typed = action === 'right' ? rightAnswer(at.state) : 'A2AA2A';
            const result = answerCardChallenge(at.state, typed, { key, now });
            at.state = result.state;
            if (result.ok) at.won = [...at.won, ...pending];
          }
        }
        expect(new Set(accepted).size).toBe(accepted.length);
        const { remaining } = cardStatus(JSON.parse(store.value) as CardState, { now });
        expect(remaining).toBe(6 - accepted.length / 2);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the bitmap exact', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 999 })), (indices) => {
        const use = withUsed(unusedCells(999, undefined), indices);
        const left = candidates(use, 999);
        expect(left.length).toBe(999 - indices.length);
        expect(left.some((index) => indices.includes(index))).toBe(false);
        expect(JSON.stringify(use).length).toBeLessThan(290);
      }),
      { numRuns: 50 },
    );
  });
});

describe('reuse', () => {
  it.each([
    [50, 2, [3, 10, 31]],
    [100, 2, [6, 20, 61]],
    [224, 2, [12, 43, 138]],
    [224, 3, [19, 47, 118]],
  ])('the formula gives the published table: %i cells, %i asked', (cells, count, table) => {
    const logins = [0.01, 0.1, 0.5].map((chance) => {
      let n = 0;
      while (observationProbability({ cells, asked: count, logins: n }) < chance) n++;
      return n;
    });
    expect(logins).toEqual(table);
  });

  it('the formula is a probability at its ends', () => {
    expect(observationProbability({ cells: 10, asked: 4, logins: 0 })).toBe(0);
    expect(observationProbability({ cells: 999, asked: 2, logins: 0 })).toBe(0);
    expect(observationProbability({ cells: 10, asked: 4, logins: 1_000_000 })).toBe(1);
    expect(thrownBy(() => observationProbability({ cells: 9, asked: 2, logins: 1 })).code).toBe('invalid-card');
    expect(thrownBy(() => observationProbability({ cells: 10, asked: 5, logins: 1 })).code).toBe('invalid-card');
    expect(thrownBy(() => observationProbability({ cells: 10, asked: 2, logins: -1 })).code).toBe('invalid-card');
  });

  it('the implementation behaves as the formula says when cells are picked at random', () => {
    const random = seededRandom('observer');
    const checkpoints = [3, 10, 31];
    const runs = 1500;
    const known = checkpoints.map(() => 0);
    const chances = checkpoints.map(() => 0);
    for (let run = 0; run < runs; run++) {
      let state = card({ cells: 50, reuse: 'random' });
      const seen = new Set<number>();
      for (let n = 1; n <= 32; n++) {
        const issued = issueCardChallenge(state, { now, random });
        const at = checkpoints.indexOf(n - 1);
        if (at >= 0) {
          chances[at]! += observerChance(state.use, state) / runs;
          if (issued.challenge.every((index) => seen.has(index))) known[at]!++;
        }
        for (const index of issued.challenge) seen.add(index);
        // Verification is proved elsewhere: here the cells are marked as an accepted answer marks them.
        state = { ...issued.state, use: withUsed(state.use, issued.challenge), pending: null };
      }
    }
    checkpoints.forEach((logins, at) => {
      const expected = observationProbability({ cells: 50, asked: 2, logins });
      const deviation = Math.sqrt((expected * (1 - expected)) / runs);
      expect(Math.abs(known[at]! / runs - expected)).toBeLessThan(5 * deviation);
      // The chance that shouldReplace goes by is the same quantity, for the card at hand: exact on average.
      expect(Math.abs(chances[at]! - expected)).toBeLessThan(2 * deviation);
    });
  });

  it('the least used half asks for nothing seen until half of the cells are used, and warns then', () => {
    const random = seededRandom('half');
    let state = card({ reuse: 'least-used-half' });
    const seen = new Set<number>();
    for (let n = 1; n <= 57; n++) {
      const issued = issueCardChallenge(state, { now, random });
      expect(issued).toMatchObject({ ok: true, remaining: null, shouldReplace: false });
      expect(issued.challenge.some((index) => seen.has(index))).toBe(false);
      const done = login(state, random);
      for (const index of done.challenge) seen.add(index);
      state = done.state;
    }
    expect(observerChance(state.use, state)).toBeCloseTo(0.258, 3);
    expect(cardStatus(state, { now })).toEqual({ unusable: null, remaining: null, shouldReplace: true });
    // From here on cells come back, but never one that was used more often than half of them.
    for (let n = 0; n < 100; n++) {
      const counts = [...(state.use as { counts: readonly number[] }).counts].sort((a, b) => a - b);
      const done = login(state, random);
      for (const index of done.challenge) {
        expect((state.use as { counts: readonly number[] }).counts[index - 1]).toBeLessThanOrEqual(counts[111]!);
      }
      state = done.state;
    }
  });

  it('is never the default', () => {
    expect(card().use.mode).toBe('once');
    expect(card({ reuse: undefined }).use.mode).toBe('once');
    expect(observerChance(card().use, card())).toBe(0);
  });
});

describe('a damaged state', () => {
  const pending = asked(card({ cells: 223, asked: 3 }), 'damage');
  const reused = card({ reuse: 'random', cells: 10 });
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(pending)],
    ['an array', []],
    ['another version', { ...pending, v: 2 }],
    ['no serial', { ...pending, serial: undefined }],
    ['no format', { ...pending, format: undefined }],
    ['no cells', { ...pending, cells: undefined }],
    ['too little entropy', { ...pending, format: 'digits', codeLength: 2, asked: 2 }],
    ['no use', { ...pending, use: undefined }],
    ['a foreign mode', { ...pending, use: { mode: 'never' } }],
    ['a short bitmap', { ...pending, use: { mode: 'once', used: '0' } }],
    ['a bitmap of other characters', { ...pending, use: { mode: 'once', used: 'x'.repeat(56) } }],
    ['a bitmap that is none', { ...pending, use: { mode: 'once', used: 5 } }],
    ['a cell beyond the last', { ...pending, use: { mode: 'once', used: `${'0'.repeat(55)}8` } }],
    ['counts of another card', { ...reused, use: { mode: 'random', counts: [0] } }],
    ['no counts', { ...reused, use: { mode: 'random' } }],
    ['counts that are none', { ...reused, use: { mode: 'random', counts: new Array(10).fill(-1) } }],
    ['a used cell asked for', { ...pending, use: { mode: 'once', used: `${'f'.repeat(55)}7` } }],
    ['no replaceAt', { ...pending, replaceAt: undefined }],
    ['no issuedAt', { ...pending, issuedAt: undefined }],
    ['a foreign activatedAt', { ...pending, activatedAt: '2026' }],
    ['a foreign expiresAt', { ...pending, expiresAt: Number.NaN }],
    ['a foreign supersededBy', { ...pending, supersededBy: 5 }],
    ['no pending', { ...pending, pending: undefined }],
    ['a pending that is none', { ...pending, pending: 'x' }],
    ['too few indices', { ...pending, pending: { ...pending.pending, challenge: [1, 2] } }],
    ['the same index twice', { ...pending, pending: { ...pending.pending, challenge: [1, 1, 2] } }],
    ['an index beyond the last', { ...pending, pending: { ...pending.pending, challenge: [1, 2, 224] } }],
    ['an index of 0', { ...pending, pending: { ...pending.pending, challenge: [0, 1, 2] } }],
    ['an index that is none', { ...pending, pending: { ...pending.pending, challenge: [1, 2, '3'] } }],
    ['no indices', { ...pending, pending: { ...pending.pending, challenge: 'abc' } }],
    ['no count of failures', { ...pending, pending: { ...pending.pending, failures: -1 } }],
    ['no time of issue', { ...pending, pending: { ...pending.pending, issuedAt: null } }],
  ])('is refused: %s', (_, state) => {
    for (const call of [
      () => issueCardChallenge(state as CardState),
      () => answerCardChallenge(state as CardState, 'A2AA2AA2A', { key }),
      () => cardStatus(state as CardState),
    ]) {
      expect(thrownBy(call)).toMatchObject({ name: 'CountersignError', code: 'invalid-state' });
    }
  });

  it('is not what these functions make, in any mode and at any moment', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 10, max: 40 }),
        fc.integer({ min: 2, max: 4 }),
        fc.constantFrom(undefined, 'random' as const, 'least-used-half' as const),
        fc.integer({ min: 0, max: 30 }),
        (cells, count, reuse, logins) => {
          const random = seededRandom(`${cells} ${count} ${logins}`);
          let state = card({ cells, asked: count, reuse });
          for (let i = 0; i < logins; i++) {
            const issued = issueCardChallenge(JSON.parse(JSON.stringify(state)) as CardState, { now, random });
            if (!issued.ok) break;
            state = answerCardChallenge(issued.state, rightAnswer(issued.state), { key, now }).state;
          }
          expect(cardStatus(state, { now }).remaining).toBe(
            reuse === undefined ? Math.max(0, Math.floor(cells / count) - logins) : null,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
