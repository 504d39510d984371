import { CountersignError } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { SANS_SERIF } from './markup.ts';

/** What a web page takes beyond what is printed on it. */
export type PageOptions = {
  /** Language of the labels, as in HTML's `lang`: `en`, `pt-BR`; default `en` */
  lang?: string | undefined;
  /** Direction of the page's text; default `ltr` */
  direction?: 'ltr' | 'rtl' | undefined;
};

/**
 * A page that prints by itself: no script, no font, no picture and no request; its content security policy forbids them
 * all, and it asks not to be cached by search engines or named in a referrer.
 *
 * @param onScreen shown on screens; `onPaper` printed in its place
 */
export function drawPage(
  title: string,
  notes: readonly string[],
  onScreen: string,
  onPaper: string,
  theme: 'light' | 'dark',
  { lang = 'en', direction = 'ltr' }: PageOptions,
): string {
  if (!/^[A-Za-z0-9-]{1,35}$/.test(lang)) throw new CountersignError('invalid-argument', 'lang must be a language tag');
  if (direction !== 'ltr' && direction !== 'rtl') {
    throw new CountersignError('invalid-argument', 'direction must be ltr or rtl');
  }
  const [page, ink] = theme === 'light' ? ['#f1f4f8', '#1b2430'] : ['#05080c', '#dbe4ee'];
  const style =
    `@page{size:A4 portrait;margin:0}html{color-scheme:${theme}}` +
    `body{margin:0;background:${page};color:${ink};font:15px/1.5 ${SANS_SERIF}}` +
    'main{max-width:210mm;margin:0 auto;padding:8mm 0}p{margin:0 9mm 2mm}' +
    'svg{display:block;margin:0 auto;max-width:100%;height:auto}.paper{display:none}' +
    '@media print{body{background:#fff}main{padding:0;margin:0}p,.screen{display:none}.paper{display:block}svg{max-width:none}}';
  return (
    `<!doctype html>\n<html lang="${lang}" dir="${direction}">\n<head>\n<meta charset="utf-8">\n` +
    `<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">\n` +
    '<meta name="viewport" content="width=device-width">\n<meta name="robots" content="noindex,noarchive">\n' +
    `<meta name="referrer" content="no-referrer">\n<title>${escapeMarkup(title)}</title>\n<style>${style}</style>\n</head>\n` +
    `<body>\n<main>\n${notes.map((note) => `<p>${escapeMarkup(note)}</p>\n`).join('')}` +
    (onScreen === onPaper
      ? `<div>${onPaper}</div>\n`
      : `<div class="screen">${onScreen}</div>\n<div class="paper">${onPaper}</div>\n`) +
    '</main>\n</body>\n</html>\n'
  );
}
