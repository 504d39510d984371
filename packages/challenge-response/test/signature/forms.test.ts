import { createSign, generateKeyPairSync } from 'node:crypto';
import { hexToBytes } from '@countersign/primitives/bytes';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type DeviceKey, parseDevicePublicKey, signApproval } from '../../src/approval.ts';
import { readSignatureForm } from '../../src/signature/signature-form.ts';
import { readKeyForm } from '../../src/signature/spki.ts';
import { fixed, verify } from '../approval/fixtures.ts';

const spki = (key: ReturnType<typeof generateKeyPairSync>['publicKey']): Uint8Array =>
  new Uint8Array(key.export({ type: 'spki', format: 'der' }));

describe('C11: public keys as SPKI', () => {
  const ec = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const ed = generateKeyPairSync('ed25519');
  const x = generateKeyPairSync('x25519');
  const forms = [
    ['P-256', spki(ec.publicKey), 91, 65],
    ['Ed25519', spki(ed.publicKey), 44, 32],
    ['X25519', spki(x.publicKey), 44, 32],
  ] as const;

  test.each(forms)('%s, as node:crypto writes it', (algorithm, der, length, raw) => {
    expect(der.length).toBe(length);
    expect(readKeyForm(der, algorithm)).toEqual(der.slice(-raw));
    expect(readKeyForm(der.slice(-raw), algorithm)).toEqual(der.slice(-raw));
    // Every other byte before the key is refused: another algorithm, curve, length or parameter.
    for (let bit = 0; bit < 8 * (length - raw); bit++) {
      const flipped = der.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(readKeyForm(flipped, algorithm)).toBeUndefined();
    }
    for (const wrong of [der.slice(1), Uint8Array.of(...der, 0), der.slice(0, -1), new Uint8Array()]) {
      expect(readKeyForm(wrong, algorithm)).toBeUndefined();
    }
  });

  test('a device key is enrolled in either form, and is raw from then on', () => {
    for (const [algorithm, der, , raw] of forms.slice(0, 2)) {
      const parsed = parseDevicePublicKey(der);
      expect(parsed).toEqual({ algorithm, publicKey: der.slice(-raw) });
      expect(parseDevicePublicKey(parsed.publicKey)).toEqual(parsed);
    }
  });

  test('what cannot sign approvals is refused', () => {
    const compressed = Uint8Array.of(...hexToBytes('3039301306072a8648ce3d020106082a8648ce3d030107032200'), 2);
    for (const other of [
      spki(x.publicKey),
      spki(generateKeyPairSync('ec', { namedCurve: 'secp256k1' }).publicKey),
      spki(generateKeyPairSync('ec', { namedCurve: 'P-384' }).publicKey),
      spki(generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey),
      p256.Point.BASE.toBytes(true),
      compressed,
      Uint8Array.of(...spki(ec.publicKey).slice(0, 27), ...new Uint8Array(64)),
    ]) {
      expect(() => parseDevicePublicKey(other)).toThrow(expect.objectContaining({ code: 'invalid-key' }));
    }
  });

  test('views of larger buffers, and bytes that change later', () => {
    const der = spki(ed.publicKey);
    const large = new Uint8Array(100).fill(9);
    large.set(der, 5);
    const view = large.subarray(5, 49);
    const parsed = parseDevicePublicKey(view);
    large.fill(0);
    expect(parsed.publicKey).toEqual(der.slice(-32));
  });
});

describe('C11: signatures in DER', () => {
  const read = (der: Uint8Array) => readSignatureForm('P-256', der);
  const integer = fc.bigInt({ min: 0n, max: 2n ** 256n - 1n });

  test('every pair that noble writes is read back, and raw stays raw', () => {
    const N = p256.Point.Fn.ORDER;
    fc.assert(
      fc.property(integer, integer, (a, b) => {
        const [r, s] = [(a % (N - 1n)) + 1n, (b % (N - 1n)) + 1n];
        const signature = new p256.Signature(r, s);
        const der = signature.toBytes('der');
        // 64 bytes are taken for raw: with random r and s one signature in 2^47 has such a DER form.
        fc.pre(der.length !== 64);
        expect(read(der)).toEqual(signature.toBytes('compact'));
        expect(read(signature.toBytes('compact'))).toEqual(signature.toBytes('compact'));
      }),
      { numRuns: 2000 },
    );
  });

  test('of small values too: both integers have one form only', () => {
    const short = (hex: string) => read(hexToBytes(hex));
    expect(short('3006020101020102')).toEqual(hexToBytes(`${'01'.padStart(64, '0')}${'02'.padStart(64, '0')}`));
    for (const [why, hex] of [
      ['trailing byte', '300602010102010200'],
      ['trailing byte inside', '30070201010201027f'],
      ['long form of the length', '308106020101020102'],
      ['indefinite length', '3080020101020102'],
      ['another length', '3007020101020102'],
      ['no sequence', '3106020101020102'],
      ['no integer', '3006030101020102'],
      ['no second integer', '3006020101030102'],
      ['zero in front', '300702020001020102'],
      ['negative', '3006020181020102'],
      ['empty integer', '30060200020201020'.padEnd(18, '0')],
      ['beyond the end', '3006020101020202'],
      ['beyond the end at once', '3006027f01020102'],
      ['no length', '3006020401020302'],
      ['integer of 33 bytes', `3026022101${'00'.repeat(32)}020101`],
      ['too short', '30050201010201'],
    ] as const) {
      expect(short(hex), why).toBeUndefined();
    }
    expect(short(`30${'46'}${'00'.repeat(71)}`)).toBeUndefined();
  });

  test('Ed25519 has no such form', () => {
    expect(readSignatureForm('Ed25519', hexToBytes('3006020101020102'))).toBeUndefined();
    expect(readSignatureForm('Ed25519', new Uint8Array(64))).toEqual(new Uint8Array(64));
  });
});

describe('C11: a key in a platform key store', () => {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  /** As Android Keystore and the Secure Enclave sign: DER, with s in either half. */
  const platform: DeviceKey = {
    algorithm: 'P-256',
    publicKey: spki(publicKey),
    sign: async (message) => new Uint8Array(createSign('sha256').update(message).sign(privateKey)),
  };

  test('signs approvals, which its SPKI verifies', async () => {
    for (let round = 0; round < 20; round++) {
      const { request, number } = fixed;
      const signed = await signApproval(request, {
        key: platform,
        decision: 'approve',
        number,
        userVerification: true,
      });
      expect(signed.signature).toMatch(/^[0-9a-f]{128}$/);
      expect(await verify(fixed.state, signed, { publicKey: platform.publicKey })).toMatchObject({ ok: true });
      const der = new p256.Signature(
        BigInt(`0x${signed.signature.slice(0, 64)}`),
        BigInt(`0x${signed.signature.slice(64)}`),
      ).toHex('der');
      const sent = { ...signed, signature: der };
      expect(await verify(fixed.state, sent, { publicKey: platform.publicKey })).toMatchObject({ ok: true });
      for (const signature of [`${der}00`, der.slice(2), der.replace(/^30/, '31')]) {
        expect(await verify(fixed.state, { ...signed, signature }, { publicKey: platform.publicKey })).toMatchObject({
          ok: false,
          reason: 'malformed',
          guess: false,
        });
      }
    }
  });
});
