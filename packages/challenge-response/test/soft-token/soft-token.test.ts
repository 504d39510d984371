import { inspect } from 'node:util';
import { bytesToHex } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { describe, expect, test } from 'vitest';
import {
  CountersignError,
  createOcra,
  hashPin,
  newSoftToken,
  PHONE_PIN_RULES,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
  type SoftTokenState,
  switchOnSoftToken,
} from '../../src/ocra.ts';

const key = seededRandom('key')(32);
const server = createOcra({ suite: PIN_TOKEN_SUITE, key });
const challenge = '482915';

/** Off and on again, with the state kept as text. */
const restart = (state: SoftTokenState) => switchOnSoftToken(JSON.parse(JSON.stringify(state)) as SoftTokenState);

function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return (error as CountersignError).code;
  }
  return 'nothing thrown';
}

describe('a token without a lock', () => {
  test('asks for PIN and challenge, and its responses are accepted in turn', () => {
    let token = switchOnSoftToken(newSoftToken({ key }));
    let counter = 0;
    for (let i = 0; i < 5; i++) {
      expect(token.prompt()).toBe('PIN>');
      expect(token.enterChallenge(challenge)).toEqual({ ok: false, reason: 'pin-needed' });
      expect(token.enterPin('7294')).toEqual({ ok: true });
      expect(token.prompt()).toBe('CHALLNG>');
      const shown = token.enterChallenge(challenge);
      expect(shown.ok).toBe(true);
      const result = server.verify(shown.ok && shown.response, { challenge, counter, pin: hashPin('7294', 'SHA256') });
      expect(result).toEqual({ ok: true, counter, nextCounter: counter + 1 });
      counter++;
      token = restart(token.state());
    }
    expect(token.state().counter).toBe(5);
  });

  test('takes any PIN, and only the server learns that it was wrong; the counter moves all the same', () => {
    const token = switchOnSoftToken(newSoftToken({ key, counter: 40 }));
    token.enterPin('1111');
    const wrong = token.enterChallenge(challenge);
    expect(server.verify(wrong.ok && wrong.response, { challenge, counter: 40, pin: '7294', lookAhead: 10 })).toEqual({
      ok: false,
      reason: 'mismatch',
    });
    token.enterPin('7294');
    const right = token.enterChallenge(challenge);
    expect(
      server.verify(right.ok && right.response, { challenge, counter: 40, pin: '7294', lookAhead: 10 }),
    ).toMatchObject({
      counter: 41,
    });
    expect(token.changePin('7294', '8305')).toEqual({ ok: false, reason: 'no-lock' });
  });

  test('never throws for what a user types, and does not compute', () => {
    const token = switchOnSoftToken(newSoftToken({ key }));
    const revoked = Proxy.revocable({}, {});
    revoked.revoke();
    for (const pin of [null, 7294, '', 'x'.repeat(129), {}, revoked.proxy, Symbol('x'), '7'.repeat(1_000_000)]) {
      expect(token.enterPin(pin)).toEqual({ ok: false, reason: 'malformed' });
      expect(token.prompt()).toBe('PIN>');
    }
    token.enterPin('7294');
    for (const typed of [null, 482915, '482', '482915x', ['482915', '482915'], '4829155', {}]) {
      expect(token.enterChallenge(typed).ok).toBe(false);
    }
    for (const typed of ['48', revoked.proxy, Symbol('x'), '1'.repeat(1_000_000), new String(challenge)]) {
      expect(token.enterChallenge(typed)).toEqual({ ok: false, reason: 'malformed' });
    }
    expect(token.state().counter).toBe(0);
    expect(token.enterChallenge(challenge).ok).toBe(true);
  });
});

