import { inspect } from 'node:util';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import { describe, expect, test } from 'vitest';
import { generateDeviceKey, type PendingApproval } from '../../src/index.ts';
import { approve, create, fixed, p256Key, signed, verify, wrong } from './fixtures.ts';

describe('an approval', () => {
  test.each(['Ed25519', 'P-256'] as const)('%s: each engine verifies what each engine signed', async (algorithm) => {
    for (const signer of ['WebCrypto', 'noble'] as const) {
      const device = await generateDeviceKey(algorithm, { engine: signer });
      for (let round = 0; round < 4; round++) {
        const made = create({ random: undefined });
        const answer = JSON.parse(JSON.stringify(await approve(made, { key: device })));
        for (const engine of ['WebCrypto', 'noble', undefined] as const) {
          const result = await verify(made.pending, answer, { publicKey: device.publicKey, engine });
          expect(result).toMatchObject({ ok: true, decision: 'approve', userVerification: true });
          expect(result.pending).toEqual({ ...made.pending, status: 'approved' });
        }
      }
    }
  });

  test('counts once', async () => {
    const first = await verify(fixed.pending, signed);
    expect(first.ok).toBe(true);
    const second = await verify(first.pending, signed);
    expect(second).toEqual({ ok: false, reason: 'replayed', pending: first.pending });
    expect(fixed.pending.status).toBe('open');
  });

  test('a denial settles the request', async () => {
    for (const number of [undefined, '', fixed.number]) {
      const result = await verify(fixed.pending, await approve(fixed, { decision: 'deny', number }));
      expect(result).toMatchObject({ ok: false, reason: 'denied', pending: { status: 'denied' } });
      expect(await verify(result.pending, signed)).toMatchObject({ ok: false, reason: 'replayed' });
    }
  });

  test('times are those of the given clock', async () => {
    const { issuedAt, expiresAt } = fixed.request;
    expect(await verify(fixed.pending, signed, { now: expiresAt - 1 })).toMatchObject({ ok: true });
    expect(await verify(fixed.pending, signed, { now: expiresAt })).toMatchObject({ reason: 'expired' });
    expect(await verify(fixed.pending, signed, { now: expiresAt + 1e9 })).toMatchObject({ reason: 'expired' });
    expect(await verify(fixed.pending, signed, { now: issuedAt - 60_000 })).toMatchObject({ ok: true });
    expect(await verify(fixed.pending, signed, { now: issuedAt - 60_001 })).toMatchObject({ reason: 'not-yet-valid' });
    const current = create({ now: undefined });
    expect(await verify(current.pending, await approve(current), { now: undefined })).toMatchObject({ ok: true });
  });

  test('another account, audience, request or key: each its own reason', async () => {
    expect(await verify(fixed.pending, signed, { account: 'eve' })).toMatchObject({ reason: 'other-account' });
    expect(await verify(fixed.pending, signed, { audience: 'x' })).toMatchObject({ reason: 'other-audience' });
    const other = create({ random: undefined });
    expect(await verify(fixed.pending, await approve(other))).toMatchObject({ reason: 'other-request' });
    const stranger = await generateDeviceKey('Ed25519');
    expect(await verify(fixed.pending, await approve(fixed, { key: stranger }))).toMatchObject({
      reason: 'bad-signature',
    });
    const confused = await verify(fixed.pending, signed, { publicKey: p256Key.publicKey });
    expect(confused).toMatchObject({ reason: 'bad-signature', pending: fixed.pending });
  });

  test('the user was not verified: reported, or refused where it is required', async () => {
    const answer = await approve(fixed, { userVerification: false });
    expect(await verify(fixed.pending, answer)).toMatchObject({ ok: true, userVerification: false });
    const required = { requireUserVerification: true };
    expect(await verify(fixed.pending, answer, required)).toEqual({
      ok: false,
      reason: 'user-not-verified',
      pending: fixed.pending,
    });
    expect(await verify(fixed.pending, signed, required)).toMatchObject({ ok: true });
  });

  test('a number cannot be guessed: the third wrong one voids the request', async () => {
    let { pending } = fixed;
    const guess = await approve(fixed, { number: wrong(fixed.number) });
    for (const [triesLeft, status] of [
      [2, 'open'],
      [1, 'open'],
      [0, 'voided'],
    ] as const) {
      const result = await verify(pending, guess);
      expect(result).toMatchObject({ ok: false, reason: 'wrong-number', pending: { triesLeft, status } });
      pending = result.pending;
    }
    expect(await verify(pending, signed)).toMatchObject({ ok: false, reason: 'voided' });
    expect(await verify({ ...fixed.pending, triesLeft: 0 }, signed)).toMatchObject({ reason: 'voided' });
    const once = create({ tries: 1 });
    const result = await verify(once.pending, await approve(once, { number: wrong(once.number) }));
    expect(result.pending.status).toBe('voided');
  });

  test('what is not two digits is signed as empty, and is a wrong number', async () => {
    for (const number of ['', '7', '007', 'x7', '٠٧', '😀', '5'.repeat(1_000_000)]) {
      const answer = await approve(fixed, { number });
      expect(answer.number).toBe('');
      expect(await verify(fixed.pending, answer)).toMatchObject({ reason: 'wrong-number' });
    }
    expect(await verify(fixed.pending, await approve(fixed, { number: ` ${fixed.number}\n` }))).toMatchObject({
      ok: true,
    });
  });

  test('an unsigned guess costs no try, and tells nothing', async () => {
    const answer = { ...signed, number: wrong(fixed.number) };
    expect(await verify(fixed.pending, answer)).toEqual({
      ok: false,
      reason: 'bad-signature',
      pending: fixed.pending,
    });
  });

  test('the number can be kept under a server key', async () => {
    const serverKey = utf8ToBytes('0123456789abcdef');
    const made = create({ serverKey });
    expect(made.pending.numberTag).not.toBe(fixed.pending.numberTag);
    const answer = await approve(made);
    expect(await verify(made.pending, answer, { serverKey })).toMatchObject({ ok: true });
    expect(await verify(made.pending, answer)).toMatchObject({ reason: 'wrong-number' });
    const other = serverKey.slice().fill(1);
    expect(await verify(made.pending, answer, { serverKey: other })).toMatchObject({ reason: 'wrong-number' });
  });
});

