import { createHmac } from 'node:crypto';
import type { CardFormat } from '../src/index.ts';

// Written from the section "Derivation" of the package's README, on node:crypto alone. Nothing of our own code is used.

export const ALPHABETS: Record<CardFormat, readonly string[]> = {
  'letter-digit-letter': ['ABCDEFGHJKLMNPQRSTUVWXYZ', '23456789'],
  crockford: ['0123456789ABCDEFGHJKMNPQRSTVWXYZ'],
  digits: ['0123456789'],
};

function integer(value: number): Buffer {
  const bytes = Buffer.alloc(8);
  bytes.writeBigUInt64BE(BigInt(value));
  return bytes;
}

/** Parts, each after its length in four bytes. */
function message(...parts: Buffer[]): Buffer {
  return Buffer.concat(
    parts.flatMap((part) => {
      const length = Buffer.alloc(4);
      length.writeUInt32BE(part.length);
      return [length, part];
    }),
  );
}

/** HMAC-SHA-256 of the four parts. */
export function derivedBlock(key: Uint8Array, domain: string, serial: string, number: number, block: number): Buffer {
  const input = message(Buffer.from(domain), Buffer.from(serial), integer(number), integer(block));
  return createHmac('sha256', key).update(input).digest();
}

function derived(
  key: Uint8Array,
  domain: string,
  serial: string,
  number: number,
  alphabets: readonly string[],
  length: number,
): string {
  let code = '';
  for (let block = 0; code.length < length; block++) {
    for (const byte of derivedBlock(key, domain, serial, number, block)) {
      const alphabet = alphabets[code.length % alphabets.length]!;
      if (code.length < length && byte < Math.floor(256 / alphabet.length) * alphabet.length) {
        code += alphabet[byte % alphabet.length];
      }
    }
  }
  return code;
}

/** A cell of a card. */
export function derivedCell(
  key: Uint8Array,
  serial: string,
  format: CardFormat,
  codeLength: number,
  index: number,
): string {
  const domain = `countersign/card-cell/v1/${format}/${codeLength}`;
  return derived(key, domain, serial, index, ALPHABETS[format], codeLength);
}

/** A recovery code, grouped as it is printed. */
export function derivedRecoveryCode(key: Uint8Array, serial: string, number: number): string {
  const alphabet = ALPHABETS.crockford[0]!;
  const numbered = alphabet[number]! + derived(key, 'countersign/recovery-code/v1', serial, number, [alphabet], 13);
  let sum = 0;
  for (const character of numbered) {
    sum = 2 * (sum ^ alphabet.indexOf(character));
    if (sum >= 32) sum ^= 37;
  }
  return `${numbered}${alphabet[sum]}`.replace(/(.{5})(?=.)/g, '$1-');
}

/** What ties a state to key and design: of a card, or of a list of recovery codes. */
export function derivedFingerprint(key: Uint8Array, domain: string, serial: string, design: number): string {
  return derivedBlock(key, domain, serial, 0, design).toString('hex').slice(0, 16);
}