describe('a token with a lock', () => {
  test('has none when it is null, as in the state', () => {
    expect(newSoftToken({ key, lock: null as never })).toEqual(newSoftToken({ key }));
  });

  test('counts wrong PINs, forgets them after a right one, and locks for good', () => {
    let token = switchOnSoftToken(newSoftToken({ key, lock: { pin: '7294', maxTries: 3 } }));
    expect(token.enterPin('1111')).toEqual({ ok: false, reason: 'wrong-pin', triesLeft: 2 });
    token = restart(token.state());
    expect(token.enterPin('1111')).toEqual({ ok: false, reason: 'wrong-pin', triesLeft: 1 });
    expect(token.enterPin('')).toEqual({ ok: false, reason: 'malformed' });
    expect(token.enterPin('7294')).toEqual({ ok: true });
    expect(token.enterChallenge(challenge).ok).toBe(true);
    for (const triesLeft of [2, 1, 0]) {
      expect(token.enterPin('1111')).toEqual({ ok: false, reason: 'wrong-pin', triesLeft });
    }
    token = restart(token.state());
    expect(token.prompt()).toBe('LOCKED');
    expect(token.enterPin('7294')).toEqual({ ok: false, reason: 'locked', triesLeft: 0 });
    expect(token.enterChallenge(challenge)).toEqual({ ok: false, reason: 'locked' });
    expect(token.changePin('7294', '8305')).toEqual({ ok: false, reason: 'locked' });
  });

  test('a wrong PIN takes back the right one typed before', () => {
    const token = switchOnSoftToken(newSoftToken({ key, lock: { pin: '7294' } }));
    token.enterPin('7294');
    token.enterPin('1111');
    expect(token.prompt()).toBe('PIN>');
    expect(token.enterChallenge(challenge)).toEqual({ ok: false, reason: 'pin-needed' });
  });

  test('changes its PIN against the old one', () => {
    let token = switchOnSoftToken(newSoftToken({ key, lock: { pin: '7294', maxTries: 3 } }));
    expect(token.changePin('7294', '1234')).toEqual({ ok: false, reason: 'run' });
    expect(token.changePin('1111', '8305')).toEqual({ ok: false, reason: 'wrong-pin' });
    expect(token.changePin(null, '8305')).toEqual({ ok: false, reason: 'malformed' });
    expect(token.state().lock?.triesLeft).toBe(2);
    expect(token.changePin('7294', '8305')).toEqual({ ok: true });
    token = restart(token.state());
    expect(token.enterPin('7294')).toMatchObject({ ok: false, reason: 'wrong-pin' });
    expect(token.enterPin('8305')).toEqual({ ok: true });
    const shown = token.enterChallenge(challenge);
    expect(server.verify(shown.ok && shown.response, { challenge, counter: 0, pin: '8305' }).ok).toBe(true);
    expect(token.changePin('8305', 'k7#w2q', PHONE_PIN_RULES)).toEqual({ ok: true });
  });

  test('C8: follows the PIN rules of its kind, when it is made and when the PIN changes', () => {
    for (const pin of ['1', '', '1234', '0000', '2580', '12345', 'k7#w2q', 7294, null, undefined]) {
      expect(codeOf(() => newSoftToken({ key, lock: { pin: pin as string } }))).toBe('invalid-pin');
    }
    for (const pin of ['1', 'qwer', '1qaz', 'k7#w2qz']) {
      expect(codeOf(() => newSoftToken({ suite: PHONE_SUITE, key, lock: { pin } }))).toBe('invalid-pin');
    }
    const own = { minLength: 8, maxLength: 8, characters: 'digits' } as const;
    expect(codeOf(() => newSoftToken({ key, lock: { pin: '7294', rules: own } }))).toBe('invalid-pin');
    expect(newSoftToken({ key, lock: { pin: '72948305', rules: own } }).lock?.triesLeft).toBe(5);
    expect(() => newSoftToken({ key, lock: { pin: '98761234' } })).not.toThrow(/98761234/);

    const token = switchOnSoftToken(newSoftToken({ key, lock: { pin: '7294' } }));
    expect(token.changePin('7294', '7294')).toEqual({ ok: false, reason: 'unchanged' });
    expect(token.changePin('７２９４', '7294')).toEqual({ ok: false, reason: 'unchanged' });
    expect(token.changePin('7294', 'k7#w')).toEqual({ ok: false, reason: 'characters' });
    expect(token.state().lock?.triesLeft).toBe(5);
    const onPhone = switchOnSoftToken(newSoftToken({ suite: PHONE_SUITE, key, lock: { pin: 'k7#w2q' } }));
    expect(onPhone.changePin('k7#w2q', 'x!9Kp')).toEqual({ ok: true });
    expect(onPhone.enterPin('x!9Kp')).toEqual({ ok: true });
    expect(codeOf(() => token.changePin('7294', '8305', null as never))).toBe('invalid-argument');
  });

  test('keeps no PIN in clear, and what tells the right one together with the key', () => {
    const state = newSoftToken({ key, lock: { pin: '7294' } });
    const [digits, verifier] = state.key.split('.') as [string, string];
    expect(digits).toBe(bytesToHex(key));
    expect(verifier).toMatch(/^[0-9a-f]{64}$/);
    const { key: _, ...rest } = state;
    expect(rest).toEqual({ v: 1, suite: PIN_TOKEN_SUITE, counter: 0, lock: { maxTries: 5, triesLeft: 5 } });
    expect(newSoftToken({ key: seededRandom('other')(32), lock: { pin: '7294' } }).key.split('.')[1]).not.toBe(
      verifier,
    );
  });
});

test('a phone: time instead of a counter, the PIN only unlocks', () => {
  const phone = createOcra({ suite: PHONE_SUITE, key });
  const now = 1_790_000_000_000;
  const open = switchOnSoftToken(newSoftToken({ suite: PHONE_SUITE, key }));
  expect(open.prompt()).toBe('CHALLNG>');
  const shown = open.enterChallenge(challenge, { now });
  expect(phone.verify(shown.ok && shown.response, { challenge, now, after: null }).ok).toBe(true);
  expect(open.state().counter).toBe(0);

  const locked = switchOnSoftToken(newSoftToken({ suite: PHONE_SUITE, key, lock: { pin: 'k7#w2q' } }));
  expect(locked.prompt()).toBe('PIN>');
  locked.enterPin('k7#w2q');
  expect(locked.enterChallenge(challenge, { now })).toEqual(shown);
  expect(locked.prompt()).toBe('PIN>');
});