describe("the programmer's mistakes", () => {
  test.each<[string, unknown]>([
    ['null', null],
    ['no version', { ...create().pending, v: 0 }],
    ['status', { ...create().pending, status: 'new' }],
    ['tag', { ...create().pending, numberTag: 'abc' }],
    ['tries', { ...create().pending, triesLeft: 4 }],
    ['request', { ...create().pending, request: null }],
  ])('state: %s', async (_, pending) => {
    await expect(verify(pending as PendingApproval, signed)).rejects.toMatchObject({ code: 'invalid-state' });
  });

  test('keys, names, times', async () => {
    for (const publicKey of [new Uint8Array(32), new Uint8Array(64), new Uint8Array(65), 'text', null]) {
      await expect(verify(fixed.pending, signed, { publicKey: publicKey as Uint8Array })).rejects.toMatchObject({
        code: 'invalid-key',
      });
    }
    await expect(verify(fixed.pending, signed, { account: '' })).rejects.toMatchObject({ code: 'invalid-argument' });
    await expect(verify(fixed.pending, signed, { audience: undefined as never })).rejects.toMatchObject({
      code: 'invalid-argument',
    });
    await expect(verify(fixed.pending, null, { serverKey: new Uint8Array(15) })).rejects.toMatchObject({
      code: 'invalid-secret',
    });
    await expect(verify(fixed.pending, signed, { now: '5' as never })).rejects.toMatchObject({ code: 'invalid-time' });
    expect(inspect(fixed)).not.toContain('privateKey');
  });
});
