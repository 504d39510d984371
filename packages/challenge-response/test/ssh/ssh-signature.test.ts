import { createHash } from 'node:crypto';
import { concatBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { verifySshSignature } from '../../src/ssh.ts';
import { no } from './no.ts';
import { base64, mpint, text, uint32, wire } from './wire-writer.ts';

const random = seededRandom('sshsig');
const SECRET = random(32).fill(1, 0, 1);
const EDWARDS = ed25519.getPublicKey(SECRET);
const POINT = p256.getPublicKey(SECRET, false);
const MESSAGE = text('challenge');
const NAMESPACE = 'enrol@portal.example';
const sha = (algorithm: string, bytes: Uint8Array) => new Uint8Array(createHash(algorithm).update(bytes).digest());

type Parts = {
  magic: Uint8Array;
  version: number;
  key: Uint8Array;
  namespace: Uint8Array;
  reserved: Uint8Array;
  hash: string;
  signature: Uint8Array;
  rest: Uint8Array;
};
const ED_KEY = wire(text('ssh-ed25519'), EDWARDS);
const EC_KEY = wire(text('ecdsa-sha2-nistp256'), text('nistp256'), POINT);
const SK_ED = 'sk-ssh-ed25519@openssh.com';
const SK_EC = 'sk-ecdsa-sha2-nistp256@openssh.com';

function signedData(hash = 'sha512', namespace: Uint8Array = text(NAMESPACE)): Uint8Array {
  return concatBytes(text('SSHSIG'), wire(namespace, new Uint8Array(), text(hash), sha(hash, MESSAGE)));
}

function armour(parts: Partial<Parts>): string {
  const { magic = text('SSHSIG'), version = 1, key = ED_KEY, namespace = text(NAMESPACE) } = parts;
  const { reserved = new Uint8Array(), hash = 'sha512', rest = new Uint8Array() } = parts;
  const { signature = wire(text('ssh-ed25519'), ed25519.sign(signedData(), SECRET)) } = parts;
  const blob = concatBytes(magic, uint32(version), wire(key, namespace, reserved, text(hash), signature), rest);
  return wrap(base64(blob));
}
const wrap = (body: string) =>
  `-----BEGIN SSH SIGNATURE-----\n${body.replace(/.{70}/g, '$&\n')}\n-----END SSH SIGNATURE-----\n`;
const line = (blob: Uint8Array, type: string) => `${type} ${base64(blob)}`;
const ED_LINE = line(ED_KEY, 'ssh-ed25519');
const EC_LINE = line(EC_KEY, 'ecdsa-sha2-nistp256');

async function verify(signature: unknown, publicKey = ED_LINE, namespace = NAMESPACE) {
  const options = { publicKey, message: MESSAGE, namespace, signature };
  const result = await verifySshSignature({ ...options, engine: 'WebCrypto' });
  expect(await verifySshSignature({ ...options, engine: 'noble' })).toEqual(result);
  return result;
}

afterEach(() => vi.unstubAllGlobals());

test('made by hand: Ed25519 and both halves of ECDSA', async () => {
  expect(await verify(armour({}))).toEqual({ ok: true, hashAlgorithm: 'sha512' });
  const { r, s } = p256.Signature.fromBytes(p256.sign(signedData(), SECRET));
  const { Fn } = p256.Point;
  for (const half of [s, Fn.neg(s)]) {
    const value = wire(mpint(Fn.toBytes(r)), mpint(Fn.toBytes(half)));
    const signature = wire(text('ecdsa-sha2-nistp256'), value);
    expect(await verify(armour({ key: EC_KEY, signature }), EC_LINE)).toEqual({ ok: true, hashAlgorithm: 'sha512' });
    for (const bad of [
      concatBytes(value, Uint8Array.of(0)),
      wire(concatBytes(new Uint8Array(1), mpint(Fn.toBytes(r))), mpint(Fn.toBytes(half))),
      wire(mpint(new Uint8Array(33).fill(1)), mpint(Fn.toBytes(half))),
      wire(new Uint8Array(), mpint(Fn.toBytes(half))),
      wire(mpint(Fn.toBytes(r))),
    ]) {
      const forged = armour({ key: EC_KEY, signature: wire(text('ecdsa-sha2-nistp256'), bad) });
      expect(await verify(forged, EC_LINE)).toEqual(no('malformed'));
    }
  }
});

test.each<[string, Partial<Parts>, string]>([
  ['magic', { magic: text('SSHSIH') }, 'malformed'],
  ['version', { version: 2 }, 'malformed'],
  ['reserved', { reserved: text('x') }, 'malformed'],
  ['trailing data', { rest: text('x') }, 'malformed'],
  ['namespace, other', { namespace: text('file') }, 'other-purpose'],
  ['namespace, longer', { namespace: text(`${NAMESPACE}\u0000`) }, 'other-purpose'],
  ['namespace, byte order mark', { namespace: text(`\ufeff${NAMESPACE}`) }, 'other-purpose'],
  ['namespace, no UTF-8', { namespace: Uint8Array.of(0xc3) }, 'malformed'],
  ['key', { key: EC_KEY }, 'bad-signature'],
  ['no key', { key: new Uint8Array() }, 'bad-signature'],
  ['SHA-1', { hash: 'sha1' }, 'malformed'],
  ['hash in capitals', { hash: 'SHA512' }, 'malformed'],
  ['the other hash', { hash: 'sha256' }, 'bad-signature'],
  ['signature type', { signature: wire(text('ssh-rsa'), new Uint8Array(64)) }, 'malformed'],
  ['signature of 63 bytes', { signature: wire(text('ssh-ed25519'), new Uint8Array(63)) }, 'bad-signature'],
  ['signature of zeros', { signature: wire(text('ssh-ed25519'), new Uint8Array(64)) }, 'bad-signature'],
  ['signature with more', { signature: wire(text('ssh-ed25519'), new Uint8Array(64), text('')) }, 'malformed'],
  ['signature without value', { signature: wire(text('ssh-ed25519')) }, 'malformed'],
  ['no signature', { signature: new Uint8Array() }, 'malformed'],
  [
    'token data after a plain key',
    { signature: concatBytes(wire(text('ssh-ed25519'), new Uint8Array(64)), new Uint8Array(5)) },
    'malformed',
  ],
])('%s', async (_, parts, reason) => {
  expect(await verify(armour(parts))).toEqual(no(reason));
});

test.each<[string, unknown]>([
  ['null', null],
  ['an object', { toString: () => armour({}) }],
  ['empty', ''],
  ['markers only', '-----BEGIN SSH SIGNATURE-----\n-----END SSH SIGNATURE-----'],
  ['no begin', armour({}).replace('BEGIN', 'BEGINN')],
  ['no end', armour({}).replace(/-----END.*/s, '')],
  ['a line of spaces', armour({}).replace('\n', '\n \n')],
  ['Base64 cut off', armour({}).replace('\n-----END', 'A\n-----END')],
  ['a megabyte', wrap('A'.repeat(1_000_000))],
  ['a megabyte of spaces', ' '.repeat(1_000_000)],
  ['four bytes', wrap('AAAA')],
])('armour: %s', async (_, given) => {
  expect(await verify(given)).toEqual(no('malformed'));
});

describe('keys in a FIDO token', () => {
  const APPLICATION = text('ssh:');
  const edKey = wire(text(SK_ED), EDWARDS, APPLICATION);
  const ecKey = wire(text(SK_EC), text('nistp256'), POINT, APPLICATION);

  function touched(type: string, flags: number, counter: number, application: Uint8Array = APPLICATION): Uint8Array {
    const report = concatBytes(Uint8Array.of(flags), uint32(counter));
    const data = concatBytes(sha('sha256', application), report, sha('sha256', signedData()));
    if (type === SK_ED) return concatBytes(wire(text(type), ed25519.sign(data, SECRET)), report);
    const { r, s } = p256.Signature.fromBytes(p256.sign(data, SECRET));
    const { Fn } = p256.Point;
    return concatBytes(wire(text(type), wire(mpint(Fn.toBytes(r)), mpint(Fn.toBytes(s)))), report);
  }

  test.each([
    [SK_ED, edKey],
    [SK_EC, ecKey],
  ])('%s', async (type, key) => {
    const publicKey = line(key, type);
    const check = (signature: Uint8Array) => verify(armour({ key, signature }), publicKey);
    expect(await check(touched(type, 1, 7))).toEqual({
      ok: true,
      hashAlgorithm: 'sha512',
      token: { userPresence: true, userVerification: false, counter: 7 },
    });
    expect(await check(touched(type, 5, 0xffff_fffe))).toMatchObject({
      ok: true,
      token: { userVerification: true, counter: 0xffff_fffe },
    });
    expect(await check(touched(type, 4, 7))).toEqual(no('user-not-verified'));
    expect(await check(touched(type, 1, 7, text('ssh:other')))).toEqual(no('bad-signature'));
    const raised = touched(type, 1, 7);
    raised[raised.length - 1]! ^= 1;
    expect(await check(raised)).toEqual(no('bad-signature'));
    const flagged = touched(type, 0, 7);
    flagged[flagged.length - 5]! ^= 1;
    expect(await check(flagged)).toEqual(no('bad-signature'));
    expect(await check(touched(type, 1, 7).slice(0, -1))).toEqual(no('malformed'));
    expect(await check(concatBytes(touched(type, 1, 7), Uint8Array.of(0)))).toEqual(no('malformed'));
    // A plain signature by the same key is none by the token.
    const plain = wire(text('ssh-ed25519'), ed25519.sign(signedData(), SECRET));
    expect(await check(plain)).toEqual(no('malformed'));
  });
});

describe('RSA', () => {
  async function rsaKey() {
    const algorithm = { name: 'RSASSA-PKCS1-v1_5', modulusLength: 2048, publicExponent: Uint8Array.of(1, 0, 1) };
    const make = (hash: string) => crypto.subtle.generateKey({ ...algorithm, hash }, true, ['sign', 'verify']);
    const { privateKey, publicKey } = await make('SHA-512');
    const { n } = await crypto.subtle.exportKey('jwk', publicKey);
    const modulus = new Uint8Array(Buffer.from(n!, 'base64url'));
    const key = wire(text('ssh-rsa'), Uint8Array.of(1, 0, 1), mpint(modulus));
    const pkcs8 = await crypto.subtle.exportKey('pkcs8', privateKey);
    const sign = async (hash: string, data: Uint8Array) => {
      const private_ = await crypto.subtle.importKey('pkcs8', pkcs8, { ...algorithm, hash }, false, ['sign']);
      return new Uint8Array(await crypto.subtle.sign(algorithm.name, private_, new Uint8Array(data)));
    };
    return { key, sign };
  }

  test('SHA-256 and SHA-512, never SHA-1; exactly as long as the modulus', async () => {
    const { key, sign } = await rsaKey();
    const check = (type: string, value: Uint8Array, ...more: Uint8Array[]) =>
      verify(armour({ key, signature: wire(text(type), value, ...more) }), line(key, 'ssh-rsa'));
    const [s1, s256, s512] = [
      await sign('SHA-1', signedData()),
      await sign('SHA-256', signedData()),
      await sign('SHA-512', signedData()),
    ];
    expect(await check('rsa-sha2-512', s512)).toEqual({ ok: true, hashAlgorithm: 'sha512' });
    expect(await check('rsa-sha2-256', s256)).toEqual({ ok: true, hashAlgorithm: 'sha512' });
    expect(await check('rsa-sha2-512', s256)).toEqual(no('bad-signature'));
    expect(await check('ssh-rsa', s1)).toEqual(no('malformed'));
    expect(await check('rsa-sha2-256', s1)).toEqual(no('bad-signature'));
    expect(await check('ssh-ed25519', s512)).toEqual(no('malformed'));
    expect(await check('rsa-sha2-512', s512, text(''))).toEqual(no('malformed'));
    expect(await check('rsa-sha2-512', concatBytes(new Uint8Array(1), s512))).toEqual(no('bad-signature'));
    expect(await check('rsa-sha2-512', s512.slice(1))).toEqual(no('bad-signature'));
    const asked = vi.spyOn(crypto.subtle, 'verify');
    expect(await check('rsa-sha2-512', new Uint8Array(255))).toEqual(no('bad-signature'));
    expect(asked).not.toHaveBeenCalled();
    asked.mockRestore();
    for (const bit of [0, 7, 1000, 2047]) {
      const flipped = s512.slice();
      flipped[bit >> 3]! ^= 1 << (bit & 7);
      expect(await check('rsa-sha2-512', flipped)).toEqual(no('bad-signature'));
    }
    const signature = armour({ key, signature: wire(text('rsa-sha2-512'), s512) });
    const options = { publicKey: line(key, 'ssh-rsa'), message: MESSAGE, namespace: NAMESPACE, signature };
    vi.stubGlobal('crypto', { subtle: { importKey: async () => Promise.reject(new Error('no')) } });
    expect(await verifySshSignature(options)).toEqual(no('bad-signature'));
    vi.stubGlobal('crypto', undefined);
    await expect(verifySshSignature(options)).rejects.toMatchObject({ code: 'unsupported' });
  });
});

test('flipping any bit of the blob is refused', async () => {
  const good = Buffer.from(armour({}).split('\n').slice(1, -2).join(''), 'base64');
  for (let bit = 0; bit < 8 * good.length; bit++) {
    const flipped = Uint8Array.from(good);
    flipped[bit >> 3]! ^= 1 << (bit & 7);
    const signature = wrap(base64(flipped));
    const options = { publicKey: ED_LINE, message: MESSAGE, namespace: NAMESPACE, signature };
    expect((await verifySshSignature(options)).ok).toBe(false);
  }
});

test('10,000 hostile armours: a reason each time', async () => {
  const good = armour({});
  const bytes = seededRandom('hostile armours');
  const options = { publicKey: ED_LINE, message: MESSAGE, namespace: NAMESPACE };
  let refused = 0;
  for (let i = 0; i < 10_000; i++) {
    const [a, b, kind, c] = bytes(4) as unknown as [number, number, number, number];
    const at = (a * 256 + b) % good.length;
    const piece = String.fromCharCode(c);
    const signature = [
      good.slice(0, at) + piece + good.slice(at + 1),
      good.slice(0, at),
      good.slice(0, at) + piece + good.slice(at),
      good.slice(at),
      good.slice(0, at) + good.slice(at + 1 + (c % 40)),
      wrap(base64(bytes(a))),
    ][kind % 6];
    if (!(await verifySshSignature({ ...options, signature })).ok) refused++;
  }
  expect(refused).toBeGreaterThan(9900);
  await fc.assert(
    fc.asyncProperty(fc.anything(), async (signature) => {
      expect(await verifySshSignature({ ...options, signature })).toEqual(no('malformed'));
    }),
  );
});

test.each([null, undefined, 'text'])('C4 %s instead of options is an error of ours', async (missing) => {
  await expect(verifySshSignature(missing as never)).rejects.toMatchObject({ code: 'invalid-argument' });
});

test("the programmer's mistakes", async () => {
  const options = { publicKey: ED_LINE, message: MESSAGE, namespace: NAMESPACE, signature: armour({}) };
  await expect(verifySshSignature({ ...options, publicKey: 'x' })).rejects.toMatchObject({ code: 'invalid-key' });
  for (const publicKey of [null, undefined, 5, {}, { type: Symbol('x'), key: 'y' }, { type: 'ssh-ed25519', key: 5 }]) {
    await expect(verifySshSignature({ ...options, publicKey: publicKey as never })).rejects.toMatchObject({
      code: 'invalid-key',
    });
  }
  await expect(verifySshSignature({ ...options, message: 'text' as never })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
  await expect(verifySshSignature({ ...options, namespace: '' })).rejects.toMatchObject({ code: 'invalid-argument' });
  await expect(verifySshSignature({ ...options, engine: 'x' as never })).rejects.toMatchObject({
    code: 'invalid-argument',
  });
});
