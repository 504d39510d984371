import { runInNewContext } from 'node:vm';
import { rasteriseSvg, toRgba } from '@countersign/testing/raster';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMigrationUris, buildOtpauthUri, parseMigrationUri, parseOtpauthUri, renderQrSvg } from '../src/index.ts';
import { type QrImage, readQr } from '../src/read-qr.ts';
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
