import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { decodeQR } from 'qr/decode.js';
import { isOpaque, type QrImage, readImage, shrink, toGrey } from './qr-image.ts';
import { type Point, turnImage } from './turn-image.ts';

/** A QR code in a picture. */
export type FoundQr = {
  text: string;
  /**
   * Its outer corners in pixels of the image, without the quiet zone: the code's own top left, top right, bottom right
   * and bottom left, wherever these lie when it is turned. Estimates, good for an outline.
   */
  corners: [Point, Point, Point, Point];
};

export type FindQrOptions = {
  /**
   * Whether to look again, turned and enlarged, when nothing was read at first: it costs a few times as much and reads a
   * third more of bad pictures. In a camera loop the next frame is the better second try: `false`. Default `true`.
   */
  retry?: boolean | undefined;
};

/**
 * What is tried after the picture as it is. The decoder looks for codes along rows and columns and on a pyramid of halved
 * pictures: pixels between those steps, and edges at other angles, are worth a look of their own. Chosen on the 210
 * pictures of the benchmark in the order of what each adds for its time.
 */
const RETRIES: readonly { scale: number; degrees: number }[] = [
  { scale: 1.25, degrees: 40 },
  { scale: 1.5, degrees: 0 },
  { scale: 1.25, degrees: 70 },
];

/**
 * No attempt looks at more pixels than a frame of 1920 by 1080 has, before it is turned: the decoder's time on a picture
 * made to be slow grows with the square of that, to a second here and to a minute at 4096 by 4096.
 */
const MAX_PIXELS = 1920 * 1080;

/**
 * Looks for a QR code in an image, for camera loops that draw its outline: a screenshot, a photo, a frame of a camera.
 * Transparent pixels count as white. Whatever the picture shows, it does not throw. {@link readQr} is the same for a
 * picture that must hold a code.
 *
 * What it says is a stranger's text: give it to {@link parseOtpauthUri} or {@link parseMigrationUri}, never to a browser.
 *
 * Pictures of more than 1920 by 1080 pixels are read at a half or a third of their size: crop to codes that are small in
 * them. A picture made to be slow takes seconds, whatever its size: read what strangers send in a worker.
 *
 * @param image an `ImageData`, or anything of its shape, up to 4096 pixels a side
 * @returns the first code found, or `null` when there is none that can be read
 * @throws CountersignError `invalid-qr` when the image is malformed: not that shape, another number of bytes
 * @example
 * ```ts
 * import { findQr } from '@countersign/qr-provisioning-uri';
 *
 * findQr({ data: new Uint8ClampedArray(4 * 10 * 10), width: 10, height: 10 }); // => null
 * ```
 */
export function findQr(image: QrImage, options: FindQrOptions = {}): FoundQr | null {
  assertOptions(options);
  const { retry = true } = options;
  if (typeof retry !== 'boolean') throw new CountersignError('invalid-argument', 'retry must be true or false');
  const pixels = readImage(image);
  const factor = Math.ceil(Math.sqrt((pixels.width * pixels.height) / MAX_PIXELS));
  const isPlain = factor === 1 && isOpaque(pixels);
  const found = isPlain ? decode(pixels, 'RGBA') : decodeReduced(pixels, factor);
  return found || !retry ? found : findTurned(pixels, factor);
}

function decodeReduced(pixels: QrImage, factor: number): FoundQr | null {
  return moved(decode(shrink(toGrey(pixels), factor), 'I420'), ({ x, y }) => ({ x: x * factor, y: y * factor }));
}

function findTurned(pixels: QrImage, factor: number): FoundQr | null {
  const grey = shrink(toGrey(pixels), factor);
  const limit = Math.sqrt(MAX_PIXELS / (grey.width * grey.height));
  for (const { scale, degrees } of RETRIES) {
    const turned = turnImage(grey, Math.min(scale, limit), degrees);
    const toImage = (point: Point): Point => {
      const { x, y } = turned.toSource(point);
      return { x: x * factor, y: y * factor };
    };
    const found = moved(decode(turned, 'I420'), toImage);
    if (found) return found;
  }
  return null;
}

function moved(found: FoundQr | null, move: (point: Point) => Point): FoundQr | null {
  return found && { text: found.text, corners: found.corners.map(move) as FoundQr['corners'] };
}

/** @param format the library's names: `I420` is one byte a pixel */
function decode({ data, width, height }: QrImage, format: 'RGBA' | 'I420'): FoundQr | null {
  let corners: FoundQr['corners'] | undefined;
  try {
    const text = decodeQR(
      { data, width, height },
      {
        format,
        // A limit of time would make what is read depend on the machine.
        timeLimit: Number.POSITIVE_INFINITY,
        pointsOnDetect: ({ bounds }) => {
          corners = bounds.map(({ x, y }) => ({ x, y })) as FoundQr['corners'];
        },
      },
    );
    return { text, corners: corners! };
  } catch {
    return null;
  }
}
