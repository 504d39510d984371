import { CountersignError } from '@countersign/primitives/error';
import { viewBytes } from './bytes.ts';

/** Pixels as a browser's canvas gives them (`ImageData`): rows from the top, four bytes each: red, green, blue, alpha. */
export type QrImage = {
  readonly data: Uint8Array | Uint8ClampedArray;
  /** 1 … 4096 pixels */
  readonly width: number;
  /** 1 … 4096 pixels */
  readonly height: number;
};

/** The same picture in shades of grey: one byte a pixel. */
export type GreyImage = { readonly data: Uint8Array; readonly width: number; readonly height: number };

const MAX_SIDE = 4096;

/**
 * Checks an image, and gives its pixels as an array of this realm.
 *
 * @throws CountersignError `invalid-qr`
 */
export function readImage(image: QrImage): QrImage {
  const { data, width, height } = (image ?? {}) as QrImage;
  const pixels = viewBytes(data);
  if (!pixels || !isSide(width) || !isSide(height) || pixels.length !== 4 * width * height) {
    throw new CountersignError(
      'invalid-qr',
      'image must have data (RGBA, 4 bytes a pixel), width and height up to 4096',
    );
  }
  return { data: pixels, width, height };
}

function isSide(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 1 && (value as number) <= MAX_SIDE;
}

// Plain loops from here on: a callback for each byte once took three quarters of the time of a read.

/** Whether no pixel is transparent: all pixels ANDed, four at a time, and the alpha of what is left. */
export function isOpaque({ data }: QrImage): boolean {
  const aligned = data.byteOffset % 4 === 0 ? data : data.slice();
  const pixels = new Int32Array(aligned.buffer, aligned.byteOffset, aligned.length / 4);
  let all = -1;
  let i = 0;
  for (; i + 3 < pixels.length; i += 4) all &= pixels[i]! & pixels[i + 1]! & pixels[i + 2]! & pixels[i + 3]!;
  for (; i < pixels.length; i++) all &= pixels[i]!;
  return new Uint8Array(Int32Array.of(all).buffer)[3] === 255;
}

/** Brightness (ITU-R BT.601, in 256ths), on white where the image is transparent: a canvas holds transparency as black. */
export function toGrey({ data, width, height }: QrImage): GreyImage {
  const grey = new Uint8Array(width * height);
  for (let at = 0, from = 0; at < grey.length; at++, from += 4) {
    const light = (77 * data[from]! + 150 * data[from + 1]! + 29 * data[from + 2]!) >> 8;
    const alpha = data[from + 3]!;
    grey[at] = alpha === 255 ? light : 255 - ((255 - light) * alpha) / 255;
  }
  return { data: grey, width, height };
}

/** Averages squares of `factor` pixels each way, of a picture that is larger; what is left over at two edges is cut off. */
export function shrink(source: GreyImage, factor: number): GreyImage {
  if (factor === 1) return source;
  const width = Math.floor(source.width / factor);
  const height = Math.floor(source.height / factor);
  const data = new Uint8Array(width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      let sum = 0;
      for (let line = 0; line < factor; line++) {
        const start = (y * factor + line) * source.width + x * factor;
        for (let column = 0; column < factor; column++) sum += source.data[start + column]!;
      }
      data[y * width + x] = sum / factor ** 2;
    }
  }
  return { data, width, height };
}
