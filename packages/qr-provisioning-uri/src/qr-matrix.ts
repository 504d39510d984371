import { encodeQr, type QrOptions } from './encode-qr.ts';

/**
 * The bare modules of a QR code, for drawings that are not offered here: rows from the top, `true` for dark, without a
 * quiet zone. Draw the modules square, dark on light, and leave four light ones free on every side (ISO/IEC 18004
 * §5.3.8). {@link renderQrSvg}, {@link renderQrPng} and {@link renderQrTerminal} do that already.
 *
 * @param text what the code says, up to 2331 bytes of UTF-8 at medium error correction
 * @param options `errorCorrection`
 * @returns 21 to 177 rows of as many modules, in fresh arrays
 * @throws CountersignError `invalid-argument` (no text, options), `invalid-qr` (text too long)
 * @example
 * ```ts
 * import { qrMatrix } from '@countersign/qr-provisioning-uri';
 *
 * const rows = qrMatrix('hello');
 * rows.length; // => 21
 * rows[0]?.slice(0, 9).map((dark) => (dark ? '#' : '.')).join(''); // => '#######..'
 * ```
 */
export function qrMatrix(text: string, options: Pick<QrOptions, 'errorCorrection'> = {}): boolean[][] {
  return encodeQr(text, options).rows;
}
