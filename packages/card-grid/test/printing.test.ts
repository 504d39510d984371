import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram, run } from '@countersign/testing/programs';
import { describe, expect, it } from 'vitest';
import {
  type CardFormat,
  type CardGrid,
  createCardGrid,
  type PrintOptions,
  planCard,
  renderCardHtml,
  renderCardSvg,
  renderCardText,
  renderRecoveryCodesHtml,
  renderRecoveryCodesSvg,
  renderRecoveryCodesText,
} from '../src/index.ts';
import { PALETTES } from '../src/print/palette.ts';
import * as printEntry from '../src/print.ts';
import { LANGUAGES } from './languages.ts';
import { KEY, NOW, thrownBy } from './support.ts';

const POINT = 25.4 / 72;
const grid = (options: object = {}): CardGrid => createCardGrid({ key: KEY, serial: 'SC-1024', ...options });
const dated: PrintOptions = { issuer: 'Example Bank', issuedAt: NOW, expiresAt: NOW + 21 * 86_400_000 };
const CODES = ['1K7QM-3XV0A-ZP4T9', '2W8RN-4YA1B-0Q5V8', '3X9SP-5ZB2C-1R6WN', '4YATQ-60C3D-2S7XM', '5ZBVR-71D4E-3T8YG'];

type Piece = { text: string; x: number; y: number; size: number; anchor: string; kind: 'number' | 'code' | 'word' };

/** Every piece of text of a drawing with its place and size in millimetres; faces are moved to where they stand. */
function texts(svg: string): Piece[] {
  const found: Piece[] = [];
  let shift = [0, 0];
  let group = '';
  const attribute = (attributes: string, name: string): string =>
    new RegExp(`\\b${name}="([^"]+)"`).exec(attributes)?.[1] ?? '';
  for (const [, translateX, translateY, opened, attributes = '', content = ''] of svg.matchAll(
    /<g transform="translate\(([\d.]+) ([\d.]+)\)">|<g ([^>]*)>|<text ([^>]*)>(.*?)<\/text>/g,
  )) {
    if (translateX !== undefined) shift = [Number(translateX), Number(translateY)];
    else if (opened !== undefined) group = opened;
    else {
      const entry = group.includes('ui-monospace') && /^(\S+) <tspan ([^>]*)>(.*?)<\/tspan>$/.exec(content);
      const place = {
        y: Number(attribute(attributes, 'y')) + shift[1]!,
        size: Number(attribute(attributes, 'font-size') || attribute(group, 'font-size')),
        anchor: attribute(attributes, 'text-anchor') || 'start',
      };
      const x = Number(attribute(attributes, 'x')) + shift[0]!;
      if (!entry) found.push({ ...place, text: content, x, kind: 'word' });
      else {
        const [, number = '', code = '', text = ''] = entry;
        found.push({ ...place, text: number, x, kind: 'number' });
        found.push({ ...place, text, x: Number(attribute(code, 'x')) + shift[0]!, kind: 'code' });
      }
    }
  }
  return found;
}

