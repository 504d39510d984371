import { concatBytes, utf8ToBytes } from '@countersign/primitives/bytes';

/** RFC 4251 §5, written independently of what the package reads with. */
export const text = (value: string): Uint8Array => utf8ToBytes(value);

export function wire(...strings: Uint8Array[]): Uint8Array {
  return concatBytes(...strings.flatMap((bytes) => [uint32(bytes.length), bytes]));
}

export function uint32(value: number): Uint8Array {
  return Uint8Array.of(value >>> 24, value >>> 16, value >>> 8, value);
}

/** The content of an mpint whose value is these bytes. */
export function mpint(value: Uint8Array): Uint8Array {
  let start = 0;
  while (value[start] === 0) start++;
  const short = value.slice(start);
  return (short[0] ?? 0) >= 0x80 ? concatBytes(new Uint8Array(1), short) : short;
}

export const base64 = (bytes: Uint8Array): string => Buffer.from(bytes).toString('base64');
