import type { GreyImage } from './qr-image.ts';

export type Point = { x: number; y: number };

/** A picture made of another one, and where its points lie in that. */
export type TurnedImage = GreyImage & { toSource: (point: Point) => Point };

/** Scales a picture and turns it about its middle, bilinearly, on a canvas that holds all of it, white around. */
export function turnImage(source: GreyImage, scale: number, degrees: number): TurnedImage {
  const angle = (degrees * Math.PI) / 180;
  const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
  const [reachX, reachY] = [Math.abs(cos), Math.abs(sin)];
  const width = Math.ceil((source.width * reachX + source.height * reachY) * scale);
  const height = Math.ceil((source.width * reachY + source.height * reachX) * scale);
  const toSource = ({ x, y }: Point): Point => {
    const [right, down] = [(x - width / 2) / scale, (y - height / 2) / scale];
    return { x: right * cos + down * sin + source.width / 2, y: down * cos - right * sin + source.height / 2 };
  };
  const data = new Uint8Array(width * height).fill(255);
  for (let y = 0; y < height; y++) {
    const start = toSource({ x: 0.5, y: y + 0.5 });
    const row = data.subarray(y * width, (y + 1) * width);
    drawRow(row, source, start.x - 0.5, start.y - 0.5, cos / scale, -sin / scale);
  }
  return { data, width, height, toSource };
}

/** Positions are integers in 65,536ths of a pixel, weights in 256ths: several times as fast as fractions. */
const UNIT = 0x1_0000;

/** One row, along a straight line through the source. */
function drawRow(
  row: Uint8Array,
  { data, width, height }: GreyImage,
  startX: number,
  startY: number,
  stepX: number,
  stepY: number,
): void {
  let x = Math.round(startX * UNIT);
  let y = Math.round(startY * UNIT);
  const right = Math.round(stepX * UNIT);
  const down = Math.round(stepY * UNIT);
  const lastX = (width - 1) * UNIT;
  const lastY = (height - 1) * UNIT;
  for (let i = 0; i < row.length; i++, x += right, y += down) {
    if (x < 0 || y < 0 || x >= lastX || y >= lastY) continue;
    const at = (y >> 16) * width + (x >> 16);
    const across = (x >> 8) & 255;
    const upper = (data[at]! << 8) + (data[at + 1]! - data[at]!) * across;
    const lower = (data[at + width]! << 8) + (data[at + width + 1]! - data[at + width]!) * across;
    row[i] = ((upper << 8) + (lower - upper) * ((y >> 8) & 255)) >> 16;
  }
}
