import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  CountersignError,
  createOcra,
  hashPin,
  type IssueChallengeOptions,
  type IssueChallengeResult,
  issueChallenge,
  newOcraState,
  type OcraState,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
  type VerifyResponseOptions,
  verifyResponse,
} from '../../src/ocra.ts';

const key = seededRandom('key')(32);
const ocra = createOcra({ suite: PIN_TOKEN_SUITE, key });
const phone = createOcra({ suite: PHONE_SUITE, key });
const plain = createOcra({ suite: 'OCRA-1:HOTP-SHA256-8:QN06', key });
const NOW = 1_790_000_000_000;
const MINUTE = 60_000;
const HOUR = 3_600_000;
const PIN = '7294';

type Issued = Extract<IssueChallengeResult, { ok: true }>;

/** Every state goes through JSON, as an application keeps it. */
function stored<T>(state: T): T {
  return JSON.parse(JSON.stringify(state)) as T;
}

const fresh = (): OcraState => newOcraState({ ocra });

function tryIssue(state: OcraState, more: Partial<IssueChallengeOptions> = {}): IssueChallengeResult {
  return issueChallenge({ ocra, state: stored(state), account: 'ada', purpose: 'login', now: NOW, ...more });
}

function issue(state: OcraState, more: Partial<IssueChallengeOptions> = {}): Issued {
  const result = tryIssue(state, more);
  if (!result.ok) throw new Error(result.reason);
  return result;
}

function verify(state: OcraState, response: unknown, more: Partial<VerifyResponseOptions> = {}) {
  const given = { ocra, account: 'ada', purpose: 'login', now: NOW, pin: PIN };
  return verifyResponse(stored(state), response, { ...given, ...more });
}

function verifyPhone(state: OcraState, response: unknown, more: Partial<VerifyResponseOptions> = {}) {
  return verifyResponse(stored(state), response, { ocra: phone, account: 'ada', purpose: 'login', now: NOW, ...more });
}

