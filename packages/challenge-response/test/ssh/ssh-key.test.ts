import { assertDisplayText } from '@countersign/primitives/assert';
import { concatBytes } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { CountersignError, parseSshPublicKey } from '../../src/ssh.ts';
import { base64, mpint, text, wire } from './wire-writer.ts';

const random = seededRandom('ssh keys');
const EDWARDS = ed25519.getPublicKey(random(32));
const POINT = p256.getPublicKey(random(32).fill(1, 0, 1), false);
const MODULUS = random(256).fill(0xc1, 0, 1).fill(1, 255);
const E = Uint8Array.of(1, 0, 1);
const APPLICATION = text('ssh:');

const ed = wire(text('ssh-ed25519'), EDWARDS);
const line = (type: string, blob: Uint8Array, comment = '') => `${type} ${base64(blob)}${comment && ` ${comment}`}`;
const rsa = (e: Uint8Array, n: Uint8Array) => line('ssh-rsa', wire(text('ssh-rsa'), e, n));

const EC = line('ecdsa-sha2-nistp256', wire(text('ecdsa-sha2-nistp256'), text('nistp256'), POINT));
/** The same bytes as EC to a decoder that drops the two bits that belong to no byte. */
const LETTERS = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
const STRAY = EC.replace(/(.)=$/, (_, last: string) => `${LETTERS[LETTERS.indexOf(last) + 1]}=`);

function refused(given: unknown, code = 'invalid-key'): string {
  try {
    parseSshPublicKey(given as string);
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    expect(error).toMatchObject({ code });
    return (error as Error).message;
  }
  return expect.unreachable(`accepted ${String(given).slice(0, 200)}`);
}

test('the line with stray bits is the line of a key', () => {
  expect(parseSshPublicKey(EC).line).toBe(EC);
  expect(Buffer.from(STRAY.split(' ')[1]!, 'base64').equals(Buffer.from(EC.split(' ')[1]!, 'base64'))).toBe(true);
});

describe('accepted', () => {
  test.each([
    ['ssh-rsa', wire(text('ssh-rsa'), mpint(E), mpint(MODULUS)), 2048],
    ['ssh-ed25519', ed, 256],
    ['ecdsa-sha2-nistp256', wire(text('ecdsa-sha2-nistp256'), text('nistp256'), POINT), 256],
    ['sk-ssh-ed25519@openssh.com', wire(text('sk-ssh-ed25519@openssh.com'), EDWARDS, APPLICATION), 256],
    [
      'sk-ecdsa-sha2-nistp256@openssh.com',
      wire(text('sk-ecdsa-sha2-nistp256@openssh.com'), text('nistp256'), POINT, text('ssh:work')),
      256,
    ],
  ])('%s', (type, blob, bits) => {
    const key = parseSshPublicKey(line(type, blob, 'ada  lovelace'));
    expect(key).toEqual({
      type,
      key: base64(blob),
      comment: 'ada  lovelace',
      bits,
      fingerprint: expect.stringMatching(/^SHA256:[A-Za-z0-9+/]{43}$/),
      line: line(type, blob),
    });
    expect(parseSshPublicKey(JSON.parse(JSON.stringify(key)).line)).toEqual({ ...key, comment: '' });
    for (const around of [`\ufeff${key.line}`, `\r\n  ${key.line}\t\r\n\n`, key.line.replace(' ', ' \t ')]) {
      expect(parseSshPublicKey(around).line).toBe(key.line);
    }
  });

  test('RSA: sizes and exponents', () => {
    const key = (e: number[], length: number, first = 0xc1) =>
      parseSshPublicKey(
        rsa(
          mpint(Uint8Array.from(e)),
          mpint(
            random(length)
              .fill(first, 0, 1)
              .fill(1, length - 1),
          ),
        ),
      );
    expect(key([3], 256).bits).toBe(2048);
    expect(key([37], 257, 0x01).bits).toBe(2049);
    expect(key([1, 0, 1], 384).bits).toBe(3072);
    expect(key([1, 0, 1], 2048).bits).toBe(16_384);
    expect(key([255, 255, 255, 255], 512).bits).toBe(4096);
  });

  test('RFC 4716: headers, continuation lines, quotes', () => {
    const body = base64(ed).replace(/.{30}/g, '$&\n');
    const wrap = (headers: string) =>
      `---- BEGIN SSH2 PUBLIC KEY ----\r\n${headers}${body}\r\n---- END SSH2 PUBLIC KEY ----\r\n`;
    expect(parseSshPublicKey(wrap('')).comment).toBe('');
    expect(parseSshPublicKey(wrap('Comment: "ada: of \\\nLondon"\nx-more: \\\n\\\nyes\n'))).toMatchObject({
      comment: 'ada: of London',
      type: 'ssh-ed25519',
    });
    expect(parseSshPublicKey(wrap('Subject: ada\nCOMMENT: plain\n')).comment).toBe('plain');
  });
});

