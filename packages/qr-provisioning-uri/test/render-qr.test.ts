import { rasteriseBlocks, rasteriseSvg } from '@countersign/testing/raster';
import fc from 'fast-check';
import { encodeQR } from 'qr';
import { describe, expect, it } from 'vitest';
import { renderQrPng } from '../src/png.ts';
import { type QrSvgOptions, qrMatrix, renderQrDataUrl, renderQrSvg, renderQrTerminal } from '../src/qr.ts';
import { readPng } from './support/png.ts';
import { thrown } from './support/thrown.ts';

const URI =
  'otpauth://totp/Example%20Broker:anna%40example.com?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&issuer=Example%20Broker';

/** What the library itself draws, as modules. */
const modules = (text: string, border = 4, ecc: 'low' | 'medium' | 'quartile' | 'high' = 'medium') =>
  encodeQR(text, 'raw', { ecc, border });

const texts = fc.oneof(
  fc.string({ unit: 'binary', minLength: 0, maxLength: 200 }),
  fc.string({ unit: fc.constantFrom(...'0123456789'), maxLength: 300 }),
  fc.string({ unit: fc.constantFrom(...'ABC $%*+-./:9'), maxLength: 300 }),
);

describe('renderQrSvg', () => {
  it('draws every module and no other, with a quiet zone of four', () => {
    fc.assert(
      fc.property(texts, (text) => {
        expect(rasteriseSvg(renderQrSvg(text))).toStrictEqual(modules(text));
      }),
      { numRuns: 200 },
    );
  });

  it('says a URI of 114 characters in one path and less than 4 kB', () => {
    expect(URI).toHaveLength(114);
    const svg = renderQrSvg(URI);
    expect(svg.length).toBeLessThanOrEqual(4000);
    expect(svg.match(/<path /g)).toHaveLength(1);
    expect(svg.match(/<\w+/g)).toStrictEqual(['<svg', '<title', '<rect', '<path']);
    expect(svg).toMatch(/^<svg xmlns="http:\/\/www\.w3\.org\/2000\/svg" viewBox="0 0 53 53" .*<\/svg>$/);
  });

  it('takes error correction and quiet zone', () => {
    for (const errorCorrection of ['low', 'medium', 'quartile', 'high'] as const) {
      for (const quietZone of [1, 4, 32]) {
        expect(rasteriseSvg(renderQrSvg(URI, { errorCorrection, quietZone }))).toStrictEqual(
          modules(URI, quietZone, errorCorrection),
        );
      }
    }
    const bare = modules(URI, 1)
      .slice(1, -1)
      .map((row) => row.slice(1, -1));
    expect(rasteriseSvg(renderQrSvg(URI, { quietZone: 0 }))).toStrictEqual(bare);
  });

  it('has a title for screen readers, which cannot add markup', () => {
    expect(renderQrSvg('a')).toContain(' role="img"><title>QR code</title>');
    const title = `</title><script>alert("1")</script>&'\u0000\u001f\ufffe 🔑`;
    const svg = renderQrSvg('a', { title });
    expect(svg).toContain(
      '<title>&lt;/title&gt;&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;\ufffd\ufffd\ufffd 🔑</title>',
    );
    expect(svg).not.toContain('<script');
  });

  it('takes colours, and nothing else for one', () => {
    for (const colour of ['#123', '#1234', '#12ab3F', '#12ab3f80', 'navy', 'transparent', 'currentColor']) {
      expect(renderQrSvg('a', { dark: colour })).toContain(`<path stroke="${colour}" `);
      expect(renderQrSvg('a', { light: colour })).toContain(` fill="${colour}"/>`);
    }
    for (const colour of [
      '',
      'expression',
      'inherit',
      'none',
      'navy ',
      '#12',
      '#12345',
      '#1234567',
      '#ggg',
      'url(#a)',
      '"/><script>',
      'red;',
      'red\n',
      'a b',
      7,
      null,
    ]) {
      for (const name of ['dark', 'light']) {
        const error = thrown(() => renderQrSvg('a', { [name]: colour } as QrSvgOptions));
        expect(error.code).toBe('invalid-argument');
        expect(error.message).toContain(name);
      }
    }
  });

  const refused: [string, string, object][] = [
    ['errorCorrection', 'invalid-argument', { errorCorrection: 'M' }],
    ['quietZone', 'invalid-argument', { quietZone: -1 }],
    ['quietZone', 'invalid-argument', { quietZone: 33 }],
    ['quietZone', 'invalid-argument', { quietZone: 1.5 }],
    ['quietZone', 'invalid-argument', { quietZone: '4' }],
    ['title', 'invalid-argument', { title: 7 }],
    ['title', 'invalid-argument', { title: '\ud800' }],
  ];
  it.each(refused)('refuses a bad %s with %s: %o', (parameter, code, options) => {
    const error = thrown(() => renderQrSvg(URI, options));
    expect(error.code).toBe(code);
    expect(error.message).toContain(parameter);
    expect(error.message).not.toContain('JBSWY3DP');
  });

  it('refuses what is no text, and what is too long, without saying it', () => {
    for (const text of [undefined, null, 7, new Uint8Array(4), 'a\udc00']) {
      expect(thrown(() => renderQrSvg(text as string)).code).toBe('invalid-argument');
    }
    expect(rasteriseSvg(renderQrSvg('a'.repeat(2331)))).toHaveLength(185);
    for (const text of ['a'.repeat(2332), 'é'.repeat(1166), 'x'.repeat(1_000_000)]) {
      const error = thrown(() => renderQrSvg(text));
      expect(error.code).toBe('invalid-qr');
      expect(error.message).not.toContain(text.slice(0, 20));
    }
  });
});

