import { CountersignError } from './error.ts';

export { concatBytes, utf8ToBytes } from '@noble/hashes/utils.js';

/** Two lower-case hexadecimal digits a byte. Written here because noble's are a third of a kilobyte in every bundle. */
export function bytesToHex(bytes: Uint8Array): string {
  let hex = '';
  for (const byte of bytes) hex += (byte + 0x100).toString(16).slice(1);
  return hex;
}

/**
 * Bytes from hexadecimal digits of either case.
 * @throws CountersignError `invalid-argument` for anything else
 */
export function hexToBytes(hex: string): Uint8Array<ArrayBuffer> {
  if (typeof hex !== 'string' || hex.length % 2 || /[^0-9a-f]/i.test(hex)) {
    throw new CountersignError('invalid-argument', 'hexadecimal digits expected, two a byte');
  }
  return Uint8Array.from({ length: hex.length / 2 }, (_, i) => Number.parseInt(hex.slice(2 * i, 2 * i + 2), 16));
}
