import { runInNewContext } from 'node:vm';
import { hardQrImages } from '@countersign/testing/hard-qr-images';
import { rasteriseSvg, toRgba } from '@countersign/testing/raster';
import fc from 'fast-check';
import { describe, expect, it, vi } from 'vitest';
import {
  buildMigrationUris,
  buildOtpauthUri,
  parseMigrationUri,
  parseOtpauthUri,
  qrMatrix,
  renderQrSvg,
} from '../src/index.ts';
import { isOpaque } from '../src/qr-image.ts';
import { type FindQrOptions, findQr, type QrImage, readQr } from '../src/read-qr.ts';
import { account } from './support/arbitraries.ts';
import { thrown } from './support/thrown.ts';

const BLACK = [0, 0, 0, 255];
const WHITE = [255, 255, 255, 255];
const CLEAR = [0, 0, 0, 0];
const image = (text: string, scale = 4, colours = [BLACK, WHITE] as const) =>
  toRgba(rasteriseSvg(renderQrSvg(text)), scale, colours);

describe('readQr', () => {
  it('reads what was drawn', () => {
    fc.assert(
      fc.property(account, (given) => {
        fc.pre(buildOtpauthUri(given).length < 600);
        expect(parseOtpauthUri(readQr(image(buildOtpauthUri(given), 3)))).toStrictEqual(given);
      }),
      { numRuns: 40 },
    );
  });

  it.each(['a', '0123456789', 'HTTPS://EXAMPLE.COM/A-B', 'naïve ☃ 🔑 текст', ' spaces '])('reads %j', (text) => {
    expect(readQr(image(text))).toBe(text);
  });

  it('reads a full export of ten accounts', () => {
    const secret = new Uint8Array(20).fill(0xa5);
    const accounts = Array.from({ length: 10 }, (_, i) => ({
      issuer: 'Example',
      account: `user${i}@example.com`,
      secret,
    }));
    const [uri] = buildMigrationUris(accounts);
    expect(readQr(image(uri!, 3))).toBe(uri);
    expect(parseMigrationUri(uri!).accounts).toHaveLength(10);
  });

  it('reads light on dark, colours, a turned code, and one within a larger picture', () => {
    expect(readQr(image('negative', 4, [WHITE, BLACK]))).toBe('negative');
    expect(
      readQr(
        image('colours', 4, [
          [20, 30, 120, 255],
          [250, 240, 200, 255],
        ]),
      ),
    ).toBe('colours');
    const raster = rasteriseSvg(renderQrSvg('turned'));
    const turned = raster.map((_, y) => raster.map((row) => row[y]!).reverse());
    expect(readQr(toRgba(turned, 4))).toBe('turned');
    const small = image('within', 3);
    const large = { data: new Uint8ClampedArray(4 * 640 * 480).fill(255), width: 640, height: 480 };
    for (let y = 0; y < small.height; y++) {
      const row = small.data.subarray(4 * y * small.width, 4 * (y + 1) * small.width);
      large.data.set(row, 4 * ((y + 200) * large.width + 300));
    }
    expect(readQr(large)).toBe('within');
  });

  it('takes transparent pixels for white, as a page shows them', () => {
    expect(readQr(image('clear', 4, [BLACK, CLEAR]))).toBe('clear');
    expect(
      readQr(
        image('faint', 4, [
          [0, 0, 0, 160],
          [0, 0, 0, 10],
        ]),
      ),
    ).toBe('faint');
  });

  it('changes nothing in the pixels, and respects views', () => {
    const { data, width, height } = image('view', 4, [BLACK, CLEAR]);
    const buffer = new Uint8Array(data.length + 12).fill(7);
    buffer.set(data, 8);
    const before = buffer.slice();
    expect(readQr({ data: buffer.subarray(8, 8 + data.length), width, height })).toBe('view');
    expect(readQr({ data: new Uint8ClampedArray(buffer.buffer, 8, data.length), width, height })).toBe('view');
    expect(buffer).toStrictEqual(before);
  });

  it('sees a single pixel that is transparent, wherever it lies', () => {
    for (const side of [1, 2, 3, 5]) {
      for (let at = 0; at < side * side; at++) {
        for (const alpha of [0, 254]) {
          const buffer = new Uint8Array(4 * side * side + 1).fill(255);
          for (const offset of [0, 1]) {
            const data = buffer.subarray(offset, offset + 4 * side * side);
            expect(isOpaque({ data, width: side, height: side })).toBe(true);
            data[4 * at + 3] = alpha;
            expect(isOpaque({ data, width: side, height: side })).toBe(false);
            data[4 * at + 3] = 255;
          }
        }
      }
    }
  });

  it('reads arrays of another realm, as a canvas in a frame gives', () => {
    const { data, width, height } = image('frame');
    const foreign = runInNewContext('Uint8ClampedArray').from(data) as Uint8ClampedArray;
    expect(foreign).not.toBeInstanceOf(Uint8ClampedArray);
    expect(readQr({ data: foreign, width, height })).toBe('frame');
  });

  it('says that there is none', () => {
    const noise = new Uint8ClampedArray(4 * 64 * 64).map((_, i) => (i * 7919) % 256);
    for (const data of [new Uint8ClampedArray(4 * 64 * 64), new Uint8ClampedArray(4 * 64 * 64).fill(255), noise]) {
      const error = thrown(() => readQr({ data, width: 64, height: 64 }));
      expect(error.code).toBe('invalid-qr');
      expect(error.message).toContain('no QR code');
    }
    const damaged = image('damaged beyond repair');
    damaged.data.fill(255, 0, damaged.data.length * 0.7);
    expect(thrown(() => readQr(damaged)).code).toBe('invalid-qr');
  });

  it.each([
    [undefined],
    [null],
    ['data:image/png'],
    [{}],
    [{ data: [0, 0, 0, 255], width: 1, height: 1 }],
    [{ data: new Uint8Array(4), width: 1 }],
    [{ data: new Uint8Array(4), width: '1', height: 1 }],
    [{ data: new Uint8Array(4), width: 1, height: 2 }],
    [{ data: new Uint8Array(3), width: 1, height: 1 }],
    [{ data: new Uint8Array(0), width: 0, height: 0 }],
    [{ data: new Uint8Array(4), width: -1, height: -1 }],
    [{ data: new Uint8Array(4), width: 0.5, height: 2 }],
    [{ data: new Uint8Array(4), width: Number.NaN, height: 1 }],
    [{ data: new Uint8Array(4 * 4097), width: 4097, height: 1 }],
    [{ data: new Float32Array(4), width: 1, height: 1 }],
    [{ data: new DataView(new ArrayBuffer(4)), width: 1, height: 1 }],
  ])('refuses the malformed image %o', (given) => {
    const error = thrown(() => readQr(given as QrImage));
    expect(error.code).toBe('invalid-qr');
    expect(error.message).toContain('image');
  });
});

