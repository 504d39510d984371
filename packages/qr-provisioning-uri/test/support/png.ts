import { crc32, deflateSync } from 'node:zlib';
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
