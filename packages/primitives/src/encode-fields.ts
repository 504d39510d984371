import { utf8ToBytes } from './bytes.ts';
import { CountersignError } from './error.ts';

/**
 * One unambiguous byte string for a list of fields: a domain, then each field, every part preceded by its length in
 * four bytes (big-endian). Two different lists never encode alike, and neither do two purposes, so that what is signed
 * or hashed here can be taken for nothing else.
 *
 * @param domain names the purpose and its version, such as `countersign/approval/v1`
 * @param fields text (as UTF-8), bytes, or non-negative safe integers (as eight bytes, big-endian)
 * @throws CountersignError `invalid-argument` for lone surrogates, which UTF-8 would make alike, and for bad numbers
 */
export function encodeFields(
  domain: string,
  fields: readonly (string | Uint8Array | number)[],
): Uint8Array<ArrayBuffer> {
  const parts: (Uint8Array | number)[] = [encodeText(domain)];
  let length = PREFIX + (parts[0] as Uint8Array).length;
  for (const field of fields) {
    const part = typeof field === 'string' ? encodeText(field) : field;
    if (typeof part === 'number') assertNumber(part);
    parts.push(part);
    length += PREFIX + (typeof part === 'number' ? NUMBER : part.length);
  }
  // One array for all: cards and approvals encode a few fields for each answer, and small arrays cost more than hashing.
  const bytes = new Uint8Array(length);
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const part of parts) {
    if (typeof part === 'number') {
      view.setUint32(at, NUMBER);
      view.setUint32(at + PREFIX, Math.floor(part / 0x1_0000_0000));
      view.setUint32(at + PREFIX + 4, part >>> 0);
      at += PREFIX + NUMBER;
    } else {
      view.setUint32(at, part.length);
      bytes.set(part, at + PREFIX);
      at += PREFIX + part.length;
    }
  }
  return bytes;
}

/** Bytes of a length, and of a number. */
const PREFIX = 4;
const NUMBER = 8;

function encodeText(text: string): Uint8Array {
  if (/\p{Surrogate}/u.test(text)) throw new CountersignError('invalid-argument', 'text has a lone surrogate');
  return utf8ToBytes(text);
}

function assertNumber(value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CountersignError('invalid-argument', 'numbers must be integers from 0 to 2^53-1');
  }
}
