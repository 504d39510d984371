import { readFileSync } from 'node:fs';
import { qrMatrix, renderQrSvg } from '@countersign/qr-provisioning-uri/qr';
import { findQr, type QrImage } from '@countersign/qr-provisioning-uri/read-qr';
import { type HardImage, hardQrImages } from '@countersign/testing/hard-qr-images';
import { rasteriseSvg, toRgba } from '@countersign/testing/raster';
import jsqr from 'jsqr';
import { prepareZXingModule, readBarcodes } from 'zxing-wasm/reader';
import { table } from './table.ts';

type Reader = { name: string; read: (image: QrImage) => string | undefined | Promise<string | undefined> };

/** CommonJS: the function is the default of the default. */
const jsQR = ((jsqr as unknown as { default?: typeof jsqr.default }).default ?? jsqr) as typeof jsqr.default;

const READERS: readonly Reader[] = [
  { name: 'jsqr 1.4', read: ({ data, width, height }) => jsQR(data as Uint8ClampedArray, width, height)?.data },
  { name: 'countersign', read: (image) => findQr(image)?.text },
  { name: 'countersign, without retries', read: (image) => findQr(image, { retry: false })?.text },
  { name: 'zxing-wasm 3.1', read: readWithZxing },
];

async function readWithZxing({ data, width, height }: QrImage): Promise<string | undefined> {
  const image = { data: data as Uint8ClampedArray<ArrayBuffer>, width, height, colorSpace: 'srgb' } as const;
  const [first] = await readBarcodes(image, { formats: ['QRCode'], maxNumberOfSymbols: 1 });
  return first?.text;
}

const FRAMES = 15;

/** What each reader reads of the 210 hard pictures, how long a picture takes, and how long a camera's frame. */
export async function readingTable(): Promise<string> {
  const wasm = readFileSync(new URL(import.meta.resolve('zxing-wasm/reader/zxing_reader.wasm')));
  prepareZXingModule({ overrides: { wasmBinary: wasm.buffer.slice(wasm.byteOffset, wasm.byteOffset + wasm.length) } });
  const pictures = [...hardQrImages((text) => qrMatrix(text))];
  // The first pictures once, to warm up.
  await readAll(pictures.slice(0, 40));
  const results = await readAll(pictures);
  const frames = await timesOfFrame();
  const slowest = results[0]!.each;
  const rows = results.map(({ name, read, misread, each }, place) => {
    const frame = frames[place]!;
    const isOurs = name === 'countersign';
    return [
      name,
      `${read} of ${pictures.length}${isOurs ? verdict(read >= 185, '≥ 185') : ''}`,
      `${misread}${isOurs ? verdict(misread === 0, '0') : ''}`,
      each.toFixed(2),
      (each / slowest).toFixed(3) + (isOurs ? verdict(each <= slowest / 8, '≤ 0.125') : ''),
      frame.toFixed(1) + (isOurs ? verdict(frame <= 10, '≤ 10') : ''),
    ];
  });
  return table(['Reader', 'read', 'misread', 'ms each', 'ratio', 'ms a 1080p frame'], rows);
}

function verdict(isMet: boolean, target: string): string {
  return ` (${target} ${isMet ? '✔' : '✘'})`;
}

type Count = { name: string; read: number; misread: number; each: number };

/** Each picture by every reader in turn, so that a machine that slows down slows all of them. */
async function readAll(pictures: readonly HardImage[]): Promise<Count[]> {
  const counts: Count[] = READERS.map(({ name }) => ({ name, read: 0, misread: 0, each: 0 }));
  for (const picture of pictures) {
    for (const [place, count] of counts.entries()) {
      const start = performance.now();
      const text = await READERS[place]!.read(picture);
      count.each += (performance.now() - start) / pictures.length;
      if (text === picture.text) count.read++;
      else if (text) count.misread++;
    }
  }
  return counts;
}

/** Each reader's median over one frame of 1920 by 1080 pixels, a code on a wall, again in turn. */
async function timesOfFrame(): Promise<number[]> {
  const [width, height] = [1920, 1080];
  const text = 'otpauth://totp/Example:anna?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example';
  const code = toRgba(rasteriseSvg(renderQrSvg(text)), 8);
  const data = new Uint8ClampedArray(4 * width * height);
  for (let i = 0; i < data.length; i += 4) {
    const [x, y] = [(i >> 2) % width, Math.floor((i >> 2) / width)];
    data.set([150 + 0.03 * x + (y % 7), 150 + 0.03 * x, 140 + 0.02 * x, 255], i);
  }
  for (let y = 0; y < code.height; y++) {
    data.set(code.data.subarray(4 * y * code.width, 4 * (y + 1) * code.width), 4 * ((y + 300) * width + 700));
  }
  const times: number[][] = READERS.map(() => []);
  for (let frame = 0; frame < FRAMES; frame++) {
    for (const [place, { name, read }] of READERS.entries()) {
      const start = performance.now();
      if ((await read({ data, width, height })) !== text) throw new Error(`${name} does not read the frame`);
      times[place]!.push(performance.now() - start);
    }
  }
  return times.map((each) => each.sort((a, b) => a - b)[FRAMES >> 1]!);
}
