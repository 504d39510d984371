import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  activateCard,
  answerCardChallenge,
  type CardFormat,
  type CardState,
  cardStatus,
  createCardGrid,
  issueCardChallenge,
  newCardState,
  ONLINE_CARD_LIFETIME,
  supersedeCard,
} from '../src/index.ts';
import { normalizeAnswer } from '../src/normalize-answer.ts';
import { asked, HOSTILE, KEY, NOW, rightAnswer, thrownBy } from './support.ts';

const key = KEY;
const card = (options: object = {}): CardState => newCardState({ serial: 'SC-1', cells: 224, now: NOW, ...options });
const answer = (state: CardState, typed: unknown, now = NOW): ReturnType<typeof answerCardChallenge> =>
  answerCardChallenge(state, typed, { key, now });

describe('answerCardChallenge', () => {
  it('accepts the joined codes in the order of the challenge, once', () => {
    const grid = createCardGrid({ key, serial: 'SC-1' });
    const { challenge, state } = issueCardChallenge(newCardState(grid));
    const typed = challenge.map((index) => grid.cell(index)).join('');
    const first = answerCardChallenge(state, typed, { key });
    expect(first).toMatchObject({ ok: true, remaining: 111, shouldReplace: false, state: { pending: null } });
    expect(answerCardChallenge(first.state, typed, { key })).toEqual({
      ok: false,
      reason: 'no-challenge',
      state: first.state,
      remaining: 111,
      shouldReplace: false,
    });
    const next = issueCardChallenge(first.state);
    expect(next.challenge.some((index) => challenge.includes(index))).toBe(false);
    expect(answerCardChallenge(next.state, typed, { key })).toMatchObject({ ok: false, reason: 'mismatch' });
  });

  it('takes no indices from the caller', () => {
    const state = asked(card(), 'indices');
    const grid = createCardGrid({ key, serial: 'SC-1' });
    const forged = { key, now: NOW, challenge: [1, 2], indices: [1, 2] };
    expect(answerCardChallenge(state, grid.cell(1) + grid.cell(2), forged).ok).toBe(false);
  });

  it('refuses another order, another card, another key, and says nothing of which cell was wrong', () => {
    const state = asked(card(), 'order');
    const right = rightAnswer(state);
    const grid = createCardGrid({ key, serial: 'SC-1' });
    const wrong = (letters: string): string => (letters === 'A' ? 'B' : 'A') + right.slice(1);
    const refusals = [
      right.slice(3) + right.slice(0, 3),
      wrong(right.charAt(0)),
      right.slice(0, 5) + (right.endsWith('A') ? 'B' : 'A'),
      grid.cell(1) + grid.cell(2),
      rightAnswer({ ...state, serial: 'SC-2' }),
      rightAnswer(state, new Uint8Array(32)),
    ].map((typed) => answer(state, typed));
    for (const refusal of refusals) expect(refusal).toEqual(refusals[0]);
    expect(refusals[0]).toEqual({
      ok: false,
      reason: 'mismatch',
      state: { ...state, pending: { ...state.pending, failures: 1 } },
      remaining: 112,
      shouldReplace: false,
    });
  });

  it('keeps the challenge and the cells after failures, and counts them', () => {
    let state = asked(card(), 'failures');
    const { challenge } = state.pending!;
    for (let i = 1; i <= 5; i++) {
      state = answer(state, 'A2AA2A').state;
      expect(state.pending).toEqual({ challenge, issuedAt: NOW, failures: i });
    }
    expect(answer(state, 'nonsense').state).toBe(state);
    expect(answer(state, rightAnswer(state)).ok).toBe(true);
  });

  it('calls everything that is not an answer malformed, whatever its type', () => {
    const formats: CardFormat[] = ['letter-digit-letter', 'crockford', 'digits'];
    for (const format of formats) {
      const state = asked(card({ format }), 'hostile');
      for (const typed of HOSTILE) {
        expect(answer(state, typed), String(typed).slice(0, 20)).toMatchObject({
          ok: false,
          reason: 'malformed',
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

  it('refuses before, after and instead of its time', () => {
    const posted = card({ activatesAt: NOW + 1000, lifetime: 10 });
    expect(issueCardChallenge(posted, { now: NOW + 999 })).toMatchObject({
      ok: false,
      reason: 'not-active',
      challenge: [],
      state: posted,
    });
    const { state } = issueCardChallenge(posted, { now: NOW + 1000 });
    const right = rightAnswer(state);
    expect(answer(state, right, NOW + 999)).toMatchObject({ ok: false, reason: 'not-active', state });
    expect(answer(state, right, NOW + 9999).ok).toBe(true);
    expect(answer(state, right, NOW + 10_000)).toMatchObject({ ok: false, reason: 'expired', state });
    expect(issueCardChallenge(state, { now: NOW + 10_000 })).toMatchObject({ ok: false, reason: 'expired' });
    const replaced = supersedeCard(state, { serial: 'SC-2' });
    expect(replaced).toEqual({ ...state, pending: null, supersededBy: 'SC-2' });
    expect(answer(replaced, right, NOW + 2000)).toMatchObject({ ok: false, reason: 'superseded' });
    expect(issueCardChallenge(replaced, { now: NOW + 2000 })).toMatchObject({ ok: false, reason: 'superseded' });
  });

  it('warns before the last login of even the smallest card', () => {
    for (const asked of [2, 3, 4]) expect(card({ cells: 10, asked }).replaceAt).toBe(1);
    expect(card({ cells: 50 }).replaceAt).toBe(5);
    expect(card().replaceAt).toBe(10);
  });

  it('is usable up to the last cell, and says in time when to replace it', () => {
    let state = card({ cells: 50, replaceAt: 5 });
    const random = seededRandom('to the end');
    const seen: number[] = [];
    const warned: boolean[] = [];
    for (let login = 0; login < 25; login++) {
      const issued = issueCardChallenge(state, { now: NOW, random });
      expect(issued.remaining).toBe(25 - login);
      seen.push(...issued.challenge);
      const result = answer(issued.state, rightAnswer(issued.state));
      expect(result).toMatchObject({ ok: true, remaining: 24 - login });
      warned.push(result.shouldReplace);
      state = result.state;
    }
    expect(seen.sort((a, b) => a - b)).toEqual(Array.from({ length: 50 }, (_, i) => i + 1));
    expect(warned.indexOf(true)).toBe(19);
    expect(issueCardChallenge(state, { now: NOW })).toEqual({
      ok: false,
      reason: 'used-up',
      challenge: [],
      state,
      remaining: 0,
      shouldReplace: true,
    });
    expect(answer(state, 'A2AA2A')).toMatchObject({ ok: false, reason: 'used-up' });
  });

  it.each([
    [224, 2, 112],
    [224, 3, 74],
    [100, 2, 50],
    [999, 4, 249],
    [10, 4, 2],
  ])('a card of %i cells with %i asked has %i logins', (cells, count, logins) => {
    const state = card({ cells, asked: count });
    expect(cardStatus(state, { now: NOW })).toEqual({ unusable: null, remaining: logins, shouldReplace: false });
  });

  it('throws for what the programmer got wrong, at once', () => {
    const state = asked(card(), 'programmer');
    expect(thrownBy(() => answerCardChallenge(state, 'A2AA2A', { key: new Uint8Array(31) })).code).toBe('invalid-key');
    expect(thrownBy(() => answerCardChallenge(state, 'A2AA2A', { key, now: Number.NaN })).code).toBe('invalid-time');
    expect(thrownBy(() => issueCardChallenge(state, { now: -1 })).code).toBe('invalid-time');
    expect(thrownBy(() => issueCardChallenge(card(), { random: () => new Uint8Array(1) })).code).toBe('invalid-random');
  });
});

describe('what people type', () => {
  const ldl = { serial: 'S', cells: 224, format: 'letter-digit-letter', codeLength: 3, asked: 2 } as const;

  it.each([
    ['a3d z3v', 'A3DZ3V'],
    [' A3D-Z3V\n', 'A3DZ3V'],
    ['A3D, Z3V.', 'A3DZ3V'],
    ['a 3 d – z 3 v', 'A3DZ3V'],
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

describe('lifetimes', () => {
  it('an online card lives 21 days', () => {
    const online = card({ lifetime: ONLINE_CARD_LIFETIME });
    expect(online.expiresAt).toBe(NOW + 21 * 86_400_000);
    expect(cardStatus(online, { now: NOW + 21 * 86_400_000 - 1 }).unusable).toBeNull();
    expect(cardStatus(online, { now: NOW + 21 * 86_400_000 }).unusable).toBe('expired');
  });

  it('a posted card waits for its activation, and an active one keeps its date', () => {
    const posted = card({ activatesAt: null });
    expect(posted).toMatchObject({ issuedAt: NOW, activatedAt: null, expiresAt: null });
    expect(cardStatus(posted, { now: NOW }).unusable).toBe('not-active');
    expect(cardStatus(activateCard(posted)).unusable).toBeNull();
    const scheduled = activateCard(posted, { at: NOW + 1000 });
    expect(cardStatus(scheduled, { now: NOW + 999 }).unusable).toBe('not-active');
    expect(activateCard(scheduled, { at: NOW }).activatedAt).toBe(NOW);
    expect(activateCard(scheduled, { at: NOW + 2000 })).toBe(scheduled);
  });

  it('a replacement has a serial of its own', () => {
    expect(thrownBy(() => supersedeCard(card(), { serial: 'SC-1' })).code).toBe('invalid-card');
    expect(thrownBy(() => supersedeCard(card(), { serial: '' })).code).toBe('invalid-card');
    expect(thrownBy(() => activateCard(card(), { at: Number.NaN })).code).toBe('invalid-time');
    expect(thrownBy(() => cardStatus(card(), { now: Number.NaN })).code).toBe('invalid-time');
  });

  it.each([
    [{ reuse: 'always' }, 'invalid-card'],
    [{ now: Number.NaN }, 'invalid-time'],
    [{ activatesAt: -1 }, 'invalid-time'],
    [{ lifetime: 0 }, 'invalid-time'],
    [{ lifetime: 1.5 }, 'invalid-time'],
    [{ now: 8.64e15, lifetime: 1 }, 'invalid-time'],
    [{ replaceAt: -1 }, 'invalid-card'],
    [{ replaceAt: 113 }, 'invalid-card'],
    [{ format: 'digits', codeLength: 2 }, 'invalid-card'],
  ])('refuses %j', (options, code) => {
    expect(thrownBy(() => card(options)).code).toBe(code);
  });

  it('takes the clock when no time is given', () => {
    const before = Date.now();
    const { issuedAt, activatedAt } = newCardState({ serial: 'SC-1' });
    expect(issuedAt).toBeGreaterThanOrEqual(before);
    expect(activatedAt).toBe(issuedAt);
  });
});
