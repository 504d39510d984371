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
    drawRow(data, y * width, width, source, start.x - 0.5, start.y - 0.5, cos / scale, -sin / scale);
  }
  return { data, width, height, toSource };
}

/** One row along a straight line through the source. Weights are in 256ths, so that it stays with integers. */
function drawRow(
  data: Uint8Array,
  offset: number,
  length: number,
  { data: from, width, height }: GreyImage,
  startX: number,
  startY: number,
  stepX: number,
  stepY: number,
): void {
  for (let i = 0; i < length; i++) {
    const x = startX + i * stepX;
    const y = startY + i * stepY;
    if (x < 0 || y < 0 || x >= width - 1 || y >= height - 1) continue;
    const left = x | 0;
    const top = y | 0;
    const rightWeight = ((x - left) * 256) | 0;
    const lowerWeight = ((y - top) * 256) | 0;
    const at = top * width + left;
    const upper = from[at]! * 256 + (from[at + 1]! - from[at]!) * rightWeight;
    const lower = from[at + width]! * 256 + (from[at + width + 1]! - from[at + width]!) * rightWeight;
    data[offset + i] = (upper * 256 + (lower - upper) * lowerWeight) >> 16;
  }
}
