import { createHash } from 'node:crypto';
import { concatBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { ed25519 } from '@noble/curves/ed25519.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { issueSshChallenge, type SshChallengeState, verifySshResponse } from '../../src/ssh.ts';
import { granted } from '../short-code/granted.ts';
import { no } from '../ssh/no.ts';
import { base64, text, wire } from '../ssh/wire-writer.ts';

const NOW = 1_800_000_000_000;
const ABOUT = { account: 'ada', namespace: 'enrol@portal.example' };
const SECRET = seededRandom('ssh challenge')(32);
const KEY = wire(text('ssh-ed25519'), ed25519.getPublicKey(SECRET));
const publicKey = `ssh-ed25519 ${base64(KEY)}`;
const OTHER = seededRandom('another')(32);

/** What ssh-keygen would write; ssh-tools.test.ts holds the real one against the same functions. */
function sign(message: string, { namespace = ABOUT.namespace, secret = SECRET, hash = 'sha512' } = {}): string {
  const key = wire(text('ssh-ed25519'), ed25519.getPublicKey(secret));
  const digest = new Uint8Array(createHash(hash).update(message).digest());
  const signed = concatBytes(text('SSHSIG'), wire(text(namespace), new Uint8Array(), text(hash), digest));
  const signature = wire(text('ssh-ed25519'), ed25519.sign(signed, secret));
  const blob = concatBytes(
    text('SSHSIG'),
    Uint8Array.of(0, 0, 0, 1),
    wire(key, text(namespace), new Uint8Array(), text(hash), signature),
  );
  return `-----BEGIN SSH SIGNATURE-----\n${base64(blob)}\n-----END SSH SIGNATURE-----`;
}
const issue = (more = {}) => granted(issueSshChallenge({ state: null, ...ABOUT, now: NOW, ...more }));
const verify = (state: SshChallengeState | null, armour: unknown, more = {}) =>
  verifySshResponse(state, armour, { publicKey, ...ABOUT, now: NOW + 1000, ...more });

test('C9 a challenge of 128 random bits, once, for five minutes', async () => {
  const { challenge, expiresAt, state } = issue();
  expect(challenge).toMatch(/^[0-9a-f]{32}$/);
  expect(expiresAt).toBe(NOW + 300_000);
  expect(state).toEqual({
    v: 1,
    account: 'ada',
    challenges: [{ namespace: ABOUT.namespace, challenge, expiresAt, used: false }],
    issued: [NOW],
  });
  const armour = sign(`${challenge}\n`);
  const first = await verify(state, armour);
  const used = { ...state, challenges: [{ ...state.challenges[0], used: true }], issued: [] };
  expect(first).toEqual({ ok: true, hashAlgorithm: 'sha512', state: used });
  expect(await verify(first.state, armour)).toEqual({ ...no('replayed'), state: used });
  expect(await verify(first.state, sign('another text'))).toEqual({ ...no('not-issued'), state: used });
  expect(await verify(state, armour, { now: NOW + 299_999.9 })).toMatchObject({ ok: true });
  expect(await verify(state, armour, { now: NOW + 300_000 })).toEqual({ ...no('expired'), state });
  const today = granted(issueSshChallenge({ state: null, ...ABOUT }));
  expect(await verify(today.state, sign(today.challenge), { now: undefined })).toMatchObject({ ok: true });
});

test('refused, each with its reason, and guesses are told apart', async () => {
  const { challenge, state } = issue();
  const cases: [SshChallengeState | null, unknown, object, string][] = [
    [state, sign(`${challenge}.`), {}, 'bad-signature'],
    [state, sign(challenge, { secret: OTHER }), {}, 'bad-signature'],
    [state, sign(challenge, { namespace: 'file' }), {}, 'other-purpose'],
    [state, sign(challenge, { hash: 'sha1' }), {}, 'malformed'],
    [state, sign(challenge), { account: 'eve' }, 'other-account'],
    [state, sign(challenge, { namespace: 'login' }), { namespace: 'login' }, 'not-issued'],
    [state, sign(`${challenge}.`), { now: NOW + 1e9 }, 'expired'],
    [null, sign(challenge), {}, 'not-issued'],
    [null, 'x', {}, 'malformed'],
  ];
  for (const [given, armour, more, reason] of cases) {
    expect(await verify(given, armour, more), reason).toEqual({ ...no(reason), state: given });
  }
});

test('asked again, the same challenge, until it is answered or expires', async () => {
  const first = issue();
  const again = issue({ state: first.state, now: NOW + 299_999, lifetime: 3600 });
  expect(again).toEqual({ ...first, state: first.state });
  expect(again.state).not.toBe(first.state);
  expect(issue({ state: first.state, now: NOW + 300_000 }).challenge).not.toBe(first.challenge);
  const answered = granted(await verify(first.state, sign(first.challenge)));
  const second = issue({ state: answered.state, now: NOW + 2000 });
  expect(second.challenge).not.toBe(first.challenge);
  expect(second.state.challenges).toHaveLength(1);
  expect(await verify(second.state, sign(first.challenge))).toMatchObject(no('bad-signature'));
});

test('each namespace has its own; at most eight at a time', async () => {
  const namespaces = Array.from({ length: 8 }, (_, i) => `purpose ${i}`);
  let state: SshChallengeState | null = null;
  const challenges = new Map<string, string>();
  for (const [i, namespace] of namespaces.entries()) {
    const issued = issue({ state, namespace, now: NOW + i });
    challenges.set(namespace, issued.challenge);
    ({ state } = issued);
  }
  expect(new Set(challenges.values()).size).toBe(8);
  for (const namespace of namespaces) {
    expect(issue({ state, namespace }).challenge).toBe(challenges.get(namespace));
    const armour = sign(challenges.get(namespace)!, { namespace });
    const result = await verify(state, armour, { namespace });
    expect(result).toMatchObject({ ok: true });
    expect(result.state?.challenges.filter(({ used }) => used)).toMatchObject([{ namespace }]);
    expect(await verify(state, armour, { namespace: 'purpose 9' })).toMatchObject(no('other-purpose'));
  }
  const refused = { ok: false, reason: 'too-many-open', retryAt: NOW + 300_000, state };
  expect(issueSshChallenge({ state, ...ABOUT, now: NOW + 299_999 })).toEqual(refused);
  expect(issueSshChallenge({ state, ...ABOUT, now: NOW + 300_000 })).toMatchObject({ ok: true });
});

test('twenty an hour that nobody answers', async () => {
  let state: SshChallengeState | null = null;
  for (let i = 0; i < 20; i++) ({ state } = issue({ state, lifetime: 10, now: NOW + 10_000 * i }));
  const now = NOW + 200_000;
  const refused = { ok: false, reason: 'issued-too-often', retryAt: NOW + 3_600_000, state };
  expect(issueSshChallenge({ state, ...ABOUT, now })).toEqual(refused);
  expect(issueSshChallenge({ state, ...ABOUT, now: NOW + 3_599_999 })).toEqual(refused);
  expect(issueSshChallenge({ state, ...ABOUT, now: NOW + 3_600_000 })).toMatchObject({ ok: true });
  let answered: SshChallengeState | null = null;
  for (let i = 0; i < 40; i++) {
    const issued = issue({ state: answered, now: NOW + 1000 * i });
    answered = granted(await verify(issued.state, sign(issued.challenge), { now: NOW + 1000 * i })).state;
  }
  expect(answered?.issued).toEqual([]);
});

test('a clock that was a year ahead when it issued gives no challenge for a year', () => {
  const ahead = issue({ now: NOW + 365 * 86_400_000 });
  expect(issue({ state: ahead.state }).challenge).not.toBe(ahead.challenge);
});

test('the state: fresh copies in one order of members, nothing else taken for it', async () => {
  const { challenge, state } = issue();
  const shuffled = Object.fromEntries(Object.entries(state).reverse()) as never;
  const keys = ['v', 'account', 'challenges', 'issued'];
  for (const result of [
    await verify(shuffled, 'x'),
    await verify(shuffled, sign(challenge)),
    issue({ state: shuffled }),
    issue({ state: shuffled, namespace: 'b' }),
  ]) {
    expect(Object.keys(result.state!)).toEqual(keys);
    expect(result.state).not.toBe(state);
    expect(JSON.parse(JSON.stringify(result.state))).toEqual(result.state);
  }
  const [open] = state.challenges;
  const wrongs: unknown[] = [
    undefined,
    5,
    {},
    { ...state, v: 2 },
    { ...state, account: '' },
    { ...state, more: 1 },
    { ...state, challenges: [{ ...open, challenge: 'x' }] },
    { ...state, challenges: [{ ...open, expiresAt: 1.5 }] },
    { ...state, challenges: [{ ...open, namespace: 5 }] },
    { ...state, challenges: [{ ...open, used: 1 }] },
    { ...state, challenges: new Array(1) },
    { ...state, challenges: new Array(9).fill(open) },
    { ...state, issued: new Array(21).fill(NOW) },
  ];
  for (const wrong of wrongs) {
    await expect(verify(wrong as never, 'x')).rejects.toMatchObject({ code: 'invalid-state' });
    expect(() => issue({ state: wrong })).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  }
});

describe("the programmer's mistakes", () => {
  const { state } = issue();

  test.each([null, undefined, 'text'])('C4 %s instead of options is an error of ours', async (missing) => {
    expect(() => issueSshChallenge(missing as never)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
    await expect(verifySshResponse(state, 'x', missing as never)).rejects.toMatchObject({ code: 'invalid-argument' });
  });

  test.each<[object, string]>([
    [{ account: '' }, 'invalid-argument'],
    [{ account: undefined }, 'invalid-argument'],
    [{ namespace: '' }, 'invalid-argument'],
    [{ namespace: 'a\nb' }, 'invalid-argument'],
    [{ namespace: 'a\u202eb' }, 'invalid-argument'],
    [{ now: null }, 'invalid-time'],
    [{ now: -1 }, 'invalid-time'],
  ])('%o', async (change, code) => {
    expect(() => issue(change)).toThrow(expect.objectContaining({ code }));
    await expect(verify(state, 'x', change)).rejects.toMatchObject({ code });
  });

  test('of one function alone', async () => {
    for (const [change, code] of [
      [{ lifetime: 9 }, 'invalid-argument'],
      [{ lifetime: 3601 }, 'invalid-argument'],
      [{ now: 8.64e15 }, 'invalid-time'],
      [{ account: 'eve', state }, 'invalid-state'],
      [{ random: 5 }, 'invalid-random'],
    ] as const) {
      expect(() => issue(change)).toThrow(expect.objectContaining({ code }));
    }
    await expect(verify(state, 'x', { publicKey: 'x' })).rejects.toMatchObject({ code: 'invalid-key' });
    await expect(verify(null, 'x', { publicKey: {} })).rejects.toMatchObject({ code: 'invalid-key' });
    const { challenge } = state.challenges[0]!;
    await expect(verify(state, sign(challenge), { engine: 'x' })).rejects.toMatchObject({ code: 'invalid-argument' });
  });
});

test('whatever arrives instead of a signature: a result, and soon', async () => {
  const { state } = issue();
  const started = performance.now();
  for (const armour of [null, undefined, 5, {}, [], 'A'.repeat(1e6), ' '.repeat(1e6), '\n'.repeat(1e6)]) {
    expect(await verify(state, armour)).toEqual({ ...no('malformed'), state });
  }
  expect(performance.now() - started).toBeLessThan(1000);
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (armour) => {
      expect(await verify(state, armour)).toEqual({ ...no('malformed'), state });
    }),
  );
});
