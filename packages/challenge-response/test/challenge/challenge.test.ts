import { seededRandom } from '@countersign/testing/seeded-random';
import { describe, expect, test } from 'vitest';
import {
  type AnswerChallengeOptions,
  answerChallenge,
  CountersignError,
  createOcra,
  type IssueChallengeOptions,
  type IssueChallengeResult,
  issueChallenge,
  type PendingChallenges,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
} from '../../src/index.ts';

const key = seededRandom('key')(32);
const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key });
const phone = createOcra({ suite: PHONE_SUITE, key });
const NOW = 1_790_000_000_000;
const PIN = '7294';

type Issued = Extract<IssueChallengeResult, { ok: true }>;

/** Every state goes through JSON, as an application keeps it. */
function stored<T>(state: T): T {
  return JSON.parse(JSON.stringify(state)) as T;
}

function issue(pending: PendingChallenges | null, more: Partial<IssueChallengeOptions> = {}): Issued {
  const result = issueChallenge({
    ocra,
    pending: stored(pending),
    account: 'ada',
    purpose: 'login',
    now: NOW,
    ...more,
  });
  if (!result.ok) throw new Error(result.reason);
  return result;
}

function answer(pending: PendingChallenges | null, response: unknown, more: Partial<AnswerChallengeOptions> = {}) {
  const given = { ocra, account: 'ada', purpose: 'login', now: NOW, counter: 0, lookAhead: 10, pin: PIN };
  return answerChallenge(stored(pending), response, { ...given, ...more });
}

const respond = (challenge: string, counter = 0): string => ocra.respond({ challenge, counter, pin: PIN });

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return (error as CountersignError).code;
  }
  return 'nothing thrown';
}

describe('a challenge', () => {
  test('is answered once', () => {
    const { challenge, expiresAt, triesLeft, pending } = issue(null);
    expect(challenge).toMatch(/^[0-9]{6}$/);
    expect(expiresAt).toBe(NOW + 300_000);
    expect(triesLeft).toBe(3);
    const response = respond(challenge, 4);
    const first = answer(pending, response);
    expect(first).toMatchObject({ ok: true, counter: 4, nextCounter: 5 });
    expect(first.pending.outstanding).toEqual([]);
    expect(answer(first.pending, response)).toMatchObject({ ok: false, reason: 'no-challenge', triesLeft: 0 });
  });

  test('stays the same until it is answered, used up or expired', () => {
    let { challenge, pending } = issue(null);
    const first = challenge;
    for (const now of [NOW, NOW + 1, NOW + 299_999]) {
      const again = issue(pending, { now });
      expect(again).toMatchObject({ challenge: first, expiresAt: NOW + 300_000 });
      expect(again.pending.issued).toHaveLength(1);
      pending = again.pending;
    }
    // A wrong response leaves it, with one try less.
    const wrong = answer(pending, '00000000');
    expect(wrong).toMatchObject({ ok: false, reason: 'mismatch', triesLeft: 2 });
    expect(issue(wrong.pending)).toMatchObject({ challenge: first, triesLeft: 2 });
    // Expired: another one.
    expect(issue(wrong.pending, { now: NOW + 300_000 }).challenge).not.toBe(first);
    // Answered: another one.
    expect(issue(answer(wrong.pending, respond(first)).pending).challenge).not.toBe(first);
    // Used up: another one.
    let state = wrong.pending;
    state = answer(state, '00000000').pending;
    const last = answer(state, '00000000');
    expect(last).toMatchObject({ ok: false, reason: 'mismatch', triesLeft: 0 });
    expect(answer(last.pending, respond(first))).toMatchObject({ ok: false, reason: 'no-challenge' });
    expect(issue(last.pending).challenge).not.toBe(first);
  });

  test('expires', () => {
    const { challenge, pending } = issue(null, { lifetime: 60 });
    expect(answer(pending, respond(challenge), { now: NOW + 59_999 }).ok).toBe(true);
    const late = answer(pending, respond(challenge), { now: NOW + 60_000 });
    expect(late).toMatchObject({ ok: false, reason: 'expired', triesLeft: 0 });
    expect(late.pending.outstanding).toEqual([]);
  });

  test('answers nothing but its account and purpose', () => {
    const { challenge, pending } = issue(null);
    const response = respond(challenge);
    expect(answer(pending, response, { account: 'bob' })).toMatchObject({
      ok: false,
      reason: 'wrong-account',
      triesLeft: 0,
    });
    expect(answer(pending, response, { purpose: 'withdrawal' })).toMatchObject({ ok: false, reason: 'no-challenge' });
    expect(answer(pending, response).ok).toBe(true);
    expect(answer(null, response)).toMatchObject({ ok: false, reason: 'no-challenge' });
  });

  test('of another purpose waits beside it, and is another one', () => {
    const login = issue(null);
    const withdrawal = issue(login.pending, { purpose: 'withdrawal' });
    expect(withdrawal.challenge).not.toBe(login.challenge);
    expect(answer(withdrawal.pending, respond(login.challenge), { purpose: 'withdrawal' }).ok).toBe(false);
    const answered = answer(withdrawal.pending, respond(withdrawal.challenge), { purpose: 'withdrawal' });
    expect(answered.ok).toBe(true);
    expect(answered.pending.outstanding.map(({ purpose }) => purpose)).toEqual(['login']);
    expect(answer(answered.pending, respond(login.challenge)).ok).toBe(true);
  });

  test('counts no try for what can be no response', () => {
    const { challenge, pending } = issue(null, { tries: 1 });
    for (const typed of [null, '', '1234567', { length: 8 }, 12345678]) {
      expect(answer(pending, typed)).toMatchObject({ ok: false, reason: 'malformed', triesLeft: 1, pending });
    }
    expect(answer(pending, respond(challenge)).ok).toBe(true);
    expect(answer(pending, '00000000')).toMatchObject({ reason: 'mismatch', triesLeft: 0 });
    // A wrong PIN is a wrong response.
    expect(answer(pending, respond(challenge), { pin: '7295' })).toMatchObject({ reason: 'mismatch', triesLeft: 0 });
  });

  test('of a suite with time is judged by the same clock', () => {
    const bound = { ocra: phone, account: 'ada', purpose: 'login' };
    const { challenge, pending } = issue(null, { ocra: phone });
    const response = phone.respond({ challenge, now: NOW });
    const timeStep = Math.floor(NOW / 60_000);
    expect(answerChallenge(pending, response, { ...bound, now: NOW, after: null })).toMatchObject({
      ok: true,
      timeStep,
    });
    expect(answerChallenge(pending, response, { ...bound, now: NOW, after: timeStep })).toMatchObject({
      reason: 'replayed',
      triesLeft: 2,
    });
    expect(answerChallenge(pending, response, { ...bound, now: NOW + 180_000 })).toMatchObject({ reason: 'mismatch' });
  });

  test('has a clock of its own unless given one', () => {
    const bound = { ocra: phone, account: 'ada', purpose: 'login' };
    const issued = issueChallenge({ ...bound, pending: null });
    expect(issued.ok && issued.expiresAt - Date.now()).toBeGreaterThan(290_000);
    const response = phone.respond({ challenge: (issued as Issued).challenge });
    expect(answerChallenge(issued.pending, response, bound).ok).toBe(true);
  });
});

