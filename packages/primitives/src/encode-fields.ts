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
  const encoder = new TextEncoder();
  let length = 0;
  const parts = [domain, ...fields].map((field) => {
    const part = typeof field === 'string' ? encodeText(field, encoder) : field;
    length += 4 + (typeof part === 'number' ? 8 : part.length);
    return part;
  });
  const encoded = new Uint8Array(length);
  const view = new DataView(encoded.buffer);
  let end = 0;
  for (const part of parts) {
    const size = typeof part === 'number' ? 8 : part.length;
    view.setUint32(end, size);
    if (typeof part === 'number') writeInteger(view, end + 4, part);
    else encoded.set(part, end + 4);
    end += 4 + size;
  }
  return encoded;
}

function encodeText(text: string, encoder: TextEncoder): Uint8Array {
  if (/\p{Surrogate}/u.test(text)) throw new CountersignError('invalid-argument', 'text has a lone surrogate');
  return encoder.encode(text);
}

/** Eight bytes, big-endian, without the cost of a BigInt. */
function writeInteger(view: DataView, offset: number, value: number): void {
  if (!Number.isSafeInteger(value) || value < 0) {
    throw new CountersignError('invalid-argument', 'numbers must be integers from 0 to 2^53-1');
  }
  view.setUint32(offset, Math.floor(value / 0x1_0000_0000));
  view.setUint32(offset + 4, value >>> 0);
}
