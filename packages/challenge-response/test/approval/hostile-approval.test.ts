import { hexToBytes } from '@countersign/primitives/bytes';
import fc from 'fast-check';
import { describe, expect, test, vi } from 'vitest';
import { DETAILS, fixed, NOW, signed, verify } from './fixtures.ts';

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
  const { proxy: revoked, revoke } = Proxy.revocable<Record<string, unknown>>({}, {});
  revoke();

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
    ['signature, half a byte', () => ({ ...signed, signature: signed.signature.slice(1) })],
    ['signature, long', () => ({ ...signed, signature: `${signed.signature}00` })],
    ['signature, Base64', () => ({ ...signed, signature: Buffer.from(signed.signature, 'hex').toString('base64') })],
    ['signature, spaced', () => ({ ...signed, signature: ` ${signed.signature.slice(1)}` })],
    ['signature, none', () => ({ ...signed, signature: '' })],
    ['signature, DER for Ed25519', () => ({ ...signed, signature: '3006020101020101' })],
    ['signature, bytes', () => ({ ...signed, signature: hexToBytes(signed.signature) })],
    ['signature, huge', () => ({ ...signed, signature: 'a'.repeat(1_000_000) })],
    ['signature, array', () => ({ ...signed, signature: [signed.signature] })],
    ['signature, boxed', () => ({ ...signed, signature: Object(signed.signature) })],
    ['no request', () => ({ ...signed, request: undefined })],
    ['id as a number', () => ({ ...signed, request: { ...signed.request, id: 5 } })],
    ['request version', () => ({ ...signed, request: { ...signed.request, v: 2 } })],
    ['a revoked proxy', () => revoked],
    ['a revoked proxy inside', () => ({ ...signed, request: revoked })],
    ['a revoked proxy further inside', () => ({ ...signed, request: { ...signed.request, details: revoked } })],
    ['no device', () => ({ ...signed, request: { ...signed.request, device: undefined } })],
    ['account as an object', () => ({ ...signed, request: { ...signed.request, account: { toString: () => 'ada' } } })],
    ['details as an object', () => ({ ...signed, request: { ...signed.request, details: { length: 3 } } })],
    ['times as text', () => ({ ...signed, request: { ...signed.request, issuedAt: `${NOW}` } })],
    ['time not whole', () => ({ ...signed, request: { ...signed.request, issuedAt: NOW + 0.5 } })],
  ])('%s: malformed', async (_, build) => {
    expect(await verify(fixed.state, build())).toEqual({
      ok: false,
      reason: 'malformed',
      guess: false,
      state: fixed.state,
    });
  });

  test.each<[string, () => unknown]>([
    ['null in details', () => [null, ...DETAILS.slice(1)]],
    ['a proxy', () => [throwing]],
    ['sparse', () => new Array(3)],
    ['a million', () => new Array(1_000_000).fill(DETAILS[0])],
    ['value as a number', () => [{ label: 'Amount', value: 250 }, ...DETAILS.slice(1)]],
    ['value huge', () => [{ label: 'Amount', value: huge }, ...DETAILS.slice(1)]],
  ])('details: %s', async (_, build) => {
    const result = await verify(fixed.state, { ...signed, request: { ...signed.request, details: build() } });
    expect(result.ok).toBe(false);
    expect(['changed', 'malformed']).toContain(!result.ok && result.reason);
  });

  test('a megabyte is refused by its length, and its characters are not looked at', async () => {
    const looked = vi.spyOn(RegExp.prototype, 'test');
    const long = 'a'.repeat(1_000_000);
    for (const answer of [long, { ...signed, number: long }, { ...signed, signature: long }]) {
      expect(await verify(fixed.state, answer)).toMatchObject({ reason: 'malformed' });
    }
    const request = { ...signed.request, id: long, details: [{ label: long, value: long }] };
    expect(await verify(fixed.state, { ...signed, request })).toMatchObject({ reason: 'malformed' });
    expect(looked.mock.calls.every(([text]) => text.length < 2000)).toBe(true);
    looked.mockRestore();
  });

  test('anything at all gives a reason, and quickly', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.anything({ withBigInt: true, withDate: true, withMap: true, withTypedArray: true }),
        async (value) => {
          expect(await verify(fixed.state, value)).toMatchObject({ ok: false, reason: 'malformed' });
          const nested = await verify(fixed.state, { ...signed, request: value });
          expect(nested.ok).toBe(false);
        },
      ),
      { numRuns: 500 },
    );
  });
});