describe('limits', () => {
  test('how many wait at a time', () => {
    let pending: PendingChallenges | null = null;
    for (const [i, purpose] of ['a', 'b', 'c'].entries())
      pending = issue(pending, { purpose, now: NOW + 1000 * i }).pending;
    const options = { ocra, pending, account: 'ada', purpose: 'd', now: NOW + 3000 };
    const refused = issueChallenge(options);
    expect(refused).toEqual({ ok: false, reason: 'too-many-outstanding', retryAt: NOW + 300_000, pending });
    expect(issue(pending, { purpose: 'b' }).challenge).toBe(pending!.outstanding[1]!.question);
    expect(issueChallenge({ ...options, now: NOW + 300_000 }).ok).toBe(true);
    expect(issueChallenge({ ...options, maxOutstanding: 4 }).ok).toBe(true);
  });

  test('how many are issued in a time', () => {
    let pending: PendingChallenges | null = null;
    for (let i = 0; i < 10; i++) {
      const issued = issue(pending, { now: NOW + i * 1000 });
      pending = answer(issued.pending, respond(issued.challenge)).pending;
    }
    const options = { ocra, pending, account: 'ada', purpose: 'login' };
    expect(issueChallenge({ ...options, now: NOW + 10_000 })).toMatchObject({
      ok: false,
      reason: 'issued-too-often',
      retryAt: NOW + 3_600_000,
    });
    expect(issueChallenge({ ...options, now: NOW + 10_000, maxIssued: 8 })).toMatchObject({ retryAt: NOW + 3_602_000 });
    expect(issueChallenge({ ...options, now: NOW + 3_599_999 }).ok).toBe(false);
    const later = issueChallenge({ ...options, now: NOW + 3_600_000 });
    expect(later.ok).toBe(true);
    expect(later.pending.issued).toHaveLength(10);
  });

  test('no two waiting ones encode alike', () => {
    // 20 waiting at a time, drawn from a source that repeats itself for a while.
    const random = seededRandom('draws');
    let draws = 0;
    const stuttering = (length: number) =>
      draws++ % 3 === 0 ? random(length) : new Uint8Array(length).fill(draws & 4);
    let pending: PendingChallenges | null = null;
    for (let i = 0; i < 20; i++) {
      pending = issue(pending, { purpose: `p${i}`, maxOutstanding: 20, maxIssued: 100, random: stuttering }).pending;
    }
    const questions = pending!.outstanding.map(({ question }) => question);
    expect(new Set(questions).size).toBe(20);
    // 000016 waits, and 000001 would have the same response.
    const waiting = { purpose: 'x', question: '000016', expiresAt: NOW + 1000, triesLeft: 1 };
    const one = { ...pending!, issued: [], outstanding: [waiting] };
    const zeros = (length: number) => new Uint8Array(length);
    expect(ocra.newChallenge(zeros)).toBe('000001');
    expect(codeOf(() => issue(one, { random: zeros }))).toBe('invalid-random');
  });
});