const respond = (challenge: string, counter = 0): string => ocra.respond({ challenge, counter, pin: PIN });
const wrong = (response: string): string => response.replace(/.$/, (last) => (last === '0' ? '1' : '0'));

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
  test('is answered once, and the counter moves on by itself', () => {
    const { challenge, expiresAt, state } = issue(fresh());
    expect(challenge).toMatch(/^[0-9]{6}$/);
    expect(expiresAt).toBe(NOW + 300_000);
    const response = respond(challenge, 4);
    const first = verify(state, response);
    expect(first).toMatchObject({ ok: true, counter: 4, timeStep: null, drift: null });
    expect(first.state).toMatchObject({ account: 'ada', counter: 5, open: [], issued: { login: [], other: [] } });
    expect(verify(first.state, response)).toEqual({
      ok: false,
      reason: 'not-issued',
      guess: false,
      state: first.state,
    });
    // Nor is an earlier counter taken for the next challenge.
    const next = issue(first.state);
    expect(verify(next.state, respond(next.challenge, 4))).toMatchObject({ reason: 'mismatch', guess: true });
    expect(verify(next.state, respond(next.challenge, 5)).ok).toBe(true);
  });

  test('stays the same through reloads and wrong responses until it is answered or expires', () => {
    let { challenge, state } = issue(fresh());
    for (const now of [NOW, NOW + 1, NOW + 299_999]) {
      const again = issue(state, { now });
      expect(again).toMatchObject({ challenge, expiresAt: NOW + 300_000 });
      expect(again.state.issued.login).toEqual([NOW]);
      state = again.state;
    }
    for (let guesses = 0; guesses < 50; guesses++) {
      const refused = verify(state, wrong(respond(challenge)));
      expect(refused).toEqual({ ok: false, reason: 'mismatch', guess: true, state });
      state = refused.state;
      expect(issue(state).challenge).toBe(challenge);
    }
    expect(issue(state, { now: NOW + 300_000 }).challenge).not.toBe(challenge);
    expect(issue(verify(state, respond(challenge)).state).challenge).not.toBe(challenge);
  });

  test('expires at its millisecond', () => {
    const { challenge, expiresAt, state } = issue(fresh(), { lifetime: 60 });
    expect(expiresAt).toBe(NOW + 60_000);
    expect(verify(state, respond(challenge), { now: NOW + 59_999 }).ok).toBe(true);
    const late = verify(state, respond(challenge), { now: NOW + 60_000 });
    expect(late).toMatchObject({ ok: false, reason: 'expired', guess: false });
    expect(late.state.open).toEqual([]);
    expect(verify(late.state, respond(challenge), { now: NOW + 60_000 })).toMatchObject({ reason: 'not-issued' });
  });

  test('C9: answers nothing but its account and purpose, and every refusal says whether it was a guess', () => {
    const { challenge, state } = issue(fresh());
    const response = respond(challenge);
    const other = verify(state, response, { account: 'bob' });
    expect(other).toEqual({ ok: false, reason: 'other-account', guess: false, state });
    expect(verify(state, response, { purpose: 'withdrawal' })).toMatchObject({ reason: 'not-issued', guess: false });
    expect(verify(fresh(), response)).toMatchObject({ reason: 'not-issued', guess: false });
    expect(verify(state, response).ok).toBe(true);
  });

  test('of another purpose waits beside it, and is another one', () => {
    const login = issue(fresh());
    const withdrawal = issue(login.state, { purpose: 'withdrawal' });
    expect(withdrawal.challenge).not.toBe(login.challenge);
    expect(verify(withdrawal.state, respond(login.challenge), { purpose: 'withdrawal' }).ok).toBe(false);
    const answered = verify(withdrawal.state, respond(withdrawal.challenge), { purpose: 'withdrawal' });
    expect(answered.ok).toBe(true);
    expect(answered.state.open.map(({ purpose }) => purpose)).toEqual(['login']);
    expect(verify(answered.state, respond(login.challenge, 1)).ok).toBe(true);
  });

  test('a wrong PIN is a guess, what can be no response is none', () => {
    const { challenge, state } = issue(fresh());
    expect(verify(state, respond(challenge), { pin: '7295' })).toMatchObject({ reason: 'mismatch', guess: true });
    expect(verify(state, respond(challenge), { pin: hashPin(PIN, 'SHA256') }).ok).toBe(true);
    expect(verify(state, respond(challenge), { pin: null as never })).toMatchObject({ reason: 'malformed' });
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    const hostile = [
      null,
      undefined,
      '',
      '1234567',
      { length: 8 },
      12_345_678,
      ['12345678'],
      Symbol('x'),
      revoked.proxy,
    ];
    for (const typed of [...hostile, '1'.repeat(1_000_000), 1n, () => '12345678']) {
      expect(verify(state, typed)).toEqual({ ok: false, reason: 'malformed', guess: false, state });
    }
  });

  test('of a suite with session data takes it', () => {
    const suite = 'OCRA-1:HOTP-SHA256-8:QA08-S004';
    const signing = createOcra({ suite, key });
    const session = Uint8Array.of(1, 2, 3, 4);
    const bound = { ocra: signing, account: 'ada', purpose: 'pay', now: NOW };
    const { challenge, state } = issueChallenge({ ...bound, state: newOcraState({ ocra: signing }) }) as Issued;
    const response = signing.respond({ challenge, session });
    expect(verifyResponse(state, response, { ...bound, session: new Uint8Array(4) })).toMatchObject({ guess: true });
    expect(verifyResponse(state, response, { ...bound, session })).toMatchObject({ ok: true, counter: null });
  });

  test('has a clock of its own unless given one', () => {
    const bound = { ocra: phone, account: 'ada', purpose: 'login' };
    const issued = issueChallenge({ ...bound, state: newOcraState({ ocra: phone }) }) as Issued;
    expect(issued.expiresAt - Date.now()).toBeGreaterThan(290_000);
    const response = phone.respond({ challenge: issued.challenge });
    expect(verifyResponse(issued.state, response, bound).ok).toBe(true);
  });

  test('C9: instants are floored, in the state and when judged', () => {
    const { challenge, expiresAt, state } = issue(fresh(), { now: NOW + 0.9 });
    expect(expiresAt).toBe(NOW + 300_000);
    expect(state.issued.login).toEqual([NOW]);
    expect(verify(state, respond(challenge), { now: expiresAt - 0.1 }).ok).toBe(true);
  });
});

