/** What the reader throws; callers turn it into their own error or result. It never leaves the package. */
export class WireFault extends Error {}

/** Reads the data types of RFC 4251 §5. Every length is checked before anything is read, so that hostile ones cost nothing. */
export type WireReader = {
  uint32(): number;
  /** bytes preceded by their length */
  string(): Uint8Array;
  /** a string that must be printable ASCII, as names are */
  name(): string;
  /** a positive integer in its only encoding, as bytes without the leading zero */
  positive(): Uint8Array;
  bytes(length: number): Uint8Array;
  /** refuses trailing data */
  end(): void;
};

export function wireReader(source: Uint8Array): WireReader {
  const view = new DataView(source.buffer, source.byteOffset, source.length);
  let offset = 0;

  function bytes(length: number): Uint8Array {
    if (length > source.length - offset) throw new WireFault('is cut off');
    offset += length;
    return source.slice(offset - length, offset);
  }

  function uint32(): number {
    bytes(4);
    return view.getUint32(offset - 4);
  }

  const string = (): Uint8Array => bytes(uint32());

  return {
    uint32,
    string,
    bytes,
    name() {
      const text = String.fromCharCode(...string().subarray(0, 300));
      if (!/^[\x21-\x7e]{1,256}$/.test(text)) throw new WireFault('has a name that is none');
      return text;
    },
    positive() {
      const value = string();
      const zero = value[0] === 0;
      // RFC 4251 §5: no unnecessary leading byte; a first bit that is set would mean a negative number.
      if (value.length === 0 || value[0]! >= 0x80 || (zero && !(value.length > 1 && value[1]! >= 0x80))) {
        throw new WireFault('has a number that is not a canonical positive integer');
      }
      return zero ? value.subarray(1) : value;
    },
    end() {
      if (offset !== source.length) throw new WireFault('has data after its end');
    },
  };
}

/** Bytes preceded by their length (RFC 4251 §5, `string`). */
export function wireString(bytes: Uint8Array): Uint8Array {
  const output = new Uint8Array(4 + bytes.length);
  new DataView(output.buffer).setUint32(0, bytes.length);
  output.set(bytes, 4);
  return output;
}

/** RFC 4648 §4 Base64 in its one canonical form: padded, no white space, no stray bits. */
export function decodeBase64(text: string): Uint8Array {
  if (text.length % 4 !== 0 || !/^[A-Za-z0-9+/]*={0,2}$/.test(text)) throw new WireFault('is not Base64');
  const binary = atob(text);
  if (btoa(binary) !== text) throw new WireFault('is not canonical Base64');
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

/** Base64 with padding. */
export function encodeBase64(bytes: Uint8Array): string {
  let binary = '';
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
