import { decodeBase32, encodeBase32 } from '@countersign/primitives/base32';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes, equalIntegers } from '@countersign/primitives/constant-time';
import { encodeFields } from '@countersign/primitives/encode-fields';
import type { PrepareMessage } from '@countersign/primitives/hmac-message';
import { hmacMessageSha1 } from '@countersign/primitives/hmac-message-sha1';
import { hmacMessageSha256 } from '@countersign/primitives/hmac-message-sha256';
import { hmacMessageSha512 } from '@countersign/primitives/hmac-message-sha512';
import { hmacSha256 } from '@countersign/primitives/hmac-sha256';
import { randomBytes, randomInteger, randomSample } from '@countersign/primitives/random';
import { checkCharacter, normalizeReadableCode } from '@countersign/primitives/readable-code';
import type { Checks, Suite } from '../checks.ts';
import rfc4648 from '../vectors/rfc4648-base32.json' with { type: 'json' };

/** What every package stands on. */
export const primitives: Suite = {
  name: 'primitives',
  declare(checks) {
    declareBase32(checks);
    declareHmac(checks);
    declareRandom(checks);
    declareCodes(checks);
  },
};

function declareBase32({ equal, throws }: Checks): void {
  for (const [plain, padded] of rfc4648.vectors as [string, string][]) {
    equal(`RFC 4648 §10: ${padded}`, () => decodeBase32(padded), utf8ToBytes(plain));
    equal(`RFC 4648 §10: ${plain}`, () => encodeBase32(utf8ToBytes(plain)), padded.replace(/=+$/, ''));
  }
  throws('Base32 in lower case is not canonical', () => decodeBase32('mzxw6ytb'), 'invalid-base32', 'mzxw6ytb');
}

function computed(prepare: PrepareMessage, secret: Uint8Array, bytes: Uint8Array): Uint8Array {
  const message = prepare(bytes.length);
  for (const [at, byte] of bytes.entries()) message.view.setUint8(at, byte);
  const digest = message.compute(message.prepare(secret));
  return new Uint8Array(digest.buffer.slice(0, digest.byteLength));
}

function declareHmac({ equal }: Checks): void {
  const hashes = [
    ['SHA-1', hmacMessageSha1],
    ['SHA-256', hmacMessageSha256],
    ['SHA-512', hmacMessageSha512],
  ] as const;
  for (const [hash, prepare] of hashes) {
    const name = `HMAC ${hash} of 0 to 200 bytes is the runtime's own, with keys of 1 to 201 bytes`;
    equal(name, async () => {
      const differences: number[] = [];
      for (let length = 0; length <= 200; length += 5) {
        const secret = new Uint8Array(length + 1).fill(length);
        const message = Uint8Array.from({ length }, (_, index) => index);
        const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign']);
        const wanted = new Uint8Array(await crypto.subtle.sign('HMAC', key, message));
        if (!equalBytes(computed(prepare, secret, message), wanted)) differences.push(length);
        if (hash === 'SHA-256' && !equalBytes(hmacSha256(secret).digest(message), wanted)) differences.push(length);
      }
      return differences;
    }, []);
  }
}

function declareRandom({ equal, throws }: Checks): void {
  equal('random bytes differ', () => new Set([randomBytes(32), randomBytes(32)].map(bytesToHex)).size, 2);
  equal(
    'random integers are in range',
    () => Array.from({ length: 500 }, () => randomInteger(7)).every((n) => n >= 0 && n < 7),
    true,
  );
  equal('a sample has no item twice', () => new Set(randomSample([...'abcdefgh'], 8)).size, 8);
  throws('a broken source is refused', () => randomBytes(20, (length) => new Uint8Array(length - 1)), 'invalid-random');
}

function declareCodes({ equal, throws }: Checks): void {
  equal('integers are equal', () => equalIntegers(2 ** 31 - 1, 2 ** 31 - 1), 1);
  equal('integers differ', () => [1, 2 ** 30, -1].map((other) => equalIntegers(0, other)), [0, 0, 0]);
  equal('fields are encoded', () => bytesToHex(encodeFields('a', ['é', Uint8Array.of(7), 2 ** 32 + 1])), FIELDS);
  throws('a lone surrogate is no text', () => encodeFields('d', ['\ud800']), 'invalid-argument');
  equal('a code as it is typed', () => normalizeReadableCode(' abcd-oil7 ', 8), 'ABCD0117');
  equal('a dotless i is no letter', () => normalizeReadableCode('ABCD\u0131', 5), undefined);
  equal('check characters', () => ['0', 'ABCD0117', 'ZZZZZZ'].map(checkCharacter), ['0', 'W', 'S']);
}

const FIELDS = '0000000161' + '00000002c3a9' + '0000000107' + '000000080000000100000001';