describe('a success re-aligns the server with the device', () => {
  test('counters: ten ahead unless told otherwise, and the next one is expected after it', () => {
    const { challenge, state } = issue(fresh());
    expect(verify(state, respond(challenge, 10)).ok).toBe(true);
    expect(verify(state, respond(challenge, 11))).toMatchObject({ reason: 'mismatch' });
    expect(verify(state, respond(challenge, 1), { lookAhead: 0 })).toMatchObject({ reason: 'mismatch' });
    const found = verify(state, respond(challenge, 100), { lookAhead: 100 });
    expect(found.state.counter).toBe(101);
    const next = issue(found.state);
    expect(verify(next.state, respond(next.challenge, 101)).ok).toBe(true);
  });

  test('a counter that has run out is voided', () => {
    const last = 2 ** 53 - 2;
    const { challenge, state } = issue(newOcraState({ ocra, counter: last }));
    const used = verify(state, respond(challenge, last));
    expect(used).toMatchObject({ ok: true, counter: last });
    const next = issue(used.state);
    expect(verify(next.state, respond(next.challenge, 2 ** 53 - 1))).toMatchObject({ reason: 'voided', guess: false });
    // Beyond it is nothing either, and nothing comes round again.
    for (const counter of [2 ** 53 - 1, 2n ** 53n]) {
      const beyond = verify(state, ocra.respond({ challenge, counter, pin: PIN }));
      expect(beyond).toMatchObject({ reason: 'voided', guess: false });
      expect(verify(issue(beyond.state).state, respond(challenge, last))).toMatchObject({ reason: 'voided' });
    }
  });

  test('clocks: the drift is learnt, and followed further than the window alone', () => {
    let state = newOcraState({ ocra: phone });
    for (let drift = 1; drift <= 9; drift++) {
      const now = NOW + drift * HOUR;
      const issued = issue(state, { ocra: phone, now });
      const response = phone.respond({ challenge: issued.challenge, now: now + drift * MINUTE });
      const result = verifyPhone(issued.state, response, { now });
      expect(result).toMatchObject({ ok: true, drift, timeStep: Math.floor(now / MINUTE) + drift });
      state = result.state;
    }
    expect(state.drift).toBe(9);
    // A clock that was put right is still within, and the drift forgotten.
    const now = NOW + 10 * HOUR;
    const issued = issue(state, { ocra: phone, now });
    const corrected = verifyPhone(issued.state, phone.respond({ challenge: issued.challenge, now }), { now });
    expect(corrected).toMatchObject({ ok: true, drift: 0 });
    // Never more than ten steps each way, whatever window is asked for besides.
    for (const [steps, ok] of [
      [10, true],
      [11, false],
      [-3, false],
    ] as const) {
      const given = { now, window: { past: 2, future: 5 } };
      const response = phone.respond({ challenge: issued.challenge, now: now + steps * MINUTE });
      expect(verifyPhone(issued.state, response, given).ok).toBe(ok);
    }
    // Slow clocks alike.
    const slow = { ...issued.state, drift: -4 };
    const behind = phone.respond({ challenge: issued.challenge, now: now - 5 * MINUTE });
    expect(verifyPhone(slow, behind, { now })).toMatchObject({ ok: true, drift: -5 });
    expect(verifyPhone(issued.state, behind, { now })).toMatchObject({ reason: 'mismatch' });
  });

  test('C8: a second right response within the same minute is replayed, no guess, and usable from the next on', () => {
    const login = issue(newOcraState({ ocra: phone }), { ocra: phone });
    const first = verifyPhone(login.state, phone.respond({ challenge: login.challenge, now: NOW }));
    const payment = issue(first.state, { ocra: phone, purpose: 'pay' });
    const response = phone.respond({ challenge: payment.challenge, now: NOW });
    const replayed = verifyPhone(payment.state, response, { purpose: 'pay' });
    const usableAt = (Math.floor(NOW / MINUTE) + 1) * MINUTE;
    expect(replayed).toEqual({ ok: false, reason: 'replayed', guess: false, drift: 0, usableAt, state: payment.state });
    expect(verifyPhone(payment.state, response, { purpose: 'pay', now: usableAt })).toMatchObject({ drift: -1 });
    const at = (now: number) => phone.respond({ challenge: payment.challenge, now });
    expect(verifyPhone(payment.state, at(usableAt - 1), { purpose: 'pay', now: usableAt - 1 }).ok).toBe(false);
    expect(verifyPhone(payment.state, at(usableAt), { purpose: 'pay', now: usableAt }).ok).toBe(true);
    expect(verifyPhone(payment.state, wrong(response), { purpose: 'pay' })).toMatchObject({ guess: true });
  });

  test('a clock that is two minutes fast can be used again when its own minute is over', () => {
    const login = issue({ ...newOcraState({ ocra: phone }), drift: 2 }, { ocra: phone });
    const respondFast = (challenge: string, now: number) => phone.respond({ challenge, now: now + 2 * MINUTE });
    const first = verifyPhone(login.state, respondFast(login.challenge, NOW));
    const next = issue(first.state, { ocra: phone });
    const usableAt = (Math.floor(NOW / MINUTE) + 1) * MINUTE;
    expect(verifyPhone(next.state, respondFast(next.challenge, NOW))).toMatchObject({
      reason: 'replayed',
      drift: 2,
      usableAt,
    });
    expect(verifyPhone(next.state, respondFast(next.challenge, usableAt), { now: usableAt }).ok).toBe(true);
  });

  test('a fast clock that was put right waits until its time has come again', () => {
    const login = issue({ ...newOcraState({ ocra: phone }), drift: 5 }, { ocra: phone });
    const ahead = phone.respond({ challenge: login.challenge, now: NOW + 5 * MINUTE });
    const first = verifyPhone(login.state, ahead);
    expect(first).toMatchObject({ ok: true, drift: 5 });
    const next = issue(first.state, { ocra: phone });
    const now = NOW + MINUTE;
    const refused = verifyPhone(next.state, phone.respond({ challenge: next.challenge, now }), { now });
    const usableAt = (Math.floor(NOW / MINUTE) + 6) * MINUTE;
    expect(refused).toMatchObject({ reason: 'replayed', drift: 0, usableAt });
    const later = issue(refused.state, { ocra: phone, now: usableAt });
    const response = phone.respond({ challenge: later.challenge, now: usableAt });
    expect(verifyPhone(later.state, response, { now: usableAt })).toMatchObject({ ok: true, drift: 0 });
  });
});

