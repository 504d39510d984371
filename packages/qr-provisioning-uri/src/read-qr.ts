import { CountersignError } from '@countersign/primitives/error';
import { findQr } from './find-qr.ts';
import type { QrImage } from './qr-image.ts';

export { type FindQrOptions, type FoundQr, findQr } from './find-qr.ts';
export type { QrImage } from './qr-image.ts';
export type { Point } from './turn-image.ts';

/**
 * Reads the QR code in an image: a screenshot, a photo. For a camera, and for where the code is, {@link findQr}.
 * Transparent pixels count as white. What the code says is a stranger's text: give it to {@link parseOtpauthUri} or
 * {@link parseMigrationUri}, never to a browser.
 *
 * @param image an `ImageData`, or anything of its shape, up to 4096 pixels a side; scale larger pictures down first
 * @returns the text of the first QR code found
 * @throws CountersignError `invalid-qr` when there is none that can be read, or the image is malformed
 * @example
 * ```ts
 * import { readQr } from '@countersign/qr-provisioning-uri';
 *
 * readQr({ data: new Uint8ClampedArray(4 * 10 * 10), width: 10, height: 10 }); // throws invalid-qr
 * ```
 */
export function readQr(image: QrImage): string {
  const found = findQr(image);
  if (!found) throw new CountersignError('invalid-qr', 'no QR code was found that can be read');
  return found.text;
}