/** A white picture with another one in it. */
function within(small: QrImage, width: number, height: number, left: number, top: number): QrImage {
  const data = new Uint8ClampedArray(4 * width * height).fill(255);
  for (let y = 0; y < small.height; y++) {
    const row = small.data.subarray(4 * y * small.width, 4 * (y + 1) * small.width);
    data.set(row, 4 * ((y + top) * width + left));
  }
  return { data, width, height };
}

describe('findQr', () => {
  it('gives the text and the four outer corners in pixels, clockwise from the top left', () => {
    const found = findQr(within(image('corners', 5), 640, 480, 100, 60))!;
    expect(found.text).toBe('corners');
    // 21 modules of 5 pixels, after a quiet zone of 4.
    const [left, top, side] = [100 + 20, 60 + 20, 105];
    const expected = [
      [left, top],
      [left + side, top],
      [left + side, top + side],
      [left, top + side],
    ];
    expect(found.corners).toHaveLength(4);
    for (const [i, { x, y }] of found.corners.entries()) {
      expect(Math.hypot(x - expected[i]![0]!, y - expected[i]![1]!)).toBeLessThan(2);
    }
  });

  it("gives the code's own top left first when it is turned", () => {
    const raster = rasteriseSvg(renderQrSvg('turned'));
    const turned = raster.map((_, y) => raster.map((row) => row[y]!).reverse());
    const { corners } = findQr(toRgba(turned, 5))!;
    // A quarter turn clockwise: its top left lies at the top right, 4 modules from the edge.
    expect(Math.hypot(corners[0].x - 5 * (raster.length - 4), corners[0].y - 20)).toBeLessThan(2);
  });

  it.each([
    [2560, 1440, 2],
    [4096, 3072, 3],
  ])('reads a picture of %d by %d pixels at a part of its size, with corners in the whole one', (width, height) => {
    const { corners, text } = findQr(within(image('large', 12), width, height, 1200, 900))!;
    expect(text).toBe('large');
    expect(Math.hypot(corners[0].x - 1248, corners[0].y - 948)).toBeLessThan(6);
    expect(Math.hypot(corners[2].x - 1500, corners[2].y - 1200)).toBeLessThan(6);
  });

  it('is null for whatever else a picture shows, and never throws for it', () => {
    const side = 64;
    const pictures = fc.oneof(
      fc.uint8Array({ minLength: 4 * 16 * 16, maxLength: 4 * 16 * 16 }).map((tile) => tiled(tile, side)),
      fc.constantFrom(0, 127, 255).map((value) => new Uint8Array(4 * side * side).fill(value)),
    );
    fc.assert(
      fc.property(pictures, (data) => {
        expect(findQr({ data, width: side, height: side })).toBeNull();
      }),
      { numRuns: 60 },
    );
    for (const [width, height] of [
      [1, 1],
      [1, 4096],
      [4096, 1],
      [4096, 510],
    ] as const) {
      expect(findQr({ data: new Uint8Array(4 * width * height), width, height })).toBeNull();
    }
  });

  function tiled(tile: Uint8Array, side: number): Uint8Array {
    return Uint8Array.from({ length: 4 * side * side }, (_, i) => tile[i % tile.length]!);
  }

  it('throws for what is no image, and for options that are none', () => {
    expect(thrown(() => findQr(null as unknown as QrImage)).code).toBe('invalid-qr');
    expect(thrown(() => findQr({ data: new Uint8Array(3), width: 1, height: 1 })).code).toBe('invalid-qr');
    for (const options of [null, 7, { retry: 1 }, { retry: null }]) {
      expect(thrown(() => findQr(image('a'), options as FindQrOptions)).code).toBe('invalid-argument');
    }
  });

  it('never calls back for each byte of a frame (S1)', () => {
    const frame = within(image('frame'), 640, 480, 200, 100);
    const clear = image('clear', 4, [BLACK, CLEAR]);
    const blank = { data: new Uint8ClampedArray(4 * 200 * 200), width: 200, height: 200 };
    const looping = (['some', 'map', 'every', 'filter', 'forEach', 'reduce'] as const).flatMap((name) => [
      vi.spyOn(Uint8Array.prototype, name),
      vi.spyOn(Uint8ClampedArray.prototype, name),
    ]);
    try {
      expect([findQr(frame)?.text, findQr(clear)?.text, findQr(blank)]).toStrictEqual(['frame', 'clear', null]);
      for (const spy of looping) expect(spy).not.toHaveBeenCalled();
    } finally {
      for (const spy of looping) spy.mockRestore();
    }
  });
});

describe('hard pictures', () => {
  const PER_KIND = 5;
  const pictures = [...hardQrImages((text) => qrMatrix(text), PER_KIND)];

  it('are read, nine of ten, and none is misread', () => {
    const read = pictures.filter((picture) => {
      const found = findQr(picture);
      if (found) expect(found.text).toBe(picture.text);
      return found;
    });
    expect(pictures).toHaveLength(7 * PER_KIND);
    expect(read.length).toBeGreaterThanOrEqual(0.9 * pictures.length);
  });

  it('give the corners to four pixels, after a retry too', () => {
    for (const picture of pictures) {
      for (const [i, { x, y }] of (findQr(picture)?.corners ?? []).entries()) {
        expect(Math.hypot(x - picture.corners[i]!.x, y - picture.corners[i]!.y)).toBeLessThan(4);
      }
    }
  });

  it('are looked at once when told so, and then fewer are read', () => {
    const once = pictures.filter((picture) => findQr(picture, { retry: false }));
    const again = pictures.filter((picture) => findQr(picture));
    expect(once.length).toBeLessThan(again.length - 3);
    expect(once.every((picture) => again.includes(picture))).toBe(true);
  });
});
