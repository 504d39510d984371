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
import { PALETTES } from '../src/print/draw-face.ts';
import * as printEntry from '../src/print.ts';
import { KEY, NOW, thrownBy } from './support.ts';

const POINT = 25.4 / 72;
const grid = (options: object = {}): CardGrid => createCardGrid({ key: KEY, serial: 'SC-1024', ...options });
const dated: PrintOptions = { issuer: 'Example Bank', issuedAt: NOW, expiresAt: NOW + 21 * 86_400_000 };
const CODES = ['1K7QM-3XV0A-ZP4T9', '2W8RN-4YA1B-0Q5V8', '3X9SP-5ZB2C-1R6WN', '4YATQ-60C3D-2S7XM', '5ZBVR-71D4E-3T8YG'];

/** Every piece of text of a drawing with its place and size in millimetres; faces are moved to where they stand. */
function texts(svg: string): { text: string; x: number; y: number; size: number; anchor: string; mono: boolean }[] {
  const found: ReturnType<typeof texts> = [];
  let shift = [0, 0];
  for (const [tag, translateX, translateY, attributes = '', content = ''] of svg.matchAll(
    /<g transform="translate\(([\d.]+) ([\d.]+)\)">|<text ([^>]*)>(.*?)<\/text>/g,
  )) {
    if (tag.startsWith('<g')) shift = [Number(translateX), Number(translateY)];
    const size = Number(/font-size="([\d.]+)"/.exec(attributes)?.[1]);
    const anchor = /text-anchor="(\w+)"/.exec(attributes)?.[1] ?? 'start';
    const mono = attributes.includes('ui-monospace');
    const pieces = mono ? [...content.matchAll(/<tspan ([^>]*)>(.*?)<\/tspan>/g)] : [[undefined, attributes, content]];
    for (const [, place = '', text = ''] of tag.startsWith('<g') ? [] : pieces) {
      const x = Number(/\bx="([\d.-]+)"/.exec(place)?.[1]) + shift[0]!;
      const y = Number(/\by="([\d.-]+)"/.exec(place)?.[1]) + shift[1]!;
      found.push({ text, x, y, size, anchor, mono });
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
    const printed = texts(svg).filter(({ mono }) => mono);
    expect(printed).toHaveLength(448);
    for (const { size } of printed) expect(size / POINT).toBeGreaterThanOrEqual(6);
    expect(svg).toContain(`width="${2 * 85.6 + 18}mm" height="72mm"`);
    expect(planCard(grid())).toMatchObject({ faces: 2, rows: 16, columns: 7 });
    expect(planCard(grid(), 'a4')).toMatchObject({ faces: 1 });
    expect(planCard(grid({ cells: 100 })).faces).toBe(1);
  });

  it.each([{ cells: Number.NaN }, { cells: 1e9 }, { codeLength: -3 }, { codeLength: Number.NaN }])(
    'plans no card that cannot be: %j',
    (design) => {
      expect(thrownBy(() => planCard({ ...grid(), ...design })).code).toBe('invalid-card');
    },
  );

  it('never prints less than 6 points, whatever the card: it refuses', () => {
    let refused = 0;
    for (const size of ['id-1', 'business-card-sheet', 'a4'] as const) {
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
              expect(size === 'a4' && cells < 999).toBe(false);
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
    ['a sheet', grid(), { size: 'business-card-sheet', row: 5 }, 180],
  ])('shows every cell at its number, aligned and apart: %s', (_, card, options, width) => {
    const printed = texts(renderCardSvg(card, { ...dated, ...options })).filter(({ mono }) => mono);
    const labels = printed.filter(({ anchor }) => anchor === 'end');
    const codes = printed.filter(({ anchor }) => anchor === 'start');
    expect(labels.map(({ text }) => text)).toEqual(Array.from({ length: card.cells }, (_, i) => `${i + 1}`));
    expect(codes.map(({ text }) => text)).toEqual(Array.from({ length: card.cells }, (_, i) => card.cell(i + 1)));
    const boxes = labels.map((label, i) => {
      const code = codes[i]!;
      expect(code.y).toBe(label.y);
      expect(code.x).toBeGreaterThan(label.x);
      return {
        left: label.x - label.text.length * 0.602 * label.size,
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

  it('shrinks or cuts labels that would run over something else', () => {
    const labels = {
      cardTitle: 'Sehr lange Bezeichnung einer Sicherheitscodekarte '.repeat(5),
      warning: '安全'.repeat(60),
    };
    for (const { text, size, x, anchor, mono } of texts(
      renderCardSvg(grid({ cells: 50, serial: 'W'.repeat(64) }), { ...dated, labels }),
    )) {
      if (mono) continue;
      expect(size / POINT).toBeGreaterThan(4.99);
      const width =
        [...text].reduce((sum, character) => sum + (/[W\u1100-\uffff]/.test(character) ? 1 : 0.55), 0) * size;
      const left = anchor === 'end' ? x - width : anchor === 'middle' ? x - width / 2 : x;
      expect(left).toBeGreaterThan(9);
      expect(left + width).toBeLessThan(9 + 85.6);
    }
  });
});

describe('labels', () => {
  const evil = `</text><script>alert(1)</script>"'&\u0000\u0008\ud800😀`;

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
    };
    const options: PrintOptions = { ...dated, issuer: evil, labels, formatDate: () => evil };
    const card = grid({ serial: `<b>"&'😀` });
    const escaped = '&lt;/text&gt;&lt;script&gt;alert(1)&lt;/script&gt;&quot;&#39;&amp;\ufffd\ufffd\ufffd😀';
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

  it('can be in any language, dates too', () => {
    const options = {
      ...dated,
      labels: { cardTitle: 'بطاقة', issued: 'صدرت', expires: undefined },
      formatDate: (instant: number) => `(${instant})`,
    };
    const svg = renderCardSvg(grid(), options);
    expect(svg).toContain('Example Bank · بطاقة');
    expect(svg).toContain(`\u2068صدرت \u2068(${NOW})\u2069 · Expires (`);
    const html = renderCardHtml(grid(), { ...options, lang: 'ar', direction: 'rtl' });
    expect(html).toContain('<html lang="ar" dir="rtl">');
    expect(renderCardSvg(grid())).not.toContain('Issued');
    expect(renderCardSvg(grid(), { expiresAt: null })).not.toContain('Expires');
    expect(renderCardSvg(grid(), { expiresAt: NOW })).toContain('>Expires 2026-11-22<');
  });

  it.each([
    { size: 'letter' },
    { theme: 'blue' },
    { face: 'side' },
    { row: 0 },
    { row: 6 },
    { row: 1.5 },
    { issuer: 5 },
    { issuer: 'x'.repeat(501) },
    { labels: { warning: 5 } },
  ])('refuses %j', (options) => {
    expect(thrownBy(() => renderCardSvg(grid(), options as never)).code).toBe('invalid-argument');
  });

  it('never lose a date to a long warning: they take two lines', () => {
    const labels = { warning: 'Getrennt von Ihrem Passwort aufbewahren.', expires: 'Gültig bis einschließlich' };
    const [warning, dates] = texts(renderCardSvg(grid({ cells: 50 }), { ...dated, labels })).filter(({ text }) =>
      /Passwort|Gültig/.test(text),
    );
    expect(warning?.text).toBe(labels.warning);
    expect(dates?.text).toBe('Issued 2026-11-22 · Gültig bis einschließlich 2026-12-13');
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
        expect(html).toContain('@page{size:A4 portrait;margin:0}');
        expect(wellFormed(html.replace(/^[\s\S]*<body>/, '').replace(/<\/body>[\s\S]*$/, ''))).toBe(true);
      }
    }
  });

  it('print light what they show dark', () => {
    const html = renderCardHtml(grid(), { theme: 'dark' });
    expect(html.match(/<svg /g)).toHaveLength(2);
    expect(html).toContain(`<div class="paper">${renderCardSvg(grid())}</div>`);
    expect(renderCardHtml(grid()).match(/<svg /g)).toHaveLength(1);
    expect(renderCardHtml(grid())).toContain('<title>Security Code Card</title>');
    expect(renderCardHtml(grid(), dated)).toContain('<title>Example Bank · Security Code Card</title>');
  });

  it('refuse what is no language or direction', () => {
    expect(thrownBy(() => renderCardHtml(grid(), { lang: '"><script>' })).code).toBe('invalid-argument');
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

  it('sends no control characters to a terminal', () => {
    const text = renderCardText(grid(), { issuer: '\u001b[2JBank\r\u009b' });
    expect(text.replaceAll('\n', '')).not.toMatch(/\p{Cc}/u);
  });

  it('shows recovery codes', () => {
    expect(renderRecoveryCodesText(CODES, { serial: 'alice' })).toBe(
      [
        'Recovery Codes · alice',
        '',
        '1  1K7QM-3XV0A-ZP4T9   3  3X9SP-5ZB2C-1R6WN   5  5ZBVR-71D4E-3T8YG',
        '2  2W8RN-4YA1B-0Q5V8   4  4YATQ-60C3D-2S7XM',
        '',
        'Keep apart from your password.',
      ].join('\n'),
    );
    expect(renderRecoveryCodesText(CODES, { width: 30 }).split('\n')).toHaveLength(9);
  });

  it('refuses widths, codes and serials that make no sense', () => {
    expect(thrownBy(() => renderCardText(grid(), { width: 5 })).code).toBe('invalid-argument');
    for (const codes of [[], ['a b'], [5], 'AAAA', ['x'.repeat(65)], Array(101).fill('A')]) {
      expect(thrownBy(() => renderRecoveryCodesText(codes as string[])).code).toBe('invalid-argument');
    }
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

describe.runIf(hasProgram('chromium'))('a browser', () => {
  it('reads every drawing as an XML document, whatever its labels hold', () => {
    const directory = mkdtempSync(join(tmpdir(), 'card-'));
    try {
      const file = join(directory, 'card.svg');
      const options = { ...dated, issuer: `</text><&"'>]]>\u0000`, serial: '<!--' };
      for (const svg of [renderCardSvg(grid({ serial: '<!--' }), options), renderRecoveryCodesSvg(['<!--'], options)]) {
        writeFileSync(file, svg);
        const document = run('chromium', [
          ...['--headless', '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run'],
          ...['--disable-background-networking', '--disable-component-update', '--disable-sync'],
          ...[`--user-data-dir=${join(directory, 'profile')}`, '--dump-dom', `file://${file}`],
        ]);
        expect(document).not.toContain('parsererror');
        expect(document.match(/<tspan /g)?.length).toBe(svg.match(/<tspan /g)?.length);
      }
      writeFileSync(file, '<svg xmlns="http://www.w3.org/2000/svg"><text>&</text></svg>');
      expect(
        run('chromium', [
          '--headless',
          '--no-sandbox',
          '--disable-gpu',
          `--user-data-dir=${join(directory, 'profile')}`,
          '--dump-dom',
          `file://${file}`,
        ]),
      ).toContain('parsererror');
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });

  it.each(['ltr', 'rtl'])('draws no text over another or beyond the card, on a page that reads %s', (direction) => {
    const directory = mkdtempSync(join(tmpdir(), 'card-'));
    try {
      const arabic = { cardTitle: 'بطاقة رموز الأمان', warning: 'احتفظ بها بعيدًا عن كلمة المرور.', issued: 'صدرت في' };
      const german = { warning: 'Getrennt von Ihrem Passwort aufbewahren.', expires: 'Gültig bis einschließlich' };
      const cards: [CardGrid, PrintOptions][] = [
        [grid(), { labels: arabic, issuer: 'بنك المثال' }],
        [grid({ serial: 'ONLINE-2026-000123456' }), { labels: german, issuer: 'SPARKASSE GROSSWUSTERHAUSEN' }],
        [grid({ serial: 'WMWM-'.repeat(12) }), { issuer: 'WWW MUTUAL BANKING COMPANY OF WESTERN AMERICA' }],
        [grid({ format: 'crockford', cells: 100 }), { issuer: 'Example Bank' }],
        [grid({ cells: 999 }), { size: 'a4', labels: german }],
      ];
      for (const [card, options] of cards) {
        const file = join(directory, 'card.html');
        const svg = renderCardSvg(card, { ...dated, ...options, ...(options.size ? {} : { face: 'front' }) });
        const script =
          `const box = (e) => { const b = e.getBoundingClientRect(); return [b.left, b.right, b.top, b.bottom]; };` +
          `const all = [...document.querySelectorAll('tspan, text:not(:has(tspan))')].map(box);` +
          `document.querySelector('pre').textContent = JSON.stringify([box(document.querySelector('svg')), ...all]);`;
        writeFileSync(
          file,
          `<!doctype html><meta charset="utf-8"><html dir="${direction}"><body>${svg}<pre></pre><script>${script}</script>`,
        );
        const page = run('chromium', [
          ...['--headless', '--no-sandbox', '--disable-gpu', '--no-first-run', '--disable-background-networking'],
          ...[`--user-data-dir=${join(directory, 'profile')}`, '--dump-dom', `file://${file}`],
        ]);
        type Box = [number, number, number, number];
        const [whole, ...boxes] = JSON.parse(/<pre>(.*?)<\/pre>/.exec(page)?.[1] ?? '') as [Box, ...Box[]];
        expect(boxes.length).toBeGreaterThan(200);
        for (const [i, [left, right, top, bottom]] of boxes.entries()) {
          expect(left >= whole[0] && right <= whole[1] && top >= whole[2] && bottom <= whole[3] + 1).toBe(true);
          const middle = (top + bottom) / 2;
          const over = boxes.findIndex(
            (other, j) => j !== i && other[0] < right && left < other[1] && other[2] < middle && middle < other[3],
          );
          expect(over).toBe(-1);
        }
      }
    } finally {
      rmSync(directory, { recursive: true, force: true });
    }
  });
});
