import { randomSample } from '@countersign/primitives/random';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { candidates, onceCells, withUsed } from '../src/cell-use.ts';
import {
  type CardReuse,
  type CardState,
  cardStatus,
  cumulativeObservationProbability,
  issueCardChallenge,
  observationProbability,
  verifyCardAnswer,
} from '../src/index.ts';
import { asked, card, chiSquared, chiSquaredLimit, KEY, NOW, rightAnswer, thrownBy } from './support.ts';

const key = KEY;
const now = NOW;

/** Issues a challenge: what is shown, and what is stored. */
function issue(state: CardState, random?: (length: number) => Uint8Array): { state: CardState; challenge: number[] } {
  const issued = issueCardChallenge({ state, now, random });
  if (!issued.ok) throw new Error(issued.reason);
  return issued;
}

function login(state: CardState, random: (length: number) => Uint8Array): { state: CardState; challenge: number[] } {
  const issued = issue(state, random);
  const result = verifyCardAnswer(issued.state, rightAnswer(issued.state), { key, now });
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
    let stored = issue(state, random).state;
    const pairs = new Set<string>();
    for (let reload = 0; reload < 10_000; reload++) {
      // As a server would after a restart: from what was stored, as text.
      const again = issue(JSON.parse(JSON.stringify(stored)) as CardState, random);
      pairs.add(`${again.challenge}`);
      stored = reload % 100 === 0 ? verifyCardAnswer(again.state, 'A2AA2A', { key, now }).state : again.state;
    }
    expect(pairs.size).toBe(1);

    // The control: an application that forgets the state it was given is the one that can be attacked.
    const reloadsNeeded = Array.from({ length: 101 }, () => {
      let reloads = 1;
      while (!issue(state, random).challenge.every((index) => known.has(index))) reloads++;
      return reloads;
    }).sort((a, b) => a - b);
    expect(reloadsNeeded[50]).toBeGreaterThan(10);
    expect(reloadsNeeded[50]).toBeLessThan(60);
  });

  it('gives away no array of the state', () => {
    const { challenge, state } = issue(card());
    challenge[0] = 999;
    const again = issue(state);
    again.challenge[1] = 999;
    expect(state.challenge).not.toContain(999);
    expect(again.state.challenge).not.toContain(999);
    expect(state.challenge).toEqual(issue(state).challenge);
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
      const { challenge } = issue(state, random);
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
      for (const index of issue(state, random).challenge) {
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
            at.state = issueCardChallenge({ state: at.state, now, random }).state;
          } else if (action === 'write') {
            if (at.version === store.version) {
              store.value = JSON.stringify(at.state);
              store.version++;
              accept(at.won);
            }
            Object.assign(at, { version: store.version, state: JSON.parse(store.value), won: [] });
          } else {
            const pending = at.state.challenge ?? [];
            const typed = action === 'right' ? rightAnswer(at.state) : 'A2AA2A';
            const result = verifyCardAnswer(at.state, typed, { key, now });
            at.state = result.state;
            if (result.ok) at.won = [...at.won, ...pending];
          }
        }
        expect(new Set(accepted).size).toBe(accepted.length);
        const { remaining } = cardStatus(JSON.parse(store.value) as CardState);
        expect(remaining).toBe(6 - accepted.length / 2);
      }),
      { numRuns: 200 },
    );
  });

  it('keeps the bitmap exact', () => {
    fc.assert(
      fc.property(fc.uniqueArray(fc.integer({ min: 1, max: 999 })), (indices) => {
        const use = withUsed(onceCells(999, 10), indices);
        const left = candidates(use, 999);
        expect(left.length).toBe(999 - indices.length);
        expect(left.some((index) => indices.includes(index))).toBe(false);
        expect(JSON.stringify(use).length).toBeLessThan(310);
      }),
      { numRuns: 50 },
    );
  });
});

