import { inspect } from 'node:util';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { describe, expect, test, vi } from 'vitest';
import {
  type ApprovalState,
  findApprovalDevice,
  generateDeviceKey,
  nobleSignatures,
  verifyApproval,
} from '../../src/approval.ts';
import { ABOUT, approve, fixed, issue, key, NOW, p256Key, SERVER_KEY, signed, verify, wrong } from './fixtures.ts';

const status = (state: ApprovalState, id = fixed.id) => state.approvals.find((each) => each.id === id)?.status;

describe('an approval', () => {
  test.each(['Ed25519', 'P-256'] as const)('%s: is verified, and the state keeps that', async (algorithm) => {
    const device = await generateDeviceKey(algorithm);
    for (let round = 0; round < 8; round++) {
      const made = issue();
      const answer = JSON.parse(JSON.stringify(await approve(made, { key: device })));
      const result = await verify(made.state, answer, { publicKey: device.publicKey });
      const { id } = made;
      const [before] = made.state.approvals;
      expect(result).toEqual({
        ok: true,
        id,
        device: 'phone-1',
        action: 'withdrawal',
        userVerification: true,
        state: { ...made.state, approvals: [{ ...before, status: 'approved', userVerification: true }], issued: [] },
      });
    }
  });

  test('counts once', async () => {
    const first = await verify(fixed.state, signed);
    expect(first.ok).toBe(true);
    const second = await verify(first.state, signed);
    expect(second).toEqual({ ok: false, reason: 'replayed', guess: false, state: first.state });
    expect(status(fixed.state)).toBe('open');
  });

  test('does not settle another that waits', async () => {
    const second = issue({ state: fixed.state });
    const result = await verify(second.state, signed);
    expect(status(result.state)).toBe('approved');
    expect(status(result.state, second.id)).toBe('open');
    expect((await verify(result.state, await approve(second))).ok).toBe(true);
  });

  test('a denial settles the request, whatever the number and the user verification', async () => {
    for (const number of [undefined, '', fixed.number]) {
      const answer = await approve(fixed, { decision: 'deny', number, userVerification: false });
      const result = await verify(fixed.state, answer);
      expect(result).toMatchObject({ ok: false, reason: 'denied', guess: false });
      expect(status(result.state)).toBe('denied');
      expect(await verify(result.state, signed)).toEqual({ ...result, state: result.state });
    }
  });

  test('times are those of the given clock', async () => {
    const { issuedAt, expiresAt } = fixed.request;
    const at = (now: number) => verify(fixed.state, signed, { now });
    const refused = { ok: false, guess: false, state: fixed.state };
    expect(await at(expiresAt - 1)).toMatchObject({ ok: true });
    expect(await at(expiresAt - 0.5)).toMatchObject({ ok: true });
    expect(await at(expiresAt)).toEqual({ ...refused, reason: 'expired' });
    expect(await at(expiresAt + 1e9)).toEqual({ ...refused, reason: 'expired' });
    expect(await at(issuedAt - 60_000)).toMatchObject({ ok: true });
    expect(await at(issuedAt - 60_001)).toEqual({ ...refused, reason: 'not-yet-valid' });
    const current = issue({ now: undefined });
    expect(await verify(current.state, await approve(current), { now: undefined })).toMatchObject({ ok: true });
  });

  test('another account, audience, request, device or key: each its own reason', async () => {
    const refused = (reason: string, guess = false) => ({ ok: false, reason, guess, state: fixed.state });
    expect(await verify(fixed.state, signed, { account: 'eve' })).toEqual(refused('other-account'));
    expect(await verify(fixed.state, signed, { audience: 'x' })).toEqual(refused('other-audience'));
    expect(await verify(fixed.state, await approve(issue()))).toEqual(refused('other-request'));
    const none = { ...fixed.state, approvals: [] };
    expect(await verify(none, signed)).toEqual({ ...refused('not-issued'), state: none });
    const request = { ...fixed.request, device: 'phone-2' };
    expect(await verify(fixed.state, await approve({ ...fixed, request }))).toEqual(refused('changed'));
    const stranger = await generateDeviceKey('Ed25519');
    expect(await verify(fixed.state, await approve(fixed, { key: stranger }))).toEqual(refused('bad-signature', true));
    const confused = await verify(fixed.state, signed, { publicKey: p256Key.publicKey });
    expect(confused).toEqual(refused('bad-signature', true));
  });

  test('C9: the state of another account is a result, whatever is in it', async () => {
    const { state } = issue({ account: 'eve' });
    for (const kept of [state, { ...state, approvals: [] }]) {
      expect(await verify(kept, signed)).toEqual({ ok: false, reason: 'other-account', guess: false, state: kept });
    }
    const forged = { ...signed, request: { ...signed.request, account: 'eve' } };
    expect(await verify(fixed.state, forged)).toMatchObject({ reason: 'other-account', guess: false });
  });

  test('where WebCrypto lacks the algorithm the fallback verifies, and without one that is said', async () => {
    vi.stubGlobal('crypto', { subtle: undefined });
    try {
      expect(await verify(fixed.state, signed, { fallback: nobleSignatures })).toMatchObject({ ok: true });
      await expect(verify(fixed.state, signed)).rejects.toMatchObject({
        name: 'CountersignError',
        code: 'unsupported',
      });
    } finally {
      vi.unstubAllGlobals();
    }
  });

  test('C6: the device is the one that was asked, whatever the answer says', () => {
    const { state } = issue({ state: fixed.state, device: 'phone-2' });
    expect(findApprovalDevice(state, signed)).toBe('phone-1');
    const lies = { ...signed, request: { ...signed.request, device: 'phone-2' } };
    expect(findApprovalDevice(state, lies)).toBe('phone-1');
    for (const other of [null, 'x', {}, { ...signed, request: issue().request }]) {
      expect(findApprovalDevice(state, other)).toBeNull();
    }
    expect(() => findApprovalDevice(null as never, signed)).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });
});

