import { assertInstant } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { isolated } from './markup.ts';

/**
 * `id-1`: the size of a payment card, 85.6 × 54 mm (ISO/IEC 7810), two faces to fold when one is too small; `a4`: one
 * page with large text; `business-card-sheet`: an A4 sheet of ten business cards of 85 × 54 mm, of which one row is used.
 */
export type PrintSize = 'id-1' | 'business-card-sheet' | 'a4';

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
  /** On the web page, below the recovery codes. */
  readonly onceEach: string;
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
};

/** What the printing functions take; all of it may be left out. */
export type PrintOptions = {
  /** default `id-1` */
  size?: PrintSize | undefined;
  /** default `light`; the dark one is for screens, and a page in dark still prints light */
  theme?: 'light' | 'dark' | undefined;
  /** One face alone, without marks, for a plastic-card printer (size `id-1` only); default both on one sheet */
  face?: 'front' | 'back' | undefined;
  /** Which row of a business-card sheet, 1 … 5; default 1 */
  row?: number | undefined;
  /** Whose card it is: printed before the title */
  issuer?: string | undefined;
  /** Instants, in milliseconds since the Unix epoch */
  issuedAt?: number | undefined;
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
  /** `Issued 2026-11-22 · Expires 2026-12-13`, or less */
  readonly dates: string;
  readonly labels: PrintLabels;
};

const SIZES: readonly unknown[] = ['id-1', 'business-card-sheet', 'a4'];

/** Fills in the defaults and refuses what cannot be printed. */
export function checkedPrintOptions(options: PrintOptions): CheckedPrintOptions {
  const { size = 'id-1', theme = 'light', face, row = 1, issuer = '', issuedAt, expiresAt } = options;
  const { formatDate = (instant: number) => new Date(instant).toISOString().slice(0, 10) } = options;
  demand(SIZES.includes(size), 'size must be id-1, business-card-sheet or a4');
  demand(theme === 'light' || theme === 'dark', 'theme must be light or dark');
  demand(face === undefined || ((face === 'front' || face === 'back') && size === 'id-1'), 'face is for size id-1');
  demand(Number.isInteger(row) && row >= 1 && row <= 5, 'row must be an integer from 1 to 5');
  const given = Object.entries(options.labels ?? {}).filter(([, label]) => label !== undefined);
  const labels: PrintLabels = { ...ENGLISH, ...Object.fromEntries(given) };
  demand([...Object.values(labels), issuer].every(isText), 'labels and issuer must be text');
  const dates: string[] = [];
  for (const [label, instant] of [
    [labels.issued, issuedAt],
    [labels.expires, expiresAt],
  ] as const) {
    if (instant === undefined || instant === null) continue;
    assertInstant(instant, 'issuedAt and expiresAt');
    // Without isolation, 2026-11-12 beside a word written from right to left would be shown as 12-11-2026.
    dates.push(`${label} ${isolated(formatDate(instant), label)}`);
  }
  return { size, theme, face, row, issuer, dates: dates.join(' · '), labels };
}

function isText(value: unknown): boolean {
  return typeof value === 'string' && value.length <= 500;
}

function demand(sound: boolean, message: string): void {
  if (!sound) throw new CountersignError('invalid-argument', message);
}
