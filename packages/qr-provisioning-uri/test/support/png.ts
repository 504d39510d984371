import { crc32, deflateSync, inflateSync } from 'node:zlib';
import type { Raster } from '@countersign/testing/raster';

/** A PNG file (ISO/IEC 15948) of eight-bit grey. */
export function toPng(raster: Raster, scale: number): Uint8Array {
  const width = raster[0]!.length * scale;
  const height = raster.length * scale;
  const pixels = new Uint8Array((width + 1) * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      pixels[y * (width + 1) + 1 + x] = raster[Math.floor(y / scale)]![Math.floor(x / scale)] ? 0 : 255;
    }
  }
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  return Buffer.concat([
    Buffer.from('89504e470d0a1a0a', 'hex'),
    chunk('IHDR', new Uint8Array(header.buffer)),
    chunk('IDAT', deflateSync(pixels)),
    chunk('IEND', new Uint8Array(0)),
  ]);
}

function chunk(type: string, data: Uint8Array): Buffer {
  const body = Buffer.concat([Buffer.from(type, 'latin1'), data]);
  const frame = Buffer.alloc(8);
  frame.writeUInt32BE(data.length, 0);
  frame.writeUInt32BE(crc32(body), 4);
  return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)]);
}

/** What a PNG file of one bit a pixel says, by Node's own inflate; each chunk's checksum is checked. */
export function readPng(file: Uint8Array): {
  width: number;
  height: number;
  depth: number;
  colourType: number;
  isWhite: (x: number, y: number) => boolean;
} {
  const buffer = Buffer.from(file);
  if (buffer.toString('hex', 0, 8) !== '89504e470d0a1a0a') throw new Error('no PNG signature');
  const chunks = new Map<string, Buffer>();
  for (let at = 8; at < buffer.length; ) {
    const end = at + 8 + buffer.readUInt32BE(at);
    if (buffer.readUInt32BE(end) !== crc32(buffer.subarray(at + 4, end))) throw new Error('wrong checksum');
    chunks.set(buffer.toString('latin1', at + 4, at + 8), buffer.subarray(at + 8, end));
    at = end + 4;
  }
  const header = chunks.get('IHDR')!;
  const [width, height] = [header.readUInt32BE(0), header.readUInt32BE(4)];
  const pixels = inflateSync(chunks.get('IDAT')!);
  const stride = 1 + Math.ceil(width / 8);
  if (pixels.length !== stride * height) throw new Error('wrong number of bytes');
  return {
    width,
    height,
    depth: header[8]!,
    colourType: header[9]!,
    isWhite(x, y) {
      if (pixels[y * stride] !== 0) throw new Error('a filter that is not expected');
      return ((pixels[y * stride + 1 + (x >> 3)]! >> (7 - (x & 7))) & 1) === 1;
    },
  };
}
