import { concatBytes, utf8ToBytes } from './bytes.ts';
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
export function encodeFields(domain: string, fields: readonly (string | Uint8Array | number)[]): Uint8Array {
  const parts: Uint8Array[] = [];
  for (const field of [domain, ...fields]) {
    const bytes =
      typeof field === 'string' ? encodeText(field) : typeof field === 'number' ? encodeInteger(field) : field;
    const length = new Uint8Array(4);
    new DataView(length.buffer).setUint32(0, bytes.length);
    parts.push(length, bytes);
  }
  return concatBytes(...parts);
}

function encodeText(text: string): Uint8Array {
  if (/\p{Surrogate}/u.test(text)) throw new CountersignError('invalid-argument', 'text has a lone surrogate');
  return utf8ToBytes(text);
}

function encodeInteger(value: number): Uint8Array {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CountersignError('invalid-argument', 'numbers must be integers from 0 to 2^53-1');
  }
  const bytes = new Uint8Array(8);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, Math.floor(value / 0x1_0000_0000));
  view.setUint32(4, value >>> 0);
  return bytes;
}