describe('what the programmer gets wrong throws', () => {
  test.each([
    { account: '' },
    { account: 'x'.repeat(257) },
    { purpose: undefined },
    { purpose: 7 },
    { lifetime: 9 },
    { lifetime: 3601 },
    { tries: 0 },
    { tries: 11 },
    { maxOutstanding: 0 },
    { maxOutstanding: 21 },
    { maxIssued: 0 },
    { maxIssued: 101 },
    { issuePeriod: 59 },
    { issuePeriod: 86_401 },
  ])('%j', (wrong) => {
    expect(codeOf(() => issue(null, wrong as Partial<IssueChallengeOptions>))).toBe('invalid-argument');
  });

  test('time, account and purpose', () => {
    expect(codeOf(() => issue(null, { now: Number.NaN }))).toBe('invalid-time');
    expect(codeOf(() => answer(null, '', { now: -1 }))).toBe('invalid-time');
    expect(codeOf(() => answer(null, '', { account: '' }))).toBe('invalid-argument');
    expect(codeOf(() => answer(null, '', { purpose: '' }))).toBe('invalid-argument');
    expect(codeOf(() => answer(issue(null).pending, '00000000', { counter: undefined }))).toBe('invalid-counter');
  });

  test('a state that is not its own', () => {
    const { pending } = issue(null);
    expect(codeOf(() => issue(pending, { account: 'bob' }))).toBe('invalid-state');
    expect(codeOf(() => issue(pending, { ocra: phone }))).toBe('invalid-state');
    expect(codeOf(() => answer(pending, '00000000', { ocra: phone }))).toBe('invalid-state');
  });

  test.each([
    7,
    'text',
    {},
    { v: 2 },
    { account: 7 },
    { outstanding: null },
    { outstanding: [null] },
    { outstanding: [{ purpose: 'login', question: '123456', expiresAt: 'never', triesLeft: 1 }] },
    { outstanding: [{ purpose: 'login', question: '123456', expiresAt: 1, triesLeft: 0 }] },
    { outstanding: [{ purpose: 'login', question: '123456', expiresAt: 1, triesLeft: 0.5 }] },
    { outstanding: [{ purpose: 'login', question: 123456, expiresAt: 1, triesLeft: 1 }] },
    { outstanding: [{ question: '123456', expiresAt: 1, triesLeft: 1 }] },
    { issued: null },
    { issued: ['now'] },
    { issued: [-1] },
    { issued: [Number.POSITIVE_INFINITY] },
    { issued: [1e300] },
    { issued: new Array(1) },
    { issued: new Array(101).fill(NOW) },
    { account: '' },
    { outstanding: new Array(1) },
    { outstanding: { every: () => true, length: 0 } },
    { outstanding: new Array(21).fill({ purpose: 'login', question: '123456', expiresAt: NOW + 1, triesLeft: 1 }) },
    { outstanding: [{ purpose: '', question: '123456', expiresAt: NOW + 1, triesLeft: 1 }] },
    { outstanding: [{ purpose: 'login', question: '12345x', expiresAt: NOW + 1, triesLeft: 1 }] },
    { outstanding: [{ purpose: 'login', question: '1234567', expiresAt: NOW + 1, triesLeft: 1 }] },
    { outstanding: [{ purpose: 'login', question: ['1234', '5678'], expiresAt: NOW + 1, triesLeft: 1 }] },
    { outstanding: [{ purpose: 'login', question: '123456', expiresAt: 1e300, triesLeft: 1 }] },
    { outstanding: [{ purpose: 'login', question: '123456', expiresAt: NOW + 1, triesLeft: 11 }] },
  ])('a state that is malformed: %j', (wrong) => {
    const { pending } = issue(null);
    const state = (
      typeof wrong === 'object' && Object.keys(wrong).length > 0 ? { ...pending, ...wrong } : wrong
    ) as never;
    expect(codeOf(() => issue(state))).toBe('invalid-state');
    expect(codeOf(() => answer(state, '00000000'))).toBe('invalid-state');
  });

  test('no key, or none that was prepared', () => {
    const bound = { pending: null, account: 'ada', purpose: 'login' };
    for (const wrong of [undefined, null, {}, { suite: ocra.suite }]) {
      expect(codeOf(() => issueChallenge({ ...bound, ocra: wrong as never }))).toBe('invalid-argument');
      expect(codeOf(() => answerChallenge(null, '', { ...bound, ocra: wrong as never }))).toBe('invalid-argument');
    }
    expect(codeOf(() => issueChallenge(undefined as never))).toBe('invalid-argument');
    expect(codeOf(() => answerChallenge(null, '', undefined as never))).toBe('invalid-argument');
  });

  test('undefined for the state', () => {
    expect(codeOf(() => issueChallenge({ ocra, account: 'ada', purpose: 'login' } as never))).toBe('invalid-state');
  });
});
