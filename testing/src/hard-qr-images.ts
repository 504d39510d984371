import type { Raster } from './raster.ts';

/** A picture of a QR code as a camera gives it, what the code says, and where its corners are. */
export type HardImage = {
  kind: Kind;
  text: string;
  data: Uint8ClampedArray<ArrayBuffer>;
  width: number;
  height: number;
  /** Outer corners of the code without its quiet zone, in pixels: top left, top right, bottom right, bottom left. */
  corners: readonly Point[];
};

type Point = { x: number; y: number };
type Kind = (typeof KINDS)[number];

const KINDS = ['rotated', 'perspective', 'noisy', 'dim', 'blurred', 'distant', 'mixed'] as const;
export const IMAGES_PER_KIND = 30;
const WIDTH = 480;
const HEIGHT = 360;
const QUIET_ZONE = 4;

/** How one picture is taken. Angles in radians, `blur` in pixels, `noise` in grey levels. */
type Shot = {
  modulePixels: number;
  turn: number;
  tilt: number;
  tiltDirection: number;
  blur: number;
  noise: number;
  dark: number;
  light: number;
  /** How much of the light is lost from one side of the picture to the other, 0 … 1. */
  falloff: number;
};

/** Numbers in 0 … 1, the same for the same seed everywhere (mulberry32). */
function repeatable(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/**
 * 210 pictures of 480 by 360 pixels, always the same: provisioning URIs of 80 to 150 characters, photographed turned,
 * from the side, with noise, in bad light, out of focus, from far away, and all of that together.
 *
 * @param draw the modules of a text, without a quiet zone
 */
export function* hardQrImages(draw: (text: string) => Raster, perKind: number = IMAGES_PER_KIND): Generator<HardImage> {
  for (const [place, kind] of KINDS.entries()) {
    for (let index = 0; index < perKind; index++) {
      const random = repeatable(1000 * place + index);
      const text = provisioningUri(random);
      yield { kind, text, ...photograph(draw(text), shotOf(kind, random), random) };
    }
  }
}

function provisioningUri(random: () => number): string {
  const characters = (count: number, alphabet: string): string =>
    Array.from({ length: count }, () => alphabet[Math.floor(random() * alphabet.length)]).join('');
  const name = characters(5 + Math.floor(random() * 35), 'abcdefghijklmnopqrstuvwxyz');
  const secret = characters(32, 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567');
  return `otpauth://totp/Example:${name}%40example.com?secret=${secret}&issuer=Example`;
}

function shotOf(kind: Kind, random: () => number): Shot {
  const between = (low: number, high: number): number => low + (high - low) * random();
  const turn = between(0, 2 * Math.PI);
  const tiltDirection = between(0, 2 * Math.PI);
  const slight = between(-0.15, 0.15);
  const plain: Shot = {
    modulePixels: between(3.5, 5.5),
    turn: slight,
    tilt: 0,
    tiltDirection,
    blur: 0.4,
    noise: 4,
    dark: 25,
    light: 225,
    falloff: between(0, 0.2),
  };
  switch (kind) {
    case 'rotated':
      return { ...plain, turn, modulePixels: between(3, 5), noise: between(4, 25), blur: between(0.4, 1) };
    case 'perspective':
      return { ...plain, turn, tilt: between(0.4, 0.95), noise: between(2, 12) };
    case 'noisy':
      return { ...plain, noise: between(15, 52), turn };
    case 'dim': {
      const dark = between(5, 30);
      return { ...plain, dark, light: dark + between(25, 80), noise: between(1, 6), falloff: between(0.3, 0.75) };
    }
    case 'blurred':
      return { ...plain, blur: plain.modulePixels * between(0.2, 0.55), noise: between(1, 6), turn };
    case 'distant':
      return { ...plain, modulePixels: between(1.8, 3), turn, noise: between(1, 8), blur: between(0.3, 0.6) };
    case 'mixed':
      return {
        ...plain,
        turn,
        modulePixels: between(3, 5.5),
        tilt: between(0.2, 0.7),
        blur: between(0.4, 1.2),
        noise: between(3, 15),
        dark: between(10, 50),
        light: between(110, 220),
        falloff: between(0.1, 0.5),
      };
  }
}

function photograph(modules: Raster, shot: Shot, random: () => number): Omit<HardImage, 'kind' | 'text'> {
  const size = modules.length;
  const { toImage, toCode } = view(size, shot, random);
  const grey = new Float64Array(WIDTH * HEIGHT);
  const background = 90 + 80 * random();
  for (let y = 0; y < HEIGHT; y++) {
    for (let x = 0; x < WIDTH; x++) {
      let sum = 0;
      // Four samples a pixel, as a sensor gathers the light of its whole area.
      for (let sample = 0; sample < 4; sample++) {
        const { x: u, y: v } = toCode({ x: x + 0.25 + 0.5 * (sample & 1), y: y + 0.25 + 0.25 * (sample & 2) });
        sum += reflected(modules, u, v, background, shot);
      }
      grey[y * WIDTH + x] = sum / 4;
    }
  }
  blur(grey, shot.blur);
  return {
    data: develop(grey, shot, random),
    width: WIDTH,
    height: HEIGHT,
    corners: [
      { x: 0, y: 0 },
      { x: size, y: 0 },
      { x: size, y: size },
      { x: 0, y: size },
    ].map(toImage),
  };
}

/** The light that comes from a point of the plane in which the code lies: module, paper, or the table beneath. */
function reflected(modules: Raster, u: number, v: number, background: number, { dark, light }: Shot): number {
  const size = modules.length;
  if (u < -QUIET_ZONE || v < -QUIET_ZONE || u >= size + QUIET_ZONE || v >= size + QUIET_ZONE) {
    const grain = Math.sin(u * 0.7 + 3 * Math.sin(v * 0.23)) * Math.cos(v * 0.5);
    return dark + ((light - dark) * (background + 40 * grain)) / 255;
  }
  return modules[Math.floor(v)]?.[Math.floor(u)] ? dark : light;
}

/** A pinhole camera before a plane that is turned, tilted and not quite in the middle. */
function view(
  size: number,
  { modulePixels, turn, tilt, tiltDirection }: Shot,
  random: () => number,
): Record<'toImage' | 'toCode', (point: Point) => Point> {
  const centre = { x: WIDTH / 2 + 40 * (random() - 0.5), y: HEIGHT / 2 + 30 * (random() - 0.5) };
  // As large as asked, but within the picture.
  const pixels = Math.min(modulePixels, 340 / (size + 2 * QUIET_ZONE) / (1 + 0.35 * Math.abs(Math.sin(2 * turn))));
  const distance = 3 * size;
  const [cosTurn, sinTurn] = [Math.cos(turn), Math.sin(turn)];
  const [cosTilt, sinTilt] = [Math.cos(tilt), Math.sin(tilt)];
  const [axisX, axisY] = [Math.cos(tiltDirection), Math.sin(tiltDirection)];
  return {
    toImage({ x, y }) {
      const [a, b] = [x - size / 2, y - size / 2];
      const [c, d] = [a * cosTurn - b * sinTurn, a * sinTurn + b * cosTurn];
      // Along the tilt axis nothing changes; across it lengths shrink and the plane recedes.
      const [along, across] = [c * axisX + d * axisY, d * axisX - c * axisY];
      const scale = (pixels * distance) / (distance + across * sinTilt);
      const [e, f] = [along * scale, across * cosTilt * scale];
      return { x: centre.x + e * axisX - f * axisY, y: centre.y + e * axisY + f * axisX };
    },
    toCode({ x, y }) {
      const [p, q] = [(x - centre.x) / pixels, (y - centre.y) / pixels];
      const [e, f] = [p * axisX + q * axisY, q * axisX - p * axisY];
      const across = (f * distance) / (distance * cosTilt - f * sinTilt);
      const along = (e * (distance + across * sinTilt)) / distance;
      const [c, d] = [along * axisX - across * axisY, along * axisY + across * axisX];
      return { x: c * cosTurn + d * sinTurn + size / 2, y: d * cosTurn - c * sinTurn + size / 2 };
    },
  };
}

/** A Gaussian blur, rows and then columns. */
function blur(grey: Float64Array, deviation: number): void {
  const reach = Math.ceil(3 * deviation);
  const weights = Array.from({ length: 2 * reach + 1 }, (_, i) => Math.exp(-((i - reach) ** 2) / (2 * deviation ** 2)));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  const pass = (length: number, lines: number, step: number, stride: number): void => {
    const line = new Float64Array(length);
    for (let at = 0; at < lines; at++) {
      for (let i = 0; i < length; i++) line[i] = grey[at * stride + i * step]!;
      for (let i = 0; i < length; i++) {
        let sum = 0;
        for (let k = -reach; k <= reach; k++) {
          sum += weights[k + reach]! * line[Math.min(length - 1, Math.max(0, i + k))]!;
        }
        grey[at * stride + i * step] = sum / total;
      }
    }
  };
  pass(WIDTH, HEIGHT, 1, WIDTH);
  pass(HEIGHT, WIDTH, WIDTH, 1);
}

/** Uneven light, noise of the sensor, and the eight bits of a picture; a little colour, as lamps have. */
function develop(grey: Float64Array, { noise, falloff }: Shot, random: () => number): Uint8ClampedArray<ArrayBuffer> {
  const data = new Uint8ClampedArray(4 * WIDTH * HEIGHT);
  const direction = 2 * Math.PI * random();
  const [cos, sin] = [Math.cos(direction), Math.sin(direction)];
  for (let i = 0; i < grey.length; i++) {
    const [x, y] = [(i % WIDTH) / WIDTH - 0.5, Math.floor(i / WIDTH) / HEIGHT - 0.5];
    const lit = grey[i]! * (1 - falloff * (0.5 + 0.7 * (x * cos + y * sin)));
    // The sum of three uniform numbers is close enough to a normal one: its deviation is one half.
    const value = lit + 2 * noise * (random() + random() + random() - 1.5);
    data[4 * i] = value * 1.02;
    data[4 * i + 1] = value;
    data[4 * i + 2] = value * 0.94;
    data[4 * i + 3] = 255;
  }
  return data;
}
