import { assertDisplayText, assertInteger, assertOptions, readInstant } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { isolated } from './markup.ts';

/**
 * `id-1`: the size of a payment card, 85.6 × 54 mm (ISO/IEC 7810), two faces to fold when one is too small, on any paper;
 * `a4` and `letter`: one page with large text; `business-card-sheet`: an A4 sheet of ten business cards of 85 × 54 mm, of
 * which one row is used.
 */
export type PrintSize = 'id-1' | 'business-card-sheet' | 'a4' | 'letter';

/** Every word that is printed. Give your own for another language; what is left out stays English. */
export type PrintLabels = {
  readonly cardTitle: string;
  readonly recoveryTitle: string;
  readonly issued: string;
  readonly expires: string;
  /** Printed on every face. */
  readonly warning: string;
  /** Beside the cut marks, for one face and for two. */
  readonly cut: string;
  readonly cutAndFold: string;
  /** On the web page, above what is printed. */
  readonly printAtFullSize: string;
  /** Printed below the recovery codes. */
  readonly onceEach: string;
  /** Over the columns of the web page's table. */
  readonly number: string;
  readonly code: string;
};

const ENGLISH: PrintLabels = {
  cardTitle: 'Security Code Card',
  recoveryTitle: 'Recovery Codes',
  issued: 'Issued',
  expires: 'Expires',
  warning: 'Keep apart from your password.',
  cut: 'Cut along the outline.',
  cutAndFold: 'Cut along the outline, fold at the dashed line, glue back to back.',
  printAtFullSize: 'Print at 100 % (“actual size”). Do not save this page.',
  onceEach: 'Each code works once. Tick it off when you have used it.',
  number: 'No.',
  code: 'Code',
};

/** What the printing functions take; all of it may be left out. Texts are one line, without bidirectional controls. */
export type PrintOptions = {
  /** default `id-1` */
  size?: PrintSize | undefined;
  /** default `light`; the dark one is for screens, and a page in dark still prints light */
  theme?: 'light' | 'dark' | undefined;
  /** One face alone, without marks, for a plastic-card printer (size `id-1` only); default both on one sheet */
  face?: 'front' | 'back' | undefined;
  /** Which row of a business-card sheet, 1 … 5; default 1 */
  row?: number | undefined;
  /** Whose card it is: printed above the title */
  issuer?: string | undefined;
  /** Instants, in milliseconds since the Unix epoch */
  issuedAt?: number | null | undefined;
  expiresAt?: number | null | undefined;
  /** How an instant is printed; default the day in UTC, as `2026-11-22` */
  formatDate?: ((instant: number) => string) | undefined;
  labels?: { readonly [Name in keyof PrintLabels]?: PrintLabels[Name] | undefined } | undefined;
};

/** {@link PrintOptions} with every default filled in and every word at hand. */
export type CheckedPrintOptions = {
  readonly size: PrintSize;
  readonly theme: 'light' | 'dark';
  readonly face: 'front' | 'back' | undefined;
  readonly row: number;
  readonly issuer: string;
  /** `Issued 2026-11-22`, `Expires 2026-12-13`, or less */
  readonly dates: readonly string[];
  readonly labels: PrintLabels;
  /** `Example Bank · Security Code Card`, or the title alone */
  readonly name: (title: string) => string;
};

const SIZES: readonly unknown[] = ['id-1', 'business-card-sheet', 'a4', 'letter'];
const MAX_TEXT = 256;

/** Refuses all but a size that can be printed. */
export function assertSize(size: unknown): asserts size is PrintSize {
  demand(SIZES.includes(size), 'size must be id-1, business-card-sheet, a4 or letter');
}

/** Fills in the defaults and refuses what cannot be printed. */
export function checkedPrintOptions(options: PrintOptions): CheckedPrintOptions {
  assertOptions(options);
  const { size = 'id-1', theme = 'light', face, row = 1, issuer = '', issuedAt, expiresAt } = options;
  const { formatDate = (instant: number) => new Date(instant).toISOString().slice(0, 10) } = options;
  assertSize(size);
  demand(theme === 'light' || theme === 'dark', 'theme must be light or dark');
  demand(face === undefined || ((face === 'front' || face === 'back') && size === 'id-1'), 'face is for size id-1');
  assertInteger(row, 'row', 1, 5, 'invalid-argument');
  if (issuer !== '') assertDisplayText(issuer, 'issuer', MAX_TEXT);
  demand(typeof formatDate === 'function', 'formatDate must be a function');
  const labels = checkedLabels(options.labels);
  const dates: string[] = [];
  for (const [label, instant] of [
    [labels.issued, issuedAt],
    [labels.expires, expiresAt],
  ] as const) {
    if (instant === undefined || instant === null) continue;
    const date: unknown = formatDate(readInstant(instant, 'issuedAt and expiresAt'));
    assertDisplayText(date, 'what formatDate returned', MAX_TEXT);
    // Without isolation, 2026-11-12 beside a word written from right to left would be shown as 12-11-2026.
    dates.push(`${label} ${isolated(date, label)}`);
  }
  const name = (title: string): string => (issuer === '' ? title : `${issuer} · ${title}`);
  return { size, theme, face, row, issuer, dates, labels, name };
}

/** An empty label is left out; the rest is text that people can be shown. */
function checkedLabels(given: PrintOptions['labels'] = {}): PrintLabels {
  assertOptions(given, 'labels');
  const labels: Record<string, string> = { ...ENGLISH };
  for (const name of Object.keys(ENGLISH) as (keyof PrintLabels)[]) {
    const label = given[name];
    if (label === undefined) continue;
    if (label !== '') assertDisplayText(label, `labels.${name}`, MAX_TEXT);
    labels[name] = label;
  }
  return labels as PrintLabels;
}

function demand(sound: boolean, message: string): asserts sound {
  if (!sound) throw new CountersignError('invalid-argument', message);
}
