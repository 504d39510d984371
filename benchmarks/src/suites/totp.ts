import { type Algorithm, createTotp, secretFromBase32, secretToBase32, type Totp } from '@countersign/totp';
import { createTotp as createSha1Totp } from '@countersign/totp/sha1';
import { verifyTOTP } from '@epic-web/totp';
import { _SHA1 } from '@noble/hashes/legacy.js';
import { _SHA256, _SHA512 } from '@noble/hashes/sha2.js';
import { verifyTOTPWithGracePeriod } from '@oslojs/otp';
import * as otpauth from 'otpauth/dist/otpauth.esm.js';
import { verifySync } from 'otplib';
import speakeasy from 'speakeasy';
import type { Case, Suite } from '../suite.ts';

/** What no verification with noble's hashes can be faster than: three candidates of two compressions each. */
const FLOOR = 'six bare noble compressions';

/** A compression function of noble's, as a subclass reaches it. */
type Compression = { process(block: DataView, offset: number): void };

function floor(algorithm: Algorithm): Case {
  const create = { SHA1: () => new _SHA1(), SHA256: () => new _SHA256(), SHA512: () => new _SHA512() }[algorithm];
  const hash = create() as unknown as Compression;
  const block = new DataView(new ArrayBuffer(128));
  let count = 0;
  const run = (): void => {
    for (let i = 0; i < 6; i++) {
      block.setUint32(0, count++);
      hash.process(block, 0);
    }
  };
  return { name: FLOOR, run };
}

const BASELINE = 'otpauth 9.5 (ESM build)';
const LENGTHS: Readonly<Record<Algorithm, number>> = { SHA1: 20, SHA256: 32, SHA512: 64 };
const START = 1_700_000_000_000;

/** Instants a period apart, so that no verification repeats another's hashes. */
function clock(): () => number {
  let step = 0;
  return () => START + 30_000 * (step++ % 1_000_000);
}

function secretOf(algorithm: Algorithm): Uint8Array<ArrayBuffer> {
  return Uint8Array.from({ length: LENGTHS[algorithm] }, (_, i) => (i * 37 + 11) & 0xff);
}

function peer(algorithm: Algorithm): otpauth.TOTP {
  const secret = new otpauth.Secret({ buffer: secretOf(algorithm).buffer });
  return new otpauth.TOTP({ secret, algorithm, digits: 6, period: 30 });
}

/** A wrong code, prepared object, window of one: what a guesser makes a server do. */
function prepared(algorithm: Algorithm, target: number): Suite {
  const totp = createTotp({ secret: secretOf(algorithm), algorithm });
  const theirs = peer(algorithm);
  const [now, then] = [clock(), clock()];
  const cases: Case[] = [
    { name: BASELINE, run: () => theirs.validate({ token: '000000', window: 1, timestamp: then() }) },
    floor(algorithm),
    {
      name: 'countersign',
      run: () => totp.verify('000000', { after: null, now: now() }),
      target,
      beside: { name: FLOOR, target: 1.12 },
      ...(algorithm === 'SHA1' && { bytesTarget: 350 }),
    },
  ];
  return { title: `Verify one wrong code, ${algorithm}, window ±1, prepared object`, baseline: BASELINE, cases };
}

const CURRENT = 'countersign, the current code';

/** The same work whatever is typed: a right code, the last candidate, a malformed one. */
function places(): Suite {
  const totp = createTotp({ secret: secretOf('SHA1') });
  const theirs = peer('SHA1');
  const codes = (offset: number): string[] =>
    Array.from({ length: 1000 }, (_, i) => totp.generate({ now: START + 30_000 * (i + offset) }));
  const typed = (name: string, codesAt: string[]): Case => {
    let i = 0;
    return {
      name,
      run: () => totp.verify(codesAt[i % 1000], { after: null, now: START + 30_000 * (i++ % 1000) }),
    };
  };
  const right = codes(0);
  let j = 0;
  const cases: Case[] = [
    {
      name: BASELINE,
      run: () => theirs.validate({ token: right[j % 1000]!, window: 1, timestamp: START + 30_000 * (j++ % 1000) }),
    },
    typed(CURRENT, right),
    // Within 2 % of the current code: where a code matches must not show.
    { ...typed('countersign, the first candidate', codes(-1)), beside: { name: CURRENT, target: 1.02 } },
    { ...typed('countersign, the last candidate', codes(1)), beside: { name: CURRENT, target: 1.02 } },
    { ...typed('countersign, no candidate', codes(10)), beside: { name: CURRENT, target: 1.02 } },
    typed('countersign, a malformed code', Array<string>(1000).fill('00000x')),
  ];
  return { title: 'Verify one right code, SHA1, window ±1, prepared object', baseline: BASELINE, cases };
}

/** A server that sees each user once, side by side with all peers as their documentation shows them. */
function fromBase32(): Suite {
  const secret = secretOf('SHA1');
  const text = secretToBase32(secret);
  const [a, b, c] = [clock(), clock(), clock()];
  const theirs = (now: number): unknown =>
    new otpauth.TOTP({ secret: otpauth.Secret.fromBase32(text), algorithm: 'SHA1', digits: 6, period: 30 }).validate({
      token: '000000',
      window: 1,
      timestamp: now,
    });
  const ours = (create: (options: { secret: Uint8Array }) => Totp, now: number): unknown =>
    create({ secret: secretFromBase32(text) }).verify('000000', { after: null, now });
  const cases: Case[] = [
    { name: BASELINE, run: () => theirs(a()) },
    { name: 'countersign', run: () => ours(createTotp, b()), target: 0.28 },
    { name: 'countersign, totp/sha1', run: () => ours(createSha1Totp, c()), target: 0.28 },
    { name: 'otplib 13.5', run: () => verifySync({ secret: text, token: '000000', epochTolerance: 30 }) },
    { name: '@oslojs/otp 1.1', run: () => verifyTOTPWithGracePeriod(secret, 30, 6, '000000', 30) },
    { name: '@epic-web/totp 4 (WebCrypto)', run: () => verifyTOTP({ secret: text, otp: '000000', window: 1 }) },
    {
      name: 'speakeasy 2 (node:crypto)',
      run: () => speakeasy.totp.verifyDelta({ secret: text, encoding: 'base32', token: '000000', window: 1 }),
    },
  ];
  return { title: 'Verify one wrong code, SHA1, window ±1, from the Base32 text each time', baseline: BASELINE, cases };
}

/** What suites of other packages are compared with: one wrong code judged by a prepared SHA-1 object, window ±1. */
export function preparedVerification(): Case {
  const totp = createTotp({ secret: secretOf('SHA1') });
  const now = clock();
  return { name: 'one prepared TOTP verification', run: () => totp.verify('000000', { after: null, now: now() }) };
}

export const totpSuites: readonly Suite[] = [
  prepared('SHA1', 0.16),
  prepared('SHA256', 0.21),
  prepared('SHA512', 0.4),
  places(),
  fromBase32(),
];