describe('user verification', () => {
  test('reported where it is not required, refused where it is', async () => {
    const answer = await approve(fixed, { userVerification: false });
    const told = await verify(fixed.state, answer, { requireUserVerification: false });
    expect(told).toMatchObject({ ok: true, userVerification: false });
    expect(await verify(fixed.state, answer)).toEqual({
      ok: false,
      reason: 'user-not-verified',
      guess: false,
      state: fixed.state,
    });
  });

  test.each([undefined, null, 0, 1, 'false'])('C8: it must be said: %s is refused', async (value) => {
    const answer = await approve(fixed, { userVerification: false });
    const requireUserVerification = value as unknown as boolean;
    await expect(verify(fixed.state, answer, { requireUserVerification })).rejects.toMatchObject({
      name: 'CountersignError',
      code: 'invalid-argument',
    });
  });
});

describe.each([
  ['Ed25519', key],
  ['P-256', p256Key],
] as const)('wrong numbers, %s', (_, device) => {
  const guess = (by: number) => approve(fixed, { key: device, number: wrong(fixed.number, by) });
  const judge = (state: ApprovalState, answer: unknown) => verify(state, answer, { publicKey: device.publicKey });

  test('the third voids the request', async () => {
    let { state } = fixed;
    for (const [by, expected] of [
      [1, 'open'],
      [2, 'open'],
      [3, 'voided'],
    ] as const) {
      const result = await judge(state, await guess(by));
      expect(result).toMatchObject({ ok: false, reason: 'mismatch', guess: true });
      ({ state } = result);
      expect(status(state)).toBe(expected);
    }
    const late = await judge(state, await approve(fixed, { key: device }));
    expect(late).toEqual({ ok: false, reason: 'voided', guess: false, state });
  });

  test('two wrong ones leave the right one its chance', async () => {
    const { state: once } = await judge(fixed.state, await guess(1));
    const { state: twice } = await judge(once, await guess(2));
    expect(await judge(twice, await approve(fixed, { key: device }))).toMatchObject({ ok: true });
  });

  test('C8: the same message again costs no second try and is no guess', async () => {
    const answer = await guess(1);
    const first = await judge(fixed.state, answer);
    for (let i = 0; i < 5; i++) {
      const again = await judge(first.state, JSON.parse(JSON.stringify(answer)));
      expect(again).toEqual({ ok: false, reason: 'mismatch', guess: false, state: first.state });
    }
    expect(await judge(first.state, await guess(2))).toMatchObject({ guess: true });
  });
});

test('C8: the same signature in another form is the same message', async () => {
  const publicKey = p256Key.publicKey;
  const answer = await approve(fixed, { key: p256Key, number: wrong(fixed.number) });
  const first = await verify(fixed.state, answer, { publicKey });
  const signature = derOf(answer.signature);
  expect(await verify(first.state, { ...answer, signature }, { publicKey })).toEqual({
    ok: false,
    reason: 'mismatch',
    guess: false,
    state: first.state,
  });
});

/** `r ‖ s` as SEQUENCE of two INTEGERs. */
function derOf(signature: string): string {
  const integer = (hex: string): string => {
    const digits = hex.replace(/^(?:00)+(?=..)/, '');
    const value = Number.parseInt(digits.slice(0, 2), 16) > 0x7f ? `00${digits}` : digits;
    return `02${(value.length / 2).toString(16).padStart(2, '0')}${value}`;
  };
  const body = integer(signature.slice(0, 64)) + integer(signature.slice(64));
  return `30${(body.length / 2).toString(16).padStart(2, '0')}${body}`;
}

