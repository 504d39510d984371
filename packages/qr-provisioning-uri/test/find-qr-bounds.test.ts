import * as decoder from 'qr/decode.js';
import { describe, expect, it, vi } from 'vitest';
import { findQr } from '../src/read-qr.ts';

vi.mock('qr/decode.js', async (original) => {
  const real = await original<typeof decoder>();
  return { ...real, decodeQR: vi.fn(real.decodeQR) };
});

/** The sizes that the decoder is given for a white picture, in which it finds nothing. */
function sizesLookedAt(width: number, height: number, options?: { retry: boolean }): number[] {
  const spy = vi.mocked(decoder.decodeQR).mockClear();
  findQr({ data: new Uint8Array(4 * width * height).fill(255), width, height }, options);
  return spy.mock.calls.map(([image]) => image.width * image.height);
}

describe('the work on a picture', () => {
  const FRAME = 1920 * 1080;

  // The decoder takes a minute for a picture of 4096 by 4096 pixels made to be slow, and about a second for a frame.
  it.each([
    [4096, 4096],
    [4032, 3024],
    [3840, 2160],
    [4096, 600],
    [1921, 1080],
    [1920, 1080],
  ])('of %d by %d pixels is that on a frame of 1920 by 1080', (width, height) => {
    const [first, ...retries] = sizesLookedAt(width, height);
    expect(first).toBeLessThanOrEqual(FRAME);
    expect(first).toBeGreaterThan(FRAME / 9);
    expect(retries).toHaveLength(3);
    // A turned picture needs a larger canvas, which is white around it.
    for (const size of retries) expect(size).toBeLessThanOrEqual(3.1 * FRAME);
  });

  it('is one look without retries, at a frame as it is', () => {
    expect(sizesLookedAt(1920, 1080, { retry: false })).toStrictEqual([FRAME]);
    expect(sizesLookedAt(64, 64, { retry: false })).toStrictEqual([64 * 64]);
  });
});