describe('limits', () => {
  const fill = (state: OcraState, from = 0, count = 3, now = NOW): OcraState => {
    let filled = state;
    for (let i = from; i < from + count; i++) filled = issue(filled, { purpose: `foreign ${i}`, now }).state;
    return filled;
  };

  test('three wait at a time, and say when a place is free', () => {
    let state = fresh();
    for (const [i, purpose] of ['a', 'b', 'c'].entries()) {
      state = issue(state, { purpose, now: NOW + 1000 * i }).state;
    }
    const refused = tryIssue(state, { purpose: 'd', now: NOW + 3000 });
    expect(refused).toEqual({ ok: false, reason: 'too-many-open', retryAt: NOW + 300_000, state });
    expect(issue(state, { purpose: 'b' }).challenge).toBe(state.open[1]!.challenge);
    expect(issue(state, { purpose: 'd', now: NOW + 300_000 }).state.open).toHaveLength(3);
  });

  test('C8: a login always finds a place, whatever was begun for other purposes', () => {
    let state = fill(fresh());
    const login = issue(state);
    expect(login.state.open).toHaveLength(4);
    expect(verify(login.state, respond(login.challenge)).ok).toBe(true);
    // An hour of foreign purposes, begun again whenever one has expired, and never answered.
    for (let i = 0; i < 12; i++) {
      const now = NOW + i * 300_000;
      for (let j = 0; j < 4; j++) state = tryIssue(state, { purpose: `${i} ${j}`, now }).state;
      const issued = issue(state, { now });
      expect(verify(issued.state, respond(issued.challenge, i), { now, lookAhead: 100 }).ok).toBe(true);
    }
  });

  test('C8: what was answered rightly does not count as issued: the thirteenth withdrawal of an hour waits for nothing', () => {
    let state = fresh();
    for (let i = 0; i < 40; i++) {
      const now = NOW + i * 1000;
      const purpose = i % 2 ? 'login' : `withdrawal ${i}`;
      const issued = issue(state, { now, purpose });
      state = verify(issued.state, respond(issued.challenge, i), { now, purpose }).state;
    }
    expect(state).toMatchObject({ counter: 40, open: [], issued: { login: [], other: [] } });
  });

  test('C8: wrong responses use up nothing: a login can be begun as before', () => {
    let { challenge, state } = issue(fresh());
    for (let i = 0; i < 100; i++) state = verify(state, wrong(respond(challenge))).state;
    expect(verify(state, respond(challenge)).ok).toBe(true);
    expect(state.issued.login).toHaveLength(1);
  });

  test('re-rolling: no more than twelve challenges an hour for logins, and twelve for all other purposes', () => {
    for (const purposeOf of [() => 'login', (i: number) => `p${i}`]) {
      const seen = new Set<string>();
      let state = fresh();
      for (let i = 0; i < 400; i++) {
        const issued = tryIssue(state, { now: NOW + i * 9_000, purpose: purposeOf(i), lifetime: 10 });
        if (issued.ok) {
          seen.add(issued.challenge);
          state = verify(issued.state, '00000000', { now: NOW + i * 9_000, purpose: purposeOf(i) }).state;
        } else {
          expect(issued.reason).toBe('issued-too-often');
          expect(issued.retryAt).toBe(NOW + HOUR);
          state = issued.state;
        }
      }
      expect(seen.size).toBe(12);
      expect(issue(state, { now: NOW + HOUR }).ok).toBe(true);
    }
  });

  test('challenges that follow one another every five minutes never meet the limit', () => {
    let state = fresh();
    for (let i = 0; i < 100; i++) state = issue(state, { now: NOW + i * 300_000 }).state;
    expect(state.issued.login.length).toBeLessThanOrEqual(12);
  });

  test('a clock that was wrong for a while blocks nobody until its time comes', () => {
    const year = 365 * 24 * HOUR;
    const state = fill(fresh(), 0, 3, NOW + year);
    expect(issue(state, { purpose: 'mine' }).state.open).toHaveLength(1);
    const ahead = issue(fresh(), { now: NOW + year });
    expect(verify(ahead.state, respond(ahead.challenge))).toMatchObject({ reason: 'expired' });
  });

  test('no two waiting ones encode alike', () => {
    const random = seededRandom('draws');
    let draws = 0;
    const stuttering = (length: number) =>
      draws++ % 3 === 0 ? random(length) : new Uint8Array(length).fill(draws & 4);
    const state = ['a', 'b', 'c', 'login'].reduce(
      (before, purpose) => issue(before, { purpose, random: stuttering }).state,
      fresh(),
    );
    expect(new Set(state.open.map(({ challenge }) => challenge)).size).toBe(4);
    // 000016 waits, and 000001 would have the same response.
    const waiting = { purpose: 'x', challenge: '000016', issuedAt: NOW, expiresAt: NOW + 1000 };
    const zeros = (length: number) => new Uint8Array(length);
    expect(ocra.newChallenge(zeros)).toBe('000001');
    expect(codeOf(() => issue({ ...fresh(), account: 'ada', open: [waiting] }, { random: zeros }))).toBe(
      'invalid-random',
    );
  });
});

