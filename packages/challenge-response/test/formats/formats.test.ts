import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import {
  type ApprovalState,
  encodeApproval,
  findApprovalDevice,
  parseApprovalRequest,
  showApproval,
} from '../../src/approval.ts';
import { generateSealingKey, openSealedMessage, sealMessage } from '../../src/sealed-message.ts';
import { issue, SERVER_KEY, verify } from '../approval/fixtures.ts';
import { type Agreement, open, rawPublic, seal, signedApproval, signedBytes, x25519Private } from './independent.ts';

const page = readFileSync(new URL('../../../../docs/formats.md', import.meta.url), 'utf8');
const blocks = [...page.matchAll(/```(json|hex)\n([^`]+)```/g)].map(([, kind, body]) =>
  kind === 'json' ? JSON.parse(body!) : body!.replace(/\s/g, ''),
);
const [request, bytes, posted, sealed] = blocks;

const seed = '9d61b19deffd5a60ba844af492ec2cc44449c5697b326919703bac031cae7f60';
const rfc8032 = createPrivateKey({
  key: Buffer.from(`302e020100300506032b657004220420${seed}`, 'hex'),
  format: 'der',
  type: 'pkcs8',
});
const spki = (key: KeyObject): Uint8Array =>
  new Uint8Array(createPublicKey(key).export({ type: 'spki', format: 'der' }));

describe('the examples of docs/formats.md', () => {
  test('an approval: bytes and signature are what this package and node:crypto make of it', async () => {
    const answer = { decision: 'approve', number: '07', userVerification: true } as const;
    expect(page).toContain(seed);
    expect(signedBytes(request, answer).toString('hex')).toBe(bytes);
    expect(Buffer.from(encodeApproval(parseApprovalRequest(request), answer)).toString('hex')).toBe(bytes);
    const { v: _, ...plain } = request;
    expect(signedApproval(plain, answer, rfc8032)).toEqual(posted);
    const { account, v: __, ...stored } = request;
    const state: ApprovalState = {
      v: 1,
      account,
      approvals: [{ ...stored, status: 'open', userVerification: null, wrong: [] }],
      issued: [],
    };
    expect(findApprovalDevice(state, posted)).toBe('phone-1');
    const now = request.issuedAt;
    const serverKey = Array.from({ length: 5000 }, (_, i) => new Uint8Array(16).fill(i & 255).fill(i >> 8, 0, 8)).find(
      (each) => {
        const shown = showApproval(state, request.id, { serverKey: each, now });
        return shown.ok && shown.number === '07';
      },
    )!;
    const given = { serverKey, publicKey: spki(rfc8032), now };
    expect(await verify(state, posted, given)).toMatchObject({ ok: true });
    expect(await verify(state, { ...posted, number: '08' }, given)).toMatchObject({ reason: 'bad-signature' });
  });

  test('a sealed message is opened', () => {
    const key = x25519Private(sealed.privateKey);
    expect(rawPublic('X25519', key).toString('hex')).toBe(sealed.publicKey);
    const { message, expiresAt } = open('X25519', key, sealed.sealed, sealed);
    expect([message.toString(), expiresAt]).toEqual([sealed.message, sealed.expiresAt]);
  });
});

describe('C11: a phone built from docs/formats.md alone', () => {
  test.each(['ed25519', 'P-256'] as const)('%s: approves and denies', async (algorithm) => {
    for (let round = 0; round < 10; round++) {
      const { privateKey } =
        algorithm === 'ed25519' ? generateKeyPairSync('ed25519') : generateKeyPairSync('ec', { namedCurve: algorithm });
      const { state, request: asked, number } = issue({ serverKey: SERVER_KEY, account: 'Ådå', action: '出金 🔑' });
      const { v: _, ...plain } = { ...asked, details: [...asked.details] };
      const phone = (decision: 'approve' | 'deny', typed: string): object =>
        JSON.parse(
          JSON.stringify(signedApproval(plain, { decision, number: typed, userVerification: true }, privateKey)),
        );
      const about = { account: 'Ådå', publicKey: spki(privateKey) };
      expect(await verify(state, phone('approve', number), about)).toMatchObject({ ok: true });
      expect(await verify(state, phone('deny', ''), about)).toMatchObject({ reason: 'denied' });
    }
  });

  const about = { device: 'phone-1', purpose: 'temporary-password' };
  const NOW = 1_800_000_000_000;
  const pair = (algorithm: Agreement): KeyObject =>
    algorithm === 'X25519'
      ? generateKeyPairSync('x25519').privateKey
      : generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey;

  test.each(['X25519', 'P-256'] as const)('%s: opens what is sealed here', async (algorithm) => {
    const phone = pair(algorithm);
    for (const text of ['', 'tulip', 'ü'.repeat(1000)]) {
      const message = new TextEncoder().encode(text);
      const arrived = await sealMessage(message, { ...about, publicKey: spki(phone), now: NOW, lifetime: 60 });
      const opened = open(algorithm, phone, arrived, about);
      expect([opened.message.toString(), opened.expiresAt]).toEqual([text, NOW + 60_000]);
      expect(() => open(algorithm, phone, arrived, { ...about, purpose: 'other' })).toThrow();
    }
  });

  test.each(['X25519', 'P-256'] as const)('%s: what it seals is opened here', async (algorithm) => {
    const key = await generateSealingKey(algorithm);
    const message = Buffer.from('tulip');
    const arrived = seal(algorithm, Buffer.from(key.publicKey), pair(algorithm), message, about, NOW + 1);
    const opened = await openSealedMessage(arrived, { ...about, key, now: NOW });
    expect(opened).toEqual({ ok: true, message: new Uint8Array(message), expiresAt: NOW + 1 });
  });
});