describe('C5 comments are cleaned of what makes text look like other text', () => {
  const rfc4716 = (comment: string) =>
    `---- BEGIN SSH2 PUBLIC KEY ----\nComment: ${comment}\n${base64(ed)}\n---- END SSH2 PUBLIC KEY ----`;

  test.each([
    ['ada\u202egnp.exe', 'adagnp.exe'],
    ['ada\u2066x\u2069', 'adax'],
    ['a\u001b[2Jb', 'a[2Jb'],
    ['a\u0000b\u0007', 'ab'],
    ['a\u0085b', 'ab'],
    ['a\u2028b', 'ab'],
    ['a\u200bb\ufeffc', 'abc'],
    ['a\tb', 'a b'],
    ['\u202e', ''],
    ['Ада 猫 🔑', 'Ада 猫 🔑'],
    ['x'.repeat(300), 'x'.repeat(256)],
    [`${'x'.repeat(255)}🔑`, 'x'.repeat(255)],
  ])('%j', (comment, clean) => {
    expect(parseSshPublicKey(line('ssh-ed25519', ed, comment)).comment).toBe(clean);
    expect(parseSshPublicKey(rfc4716(comment)).comment).toBe(clean);
  });

  test('whatever it is, a comment can be shown', () => {
    const awkward = fc.constantFrom('\u202e', '\u0000', '\u2028', '\ud800', '\u061c', '\u200f', '"', ' ', 'a');
    const character = fc.oneof(fc.string({ unit: 'binary', maxLength: 1 }), awkward);
    fc.assert(
      fc.property(fc.array(character, { maxLength: 400 }), (characters) => {
        const { comment } = parseSshPublicKey(line('ssh-ed25519', ed, characters.join('').replace(/[\r\n]/g, '')));
        if (comment !== '') assertDisplayText(comment, 'comment', 256);
      }),
      { numRuns: 1000 },
    );
  });
});

