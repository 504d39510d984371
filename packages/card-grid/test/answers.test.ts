import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type CardChallengeIssue,
  type CardFormat,
  type CardState,
  cardStatus,
  createCardGrid,
  issueCardChallenge,
  newCardState,
  newRecoveryState,
  renderCardText,
  renderRecoveryCodesText,
  restoreCardGrid,
  verifyCardAnswer,
  verifyRecoveryCode,
} from '../src/index.ts';
import { normalizeAnswer } from '../src/normalize-answer.ts';
import { asked, card, HOSTILE, KEY, NOW, rightAnswer, thrownBy } from './support.ts';

const key = KEY;
const now = NOW;
const answer = (state: CardState, typed: unknown): ReturnType<typeof verifyCardAnswer> =>
  verifyCardAnswer(state, typed, { key, now });
const shown = (issued: CardChallengeIssue): number[] => (issued.ok ? issued.challenge : []);

describe('verifyCardAnswer', () => {
  it('accepts the joined codes in the order of the challenge, once', () => {
    const grid = createCardGrid({ key, serial: 'SC-1' });
    const issued = issueCardChallenge({ state: newCardState(grid) });
    expect(issued).toMatchObject({ ok: true, expiresAt: null, remaining: 112, shouldReplace: false });
    const typed = shown(issued)
      .map((index) => grid.cell(index))
      .join('');
    const first = verifyCardAnswer(issued.state, typed, { key });
    expect(Object.keys(first)).toEqual(['ok', 'remaining', 'shouldReplace', 'state']);
    expect(first).toMatchObject({ ok: true, remaining: 111, shouldReplace: false, state: { challenge: null } });
    expect(verifyCardAnswer(first.state, typed, { key })).toEqual({
      ok: false,
      reason: 'not-issued',
      guess: false,
      remaining: 111,
      shouldReplace: false,
      state: first.state,
    });
    const next = issueCardChallenge({ state: first.state });
    expect(shown(next).some((index) => shown(issued).includes(index))).toBe(false);
    expect(verifyCardAnswer(next.state, typed, { key })).toMatchObject({ ok: false, reason: 'mismatch', guess: true });
  });

  it('takes no indices from the caller', () => {
    const state = asked(card(), 'indices');
    const grid = createCardGrid({ key, serial: 'SC-1' });
    const forged = { key, now, challenge: [1, 2], indices: [1, 2] };
    expect(verifyCardAnswer(state, grid.cell(1) + grid.cell(2), forged).ok).toBe(false);
  });

  it('refuses another order, another card, another key, and says nothing of which cell was wrong', () => {
    const state = asked(card(), 'order');
    const right = rightAnswer(state);
    const grid = createCardGrid({ key, serial: 'SC-1' });
    const other = (options: object): string => {
      const cells = createCardGrid({ key, serial: 'SC-1', ...options });
      return state.challenge!.map((index) => cells.cell(index)).join('');
    };
    const refusals = [
      right.slice(3) + right.slice(0, 3),
      (right.startsWith('A') ? 'B' : 'A') + right.slice(1),
      right.slice(0, 5) + (right.endsWith('A') ? 'B' : 'A'),
      grid.cell(1) + grid.cell(2),
      other({ serial: 'SC-2' }),
      other({ key: new Uint8Array(32) }),
    ].map((typed) => answer(state, typed));
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
    expect(refusals[0]).toEqual({
      ok: false,
      reason: 'mismatch',
      guess: true,
      remaining: 112,
      shouldReplace: false,
      state,
    });
  });

  it('cannot be used with another key, serial or design: no right answer is counted as a guess', () => {
    const state = asked(card(), 'mixed up');
    const right = rightAnswer(state);
    const changed: [CardState, Uint8Array][] = [
      [state, new Uint8Array(32)],
      [{ ...state, serial: 'SC-2' }, key],
      [{ ...state, fingerprint: '0'.repeat(16) }, key],
      [asked(card({ cells: 223 }), 'x'), new Uint8Array(32)],
      [{ ...asked(card({ cells: 224 }), 'x'), cells: 223 }, key],
      [{ ...asked(card({ format: 'crockford' }), 'x'), format: 'digits' }, key],
    ];
    for (const [kept, used] of changed) {
      expect(thrownBy(() => verifyCardAnswer(kept, right, { key: used })).code).toBe('invalid-state');
    }
  });

  it('keeps the challenge and the cells after failures, and gives fresh copies', () => {
    let state = asked(card(), 'failures');
    const first = state;
    for (let i = 1; i <= 5; i++) {
      const refused = answer(state, 'A2AA2A');
      expect(refused.state).toEqual(first);
      expect(refused.state).not.toBe(state);
      expect(refused.state.challenge).not.toBe(state.challenge);
      state = refused.state;
    }
    expect(answer(state, rightAnswer(state)).ok).toBe(true);
    const shuffled = Object.fromEntries(Object.entries(state).reverse()) as CardState;
    expect(JSON.stringify(answer(shuffled, 'A2AA2A').state)).toBe(JSON.stringify(first));
    expect(JSON.stringify(issueCardChallenge({ state: shuffled }).state)).toBe(JSON.stringify(first));
  });

  it('calls everything that is not an answer malformed, whatever its type, and counts none of it', () => {
    const formats: CardFormat[] = ['letter-digit-letter', 'crockford', 'digits'];
    for (const format of formats) {
      const state = asked(card({ format }), 'hostile');
      for (const typed of HOSTILE) {
        expect(answer(state, typed), String(typed).slice(0, 20)).toMatchObject({
          ok: false,
          reason: 'malformed',
          guess: false,
          state,
        });
      }
    }
    fc.assert(
      fc.property(fc.anything(), (typed) => {
        expect(answer(asked(card(), 'anything'), typed).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('accepts one code only of all that can be typed at a position', () => {
    const state = asked(card(), 'alternatives');
    const right = rightAnswer(state);
    const alphabets = ['ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789', 'ABCDEFGHJKLMNPQRSTUVWXYZ'];
    for (let at = 0; at < 6; at++) {
      const accepted = [...alphabets[at % 3]!].filter(
        (character) => answer(state, right.slice(0, at) + character + right.slice(at + 1)).ok,
      );
      expect(accepted).toEqual([right.charAt(at)]);
    }
  });

  it('warns before the last login of even the smallest card', () => {
    const warnsAt = (state: CardState): unknown => (state.use.mode === 'once' ? state.use.replaceAt : undefined);
    for (const asked of [2, 3, 4]) expect(warnsAt(card({ cells: 10, asked }))).toBe(1);
    expect(warnsAt(card({ cells: 50 }))).toBe(5);
    expect(warnsAt(card())).toBe(10);
  });

  it('is usable up to the last cell, says in time when to replace it, and then cannot be asked for', () => {
    let state = card({ cells: 50, replaceAt: 5 });
    const random = seededRandom('to the end');
    const seen: number[] = [];
    const warned: boolean[] = [];
    for (let login = 0; login < 25; login++) {
      const issued = issueCardChallenge({ state, now, random });
      expect(issued.remaining).toBe(25 - login);
      seen.push(...shown(issued));
      const result = answer(issued.state, rightAnswer(issued.state));
      expect(result).toMatchObject({ ok: true, remaining: 24 - login });
      warned.push(result.shouldReplace);
      state = result.state;
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(warned.indexOf(true)).toBe(19);
    expect(issueCardChallenge({ state, now })).toEqual({
      ok: false,
      reason: 'voided',
      retryAt: null,
      remaining: 0,
      shouldReplace: true,
      state,
    });
    expect(answer(state, 'A2AA2A')).toMatchObject({ ok: false, reason: 'not-issued', guess: false });
  });

  it.each([
    [224, 2, 112],
    [224, 3, 74],
    [100, 2, 50],
    [999, 4, 249],
    [10, 4, 2],
  ])('a card of %i cells with %i asked has %i logins', (cells, count, logins) => {
    expect(cardStatus(card({ cells, asked: count }))).toEqual({ remaining: logins, shouldReplace: false, observed: 0 });
  });

  it('throws for what the programmer got wrong, at once', () => {
    const state = asked(card(), 'programmer');
    const code = (call: () => unknown): unknown => {
      const error = thrownBy(call);
      expect((error as Error).name).toBe('CountersignError');
      return error.code;
    };
    expect(code(() => verifyCardAnswer(state, 'A2AA2A', { key: new Uint8Array(31) }))).toBe('invalid-key');
    expect(code(() => verifyCardAnswer(state, 'A2AA2A', { key, now: Number.NaN }))).toBe('invalid-time');
    expect(code(() => issueCardChallenge({ state, now: -1 }))).toBe('invalid-time');
    expect(code(() => issueCardChallenge({ state: card(), random: () => new Uint8Array(1) }))).toBe('invalid-random');
    for (const missing of [null, undefined, 5, 'key']) {
      expect(code(() => verifyCardAnswer(state, 'A2AA2A', missing as never))).toBe('invalid-argument');
      expect(code(() => issueCardChallenge(missing as never))).toBe('invalid-argument');
      expect(code(() => newCardState(missing as never))).toBe('invalid-card');
      expect(code(() => cardStatus(missing as never))).toBe('invalid-state');
    }
    expect(code(() => newCardState(createCardGrid({ key, serial: 'S' }), null as never))).toBe('invalid-argument');
  });
});

it('refuses a megabyte within milliseconds, wherever it stands', () => {
  const long = 'A'.repeat(1_000_000);
  const state = asked(card(), 'long');
  const list = { key, serial: 'RC-1' };
  const recovery = newRecoveryState(list);
  const started = performance.now();
  expect(answer(state, long).ok).toBe(false);
  expect(verifyRecoveryCode(recovery, long, list).ok).toBe(false);
  for (const [call, code] of [
    [() => answer({ ...state, serial: long }, ''), 'invalid-state'],
    [() => answer({ ...state, fingerprint: long }, ''), 'invalid-state'],
    [() => answer({ ...state, challenge: new Array(1_000_000).fill(1) }, ''), 'invalid-state'],
    [() => answer({ ...state, use: { mode: 'once', used: long, replaceAt: 1 } }, ''), 'invalid-state'],
    [() => verifyRecoveryCode({ ...recovery, serial: long }, '', list), 'invalid-state'],
    [() => createCardGrid({ key, serial: long }), 'invalid-card'],
    [() => renderCardText(createCardGrid({ key, serial: 'S' }), { issuer: long }), 'invalid-argument'],
    [() => renderRecoveryCodesText([long]), 'invalid-argument'],
    [() => renderRecoveryCodesText(new Array(1_000_000).fill('A')), 'invalid-argument'],
  ] as [() => unknown, string][]) {
    expect(thrownBy(call)).toMatchObject({ name: 'CountersignError', code });
  }
  expect(performance.now() - started).toBeLessThan(200);
});

describe('what people type', () => {
  const ldl = { serial: 'S', cells: 224, format: 'letter-digit-letter', codeLength: 3, asked: 2 } as const;

  it.each([
    ['a3d z3v', 'A3DZ3V'],
    [' A3D-Z3V\n', 'A3DZ3V'],
    ['A3D, Z3V.', 'A3DZ3V'],
    ['a 3 d – z 3 v', 'A3DZ3V'],
    ['A3D\u2212Z3V', 'A3DZ3V'],
    ['ASDZZV', 'A5DZ2V'],
    ['5S5 2Z8', 'S5SZ2B'],
    ['AGD6BV', 'A6DG8V'],
    ['A0DZ3V', undefined],
    ['A1DZ3V', undefined],
    ['O3DZ3V', undefined],
    ['I3DZ3V', undefined],
    ['03DZ3V', undefined],
    ['13DZ3V', undefined],
  ])('letter-digit-letter: %j is %j', (typed, meant) => {
    expect(normalizeAnswer(typed, ldl)).toBe(meant);
  });

  it('maps look-alikes of Crockford codes and digits', () => {
    expect(normalizeAnswer('oil-ab9', { ...ldl, format: 'crockford' })).toBe('011AB9');
    expect(normalizeAnswer('uuu-uuu', { ...ldl, format: 'crockford' })).toBeUndefined();
    expect(normalizeAnswer('OIL-ZSG', { ...ldl, format: 'digits' })).toBe('011256');
    expect(normalizeAnswer('12345A', { ...ldl, format: 'digits' })).toBeUndefined();
    expect(normalizeAnswer('A3D7 Z3V2', { ...ldl, codeLength: 4 })).toBe('A3D7Z3V2');
  });

  it('maps nothing that is printed: every printed code is taken as it stands', () => {
    for (const format of ['letter-digit-letter', 'crockford', 'digits'] as const) {
      const grid = createCardGrid({ key, serial: 'S', cells: 999, format });
      for (let index = 1; index < 999; index += 2) {
        const joined = grid.cell(index) + grid.cell(index + 1);
        expect(normalizeAnswer(joined.toLowerCase(), { ...ldl, format })).toBe(joined);
      }
    }
  });
});

describe('one state for each card (G3)', () => {
  const grid = createCardGrid({ key, serial: 'SC-1' });
  const state = asked(newCardState(grid), 'one state');

  it('takes a new grid only: no design, no state, no restored card', () => {
    const { cell, entropyBits, fingerprint, ...design } = grid;
    const revocable = Proxy.revocable({}, {});
    revocable.revoke();
    for (const other of [
      design,
      state,
      { ...design, key },
      { ...design, fingerprint },
      { ...grid, fingerprint: 'FFFF' },
      { ...grid, cells: 5 },
      { ...grid, asked: undefined, serial: undefined },
      restoreCardGrid(state, { key }),
      { ...restoreCardGrid(state, { key }) },
      revocable.proxy,
    ]) {
      expect(thrownBy(() => newCardState(other as never)).code).toBe('invalid-card');
    }
    // @ts-expect-error: the types say so as well
    expect(thrownBy(() => newCardState(restoreCardGrid(state, { key }))).code).toBe('invalid-card');
    // @ts-expect-error: a design alone has no key, and is no card
    expect(thrownBy(() => newCardState({ serial: 'SC-1', cells: 224 })).code).toBe('invalid-card');
  });

  it('does not follow itself: a replacement has a serial of its own', () => {
    for (const cells of [224, 100]) {
      const again = createCardGrid({ key, serial: 'SC-1', cells });
      expect(thrownBy(() => newCardState(again, { replaces: state })).code).toBe('invalid-card');
    }
    const next = newCardState(createCardGrid({ key, serial: 'SC-2' }), { replaces: state });
    expect(next).toEqual(newCardState(createCardGrid({ key, serial: 'SC-2' }), { replaces: null }));
    expect(thrownBy(() => newCardState(grid, { replaces: {} as CardState })).code).toBe('invalid-state');
  });

  it('would bring used cells back, which is why: a known pair after some 17 calls', () => {
    const random = seededRandom('second states');
    const calls = Array.from({ length: 101 }, () => {
      const known = new Set(shown(issueCardChallenge({ state: newCardState(grid), random })));
      for (let call = 1; ; call++) {
        const again = shown(issueCardChallenge({ state: newCardState(grid), random }));
        if (again.every((index) => known.has(index))) return call;
        for (const index of again) known.add(index);
      }
    }).sort((a, b) => a - b);
    expect(calls[50]).toBeGreaterThan(8);
    expect(calls[50]).toBeLessThan(60);
  });

  it.each([
    [{ reuse: 'always' }, 'invalid-card'],
    [{ replaceAt: -1 }, 'invalid-card'],
    [{ replaceAt: 113 }, 'invalid-card'],
    [{ replaceAt: 5, reuse: 'random' }, 'invalid-card'],
  ])('refuses %j', (options, code) => {
    expect(thrownBy(() => card(options)).code).toBe(code);
  });

  it('holds no lifetime: that is the policy’s (G7)', () => {
    expect(Object.keys(card())).toEqual([
      ...['v', 'fingerprint', 'serial', 'cells', 'format', 'codeLength', 'asked', 'use', 'challenge'],
    ]);
    expect(JSON.parse(JSON.stringify(card()))).toEqual(card());
  });
});
