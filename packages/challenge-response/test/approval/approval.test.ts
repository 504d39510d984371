import { inspect } from 'node:util';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { beforeAll, describe, expect, test } from 'vitest';
import {
  type ApprovalRequest,
  createApprovalRequest,
  type DeviceKey,
  encodeApproval,
  generateDeviceKey,
  type PendingApproval,
  parseApprovalRequest,
  type SignedApproval,
  signApproval,
  verifyApproval,
} from '../../src/index.ts';

const NOW = 1_800_000_000_000;
const ABOUT = { account: 'ada', audience: 'https://portal.example' };
const DETAILS = [
  { label: 'Amount', value: '250.00 EUR' },
  { label: 'Payee', value: 'Charles Babbage' },
  { label: 'Device', value: '' },
];

function create(more: Partial<Parameters<typeof createApprovalRequest>[0]> = {}) {
  const random = seededRandom('approval');
  return createApprovalRequest({ ...ABOUT, action: 'withdrawal', details: DETAILS, now: NOW, random, ...more });
}

let key: DeviceKey;
let p256Key: DeviceKey;
let fixed: ReturnType<typeof create>;
let signed: SignedApproval;

beforeAll(async () => {
  key = await generateDeviceKey('Ed25519');
  p256Key = await generateDeviceKey('P-256');
  fixed = create();
  signed = await approve(fixed);
});

function approve(
  { request, number }: { request: ApprovalRequest; number: string },
  more: Partial<Parameters<typeof signApproval>[1]> = {},
) {
  return signApproval(request, { key, decision: 'approve', number, userVerification: true, ...more });
}

function verify(
  pending: PendingApproval,
  answer: unknown,
  more: Partial<Parameters<typeof verifyApproval>[2]> = {},
): ReturnType<typeof verifyApproval> {
  return verifyApproval(pending, answer, { ...ABOUT, publicKey: key.publicKey, now: NOW + 5000, ...more });
}

const wrong = (number: string): string => (number === '00' ? '01' : '00');

