import { CountersignError } from '@countersign/primitives/error';
import { decodeQR } from 'qr/decode.js';

/** Pixels as a browser's canvas gives them (`ImageData`): rows from the top, four bytes each: red, green, blue, alpha. */
export type QrImage = {
  readonly data: Uint8Array | Uint8ClampedArray;
  /** 1 … 4096 pixels */
  readonly width: number;
  /** 1 … 4096 pixels */
  readonly height: number;
};

/** Largest side that is looked at: a hostile image of this size takes seconds, so read what strangers send in a worker. */
const MAX_SIDE = 4096;

/**
 * Reads the QR code in an image: a screenshot, a photo, a frame of a camera. Transparent pixels count as white.
 * What it says is a stranger's text: give it to {@link parseOtpauthUri} or {@link parseMigrationUri}, never to a browser.
 *
 * @param image an `ImageData`, or anything of its shape; scale larger pictures down first
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
  const { data, width, height } = (image ?? {}) as QrImage;
  const isSide = (value: unknown): boolean =>
    Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_SIDE;
  const pixels = ownBytes(data);
  if (!pixels || !isSide(width) || !isSide(height) || pixels.length !== 4 * width * height) {
    throw new CountersignError(
      'invalid-qr',
      'image must have data (RGBA, 4 bytes a pixel), width and height up to 4096',
    );
  }
  try {
    return decodeQR({ data: onWhite(pixels), width, height }, { format: 'RGBA' });
  } catch {
    throw new CountersignError('invalid-qr', 'no QR code was found that can be read');
  }
}

/** The same bytes as a Uint8Array of this realm: a canvas in a frame gives arrays of its own. */
function ownBytes(data: unknown): Uint8Array | undefined {
  const kind = Object.prototype.toString.call(data);
  if (!ArrayBuffer.isView(data) || (kind !== '[object Uint8Array]' && kind !== '[object Uint8ClampedArray]')) {
    return undefined;
  }
  return new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
}

/** Lays transparent pixels on white: a canvas holds them as black. Opaque images are not copied. */
function onWhite(pixels: Uint8Array): Uint8Array {
  if (!pixels.some((value, index) => index % 4 === 3 && value < 255)) return pixels;
  return pixels.map((value, index) => {
    const alpha = pixels[index | 3]! / 255;
    return index % 4 === 3 ? 255 : Math.round(value * alpha + 255 * (1 - alpha));
  });
}
