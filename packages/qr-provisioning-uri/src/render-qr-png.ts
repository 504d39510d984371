import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { encode } from 'fast-png';
import { type EncodedQr, encodeQr, type QrOptions } from './encode-qr.ts';

export type QrPngOptions = QrOptions & {
  /** Pixels that a module is wide, 1 … 32. Whole ones alone keep its edges sharp. Default 8. */
  scale?: number | undefined;
};

/**
 * Draws a QR code as a PNG file, black on white, one bit a pixel: for e-mail programs, documents and whatever else shows
 * no SVG. In pages {@link renderQrSvg} is smaller and sharper. A picture of a provisioning URI is the secret: do not
 * leave it in files or logs.
 *
 * @param text what the code says, up to 2331 bytes of UTF-8 at medium error correction
 * @returns the bytes of the file
 * @throws CountersignError `invalid-argument` (no text, options), `invalid-qr` (text too long)
 * @example
 * ```ts
 * import { renderQrPng } from '@countersign/qr-provisioning-uri';
 *
 * const png = renderQrPng('hello', { scale: 4 });
 * String.fromCharCode(...png.subarray(1, 4)); // => 'PNG'
 * renderQrPng('hello', { scale: 0 }); // throws invalid-argument
 * ```
 */
export function renderQrPng(text: string, options: QrPngOptions = {}): Uint8Array<ArrayBuffer> {
  assertOptions(options);
  const { scale = 8 } = options;
  assertInteger(scale, 'scale', 1, 32, 'invalid-argument');
  const encoded = encodeQr(text, options);
  const side = (encoded.rows.length + 2 * encoded.quietZone) * scale;
  const file = encode({ width: side, height: side, data: bitmap(encoded, scale), depth: 1, channels: 1 });
  return new Uint8Array(file);
}

/** One bit a pixel, rows padded to whole bytes (PNG, ISO/IEC 15948 §7.2): 1 is white. */
function bitmap({ rows, quietZone }: EncodedQr, scale: number): Uint8Array {
  const side = (rows.length + 2 * quietZone) * scale;
  const stride = Math.ceil(side / 8);
  const bits = new Uint8Array(stride * side).fill(0xff);
  for (const [y, row] of rows.entries()) {
    const start = (y + quietZone) * scale * stride;
    for (const [x, dark] of row.entries()) {
      if (!dark) continue;
      const first = (x + quietZone) * scale;
      for (let pixel = first; pixel < first + scale; pixel++) bits[start + (pixel >> 3)]! &= ~(0x80 >> (pixel & 7));
    }
    for (let line = 1; line < scale; line++) bits.copyWithin(start + line * stride, start, start + stride);
  }
  return bits;
}