describe('a request', () => {
  test('holds what the phone shows and nothing else', () => {
    expect(fixed.request).toEqual({
      v: 1,
      id: expect.stringMatching(/^[0-9a-f]{32}$/),
      ...ABOUT,
      action: 'withdrawal',
      details: DETAILS,
      issuedAt: NOW,
      expiresAt: NOW + 120_000,
    });
    expect(fixed.number).toMatch(/^[0-9]{2}$/);
    expect(fixed.pending).toMatchObject({ v: 1, request: fixed.request, status: 'open', triesLeft: 3 });
    expect(JSON.parse(JSON.stringify(fixed.pending))).toEqual(fixed.pending);
    expect(parseApprovalRequest(JSON.parse(JSON.stringify(fixed.request)))).toEqual(fixed.request);
  });

  test('all hundred numbers occur, and ids differ', () => {
    const made = Array.from({ length: 2000 }, () => createApprovalRequest({ ...ABOUT, action: 'login', details: [] }));
    expect(new Set(made.map(({ number }) => number)).size).toBe(100);
    expect(new Set(made.map(({ request }) => request.id)).size).toBe(2000);
  });

  test('later changes to what the caller gave or got change nothing', async () => {
    const details = [{ label: 'Amount', value: '1' }];
    const made = create({ details });
    details[0]!.value = '1000';
    expect(made.request.details).toEqual([{ label: 'Amount', value: '1' }]);
    (made.request.details as { label: string; value: string }[])[0]!.value = '1000';
    expect(await verify(made.pending, await approve(made))).toMatchObject({ ok: false, reason: 'changed' });
  });

  test.each([
    [{ account: '' }, 'invalid-argument'],
    [{ account: 'x'.repeat(257) }, 'invalid-argument'],
    [{ action: '\ud800' }, 'invalid-argument'],
    [{ audience: 5 as unknown as string }, 'invalid-argument'],
    [{ details: undefined as never }, 'invalid-argument'],
    [{ details: [null as never] }, 'invalid-argument'],
    [{ details: [{ label: '', value: '' }] }, 'invalid-argument'],
    [{ details: [{ label: 'x', value: 'y'.repeat(1025) }] }, 'invalid-argument'],
    [{ details: Array.from({ length: 33 }, () => ({ label: 'x', value: 'y' })) }, 'invalid-argument'],
    [{ now: Number.NaN }, 'invalid-time'],
    [{ lifetime: 0 }, 'invalid-time'],
    [{ lifetime: 1.5 }, 'invalid-time'],
    [{ lifetime: 86_401 }, 'invalid-time'],
    [{ tries: 0 }, 'invalid-argument'],
    [{ tries: 4 }, 'invalid-argument'],
    [{ serverKey: new Uint8Array(15) }, 'invalid-secret'],
    [{ random: () => new Uint8Array(1) }, 'invalid-random'],
  ])('refuses %o', (more, code) => {
    expect(() => create(more)).toThrow(expect.objectContaining({ code }));
  });

  test.each([
    null,
    undefined,
    'text',
    { v: 2 },
    { v: 1, id: 'AA' },
    { v: 1, id: 'A'.repeat(32) },
    { ...create().request, issuedAt: '5' },
    { ...create().request, expiresAt: NOW - 1 },
    { ...create().request, details: 'x' },
  ])('parseApprovalRequest refuses %o', (value) => {
    expect(() => parseApprovalRequest(value)).toThrow(expect.objectContaining({ code: 'invalid-argument' }));
  });
});

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

  test('every field of the request is signed: a phone that saw something else cannot approve this', async () => {
    const changes: Partial<ApprovalRequest>[] = [
      { id: fixed.request.id.replace(/^./, (digit) => (digit === '0' ? '1' : '0')) },
      { account: 'adb' },
      { action: 'withdrawam' },
      { audience: 'https://portal.examplf' },
      { issuedAt: NOW + 1 },
      { expiresAt: NOW + 120_001 },
      { details: [...DETAILS].reverse() },
      { details: DETAILS.slice(1) },
      { details: [...DETAILS, { label: 'x', value: '' }] },
      { details: [{ label: 'Amoun', value: 't250.00 EUR' }, ...DETAILS.slice(1)] },
    ];
    for (const change of changes) {
      // The server asked for the changed request; the signature is for the original one.
      const request = { ...fixed.request, ...change };
      const pending = { ...fixed.pending, request };
      const result = await verify(
        pending,
        { ...signed, request },
        { account: request.account, audience: request.audience },
      );
      expect(result).toMatchObject({ ok: false, reason: 'bad-signature' });
      // The phone says what it showed: the difference has its own reason.
      const told = await verify(pending, signed, { account: request.account, audience: request.audience });
      expect(told.ok).toBe(false);
      expect(told).not.toMatchObject({ reason: 'bad-signature' });
    }
    for (const change of [{ userVerification: false }, { decision: 'deny' }, { number: wrong(fixed.number) }]) {
      expect(await verify(fixed.pending, { ...signed, ...change })).toMatchObject({ reason: 'bad-signature' });
    }
  });

  test('flipping any bit of any text or of the signature is refused', async () => {
    const paths: [string, (flip: (text: string) => string) => unknown][] = [
      ['signature', (flip) => ({ ...signed, signature: flip(signed.signature) })],
      ['number', (flip) => ({ ...signed, number: flip(signed.number) })],
      ['decision', (flip) => ({ ...signed, decision: flip(signed.decision) })],
      ...(['id', 'account', 'action', 'audience'] as const).map(
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
          const result = await verify(fixed.pending, answer);
          expect(result).toMatchObject({ ok: false, pending: fixed.pending });
        }
      }
    }
    expect(flips).toBeGreaterThan(1500);
    for (const name of ['issuedAt', 'expiresAt'] as const) {
      for (let bit = 0; bit < 31; bit++) {
        const request = { ...signed.request, [name]: signed.request[name] + 2 ** bit };
        expect(await verify(fixed.pending, { ...signed, request })).toMatchObject({ reason: 'changed' });
      }
    }
  });

  test('P-256: the twin with the high s is refused, and a platform signature is normalised', async () => {
    const answer = await approve(fixed, { key: p256Key });
    const { Fn } = p256.Point;
    const s = Fn.fromBytes(hexToBytes(answer.signature.slice(64)));
    const twin = answer.signature.slice(0, 64) + bytesToHex(Fn.toBytes(Fn.neg(s)));
    const publicKey = p256Key.publicKey;
    expect(await verify(fixed.pending, answer, { publicKey })).toMatchObject({ ok: true });
    expect(await verify(fixed.pending, { ...answer, signature: twin }, { publicKey })).toMatchObject({
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
      `${text('countersign/approval/v1')}0000001000112233445566778899aabbccddeeff${text('a')}${text('b')}${integer(1)}` +
        `${text('c')}${text('é')}${text('d')}${integer(1)}${integer(2)}${text('deny')}${text('07')}${integer(1)}`,
    );
  });

  test('no two approvals encode alike', () => {
    const text = fc.string({ minLength: 1, maxLength: 4, unit: fc.constantFrom('a', 'b', '\u0000', '\n') });
    const lines = fc.array(fc.record({ label: text, value: text }), { maxLength: 3 });
    const any = fc.record({ account: text, action: text, audience: text, details: lines });
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

  test('what is signed is checked on the phone', async () => {
    const bad = { code: 'invalid-argument' };
    await expect(approve({ request: {} as ApprovalRequest, number: '00' })).rejects.toMatchObject(bad);
    await expect(approve(fixed, { decision: 'yes' as 'deny' })).rejects.toMatchObject(bad);
    await expect(approve(fixed, { userVerification: 1 as unknown as boolean })).rejects.toMatchObject(bad);
    await expect(approve(fixed, { number: 42 as unknown as string })).rejects.toMatchObject(bad);
    const broken: DeviceKey = { algorithm: 'Ed25519', publicKey: key.publicKey, sign: async () => new Uint8Array(70) };
    await expect(approve(fixed, { key: broken })).rejects.toMatchObject({ code: 'invalid-key' });
  });
});

describe('hostile input', () => {
  const throwing = new Proxy(
    {},
    {
      get: () => {
        throw new Error('get');
      },
      getOwnPropertyDescriptor: () => {
        throw new Error('descriptor');
      },
      ownKeys: () => {
        throw new Error('keys');
      },
    },
  );
  const cyclic: Record<string, unknown> = {};
  cyclic.self = cyclic;
  cyclic.request = cyclic;
  const huge = 'x'.repeat(1_000_000);

  test.each<[string, () => unknown]>([
    ['null', () => null],
    ['undefined', () => undefined],
    ['a number', () => 5],
    ['a symbol', () => Symbol('x')],
    ['a function', () => () => signed],
    ['text', () => JSON.stringify(signed)],
    ['a megabyte', () => huge],
    ['an array', () => [signed]],
    ['bytes', () => new Uint8Array(64)],
    ['a proxy that throws', () => throwing],
    ['a proxy inside', () => ({ ...signed, request: throwing })],
    ['cyclic', () => cyclic],
    [
      'getters that throw',
      () =>
        Object.defineProperty({ ...signed }, 'signature', {
          get: () => {
            throw new Error('x');
          },
        }),
    ],
    ['getters that do not', () => Object.defineProperty({ ...signed }, 'number', { get: () => signed.number })],
    ['inherited', () => Object.create(signed)],
    ['__proto__', () => JSON.parse(`{"__proto__":${JSON.stringify(signed)}}`)],
    ['no version', () => ({ ...signed, v: undefined })],
    ['version 2', () => ({ ...signed, v: 2 })],
    ['version as text', () => ({ ...signed, v: '1' })],
    ['decision', () => ({ ...signed, decision: 'APPROVE' })],
    ['number as a number', () => ({ ...signed, number: 42 })],
    ['number of three digits', () => ({ ...signed, number: '123' })],
    ['number, full-width', () => ({ ...signed, number: '４２' })],
    ['number, huge', () => ({ ...signed, number: huge })],
    ['userVerification as text', () => ({ ...signed, userVerification: 'true' })],
    ['signature, upper case', () => ({ ...signed, signature: signed.signature.toUpperCase() })],
    ['signature, short', () => ({ ...signed, signature: signed.signature.slice(2) })],
    ['signature, long', () => ({ ...signed, signature: `${signed.signature}00` })],
    ['signature, bytes', () => ({ ...signed, signature: hexToBytes(signed.signature) })],
    ['signature, huge', () => ({ ...signed, signature: 'a'.repeat(1_000_000) })],
    ['signature, array', () => ({ ...signed, signature: [signed.signature] })],
    ['signature, boxed', () => ({ ...signed, signature: Object(signed.signature) })],
    ['no request', () => ({ ...signed, request: undefined })],
    ['id as a number', () => ({ ...signed, request: { ...signed.request, id: 5 } })],
    ['request version', () => ({ ...signed, request: { ...signed.request, v: 2 } })],
    ['account as an object', () => ({ ...signed, request: { ...signed.request, account: { toString: () => 'ada' } } })],
    ['details as an object', () => ({ ...signed, request: { ...signed.request, details: { length: 3 } } })],
    ['times as text', () => ({ ...signed, request: { ...signed.request, issuedAt: `${NOW}` } })],
    ['time not whole', () => ({ ...signed, request: { ...signed.request, issuedAt: NOW + 0.5 } })],
  ])('%s: malformed', async (_, build) => {
    expect(await verify(fixed.pending, build())).toEqual({ ok: false, reason: 'malformed', pending: fixed.pending });
  });

  test.each<[string, () => unknown]>([
    ['null in details', () => [null, ...DETAILS.slice(1)]],
    ['a proxy', () => [throwing]],
    ['sparse', () => new Array(3)],
    ['a million', () => new Array(1_000_000).fill(DETAILS[0])],
    ['value as a number', () => [{ label: 'Amount', value: 250 }, ...DETAILS.slice(1)]],
    ['value huge', () => [{ label: 'Amount', value: huge }, ...DETAILS.slice(1)]],
  ])('details: %s', async (_, build) => {
    const result = await verify(fixed.pending, { ...signed, request: { ...signed.request, details: build() } });
    expect(result.ok).toBe(false);
    expect(['changed', 'malformed']).toContain(!result.ok && result.reason);
  });

  test('anything at all gives a reason, and quickly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
        async (value) => {
          expect(await verify(fixed.pending, value)).toMatchObject({ ok: false, reason: 'malformed' });
          const nested = await verify(fixed.pending, { ...signed, request: value });
          expect(nested.ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
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