describe('renderQrSvg with a size', () => {
  it('is that many CSS pixels wide and high (T11)', () => {
    expect(renderQrSvg(URI)).not.toMatch(/<svg[^>]* width=/);
    expect(renderQrSvg(URI, { size: 240 })).toContain(' viewBox="0 0 53 53" width="240" height="240" ');
    expect(renderQrDataUrl(URI, { size: 240 })).toContain('width%3D%22240%22');
    expect(rasteriseSvg(renderQrSvg(URI, { size: 240 }))).toStrictEqual(modules(URI));
    for (const size of [0, -1, 1.5, 10_001, Number.NaN, '240', null, '1" onload="x']) {
      const error = thrown(() => renderQrSvg(URI, { size } as QrSvgOptions));
      expect(error.code).toBe('invalid-argument');
      expect(error.message).toContain('size');
    }
  });
});

describe('qrMatrix', () => {
  it('is the modules alone (T11)', () => {
    fc.assert(
      fc.property(texts, (text) => {
        const bordered = modules(text, 1);
        expect(qrMatrix(text)).toStrictEqual(bordered.slice(1, -1).map((row) => row.slice(1, -1)));
      }),
      { numRuns: 50 },
    );
    expect(qrMatrix(URI, { errorCorrection: 'high' }).length).toBeGreaterThan(qrMatrix(URI).length);
  });

  it('hands out arrays that nobody shares', () => {
    qrMatrix(URI)[0]!.fill(false);
    expect(qrMatrix(URI)[0]).toContain(true);
  });
});

describe('renderQrPng', () => {
  it('draws every module and no other, at every scale, one bit a pixel (T11)', () => {
    for (const scale of [1, 2, 3, 7, 8, 32]) {
      const { width, height, depth, colourType, isWhite } = readPng(renderQrPng('hello', { scale }));
      const expected = modules('hello');
      expect([width, height, depth, colourType]).toStrictEqual([29 * scale, 29 * scale, 1, 0]);
      for (let y = 0; y < height; y++) {
        for (let x = 0; x < width; x++) {
          if (isWhite(x, y) === expected[Math.floor(y / scale)]![Math.floor(x / scale)]) {
            expect.unreachable(`pixel ${x}, ${y} at scale ${scale}`);
          }
        }
      }
    }
  });

  it('draws 8 pixels a module and a quiet zone of four unless told otherwise', () => {
    const { width, isWhite } = readPng(renderQrPng(URI));
    expect(width).toBe(53 * 8);
    expect([isWhite(31, 31), isWhite(32, 32)]).toStrictEqual([true, false]);
    expect(readPng(renderQrPng(URI, { quietZone: 1, scale: 2, errorCorrection: 'low' })).width).toBe(
      2 * modules(URI, 1, 'low').length,
    );
  });

  it('is a small file in bytes of its own', () => {
    const png = renderQrPng(URI);
    expect(Object.getPrototypeOf(png)).toBe(Uint8Array.prototype);
    expect(png.buffer.byteLength).toBe(png.length);
    expect(png.length).toBeLessThan(2500);
  });

  it('refuses another scale', () => {
    for (const scale of [0, 33, 1.5, '8', null]) {
      const error = thrown(() => renderQrPng(URI, { scale: scale as number }));
      expect(error.code).toBe('invalid-argument');
      expect(error.message).toContain('scale');
    }
  });
});