describe('reuse', () => {
  const loginsFor = (chance: (logins: number) => number): number[] =>
    [0.01, 0.1, 0.5].map((enough) => {
      let n = 0;
      while (chance(n) < enough) n++;
      return n;
    });

  it.each([
    [50, 2, [3, 10, 31]],
    [100, 2, [6, 20, 61]],
    [224, 2, [12, 43, 138]],
    [224, 3, [19, 47, 118]],
  ])('the formula gives the published table of one challenge: %i cells, %i asked', (cells, count, table) => {
    expect(loginsFor((logins) => observationProbability({ cells, asked: count, logins }))).toEqual(table);
  });

  it('the formula is a probability at its ends', () => {
    expect(observationProbability({ cells: 10, asked: 4, logins: 0 })).toBe(0);
    expect(observationProbability({ cells: 999, asked: 2, logins: 0 })).toBe(0);
    expect(observationProbability({ cells: 10, asked: 4, logins: 1_000_000 })).toBe(1);
    expect(thrownBy(() => observationProbability({ cells: 9, asked: 2, logins: 1 })).code).toBe('invalid-card');
    expect(thrownBy(() => observationProbability({ cells: 10, asked: 5, logins: 1 })).code).toBe('invalid-card');
    expect(thrownBy(() => observationProbability({ cells: 10, asked: 2, logins: -1 })).code).toBe('invalid-card');
    expect(thrownBy(() => observationProbability(null as never)).code).toBe('invalid-argument');
  });

  it('the formula describes the next challenge of a card that picks at random', () => {
    const random = seededRandom('observer');
    const checkpoints = [3, 10, 31];
    const runs = 1500;
    const known = checkpoints.map(() => 0);
    for (let run = 0; run < runs; run++) {
      const seen = new Set<number>();
      const state = card({ cells: 50, reuse: 'random' });
      for (let n = 1; n <= 32; n++) {
        const { challenge } = issue(state, random);
        const at = checkpoints.indexOf(n - 1);
        if (at >= 0 && challenge.every((index) => seen.has(index))) known[at]!++;
        for (const index of challenge) seen.add(index);
      }
    }
    checkpoints.forEach((logins, at) => {
      const expected = observationProbability({ cells: 50, asked: 2, logins });
      expect(Math.abs(known[at]! / runs - expected)).toBeLessThan(5 * Math.sqrt((expected * (1 - expected)) / runs));
    });
  });

  it('is never the default', () => {
    expect(card().use.mode).toBe('once');
    expect(card({ reuse: undefined }).use.mode).toBe('once');
    expect(cardStatus(card()).observed).toBe(0);
  });
});

