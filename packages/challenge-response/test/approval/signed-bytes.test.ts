import { bytesToHex, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type ApprovalAnswer,
  type ApprovalRequest,
  type DeviceKey,
  encodeApproval,
  parseApprovalRequest,
  signApproval,
} from '../../src/approval.ts';
import { approve, DETAILS, fixed, key, NOW, p256Key, signed, verify, wrong } from './fixtures.ts';

const [entry] = fixed.state.approvals;
const answer: ApprovalAnswer = { decision: 'approve', number: '42', userVerification: true };

describe('what is signed', () => {
  test('every field of the request is signed: a phone that saw something else cannot approve this', async () => {
    const changes: Partial<ApprovalRequest>[] = [
      { id: fixed.request.id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
      { account: 'adb' },
      { device: 'phone-2' },
      { action: 'withdrawam' },
      { audience: 'https://portal.examplf' },
      { issuedAt: NOW + 1 },
      { expiresAt: NOW + 120_001 },
      { details: [...DETAILS].reverse() },
      { details: DETAILS.slice(1) },
      { details: [...DETAILS, { label: 'x', value: 'y' }] },
      { details: [{ label: 'Amoun', value: 't250.00 EUR' }, ...DETAILS.slice(1)] },
    ];
    for (const change of changes) {
      // The server asked for the changed request; the signature is for the original one.
      const request = { ...fixed.request, ...change };
      const { v: _, account, ...stored } = request;
      const state = { ...fixed.state, account, approvals: [{ ...entry!, ...stored }] };
      const result = await verify(
        state,
        { ...signed, request },
        { account: request.account, audience: request.audience },
      );
      expect(result).toMatchObject({ ok: false, reason: 'bad-signature' });
      // The phone says what it showed: the difference has its own reason.
      const told = await verify(state, signed, { account: request.account, audience: request.audience });
      expect(told.ok).toBe(false);
      expect(told).not.toMatchObject({ reason: 'bad-signature' });
    }
    for (const change of [{ userVerification: false }, { decision: 'deny' }, { number: wrong(fixed.number) }]) {
      expect(await verify(fixed.state, { ...signed, ...change })).toMatchObject({ reason: 'bad-signature' });
    }
  });

  test('flipping any bit of any text or of the signature is refused', async () => {
    const paths: [string, (flip: (text: string) => string) => unknown][] = [
      ['signature', (flip) => ({ ...signed, signature: flip(signed.signature) })],
      ['number', (flip) => ({ ...signed, number: flip(signed.number) })],
      ['decision', (flip) => ({ ...signed, decision: flip(signed.decision) })],
      ...(['id', 'account', 'device', 'action', 'audience'] as const).map(
        (name): [string, (flip: (text: string) => string) => unknown] => [
          name,
          (flip) => ({ ...signed, request: { ...signed.request, [name]: flip(signed.request[name]) } }),
        ],
      ),
      [
        'details',
        (flip) => ({ ...signed, request: { ...signed.request, details: JSON.parse(flip(JSON.stringify(DETAILS))) } }),
      ],
    ];
    let flips = 0;
    for (const [name, build] of paths) {
      const text =
        name === 'details' ? JSON.stringify(DETAILS) : String((signed as never)[name] ?? signed.request[name as 'id']);
      for (let index = 0; index < text.length; index++) {
        for (let bit = 0; bit < 7; bit++) {
          let answer: unknown;
          try {
            answer = build(
              (t) => t.slice(0, index) + String.fromCharCode(t.charCodeAt(index) ^ (1 << bit)) + t.slice(index + 1),
            );
          } catch (error) {
            expect(error).toBeInstanceOf(SyntaxError);
            continue;
          }
          flips++;
          const result = await verify(fixed.state, answer);
          expect(result).toMatchObject({ ok: false, state: fixed.state });
        }
      }
    }
    expect(flips).toBeGreaterThan(1500);
    for (const name of ['issuedAt', 'expiresAt'] as const) {
      for (let bit = 0; bit < 31; bit++) {
        const request = { ...signed.request, [name]: signed.request[name] + 2 ** bit };
        expect(await verify(fixed.state, { ...signed, request })).toMatchObject({ reason: 'changed' });
      }
    }
  });

  test('P-256: the twin with the high s is refused, and a platform signature is normalised', async () => {
    const answer = await approve(fixed, { key: p256Key });
    const { Fn } = p256.Point;
    const s = Fn.fromBytes(hexToBytes(answer.signature.slice(64)));
    const twin = answer.signature.slice(0, 64) + bytesToHex(Fn.toBytes(Fn.neg(s)));
    const publicKey = p256Key.publicKey;
    expect(await verify(fixed.state, answer, { publicKey })).toMatchObject({ ok: true });
    expect(await verify(fixed.state, { ...answer, signature: twin }, { publicKey })).toMatchObject({
      reason: 'bad-signature',
    });
    const platform: DeviceKey = { algorithm: 'P-256', publicKey, sign: async () => hexToBytes(twin) };
    expect((await approve(fixed, { key: platform })).signature).toBe(answer.signature);
  });

  test('the encoding is the documented one', () => {
    const encoded = encodeApproval(
      parseApprovalRequest({
        v: 1,
        id: '00112233445566778899aabbccddeeff',
        account: 'a',
        device: 'phone',
        action: 'b',
        details: [{ label: 'c', value: 'é' }],
        audience: 'd',
        issuedAt: 1,
        expiresAt: 2,
      }),
      { decision: 'deny', number: '07', userVerification: true },
    );
    const text = (value: string) => {
      const bytes = bytesToHex(utf8ToBytes(value));
      return (bytes.length / 2).toString(16).padStart(8, '0') + bytes;
    };
    const integer = (value: number) => `00000008${value.toString(16).padStart(16, '0')}`;
    expect(bytesToHex(encoded)).toBe(
      `${text('countersign/approval/v1')}0000001000112233445566778899aabbccddeeff${text('a')}${text('phone')}${text('b')}${integer(1)}` +
        `${text('c')}${text('é')}${text('d')}${integer(1)}${integer(2)}${text('deny')}${text('07')}${integer(1)}`,
    );
  });

  test('no two approvals encode alike', () => {
    const text = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', ' ', 'é') });
    const lines = fc.array(fc.record({ label: text, value: text }), { maxLength: 3 });
    const any = fc.record({ account: text, device: text, action: text, audience: text, details: lines });
    fc.assert(
      fc.property(any, any, (a, b) => {
        const encode = (fields: typeof a) =>
          bytesToHex(
            encodeApproval(
              { ...fixed.request, ...fields },
              { decision: 'approve', number: '', userVerification: true },
            ),
          );
        expect(encode(a) === encode(b)).toBe(JSON.stringify(a) === JSON.stringify(b));
      }),
    );
  });

  test('C4: missing options', async () => {
    for (const options of [null, undefined, 5]) {
      const refused = { name: 'CountersignError', code: 'invalid-argument' };
      await expect(signApproval(fixed.request, options as never)).rejects.toMatchObject(refused);
    }
  });

  test('what is signed is checked on the phone', async () => {
    const bad = { code: 'invalid-argument' };
    await expect(approve({ request: {} as ApprovalRequest, number: '00' })).rejects.toMatchObject(bad);
    await expect(approve(fixed, { decision: 'yes' as 'deny' })).rejects.toMatchObject(bad);
    await expect(approve(fixed, { userVerification: 1 as unknown as boolean })).rejects.toMatchObject(bad);
    await expect(approve(fixed, { number: 42 as unknown as string })).rejects.toMatchObject(bad);
    const broken: DeviceKey = { algorithm: 'Ed25519', publicKey: key.publicKey, sign: async () => new Uint8Array(70) };
    await expect(approve(fixed, { key: broken })).rejects.toMatchObject({ code: 'invalid-key' });
  });

  test.each([
    ['nothing', null],
    ['bytes', new Uint8Array(32)],
    ['another algorithm', { ...key, algorithm: 'RSA', sign: key.sign }],
    ['text for a signature', { ...key, sign: async () => 'text' }],
    ['no way to sign', { ...key, sign: undefined }],
    ['an s above the order', { ...key, algorithm: 'P-256', sign: async () => new Uint8Array(64).fill(255) }],
  ])('a key that cannot sign is named: %s', async (_, wrong) => {
    await expect(approve(fixed, { key: wrong as DeviceKey })).rejects.toMatchObject({
      name: 'CountersignError',
      code: 'invalid-key',
    });
  });

  test.each<[string, unknown, unknown]>([
    ['no request', null, answer],
    ['an id that is not hexadecimal', { ...fixed.request, id: 'zz' }, answer],
    ['no answer', fixed.request, null],
    ['a decision that is none', fixed.request, { ...answer, decision: 'yes' }],
    ['three digits', fixed.request, { ...answer, number: '123' }],
    ['a number that is no text', fixed.request, { ...answer, number: 42 }],
    ['no user verification', fixed.request, { ...answer, userVerification: undefined }],
  ])('nothing is encoded of %s', (_, request, wrong) => {
    expect(() => encodeApproval(request as ApprovalRequest, wrong as ApprovalAnswer)).toThrow(
      expect.objectContaining({ name: 'CountersignError', code: 'invalid-argument' }),
    );
  });
});