describe('every drawing', () => {
  const drawings: [string, (text: string, options?: object) => unknown][] = [
    ['renderQrSvg', renderQrSvg],
    ['renderQrDataUrl', renderQrDataUrl],
    ['renderQrTerminal', renderQrTerminal],
    ['renderQrPng', renderQrPng],
    ['qrMatrix', qrMatrix],
  ];

  it.each(drawings)('%s refuses options and texts that are none, with its own error (T9)', (_, draw) => {
    for (const options of [null, 7, 'svg']) {
      expect(thrown(() => draw(URI, options as unknown as object)).code).toBe('invalid-argument');
    }
    for (const text of [undefined, null, 7, {}, ['a'], '\ud800']) {
      const error = thrown(() => draw(text as string));
      expect(error.code).toBe('invalid-argument');
      expect(error.message).toContain('text');
    }
    expect(thrown(() => draw('a', { errorCorrection: 'best' })).message).toContain('errorCorrection');
  });

  it.each(drawings)('%s does not even look at 10 MB of text', (_, draw) => {
    // A lone surrogate at its end would be refused under another code, if anything had looked for it.
    expect(thrown(() => draw(`${'1'.repeat(10_000_000)}\ud800`)).code).toBe('invalid-qr');
    expect(draw('1'.repeat(5596))).toBeDefined();
  });
});

describe('renderQrDataUrl', () => {
  it('is the SVG, in the characters of a URL', () => {
    const options = { title: 'Código "QR" 🔑', dark: '#123456' };
    const url = renderQrDataUrl(URI, options);
    expect(url).toMatch(/^data:image\/svg\+xml;charset=utf-8,[A-Za-z0-9%._~!*()-]+$/);
    expect(decodeURIComponent(url.slice(url.indexOf(',') + 1))).toBe(renderQrSvg(URI, options));
    expect(renderQrDataUrl('a')).toContain('QR%20code');
  });

  it('is fetched as an SVG image', async () => {
    const response = await fetch(renderQrDataUrl(URI));
    expect(response.headers.get('content-type')).toBe('image/svg+xml;charset=utf-8');
    expect(await response.text()).toBe(renderQrSvg(URI));
  });
});

describe('renderQrTerminal', () => {
  const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
  const RESET = '\u001b[0m';
  const size = modules(URI).length;

  it('draws black on white by colour codes that no theme changes, each line for itself', () => {
    const lines = renderQrTerminal(URI).split('\n');
    expect(lines).toHaveLength(Math.ceil(size / 2));
    const blocks = lines.map((line) => {
      expect(line.startsWith(BLACK_ON_WHITE)).toBe(true);
      expect(line.endsWith(RESET)).toBe(true);
      return line.slice(BLACK_ON_WHITE.length, -RESET.length);
    });
    for (const line of blocks) expect(line).toMatch(/^[ ▀▄█]{53}$/);
    const raster = rasteriseBlocks(blocks.join('\n'));
    expect(raster.slice(0, size)).toStrictEqual(modules(URI));
    expect(raster[size]).toStrictEqual(Array(size).fill(false));
  });

  it('draws dark modules as blocks on a light ground, and light ones on a dark ground', () => {
    const light = renderQrTerminal(URI, { plain: 'light' });
    expect(light).toMatch(/^[ ▀▄█\n]+$/);
    expect(rasteriseBlocks(light).slice(0, size)).toStrictEqual(modules(URI));
    const dark = renderQrTerminal(URI, { plain: 'dark', quietZone: 2, errorCorrection: 'low' });
    const expected = modules(URI, 2, 'low').map((row) => row.map((isDark) => !isDark));
    expect(rasteriseBlocks(dark)).toStrictEqual([...expected, Array(expected.length).fill(true)]);
  });

  it('refuses another ground', () => {
    expect(thrown(() => renderQrTerminal(URI, { plain: true as unknown as 'dark' })).message).toContain('plain');
    expect(thrown(() => renderQrTerminal(undefined as unknown as string)).code).toBe('invalid-argument');
  });
});