describe('the cumulative chance of an observer (G2)', () => {
  it.each<[number, number, CardReuse, number[]]>([
    [50, 2, 'random', [3, 6, 12]],
    [100, 2, 'random', [5, 10, 19]],
    [224, 2, 'random', [8, 17, 31]],
    [224, 3, 'random', [12, 22, 38]],
    [50, 2, 'least-used-half', [13, 13, 15]],
    [100, 2, 'least-used-half', [26, 26, 28]],
    [224, 2, 'least-used-half', [57, 57, 59]],
    [224, 3, 'least-used-half', [38, 38, 42]],
  ])('is as published: %i cells, %i asked, %s', (cells, count, reuse, table) => {
    const logins = [0.01, 0.1, 0.5].map((enough) => {
      let n = 0;
      while (cumulativeObservationProbability({ cells, asked: count, reuse, logins: n }) < enough) n++;
      return n;
    });
    expect(logins).toEqual(table);
  });

  // Small cards too, where cells come back a third and a fourth time while some are still unseen.
  it.each<[number, number, CardReuse, number[], number]>([
    [224, 2, 'random', [8, 17, 31], 2000],
    [224, 2, 'least-used-half', [56, 57, 59], 400],
    [10, 3, 'least-used-half', [1, 2, 3, 4], 4000],
    [13, 4, 'least-used-half', [1, 2, 3, 4, 5], 4000],
    [13, 4, 'random', [1, 2, 3, 4, 5], 4000],
  ])('is what happens to cards of %i cells, %i asked, %s', (cells, count, reuse, checkpoints, runs) => {
    const random = seededRandom(`cumulative ${cells} ${reuse}`);
    const known = checkpoints.map(() => 0);
    const last = Math.max(...checkpoints);
    for (let run = 0; run < runs; run++) {
      let { use } = card({ cells, asked: count, reuse, codeLength: 4 });
      const seen = new Set<number>();
      for (let logins = 0; logins <= last; logins++) {
        // The page that the observer looks at after this many logins. Verification is proved elsewhere.
        const challenge = randomSample(candidates(use, cells), count, random);
        if (challenge.every((index) => seen.has(index))) {
          checkpoints.forEach((checkpoint, at) => {
            if (checkpoint >= logins) known[at]!++;
          });
          break;
        }
        for (const index of challenge) seen.add(index);
        use = withUsed(use, challenge);
      }
    }
    checkpoints.forEach((logins, at) => {
      const expected = cumulativeObservationProbability({ cells, asked: count, reuse, logins });
      const deviation = Math.sqrt((expected * (1 - expected)) / runs);
      expect(Math.abs(known[at]! / runs - expected)).toBeLessThanOrEqual(4 * deviation);
    });
  });

  it('is a probability that never falls, from 0 to 1', () => {
    for (const reuse of ['random', 'least-used-half'] as const) {
      for (const [cells, count] of [
        [10, 2],
        [11, 4],
        [224, 2],
      ] as const) {
        let before = 0;
        for (let logins = 0; logins < 60; logins++) {
          const chance = cumulativeObservationProbability({ cells, asked: count, reuse, logins });
          expect(chance).toBeGreaterThanOrEqual(before);
          expect(chance).toBeLessThanOrEqual(1);
          before = chance;
        }
      }
      expect(cumulativeObservationProbability({ cells: 224, asked: 2, reuse, logins: 0 })).toBe(0);
      expect(cumulativeObservationProbability({ cells: 224, asked: 2, reuse, logins: 1_000_000 })).toBeCloseTo(1, 9);
    }
  });

  it('is what shouldReplace goes by: 17 logins of 224 cells at random, 57 with the least used half', () => {
    for (const [reuse, warnedAt] of [
      ['random', 17],
      ['least-used-half', 57],
    ] as const) {
      const random = seededRandom(`warn ${reuse}`);
      let state = card({ reuse });
      const seen = new Set<number>();
      for (let n = 1; n <= warnedAt; n++) {
        const done = login(state, random);
        if (reuse === 'least-used-half') expect(done.challenge.some((index) => seen.has(index))).toBe(false);
        for (const index of done.challenge) seen.add(index);
        state = done.state;
        expect(issueCardChallenge({ state, now }).shouldReplace).toBe(n === warnedAt);
        const status = cardStatus(state);
        expect(status).toMatchObject({ remaining: null, shouldReplace: n === warnedAt });
        const observed = cumulativeObservationProbability({ cells: 224, asked: 2, reuse, logins: n });
        expect(status.observed).toBe(observed);
        expect(observed >= 0.1).toBe(n === warnedAt);
      }
    }
  });

  it('never asks the least used half for a cell that was used more often than half of them', () => {
    const random = seededRandom('half');
    let state = card({ reuse: 'least-used-half', cells: 30 });
    for (let n = 0; n < 100; n++) {
      const { counts } = state.use as { counts: readonly number[] };
      const median = [...counts].sort((a, b) => a - b)[14]!;
      const done = login(state, random);
      for (const index of done.challenge) expect(counts[index - 1]).toBeLessThanOrEqual(median);
      state = done.state;
    }
    expect(cardStatus(state)).toEqual({ remaining: null, shouldReplace: true, observed: 1 });
  });

  it.each([
    { cells: 9 },
    { cells: 1000 },
    { asked: 1 },
    { asked: 5 },
    { logins: -1 },
    { logins: 1.5 },
    { reuse: 'once' },
    { reuse: undefined },
  ])('refuses %j', (options) => {
    const sound = { cells: 10, asked: 2, reuse: 'random', logins: 1 } as const;
    const error = thrownBy(() => cumulativeObservationProbability({ ...sound, ...options } as never));
    expect(error).toMatchObject({ name: 'CountersignError', code: 'invalid-card' });
    expect(thrownBy(() => cumulativeObservationProbability(null as never)).code).toBe('invalid-argument');
  });
});

