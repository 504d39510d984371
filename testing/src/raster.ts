/** Dark modules as a plain table of booleans, quiet zone included. */
export type Raster = boolean[][];

/** Draws what our SVG says, by the rules of SVG path data and nothing of our own code. */
export function rasteriseSvg(svg: string): Raster {
  const size = Number(/viewBox="0 0 (\d+) \1"/.exec(svg)![1]);
  const rows = Array.from({ length: size }, () => Array<boolean>(size).fill(false));
  const [, path] = / d="([^"]*)"/.exec(svg)!;
  let [x, y] = [0, 0];
  for (const [, command, first, second] of path!.matchAll(/([Mmh])(-?[\d.]+)(?: (-?[\d.]+))?/g)) {
    const [a, b] = [Number(first), Number(second)];
    if (command === 'M') [x, y] = [a, b];
    else if (command === 'm') [x, y] = [x + a, y + b];
    else for (const end = x + a; x < end; x++) rows[y - 0.5]![x] = true;
  }
  return rows;
}

/** Reads a drawing of half blocks: what is a block, and what is not. */
export function rasteriseBlocks(text: string): Raster {
  return text.split('\n').flatMap((line) => {
    const characters = [...line];
    return [characters.map((c) => c === '▀' || c === '█'), characters.map((c) => c === '▄' || c === '█')];
  });
}

/** RGBA pixels, `scale` pixels a module. */
export function toRgba(
  raster: Raster,
  scale: number,
  [dark, light]: readonly [readonly number[], readonly number[]] = [
    [0, 0, 0, 255],
    [255, 255, 255, 255],
  ],
): { data: Uint8ClampedArray; width: number; height: number } {
  const width = raster[0]!.length * scale;
  const height = raster.length * scale;
  const data = new Uint8ClampedArray(4 * width * height);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const isDark = raster[Math.floor(y / scale)]![Math.floor(x / scale)];
      data.set(isDark ? dark : light, 4 * (y * width + x));
    }
  }
  return { data, width, height };
}