test('a token whose counter has run out computes nothing more, and its state can still be kept', () => {
  let token = switchOnSoftToken(newSoftToken({ key, counter: 2 ** 53 - 2 }));
  token.enterPin('7294');
  const shown = token.enterChallenge(challenge);
  const given = { challenge, counter: 2 ** 53 - 2, pin: '7294' };
  expect(server.verify(shown.ok && shown.response, given)).toMatchObject({ ok: true });
  token = restart(token.state());
  expect(token.prompt()).toBe('LOCKED');
  expect(token.enterPin('7294')).toEqual({ ok: false, reason: 'locked', triesLeft: 0 });
  expect(token.enterChallenge(challenge)).toEqual({ ok: false, reason: 'locked' });
});

describe('what the programmer gets wrong throws', () => {
  test('when making one', () => {
    for (const missing of [undefined, null]) {
      expect(codeOf(() => newSoftToken(missing as never))).toBe('invalid-argument');
      expect(codeOf(() => switchOnSoftToken(missing as never))).toBe('invalid-state');
    }
    expect(codeOf(() => newSoftToken({ key: new Uint8Array(1025) }))).toBe('invalid-key');
    expect(codeOf(() => newSoftToken({ key, lock: '7294' as never }))).toBe('invalid-argument');
    expect(codeOf(() => newSoftToken({ key: new Uint8Array(15) }))).toBe('invalid-key');
    expect(codeOf(() => newSoftToken({ key, suite: 'OCRA' }))).toBe('invalid-suite');
    expect(codeOf(() => newSoftToken({ key, counter: -1 }))).toBe('invalid-counter');
    expect(codeOf(() => newSoftToken({ key, counter: 2 ** 53 - 1 }))).toBe('invalid-counter');
    expect(codeOf(() => newSoftToken({ key, lock: { pin: '' } }))).toBe('invalid-pin');
    expect(codeOf(() => newSoftToken({ key, lock: { pin: '7294', maxTries: 0 } }))).toBe('invalid-argument');
  });

  test('when giving what the suite does not take', () => {
    const token = switchOnSoftToken(newSoftToken({ key }));
    token.enterPin('7294');
    expect(codeOf(() => token.enterChallenge(challenge, { now: 0 }))).toBe('invalid-argument');
  });

  test('a state that is malformed', () => {
    const state = newSoftToken({ key, lock: { pin: '7294' } });
    const lock = state.lock!;
    for (const wrong of [
      null,
      7,
      {},
      { ...state, v: 2 },
      { ...state, suite: 'OCRA' },
      { ...state, key: 'xyz' },
      { ...state, key: state.key.slice(0, 30) },
      { ...state, key: state.key.slice(0, 64) },
      { ...state, key: state.key.slice(0, 100) },
      { ...state, key: state.key.toUpperCase() },
      { ...state, key: `${state.key}.00` },
      { ...state, key: 7 },
      { ...state, key: '0'.repeat(1_000_000) },
      { ...state, key: `${'0'.repeat(30)}.${state.key.split('.')[1]}` },
      { ...state, lock: null },
      { ...state, more: 1 },
      { ...state, suite: null },
      { ...state, counter: '0' },
      { ...state, counter: 2 ** 53 },
      { ...state, lock: undefined },
      { ...state, lock: { ...lock, maxTries: 11 } },
      { ...state, lock: { ...lock, triesLeft: 6 } },
      { ...state, lock: { ...lock, triesLeft: -1 } },
    ]) {
      expect(codeOf(() => switchOnSoftToken(wrong as SoftTokenState))).toBe('invalid-state');
    }
  });
});

test('a token shows nothing of its key, and later changes to the state change nothing', () => {
  const state = newSoftToken({ key, lock: { pin: '7294', maxTries: 3 } });
  const token = switchOnSoftToken(state);
  Object.assign(state.lock!, { triesLeft: 0 });
  Object.assign(state, { counter: 99, key: '00'.repeat(32) });
  expect(token.state()).toMatchObject({ counter: 0, lock: { triesLeft: 3 } });
  const kept = token.state();
  Object.assign(kept.lock!, { triesLeft: 0 });
  Object.assign(kept, { counter: 99 });
  expect(token.state()).toMatchObject({ counter: 0, lock: { triesLeft: 3 } });
  token.enterPin('7294');
  const shown = [String(token), JSON.stringify(token), inspect(token, { depth: 9, showHidden: true })].join();
  expect(shown).not.toContain(token.state().key.slice(0, 8));
  expect(shown).not.toContain('7294');
});