describe('a damaged state', () => {
  const open = asked(card({ cells: 223, asked: 3 }), 'damage');
  const half = card({ reuse: 'least-used-half', cells: 10 });
  const once = (used: string, more: object = {}): object => ({
    ...open,
    use: { mode: 'once', used, replaceAt: 5, ...more },
  });
  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['text', JSON.stringify(open)],
    ['an array', []],
    ['another version', { ...open, v: 2 }],
    ['no fingerprint', { ...open, fingerprint: undefined }],
    ['no serial', { ...open, serial: undefined }],
    ['no format', { ...card(), format: undefined }],
    ['no cells', { ...card(), cells: undefined }],
    ['no asked', { ...card(), asked: undefined }],
    ['no codeLength', { ...card(), codeLength: undefined }],
    ['something more', { ...open, pending: null }],
    ['too little entropy', { ...open, format: 'digits', codeLength: 2, asked: 2 }],
    ['no use', { ...open, use: undefined }],
    ['a foreign mode', { ...open, use: { mode: 'never' } }],
    ['an inherited mode', { ...half, use: { mode: 'constructor', counts: new Array(10).fill(0), warnAt: 5 } }],
    ['a short bitmap', once('0')],
    ['a bitmap of other characters', once('x'.repeat(56))],
    ['a bitmap that is none', once(5 as never)],
    ['a cell beyond the last', once(`3${'0'.repeat(54)}8`)],
    ['half an answer used', once(`1${'0'.repeat(55)}`)],
    ['no replaceAt', once('0'.repeat(56), { replaceAt: undefined })],
    ['a foreign replaceAt', once('0'.repeat(56), { replaceAt: -1 })],
    ['counts of another card', { ...half, use: { ...half.use, counts: [0] } }],
    ['too many counts', { ...half, use: { ...half.use, counts: new Array(11).fill(0) } }],
    ['sparse counts', { ...half, use: { ...half.use, counts: new Array(10) } }],
    ['no counts', { ...half, use: { mode: 'least-used-half', warnAt: 5 } }],
    ['counts that are none', { ...half, use: { ...half.use, counts: new Array(10).fill(-1) } }],
    ['half an answer counted', { ...half, use: { ...half.use, counts: [1, ...new Array(9).fill(0)] } }],
    ['no count of logins', { ...half, use: { mode: 'random', warnAt: 5 } }],
    ['a foreign count of logins', { ...half, use: { mode: 'random', logins: -1, warnAt: 5 } }],
    ['no warnAt', { ...half, use: { mode: 'random', logins: 1 } }],
    ['a used cell asked for', { ...once(`${'f'.repeat(54)}e7`), challenge: [1, 217, 2] }],
    ['no challenge', { ...open, challenge: undefined }],
    ['a challenge that is none', { ...open, challenge: 'abc' }],
    ['too few indices', { ...open, challenge: [1, 2] }],
    ['too many indices', { ...open, challenge: [1, 2, 3, 4] }],
    ['the same index twice', { ...open, challenge: [1, 1, 2] }],
    ['an index beyond the last', { ...open, challenge: [1, 2, 224] }],
    ['an index of 0', { ...open, challenge: [0, 1, 2] }],
    ['an index that is none', { ...open, challenge: [1, 2, '3'] }],
    ['one that throws', new Proxy(open, { get: () => expect.unreachable() })],
  ])('is refused: %s', (_, state) => {
    for (const call of [
      () => issueCardChallenge({ state: state as CardState }),
      () => verifyCardAnswer(state as CardState, 'A2AA2AA2A', { key }),
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
            const stored = JSON.parse(JSON.stringify(state)) as CardState;
            const issued = issueCardChallenge({ state: stored, now, random });
            if (!issued.ok) break;
            state = verifyCardAnswer(issued.state, rightAnswer(issued.state), { key, now }).state;
          }
          expect(cardStatus(state).remaining).toBe(
            reuse === undefined ? Math.max(0, Math.floor(cells / count) - logins) : null,
          );
        },
      ),
      { numRuns: 60 },
    );
  });
});