describe('the state', () => {
  const sample = (): OcraState => {
    const first = issue(newOcraState({ ocra, counter: 3 }), { purpose: 'a' });
    return issue(first.state).state;
  };

  test('C9: is plain JSON with its members in one order, and a fresh copy', () => {
    const state = sample();
    expect(stored(state)).toEqual(state);
    const shuffled = Object.fromEntries(Object.entries(state).reverse()) as OcraState;
    for (const result of [tryIssue(shuffled), verify(shuffled, ''), verify(shuffled, '', { account: 'bob' })]) {
      expect(JSON.stringify(result.state)).toBe(JSON.stringify(state));
      expect(result.state).not.toBe(shuffled);
      expect(result.state.open[0]).not.toBe(shuffled.open[0]);
    }
    expect(state.issued.login).not.toBe(tryIssue(state).state.issued.login);
    const response = respond(state.open[1]!.challenge, 3);
    expect(Object.keys(verify(state, response).state)).toEqual(Object.keys(state));
  });

  test('of a device with time, without a counter, and of one with neither', () => {
    expect(newOcraState({ ocra: phone })).toMatchObject({
      suite: PHONE_SUITE,
      counter: null,
      timeStep: null,
      drift: 0,
    });
    expect(newOcraState({ ocra: plain })).toMatchObject({ counter: null, timeStep: null });
    expect(newOcraState({ ocra })).toMatchObject({ account: null, counter: 0 });
    const { challenge, state } = issue(newOcraState({ ocra: plain }), { ocra: plain });
    const bound = { ocra: plain, pin: undefined };
    expect(verify(state, plain.respond({ challenge }), bound)).toMatchObject({
      ok: true,
      counter: null,
      timeStep: null,
    });
  });

  test('that is not ours is refused', () => {
    const state = sample();
    const open = state.open[0]!;
    const wrongs: unknown[] = [
      null,
      undefined,
      7,
      'text',
      [],
      {},
      { ...state, v: 2 },
      { ...state, more: 1 },
      { ...state, account: 7 },
      { ...state, account: '' },
      { ...state, account: '\ud800' },
      { ...state, counter: null },
      { ...state, counter: -1 },
      { ...state, counter: 2 ** 53 },
      { ...state, counter: '3' },
      { ...state, timeStep: 0.5 },
      { ...state, drift: 11 },
      { ...state, drift: null },
      { ...state, open: null },
      { ...state, open: [null] },
      { ...state, open: new Array(1) },
      { ...state, open: new Array(5).fill(open) },
      { ...state, open: { every: () => true, length: 0 } },
      { ...state, open: [{ ...open, purpose: '' }] },
      { ...state, open: [{ ...open, challenge: '12345x' }] },
      { ...state, open: [{ ...open, challenge: '1234567' }] },
      { ...state, open: [{ ...open, challenge: 123_456 }] },
      { ...state, open: [{ ...open, challenge: ['1234', '5678'] }] },
      { ...state, open: [{ ...open, expiresAt: 1e300 }] },
      { ...state, open: [{ ...open, issuedAt: undefined }] },
      { ...state, issued: [] },
      { ...state, issued: { login: [], other: ['now'] } },
      { ...state, issued: { login: new Array(1), other: [] } },
      { ...state, issued: { login: new Array(13).fill(NOW), other: [] } },
      new Proxy(state, {
        ownKeys() {
          throw new TypeError('raw');
        },
      }),
      { ...state, suite: PHONE_SUITE },
      newOcraState({ ocra: phone }),
    ];
    for (const value of wrongs) {
      expect(codeOf(() => issueChallenge({ ocra, state: value as never, account: 'ada', purpose: 'login' }))).toBe(
        'invalid-state',
      );
      expect(codeOf(() => verifyResponse(value as never, '00000000', { ocra, account: 'ada', purpose: 'a' }))).toBe(
        'invalid-state',
      );
    }
    expect(codeOf(() => issue(state, { account: 'bob' }))).toBe('invalid-state');
    expect(codeOf(() => issue(newOcraState({ ocra: phone })))).toBe('invalid-state');
  });
});