/** Every tag is closed, in order: enough of XML for what is drawn here. */
function wellFormed(markup: string): boolean {
  const open: string[] = [];
  for (const [, close, name = '', empty] of markup.matchAll(/<(\/?)([a-z]+)(?:\s[^<>]*?)?(\/?)>/g)) {
    if (close) {
      if (open.pop() !== name) return false;
    } else if (!empty) open.push(name);
  }
  return open.length === 0 && !/&(?!(amp|lt|gt|quot|#39);)/.test(markup);
}

describe('golden drawings, looked at by eye', () => {
  it.each<[string, string]>([
    ['card-id-1.svg', renderCardSvg(grid(), dated)],
    ['card-id-1-dark.svg', renderCardSvg(grid(), { ...dated, theme: 'dark' })],
    ['card-id-1-front.svg', renderCardSvg(grid(), { ...dated, face: 'front' })],
    ['card-id-1-50.svg', renderCardSvg(grid({ cells: 50 }), dated)],
    ['card-a4.svg', renderCardSvg(grid(), { ...dated, size: 'a4' })],
    ['card-business-card-sheet.svg', renderCardSvg(grid(), { ...dated, size: 'business-card-sheet', row: 2 })],
    ['recovery-id-1.svg', renderRecoveryCodesSvg(CODES, { ...dated, serial: 'alice' })],
    ['card-letter.svg', renderCardSvg(grid(), { ...dated, size: 'letter' })],
    ['recovery-a4.svg', renderRecoveryCodesSvg(CODES, { ...dated, serial: 'alice', size: 'a4' })],
  ])('%s', async (name, svg) => {
    expect(wellFormed(svg)).toBe(true);
    await expect(svg).toMatchFileSnapshot(`fixtures/${name}`);
  });
});

/** Relative luminance, WCAG 2.2. */
function luminance(colour: string): number {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => {
    const part = Number.parseInt(colour.slice(at, at + 2), 16) / 255;
    return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4;
  });
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

describe('legibility', () => {
  it.each(['light', 'dark'] as const)('keeps a contrast of 7 : 1 in the %s theme', (theme) => {
    const { paper, shade, band, onBand, ink, label, muted } = PALETTES[theme];
    const contrast = (a: string, b: string): number => {
      const [low = 0, high = 0] = [luminance(a), luminance(b)].sort((x, y) => x - y);
      return (high + 0.05) / (low + 0.05);
    };
    for (const background of [paper, shade]) {
      for (const colour of [ink, label]) expect(contrast(colour, background)).toBeGreaterThanOrEqual(7);
    }
    expect(contrast(muted, paper)).toBeGreaterThanOrEqual(7);
    expect(contrast(onBand, band)).toBeGreaterThanOrEqual(7);
  });

  it('prints each of 224 cells, and its number, at 6 points or more on an ID-1 card', () => {
    const svg = renderCardSvg(grid(), dated);
    const printed = texts(svg).filter(({ kind }) => kind !== 'word');
    expect(printed).toHaveLength(448);
    for (const { size } of printed) expect(size / POINT).toBeGreaterThanOrEqual(6);
    expect(svg).toContain(`width="${2 * 85.6 + 18}mm" height="72mm"`);
    expect(planCard(grid())).toMatchObject({ faces: 2, rows: 16, columns: 7 });
    expect(planCard(grid(), 'a4')).toMatchObject({ faces: 1 });
    expect(planCard(grid({ cells: 100 })).faces).toBe(1);
  });

  it.each([
    { cells: Number.NaN },
    { cells: 1e9 },
    { codeLength: -3 },
    { codeLength: Number.NaN },
    { format: 'toString' },
    { serial: '\u202e' },
  ])('plans and prints no card that cannot be: %j', (design) => {
    const card = { ...grid(), ...design } as CardGrid;
    for (const call of [planCard, renderCardSvg, renderCardHtml, renderCardText] as ((card: CardGrid) => unknown)[]) {
      expect(thrownBy(() => call(card)).code).toBe('invalid-card');
    }
  });

  it('takes what is no card, no size and no options for a mistake', () => {
    const revocable = Proxy.revocable({}, {});
    revocable.revoke();
    const cells = ['A3D', () => 5, () => 'A3DA3D', () => '\u202eAA', () => expect.unreachable()];
    const cards = [null, undefined, 5, {}, revocable.proxy, ...cells.map((cell) => ({ ...grid(), cell }))];
    for (const card of cards as CardGrid[]) {
      expect(thrownBy(() => renderCardSvg(card)).code).toBe('invalid-card');
      expect(thrownBy(() => renderCardHtml(card)).code).toBe('invalid-card');
      expect(thrownBy(() => renderCardText(card)).code).toBe('invalid-card');
    }
    expect(thrownBy(() => planCard(null as never)).code).toBe('invalid-card');
    expect(thrownBy(() => planCard(grid(), 'a5' as never)).code).toBe('invalid-argument');
    for (const print of [renderCardSvg, renderCardHtml, renderCardText]) {
      for (const options of [null, 5])
        expect(thrownBy(() => print(grid(), options as never)).code).toBe('invalid-argument');
    }
    for (const print of [renderRecoveryCodesSvg, renderRecoveryCodesHtml, renderRecoveryCodesText]) {
      expect(thrownBy(() => print(CODES, null as never)).code).toBe('invalid-argument');
      for (const codes of [
        null,
        [],
        ['a b'],
        [5],
        'AAAA',
        ['x'.repeat(65)],
        Array(101).fill('A'),
        Array(3),
        revocable.proxy,
      ]) {
        expect(thrownBy(() => print(codes as string[])).code).toBe('invalid-argument');
      }
    }
  });

  it('never prints less than 6 points, whatever the card: it refuses', () => {
    let refused = 0;
    for (const size of ['id-1', 'business-card-sheet', 'a4', 'letter'] as const) {
      for (const format of ['letter-digit-letter', 'digits'] as CardFormat[]) {
        for (const codeLength of [2, 3, 4, 6]) {
          for (const cells of [10, 37, 100, 112, 150, 224, 300, 500, 999]) {
            const card = grid({ cells, codeLength, format, asked: 4 });
            try {
              const { textPoints, faces, rows, columns } = planCard(card, size);
              expect(textPoints).toBeGreaterThanOrEqual(6);
              expect(rows * columns * faces).toBeGreaterThanOrEqual(cells);
            } catch (error) {
              refused++;
              expect(error).toMatchObject({ name: 'CountersignError', code: 'invalid-card' });
              expect(thrownBy(() => renderCardSvg(card, { size })).code).toBe('invalid-card');
              expect((size === 'a4' || size === 'letter') && cells < 500).toBe(false);
            }
          }
        }
      }
    }
    expect(refused).toBeGreaterThan(10);
    expect(planCard(grid({ cells: 999 }), 'a4').textPoints).toBeGreaterThan(6);
  });

  it.each<[string, CardGrid, PrintOptions, number]>([
    ['two faces of an ID-1 card', grid(), {}, 2 * 85.6],
    ['one face of an ID-1 card', grid({ cells: 97, format: 'crockford' }), {}, 85.6],
    ['a page', grid({ cells: 999 }), { size: 'a4' }, 180],
    ['a page of long codes', grid({ cells: 333, codeLength: 6 }), { size: 'a4' }, 180],
    ['a US page', grid({ cells: 500 }), { size: 'letter' }, 186],
    ['a sheet', grid(), { size: 'business-card-sheet', row: 5 }, 180],
  ])('shows every cell at its number, aligned and apart: %s', (_, card, options, width) => {
    const printed = texts(renderCardSvg(card, { ...dated, ...options }));
    const labels = printed.filter(({ kind }) => kind === 'number');
    const codes = printed.filter(({ kind }) => kind === 'code');
    expect(labels.map(({ text }) => text)).toEqual(Array.from({ length: card.cells }, (_, i) => `${i + 1}`));
    expect(codes.map(({ text }) => text)).toEqual(Array.from({ length: card.cells }, (_, i) => card.cell(i + 1)));
    const boxes = labels.map((label, i) => {
      const code = codes[i]!;
      expect(code.y).toBe(label.y);
      expect(code.x - (label.x + label.text.length * 0.602 * label.size)).toBeCloseTo(0.5 * label.size, 2);
      return {
        left: label.x,
        right: code.x + code.text.length * 0.602 * code.size,
        top: code.y - 0.75 * code.size,
        bottom: code.y + 0.1 * code.size,
      };
    });
    const left = Math.min(...boxes.map((box) => box.left));
    const right = Math.max(...boxes.map((box) => box.right));
    expect(right - left).toBeLessThan(width - 2);
    for (const [i, a] of boxes.entries()) {
      const b = boxes[i + 1];
      if (b === undefined) continue;
      expect(b.top > a.bottom || b.left > a.right).toBe(true);
    }
    const columns = new Set(codes.map(({ x }) => x.toFixed(2)));
    const rows = new Set(codes.map(({ y }) => y.toFixed(2)));
    const { faces, ...plan } = planCard(card, options.size);
    expect(columns.size).toBeLessThanOrEqual(plan.columns * faces);
    expect(rows.size).toBe(plan.rows);
  });

  it('prints one face alone for a plastic-card printer, at the size of the card', () => {
    const front = renderCardSvg(grid(), { face: 'front' });
    const back = renderCardSvg(grid(), { face: 'back' });
    for (const svg of [front, back]) expect(svg).toContain('width="85.6mm" height="54mm" viewBox="0 0 85.6 54"');
    expect(front).toContain('>1–112<');
    expect(back).toContain('>113–224<');
    expect(thrownBy(() => renderCardSvg(grid({ cells: 50 }), { face: 'back' })).code).toBe('invalid-argument');
    expect(thrownBy(() => renderCardSvg(grid(), { face: 'front', size: 'a4' })).code).toBe('invalid-argument');
  });

  it('shrinks labels that need it, down to 5 points, and holds the longest by textLength', () => {
    const serial = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789-ABCDEFGH';
    const svg = renderCardSvg(grid({ cells: 50, serial }), { ...dated, issuer: 'Sparkasse Gross' });
    const printed = texts(svg).find(({ text }) => text === serial)!;
    // The serial has a line of its own, at the left; issuer and title share the first.
    expect(printed.x).toBeCloseTo(9 + 2.4, 3);
    expect(printed.size / POINT).toBeGreaterThanOrEqual(4.999);
    expect(svg).toContain('>Sparkasse Gross · Security Code Card<');
    const tight = renderCardSvg(grid({ cells: 50, serial: `${serial}-0123456789AB` }), dated);
    const [, held] = /textLength="([\d.]+)" lengthAdjust="spacingAndGlyphs">ABCDEF/.exec(tight)!;
    expect(Number(held)).toBeLessThan(85.6 - 4.8);
    expect(svg).not.toContain('textLength');
  });

  it('refuses what cannot fit, by name, and cuts nothing (G4)', () => {
    const refusal = (options: PrintOptions, serial = 'SC-1'): { code?: string; message: string } =>
      thrownBy(() => renderCardSvg(grid({ cells: 50, serial }), { ...dated, ...options }));
    const long = 'Sehr lange Bezeichnung einer Sicherheitscodekarte '.repeat(4).trim();
    expect(refusal({}, 'W'.repeat(64))).toMatchObject({
      code: 'invalid-card',
      message: expect.stringContaining('serial'),
    });
    for (const [options, name] of [
      [{ labels: { cardTitle: long } }, 'title'],
      [{ issuer: long }, 'issuer'],
      [{ labels: { warning: long } }, 'labels.warning'],
      [{ labels: { cut: long } }, 'labels.cut'],
      [{ labels: { expires: long } }, 'dates'],
      [{ labels: { warning: '安全'.repeat(60) } }, 'labels.warning'],
    ] as [PrintOptions, string][]) {
      expect(refusal(options)).toMatchObject({ code: 'invalid-argument', message: expect.stringContaining(name) });
    }
    expect(thrownBy(() => renderRecoveryCodesSvg(CODES, { labels: { onceEach: long } })).message).toContain('onceEach');
    const hex = '0123456789ABCDEF'.repeat(4);
    expect(renderCardSvg(grid({ cells: 50, serial: hex }), { size: 'a4' })).toContain(`>${hex}<`);
  });

  it.each(Object.entries(LANGUAGES))('prints whole labels in %s on every size (G4)', (_, { labels, issuer }) => {
    for (const size of ['id-1', 'business-card-sheet', 'a4', 'letter'] as const) {
      for (const serial of ['SC-1024', 'ONLINE-2026-000123456']) {
        const options = { ...dated, labels, issuer, size };
        const svg = renderCardSvg(grid({ serial }), options) + renderRecoveryCodesSvg(CODES, { ...options, serial });
        const shown = [issuer, serial, labels.cardTitle, labels.recoveryTitle, labels.warning, labels.onceEach];
        for (const text of shown) expect(svg.replace(/[\u2068\u2069]/g, '')).toContain(`>${text}<`);
        expect(svg).not.toMatch(/…|textLength/);
        for (const { size, kind } of texts(svg)) expect(size / POINT).toBeGreaterThan(kind === 'word' ? 4.99 : 5.99);
      }
    }
  });
});

describe('labels', () => {
  const evil = `</text><script>"'&😀`;

  it('are escaped wherever they stand', () => {
    const labels = {
      cardTitle: evil,
      recoveryTitle: evil,
      issued: evil,
      expires: evil,
      warning: evil,
      cut: evil,
      cutAndFold: evil,
      printAtFullSize: evil,
      onceEach: evil,
      number: evil,
      code: evil,
    };
    const options: PrintOptions = { ...dated, issuer: evil, labels, formatDate: () => evil };
    const card = grid({ serial: `<b>"&'😀` });
    const escaped = '&lt;/text&gt;&lt;script&gt;&quot;&#39;&amp;😀';
    for (const size of ['id-1', 'a4', 'business-card-sheet'] as const) {
      const drawings = [
        renderCardSvg(card, { ...options, size }),
        renderRecoveryCodesSvg([`<a&'">`], { ...options, size, serial: `<b>"&'😀` }),
        renderCardHtml(card, { ...options, size }).replace(/^[\s\S]*<body>/, ''),
        renderRecoveryCodesHtml(CODES, { ...options, size })
          .replace(/^[\s\S]*<body>/, '<body>')
          .replace('</html>', ''),
      ];
      for (const drawing of drawings) {
        expect(drawing).toContain(escaped);
        expect(drawing).not.toMatch(/<script|<b>|<a&/);
        expect(drawing).not.toMatch(/\p{Cs}/u);
      }
      expect(wellFormed(drawings[0]!) && wellFormed(drawings[1]!)).toBe(true);
    }
  });

  it('hold no control or bidirectional formatting character, wherever they come from (G7)', () => {
    for (const text of ['a\nb', 'a\u0000', '\u202eknaB', 'a\u2066', 'a\u200f', 'a\u2028b', '\ud800']) {
      const bad: PrintOptions[] = [
        { issuer: text },
        { ...dated, formatDate: () => text },
        ...['cardTitle', 'warning', 'number', 'onceEach', 'printAtFullSize'].map((name) => ({
          labels: { [name]: text },
        })),
      ];
      for (const options of bad) {
        for (const print of [renderCardSvg, renderCardHtml, renderCardText]) {
          expect(thrownBy(() => print(grid(), options)).code).toBe('invalid-argument');
        }
      }
      expect(thrownBy(() => renderRecoveryCodesText(CODES, { serial: text })).code).toBe('invalid-argument');
    }
  });

  it('can be in any language, dates too', () => {
    const options = {
      ...dated,
      labels: { cardTitle: 'بطاقة', issued: 'صدرت', expires: undefined },
      formatDate: (instant: number) => `(${instant})`,
    };
    const svg = renderCardSvg(grid(), options);
    expect(svg).toContain('>Example Bank<');
    expect(svg).toContain('>\u2068بطاقة\u2069<');
    expect(svg).toContain(`\u2068صدرت \u2068(${NOW})\u2069 · Expires (`);
    const html = renderCardHtml(grid(), { ...options, lang: 'ar', direction: 'rtl' });
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(renderCardSvg(grid())).not.toContain('Issued');
    expect(renderCardSvg(grid(), { expiresAt: null })).not.toContain('Expires');
    expect(renderCardSvg(grid(), { expiresAt: NOW })).toContain('>Expires 2026-11-22<');
  });

  it.each([
    { size: 'a5' },
    { formatDate: 'iso' },
    { issuedAt: 0, formatDate: () => 5 },
    { labels: null },
    { labels: 'en' },
    { theme: 'blue' },
    { face: 'side' },
    { row: 0 },
    { row: 6 },
    { row: 1.5 },
    { issuer: 5 },
    { issuer: 'x'.repeat(257) },
    { labels: { warning: 5 } },
  ])('refuses %j', (options) => {
    expect(thrownBy(() => renderCardSvg(grid(), options as never)).code).toBe('invalid-argument');
  });

  it('never lose a date to a long warning: they take two lines', () => {
    const labels = { warning: 'Getrennt von Ihrem Passwort aufbewahren.', expires: 'Gültig bis einschließlich zum' };
    const [warning, dates] = texts(renderCardSvg(grid({ cells: 50 }), { ...dated, labels })).filter(({ text }) =>
      /Passwort|Gültig/.test(text),
    );
    expect(warning?.text).toBe(labels.warning);
    expect(dates?.text).toBe('Issued 2026-11-22 · Gültig bis einschließlich zum 2026-12-13');
    expect(dates!.y - warning!.y).toBeGreaterThan(dates!.size);
  });

  it('refuses dates that are none', () => {
    expect(thrownBy(() => renderCardSvg(grid(), { issuedAt: Number.NaN })).code).toBe('invalid-time');
    expect(thrownBy(() => renderCardSvg(grid(), { expiresAt: -1 })).code).toBe('invalid-time');
  });
});

describe('pages', () => {
  it('stand alone: no script, font, picture or address', () => {
    for (const theme of ['light', 'dark'] as const) {
      for (const html of [renderCardHtml(grid(), { ...dated, theme }), renderRecoveryCodesHtml(CODES, { theme })]) {
        expect(html).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
        expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(
          /https?:|<script|<link|<img|@font-face|url\(|@import/,
        );
        expect(wellFormed(html.replace(/^[\s\S]*<body>/, '').replace(/<\/body>[\s\S]*$/, ''))).toBe(true);
      }
    }
  });

  it('print light what they show dark, one sheet in place of all else', () => {
    for (const theme of ['light', 'dark'] as const) {
      const html = renderCardHtml(grid(), { theme });
      expect(html).toContain(`<div class="paper">${renderCardSvg(grid())}</div>`);
      expect(html.match(/<svg /g)).toHaveLength(3);
      expect(html).toContain('.screen{display:none}.paper{display:block}');
    }
    expect(renderCardHtml(grid())).toContain('<title>Security Code Card</title>');
    expect(renderCardHtml(grid(), dated)).toContain('<title>Example Bank · Security Code Card</title>');
  });

  it('show one drawing a face, and print on A4, on Letter, or on either (G6, G7)', () => {
    const screens = (html: string): number => /<main[\s\S]*<\/main>/.exec(html)![0].match(/<svg /g)!.length;
    expect(screens(renderCardHtml(grid()))).toBe(2);
    expect(screens(renderCardHtml(grid({ cells: 50 })))).toBe(1);
    expect(screens(renderCardHtml(grid(), { size: 'letter' }))).toBe(1);
    expect(screens(renderCardHtml(grid(), { size: 'business-card-sheet' }))).toBe(2);
    expect(renderCardHtml(grid())).toContain('@page{margin:0}');
    expect(renderCardHtml(grid(), { size: 'a4' })).toContain('@page{size:A4 portrait;margin:0}');
    expect(renderCardHtml(grid(), { size: 'business-card-sheet' })).toContain('@page{size:A4 portrait;margin:0}');
    expect(renderCardHtml(grid(), { size: 'letter' })).toContain('@page{size:letter portrait;margin:0}');
    expect(renderCardSvg(grid(), { size: 'letter' })).toContain('width="215.9mm" height="279.4mm"');
  });

  it('print that each recovery code works once (G7)', () => {
    const once = 'Each code works once. Tick it off when you have used it.';
    expect(renderRecoveryCodesSvg(CODES)).toContain(`>${once}<`);
    expect(renderRecoveryCodesText(CODES)).toContain(once);
    expect(/<div class="paper">[\s\S]*/.exec(renderRecoveryCodesHtml(CODES))![0]).toContain(once);
    expect(renderCardSvg(grid())).not.toContain('works once');
    expect(renderRecoveryCodesText(CODES, { labels: { onceEach: '' } }).split('\n')).toHaveLength(6);
  });

  it('are read number by number: faces as they are drawn, pages as a table (G5)', () => {
    const card = grid({ cells: 100 });
    const inOrder = Array.from({ length: 100 }, (_, i) => `${i + 1} ${card.cell(i + 1)}`).join(' ');
    const read = (markup: string): string => markup.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    expect(read(renderCardSvg(card))).toContain(inOrder);
    const html = renderCardHtml(card);
    const [table] = /<table>[\s\S]*<\/table>/.exec(html)!;
    expect(read(table)).toBe(` Security Code Card No. Code ${inOrder} `);
    expect(table.match(/<th scope="col">/g)).toHaveLength(2);
    expect(table.match(/<tr><th scope="row">\d+<\/th><td>\w{3}<\/td><\/tr>/g)).toHaveLength(100);
    // What is drawn is not read a second time.
    for (const [svg] of /<main[\s\S]*<\/main>/.exec(html)![0].matchAll(/<svg [^>]*>/g)) {
      expect(svg).toContain('aria-hidden="true"');
    }
    const codes = read(/<table>[\s\S]*<\/table>/.exec(renderRecoveryCodesHtml(CODES))![0]);
    expect(codes).toContain(CODES.map((code, i) => `${i + 1} ${code}`).join(' '));
  });

  it('refuse what is no language or direction', () => {
    expect(thrownBy(() => renderCardHtml(grid(), { lang: '"><script>' })).code).toBe('invalid-argument');
    expect(thrownBy(() => renderCardHtml(grid(), { lang: ['en'] as never })).code).toBe('invalid-argument');
    expect(thrownBy(() => renderCardHtml(grid(), { direction: 'up' as never })).code).toBe('invalid-argument');
  });
});

describe('text', () => {
  it('numbers down the columns, in lines that fit', () => {
    const card = grid();
    const text = renderCardText(card, dated);
    const [heading, , ...lines] = text.split('\n');
    expect(heading).toBe('Example Bank · Security Code Card · SC-1024');
    expect(text.split('\n').at(-1)).toBe('Issued 2026-11-22 · Expires 2026-12-13 · Keep apart from your password.');
    for (const line of lines) expect(line.length).toBeLessThanOrEqual(80);
    const cells = [...text.matchAll(/(\d+) {2}([A-Z]\d[A-Z])/g)].map(([, index, code]) => [Number(index), code]);
    expect(cells.sort((a, b) => Number(a[0]) - Number(b[0]))).toEqual(
      Array.from({ length: 224 }, (_, i) => [i + 1, card.cell(i + 1)]),
    );
    expect(renderCardText(card, { width: 20 }).split('\n')).toHaveLength(119);
    expect(renderCardText(grid({ cells: 10 }), { width: 1000 }).split('\n')).toHaveLength(5);
    expect(renderCardText(card, { labels: { warning: '' } }).endsWith('\n')).toBe(true);
  });

  it('shows recovery codes', () => {
    expect(renderRecoveryCodesText(CODES, { serial: 'alice' })).toBe(
      [
        'Recovery Codes · alice',
        '',
        '1  1K7QM-3XV0A-ZP4T9   3  3X9SP-5ZB2C-1R6WN   5  5ZBVR-71D4E-3T8YG',
        '2  2W8RN-4YA1B-0Q5V8   4  4YATQ-60C3D-2S7XM',
        '',
        'Each code works once. Tick it off when you have used it.',
        'Keep apart from your password.',
      ].join('\n'),
    );
    expect(renderRecoveryCodesText(CODES, { width: 30 }).split('\n')).toHaveLength(10);
  });

  it('refuses widths, codes and serials that make no sense', () => {
    expect(thrownBy(() => renderCardText(grid(), { width: 5 })).code).toBe('invalid-argument');
    expect(thrownBy(() => renderRecoveryCodesSvg(CODES, { serial: 5 as never })).code).toBe('invalid-argument');
    expect(thrownBy(() => renderRecoveryCodesHtml(CODES, { serial: 'x'.repeat(65) })).code).toBe('invalid-argument');
  });
});

describe('the print entry', () => {
  it('has what the package has, and no more than printing', () => {
    expect(printEntry.renderCardSvg).toBe(renderCardSvg);
    expect(Object.keys(printEntry).sort()).toEqual([
      'planCard',
      'renderCardHtml',
      'renderCardSvg',
      'renderCardText',
      'renderRecoveryCodesHtml',
      'renderRecoveryCodesSvg',
      'renderRecoveryCodesText',
    ]);
  });
});

/** Opens a page in a browser without a window, and gives what it has become. */
function browse(name: string, page: string): string {
  const directory = mkdtempSync(join(tmpdir(), 'card-'));
  try {
    writeFileSync(join(directory, name), page);
    return run('chromium', [
      ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
      ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
      ...[`--user-data-dir=${join(directory, 'profile')}`, '--dump-dom', `file://${join(directory, name)}`],
    ]);
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

type Box = [left: number, right: number, top: number, bottom: number];
const BOX = 'const box = (e) => { const b = e.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom]; };';

describe.runIf(hasProgram('chromium'))('a browser', () => {
  it('reads every drawing as an XML document, whatever its labels hold', () => {
    const options = { ...dated, issuer: `</text><&"'>]]>`, serial: '<!--' };
    for (const svg of [renderCardSvg(grid({ serial: '<!--' }), options), renderRecoveryCodesSvg(['<!--'], options)]) {
      const document = browse('card.svg', svg);
      expect(document).not.toContain('parsererror');
      expect(document.match(/<tspan /g)?.length).toBe(svg.match(/<tspan /g)?.length);
    }
    expect(browse('bad.svg', '<svg xmlns="http://www.w3.org/2000/svg"><text>&</text></svg>')).toContain('parsererror');
  });

  it.each(['ltr', 'rtl'])('draws no text over another or beyond the card, on a page that reads %s', (direction) => {
    const german = { warning: 'Getrennt von Ihrem Passwort aufbewahren.', expires: 'Gültig bis einschließlich' };
    const serial = 'ONLINE-2026-000123456';
    const drawings = [
      ...Object.values(LANGUAGES).flatMap((options) => [
        renderCardSvg(grid({ serial }), { ...dated, ...options, face: 'front' }),
        renderCardSvg(grid({ serial }), { ...dated, ...options, size: 'letter' }),
        renderRecoveryCodesSvg(CODES, { ...dated, ...options, serial, face: 'front' }),
      ]),
      ...(
        [
          [grid({ serial }), { labels: german, issuer: 'SPARKASSE GROSSWUSTERHAUSEN' }],
          [grid({ serial: 'WMWM-'.repeat(6) }), { issuer: 'WWW MUTUAL BANKING COMPANY OF WESTERN' }],
          [grid({ serial: 'ABCDEFGHIJKLMNOPQRSTUVWXYZ-0123456789-ABCDEFGH-0123456789AB' }), {}],
          [grid({ format: 'crockford', cells: 100 }), { issuer: 'Example Bank' }],
        ] as [CardGrid, PrintOptions][]
      ).map(([card, options]) => renderCardSvg(card, { ...dated, ...options, face: 'front' })),
      renderCardSvg(grid({ cells: 999 }), { ...dated, size: 'a4', labels: german }),
    ];
    // Every run of text, without the space between a number and its code.
    const script =
      `${BOX} const all = []; for (const svg of document.querySelectorAll('svg')) { const boxes = [box(svg)];` +
      'const walker = document.createTreeWalker(svg, NodeFilter.SHOW_TEXT);' +
      `for (let node; (node = walker.nextNode()); ) { if (node.parentNode.tagName === 'title') continue;` +
      'const range = document.createRange(); range.setStart(node, 0); range.setEnd(node, node.data.trimEnd().length);' +
      `boxes.push(box(range)); } all.push(boxes); } document.querySelector('pre').textContent = JSON.stringify(all);`;
    const page = browse(
      'card.html',
      `<!doctype html><meta charset="utf-8"><html dir="${direction}"><body>${drawings.join('')}<pre></pre><script>${script}</script>`,
    );
    const measured = JSON.parse(/<pre>(.*?)<\/pre>/.exec(page)?.[1] ?? '') as Box[][];
    expect(measured).toHaveLength(drawings.length);
    for (const [whole, ...boxes] of measured as [Box, ...Box[]][]) {
      expect(boxes.length).toBeGreaterThan(12);
      for (const [i, [left, right, top, bottom]] of boxes.entries()) {
        expect(right).toBeGreaterThan(left);
        expect(left >= whole[0] && right <= whole[1] && top >= whole[2] && bottom <= whole[3] + 1).toBe(true);
        const middle = (top + bottom) / 2;
        const over = boxes.findIndex(
          (other, j) => j !== i && other[0] < right && left < other[1] && other[2] < middle && middle < other[3],
        );
        expect(over).toBe(-1);
      }
    }
  });

  it('shows whole pages at 390 pixels: faces one below the other, nothing beside the screen (G6)', () => {
    const pages = Object.values(LANGUAGES).flatMap((options) => {
      const page = { ...dated, ...options, direction: options === LANGUAGES.Arabic ? 'rtl' : 'ltr' } as const;
      return [renderCardHtml(grid({ serial: 'ONLINE-2026-000123456' }), page), renderRecoveryCodesHtml(CODES, page)];
    });
    const frames = pages.map(
      (page) =>
        `<iframe width="390" height="800" srcdoc="${page.replace(/&/g, '&amp;').replace(/"/g, '&quot;')}"></iframe>`,
    );
    const script =
      `${BOX} window.onload = () => { document.querySelector('pre').textContent = JSON.stringify([...document.querySelectorAll('iframe')]` +
      '.map(({ contentDocument: d }) => ({ width: d.documentElement.scrollWidth,' +
      `faces: [...d.querySelectorAll('.faces svg')].map(box), code: box(d.querySelector('.faces tspan')),` +
      `cells: [...d.querySelectorAll('td, tbody th')].map(box), paper: d.querySelector('.paper').offsetHeight }))); };`;
    const shown = browse(
      'pages.html',
      `<!doctype html><meta charset="utf-8"><body>${frames.join('')}<pre></pre><script>${script}</script>`,
    );
    type Shown = { width: number; faces: Box[]; code: Box; cells: Box[]; paper: number };
    const measured = JSON.parse(/<pre>(.*?)<\/pre>/.exec(shown)?.[1] ?? '') as Shown[];
    expect(measured).toHaveLength(12);
    for (const [i, { width, faces, code, cells, paper }] of measured.entries()) {
      expect(width).toBeLessThanOrEqual(390);
      expect(faces).toHaveLength(i % 2 === 0 ? 2 : 1);
      for (const [left, right] of faces) {
        expect(left).toBeGreaterThanOrEqual(0);
        expect(right - left).toBeGreaterThan(330);
      }
      if (i % 2 === 0) expect(faces[1]![2]).toBeGreaterThanOrEqual(faces[0]![3]);
      // 4.6 pixels before; a box is a little higher than its font.
      expect(code[3] - code[2]).toBeGreaterThan(9);
      for (const [left, right, top, bottom] of cells) {
        expect(left >= 0 && right <= 390).toBe(true);
        expect(bottom - top).toBeGreaterThan(20);
      }
      expect(paper).toBe(0);
    }
  });
});