test('what is not two digits is signed as empty, and is a wrong number', async () => {
  for (const number of ['', '7', '007', 'x7', '٠٧', '😀', '5'.repeat(1_000_000)]) {
    const answer = await approve(fixed, { number });
    expect(answer.number).toBe('');
    expect(await verify(fixed.state, answer)).toMatchObject({ reason: 'mismatch', guess: true });
  }
  expect(await verify(fixed.state, await approve(fixed, { number: ` ${fixed.number}\n` }))).toMatchObject({ ok: true });
});

test('an unsigned guess costs no try, and tells nothing', async () => {
  const answer = { ...signed, number: wrong(fixed.number) };
  expect(await verify(fixed.state, answer)).toEqual({
    ok: false,
    reason: 'bad-signature',
    guess: true,
    state: fixed.state,
  });
});

test('C7: another server key is another number', async () => {
  const serverKey = utf8ToBytes('0123456789abcdef');
  const random = () => new Uint8Array(16).fill(9);
  const made = issue({ serverKey, random });
  const other = [1, 2, 3, 4]
    .map((byte) => new Uint8Array(16).fill(byte))
    .find((each) => issue({ serverKey: each, random }).number !== made.number)!;
  const answer = await approve(made);
  expect(await verify(made.state, answer, { serverKey })).toMatchObject({ ok: true });
  expect(await verify(made.state, answer, { serverKey: other })).toMatchObject({ reason: 'mismatch' });
});

test('the arrays that were given may change once the call is made', async () => {
  const serverKey = SERVER_KEY.slice();
  const publicKey = key.publicKey;
  const verdict = verify(fixed.state, signed, { serverKey, publicKey });
  serverKey.fill(0);
  publicKey.fill(0);
  expect(await verdict).toMatchObject({ ok: true });
});

describe("the programmer's mistakes", () => {
  const [entry] = fixed.state.approvals;
  const cases: [string, unknown][] = [
    ['null', null],
    ['undefined', undefined],
    ['a request', fixed.request],
    ['version', { ...fixed.state, v: 0 }],
    ['more members', { ...fixed.state, extra: 1 }],
    ['account', { ...fixed.state, account: '' }],
    ['no array', { ...fixed.state, approvals: {} }],
    ['a hole', { ...fixed.state, approvals: new Array(1) }],
    ['too many', { ...fixed.state, approvals: Array.from({ length: 17 }, () => entry) }],
    ['status', { ...fixed.state, approvals: [{ ...entry, status: 'new' }] }],
    ['tries', { ...fixed.state, approvals: [{ ...entry, wrong: ['x'] }] }],
    ['bidi controls', { ...fixed.state, approvals: [{ ...entry, action: 'a\u202eb' }] }],
    [
      'a proxy that throws',
      new Proxy(
        {},
        {
          ownKeys: () => {
            throw new Error('x');
          },
        },
      ),
    ],
  ];
  test.each(cases)('state: %s', async (_, state) => {
    await expect(verify(state as ApprovalState, signed)).rejects.toMatchObject({ code: 'invalid-state' });
  });

  test('C9: the state that comes back is a fresh copy with its members in one order', async () => {
    const shuffled = Object.fromEntries(Object.entries(fixed.state).reverse()) as ApprovalState;
    const { state } = await verify(shuffled, 'garbage');
    expect(state).not.toBe(shuffled);
    expect(state.approvals[0]).not.toBe(shuffled.approvals[0]);
    expect(JSON.stringify(state)).toBe(JSON.stringify(fixed.state));
  });

  test('C4: missing options', async () => {
    for (const options of [null, undefined, 5]) {
      await expect(verifyApproval(fixed.state, signed, options as never)).rejects.toMatchObject({
        name: 'CountersignError',
        code: 'invalid-argument',
      });
    }
  });

  test('keys, names, times', async () => {
    for (const publicKey of [new Uint8Array(32), new Uint8Array(64), new Uint8Array(65), 'text', null]) {
      await expect(verify(fixed.state, signed, { publicKey: publicKey as Uint8Array })).rejects.toMatchObject({
        code: 'invalid-key',
      });
    }
    for (const [more, code] of [
      [{ account: '' }, 'invalid-argument'],
      [{ audience: undefined }, 'invalid-argument'],
      [{ fallback: null }, 'invalid-argument'],
      [{ fallback: 'noble' }, 'invalid-argument'],
      [{ serverKey: new Uint8Array(15) }, 'invalid-secret'],
      [{ serverKey: undefined }, 'invalid-secret'],
      [{ now: '5' }, 'invalid-time'],
    ] as const) {
      await expect(verify(fixed.state, signed, more as never)).rejects.toMatchObject({ code });
    }
    expect(inspect(fixed)).not.toContain('privateKey');
    expect(await verify(fixed.state, signed, { fallback: nobleSignatures })).toMatchObject({ ok: true });
    expect(ABOUT.account).toBe(fixed.state.account);
    expect(NOW).toBe(fixed.request.issuedAt);
  });
});