describe('what the programmer gets wrong throws', () => {
  test.each([
    { account: '' },
    { account: 'x'.repeat(257) },
    { account: '\ud800' },
    { purpose: undefined },
    { purpose: 7 },
    { lifetime: 9 },
    { lifetime: 3601 },
    { lifetime: null },
    { ocra: null },
    { ocra: {} },
    { ocra: { suite: null } },
    { ocra: { suite: ocra.suite } },
    { ocra: { verify() {} } },
  ])('%j', (wrongOptions) => {
    expect(codeOf(() => issue(fresh(), wrongOptions as never))).toBe('invalid-argument');
  });

  test('when verifying', () => {
    const { state } = issue(fresh());
    for (const options of [{ account: '' }, { purpose: '' }, { ocra: undefined }, { window: 1 }, { session: key }]) {
      expect(codeOf(() => verify(state, '00000000', options as never))).toBe('invalid-argument');
    }
    expect(codeOf(() => verify(state, '', { now: -1 }))).toBe('invalid-time');
    expect(codeOf(() => issue(state, { now: Number.NaN }))).toBe('invalid-time');
    expect(codeOf(() => verify(state, '', { lookAhead: 101 }))).toBe('invalid-window');
    expect(codeOf(() => verify(state, '', { pin: undefined }))).toBe('invalid-pin');
    const onPhone = issue(newOcraState({ ocra: phone }), { ocra: phone });
    expect(codeOf(() => verifyPhone(onPhone.state, '', { window: 11 }))).toBe('invalid-window');
    expect(codeOf(() => verifyPhone(onPhone.state, '', { lookAhead: 1 }))).toBe('invalid-argument');
    expect(codeOf(() => verifyPhone(onPhone.state, '', { pin: PIN }))).toBe('invalid-argument');
  });

  test('C4: options that are missing', () => {
    for (const options of [undefined, null, 'options']) {
      expect(codeOf(() => newOcraState(options as never))).toBe('invalid-argument');
      expect(codeOf(() => issueChallenge(options as never))).toBe('invalid-argument');
      expect(codeOf(() => verifyResponse(fresh(), '', options as never))).toBe('invalid-argument');
    }
  });

  test('counters of a new state', () => {
    for (const counter of [-1, 0.5, 2 ** 53 - 1, '0', 1n, null]) {
      expect(codeOf(() => newOcraState({ ocra, counter: counter as never }))).toBe(
        counter === null ? 'nothing thrown' : 'invalid-counter',
      );
    }
    expect(codeOf(() => newOcraState({ ocra: phone, counter: 0 }))).toBe('invalid-argument');
    expect(codeOf(() => newOcraState({ ocra: {} as never }))).toBe('invalid-argument');
  });
});