describe('refused', () => {
  test.each<[string, string]>([
    ['nothing', ''],
    ['white space', ' \n '],
    ['one word', 'ssh-ed25519'],
    ['two keys', `${line('ssh-ed25519', ed)}\n${line('ssh-ed25519', ed)}`],
    ['options', `from="10.0.0.1" ${line('ssh-ed25519', ed)}`],
    ['options without a value', `restrict ${line('ssh-ed25519', ed)}`],
    ['another type outside', line('ssh-rsa', ed)],
    ['no Base64', 'ssh-ed25519 ****'],
    ['Base64 cut off', line('ssh-ed25519', ed).slice(0, -1)],
    ['Base64 with stray bits', STRAY],
    ['padding in the middle', 'ssh-ed25519 AA==AAAA'],
    ['padding alone', 'ssh-ed25519 AA=A'],
    ['URL-safe Base64', line('ssh-ed25519', ed).replace(/\+/g, '-').replace(/\//g, '_').replace('AAAAC', 'AAAA-')],
    ['cut off', line('ssh-ed25519', ed.slice(0, -1))],
    ['cut off in a length', line('ssh-ed25519', ed.slice(0, 17))],
    ['trailing data', line('ssh-ed25519', concatBytes(ed, new Uint8Array(1)))],
    ['31 bytes', line('ssh-ed25519', wire(text('ssh-ed25519'), EDWARDS.slice(1)))],
    ['small order', line('ssh-ed25519', wire(text('ssh-ed25519'), new Uint8Array(32)))],
    ['huge length', line('ssh-ed25519', concatBytes(wire(text('ssh-ed25519')), new Uint8Array(4).fill(255)))],
    ['a type of control characters', line('ssh-ed25519', wire(text('ssh\u0000ed25519'), EDWARDS))],
    ['an empty type', line('ssh-ed25519', wire(text(''), EDWARDS))],
    ['DSA', line('ssh-dss', wire(text('ssh-dss'), mpint(MODULUS)))],
    [
      'a certificate',
      line('ssh-ed25519-cert-v01@openssh.com', wire(text('ssh-ed25519-cert-v01@openssh.com'), EDWARDS)),
    ],
    ['P-384', line('ecdsa-sha2-nistp384', wire(text('ecdsa-sha2-nistp384'), text('nistp384'), POINT))],
    ['another curve inside', line('ecdsa-sha2-nistp256', wire(text('ecdsa-sha2-nistp256'), text('nistp384'), POINT))],
    [
      'compressed',
      line(
        'ecdsa-sha2-nistp256',
        wire(text('ecdsa-sha2-nistp256'), text('nistp256'), p256.Point.fromBytes(POINT).toBytes(true)),
      ),
    ],
    [
      'off the curve',
      line('ecdsa-sha2-nistp256', wire(text('ecdsa-sha2-nistp256'), text('nistp256'), POINT.slice().fill(7, 64))),
    ],
    [
      "a web site's credential",
      line('sk-ssh-ed25519@openssh.com', wire(text('sk-ssh-ed25519@openssh.com'), EDWARDS, text('example.com'))),
    ],
    ['RSA of 2047 bits', rsa(mpint(E), mpint(MODULUS.slice().fill(0x7f, 0, 1)))],
    ['RSA over 16,384 bits', rsa(mpint(E), mpint(random(2049).fill(1, 0, 1).fill(1, 2048)))],
    ['even modulus', rsa(mpint(E), mpint(MODULUS.slice().fill(2, 255)))],
    ['exponent 1', rsa(mpint(Uint8Array.of(1)), mpint(MODULUS))],
    ['exponent 65536', rsa(mpint(Uint8Array.of(1, 0, 0)), mpint(MODULUS))],
    ['exponent 0', rsa(new Uint8Array(), mpint(MODULUS))],
    ['exponent of 0 bytes 00', rsa(new Uint8Array(1), mpint(MODULUS))],
    ['exponent of 33 bits', rsa(mpint(Uint8Array.of(1, 0, 0, 0, 1)), mpint(MODULUS))],
    ['negative exponent', rsa(Uint8Array.of(0x81), mpint(MODULUS))],
    ['negative modulus', rsa(mpint(E), MODULUS)],
    ['padded modulus', rsa(mpint(E), concatBytes(new Uint8Array(2), MODULUS))],
    ['padded exponent', rsa(concatBytes(new Uint8Array(1), E), mpint(MODULUS))],
    ['RSA without a modulus', line('ssh-rsa', wire(text('ssh-rsa'), mpint(E)))],
    ['PEM', '-----BEGIN PUBLIC KEY-----\nAAAA\n-----END PUBLIC KEY-----'],
    ['RFC 4716 without an end', `---- BEGIN SSH2 PUBLIC KEY ----\n${base64(ed)}`],
    ['RFC 4716 with another begin', `---- BEGIN SSH2 PUBLIC KEYS ----\n${base64(ed)}\n---- END SSH2 PUBLIC KEY ----`],
    ['RFC 4716, begin only', '---- BEGIN SSH2 PUBLIC KEY ----'],
    ['RFC 4716, headers only', '---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n---- END SSH2 PUBLIC KEY ----'],
    ['RFC 4716, continued to the end', '---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\\\n---- END SSH2 PUBLIC KEY ----'],
    ['RFC 4716, empty', '---- BEGIN SSH2 PUBLIC KEY ----\n---- END SSH2 PUBLIC KEY ----'],
    ['a zero byte in the key', line('ssh-ed25519', ed).replace('AAAA', 'AA\u0000AA')],
    ['too long', `${line('ssh-ed25519', ed)} ${'x'.repeat(16_384)}`],
  ])('%s', (_, given) => {
    const message = refused(given);
    for (const word of given.split(/\s+/)) if (word.length > 20) expect(message).not.toContain(word.slice(0, 20));
  });

  test.each([null, undefined, 5, {}, [], ed, { toString: () => line('ssh-ed25519', ed) }])('%o', (given) => {
    refused(given);
  });

  test.each([
    '-----BEGIN OPENSSH PRIVATE KEY-----\nb3BlbnNzaC1rZXktdjEAAAAA',
    '-----BEGIN RSA PRIVATE KEY-----\nMIIE',
    '-----BEGIN EC PRIVATE KEY-----\nMHcC',
    '-----BEGIN DSA PRIVATE KEY-----',
    '-----BEGIN PRIVATE KEY-----\nMIIE',
    '-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIE',
    '---- BEGIN SSH2 ENCRYPTED PRIVATE KEY ----',
    'PuTTY-User-Key-File-3: ssh-ed25519',
    'PuTTY-User-Key-File-2: ssh-rsa',
    'SSH PRIVATE KEY FILE FORMAT 1.1',
    'b3BlbnNzaC1rZXktdjEAAAAABG5vbmU=',
    `${line('ssh-ed25519', ed)}\n-----BEGIN OPENSSH PRIVATE KEY-----`,
    `${' '.repeat(20_000)}-----BEGIN OPENSSH PRIVATE KEY-----`,
  ])('a private key: %s', (given) => {
    expect(refused(given, 'private-key-given')).toContain('private key');
  });

  test('10,000 hostile lines: an error that is ours, never another, and soon', () => {
    const good = [
      line('ssh-ed25519', ed, 'c'),
      rsa(mpint(E), mpint(MODULUS)),
      line('ecdsa-sha2-nistp256', wire(text('ecdsa-sha2-nistp256'), text('nistp256'), POINT)),
      `---- BEGIN SSH2 PUBLIC KEY ----\nComment: x\n${base64(ed)}\n---- END SSH2 PUBLIC KEY ----`,
    ];
    const bytes = seededRandom('hostile lines');
    let errors = 0;
    const started = performance.now();
    for (let i = 0; i < 10_000; i++) {
      const base = good[i % good.length]!;
      const [a, b, kind, c] = bytes(4) as unknown as [number, number, number, number];
      const at = (a * 256 + b) % base.length;
      const piece = String.fromCharCode(kind % 5 === 0 ? c : 32 + (c % 95));
      const given = [
        base.slice(0, at) + piece + base.slice(at + 1),
        base.slice(0, at),
        base.slice(0, at) + piece + base.slice(at),
        base.slice(at) + base.slice(0, at),
        base.slice(0, at) + base.slice(at + 1 + (c % 8)),
      ][kind % 5]!;
      try {
        expect(parseSshPublicKey(given).bits).toBeGreaterThan(255);
      } catch (error) {
        expect(error).toBeInstanceOf(CountersignError);
        errors++;
      }
    }
    expect(errors).toBeGreaterThan(8000);
    expect(performance.now() - started).toBeLessThan(30_000);
    const patterns = ['BEGIN ', 'BEGIN SSH2 PUBLIC KEY', '\\\n', 'a:\\\n', ' ', '\n', 'A', '=', 'ssh-ed25519 '];
    for (const pattern of patterns) {
      const long = performance.now();
      refused(`---- BEGIN SSH2 PUBLIC KEY ----\n${pattern.repeat(1_000_000 / pattern.length)}`);
      refused(
        `---- BEGIN SSH2 PUBLIC KEY ----\n${pattern.repeat(16_000 / pattern.length)}\n---- END SSH2 PUBLIC KEY ----`,
      );
      expect(performance.now() - long).toBeLessThan(10_000);
    }
  });

  test('any text', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (given) => void refused(given)));
  });
});
