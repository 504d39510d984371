import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { isolated, MONOSPACE, SANS_SERIF } from './markup.ts';
import { PALETTES } from './palette.ts';
import type { PrintSize } from './print-options.ts';

/** What a web page takes beyond what is printed on it. */
export type PageOptions = {
  /** Language of the labels, as in HTML's `lang`: `en`, `pt-BR`; default `en` */
  lang?: string | undefined;
  /** Direction of the page's text; default `ltr` */
  direction?: 'ltr' | 'rtl' | undefined;
};

/** What stands on a page. All texts are plain, all parts markup. */
export type PageContent = {
  readonly title: string;
  /** Serial and dates, which do not break. */
  readonly known: readonly string[];
  readonly notes: readonly string[];
  /** One drawing a face, for screens. */
  readonly faces: readonly string[];
  readonly table: string;
  /** Printed in place of all else. */
  readonly sheet: string;
  readonly size: PrintSize;
  /** Characters of a row of the table. */
  readonly rowWidth: number;
  readonly theme: 'light' | 'dark';
};

/** Fills in the defaults, and refuses what is no language or direction. */
export function checkedPageOptions(options: PageOptions): { lang: string; direction: 'ltr' | 'rtl' } {
  assertOptions(options);
  const { lang = 'en', direction = 'ltr' } = options;
  if (typeof lang !== 'string' || !/^[A-Za-z0-9-]{1,35}$/.test(lang)) {
    throw new CountersignError('invalid-argument', 'lang must be a language tag');
  }
  if (direction !== 'ltr' && direction !== 'rtl') {
    throw new CountersignError('invalid-argument', 'direction must be ltr or rtl');
  }
  return { lang, direction };
}

/** An ID-1 card fits on A4 and on Letter, so it is printed on what the printer has. */
const PAPER: Readonly<Record<PrintSize, string>> = {
  'id-1': '',
  'business-card-sheet': 'size:A4 portrait;',
  a4: 'size:A4 portrait;',
  letter: 'size:letter portrait;',
};

/**
 * A page that prints by itself: no script, no font, no picture and no request; its content security policy forbids them
 * all, and it asks not to be cached by search engines or named in a referrer. Screens get each face as wide as there is
 * room for, one below the other where that is little, and the same as a table; paper gets the sheet alone.
 */
export function drawPage(
  content: PageContent,
  { lang, direction }: { lang: string; direction: 'ltr' | 'rtl' },
): string {
  const { title, known, notes, faces, table, sheet, size, rowWidth, theme } = content;
  const { page, ink, label, line, paper } = PALETTES[theme];
  const style =
    `@page{${PAPER[size]}margin:0}html{color-scheme:${theme}}*{box-sizing:border-box}` +
    `body{margin:0;background:${page};color:${ink};font:16px/1.5 ${SANS_SERIF}}` +
    'main{max-width:210mm;margin:0 auto;padding:16px}h1{font-size:1.25em;margin:0 0 .5em}p{margin:0 0 .5em}' +
    '.faces{display:flex;flex-wrap:wrap;gap:12px;margin:16px 0;user-select:none}' +
    '.faces svg{flex:1 1 85mm;min-width:0;max-width:100%;height:auto}' +
    `.codes{columns:${rowWidth + 5}ch;font:16px/1.6 ${MONOSPACE}}table{border-collapse:collapse;width:100%}` +
    'caption{position:absolute;width:1px;height:1px;overflow:hidden;clip-path:inset(50%);white-space:nowrap}' +
    `th,td{padding:0 .5ch;text-align:start;white-space:nowrap;background:${paper};border-bottom:1px solid ${line}}` +
    `thead th{font:600 12px/2 ${SANS_SERIF}}span{display:inline-block;margin-inline-end:2ch}tbody th{width:1px;text-align:right;font-weight:400;color:${label}}` +
    'td{direction:ltr;unicode-bidi:isolate;font-weight:700}.paper{display:none}' +
    '@media print{body{background:#fff}main{padding:0;max-width:none}.screen{display:none}.paper{display:block}' +
    '.paper svg{display:block;margin:0 auto}}';
  return (
    `<!doctype html>\n<html lang="${lang}" dir="${direction}">\n<head>\n<meta charset="utf-8">\n` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n` +
    '<meta name="viewport" content="width=device-width">\n<meta name="robots" content="noindex,noarchive">\n' +
    `<meta name="referrer" content="no-referrer">\n<title>${escapeMarkup(title)}</title>\n<style>${style}</style>\n</head>\n` +
    `<body>\n<main class="screen">\n<h1>${escapeMarkup(isolated(title))}</h1>\n` +
    `<p>${known.map((part) => `<span>${escapeMarkup(part)}</span>`).join(' ')}</p>\n` +
    notes.map((note) => `<p>${escapeMarkup(note)}</p>\n`).join('') +
    `<div class="faces">${faces.join('\n')}</div>\n<div class="codes">\n${table}</div>\n</main>\n` +
    `<div class="paper">${sheet}</div>\n</body>\n</html>\n`
  );
}