test('no response is accepted twice, whatever happens in between', () => {
  const step = fc.record({
    purpose: fc.constantFrom('login', 'a', 'b', 'c', 'd'),
    wait: fc.nat(400_000),
    act: fc.constantFrom('issue', 'right', 'wrong', 'again'),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      let state = newOcraState({ ocra: phone });
      let now = NOW;
      const accepted: { purpose: string; response: string }[] = [];
      const at: number[] = [];
      for (const { purpose, wait, act } of steps) {
        now += wait;
        if (act === 'issue') {
          state = tryIssue(state, { ocra: phone, purpose, now }).state;
        } else if (act === 'again') {
          for (const used of accepted) {
            const result = verifyPhone(state, used.response, { purpose: used.purpose, now });
            // By chance 3 in 10^8.
            expect(result.ok).toBe(false);
          }
        } else {
          const challenge = state.open.find((open) => open.purpose === purpose)?.challenge ?? '123456';
          const response = phone.respond({ challenge, now });
          const result = verifyPhone(state, act === 'right' ? response : wrong(response), { purpose, now });
          if (result.ok) {
            accepted.push({ purpose, response });
            at.push(result.timeStep!);
          }
          expect(result.ok || result.guess === (result.reason === 'mismatch')).toBe(true);
          state = result.state;
        }
        expect(state.open.filter((open) => open.purpose !== 'login').length).toBeLessThanOrEqual(3);
      }
      expect(at).toEqual([...new Set(at)].sort((a, b) => a - b));
    }),
    { numRuns: 200, seed: 6287 },
  );
});
