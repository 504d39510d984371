import { assertDisplayText } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import type { PageOptions } from './draw-page.ts';
import { drawSheet } from './draw-sheet.ts';
import { drawText } from './draw-text.ts';
import type { Listing } from './plan-grid.ts';
import { checkedPrintOptions, type PrintOptions } from './print-options.ts';
import { listingPage } from './render-card.ts';

/** As many and as long as createRecoveryCodes makes them, with room for codes of other makers. */
const MAX_CODES = 100;
const MAX_CODE_LENGTH = 64;

function listCodes(codes: readonly string[]): Listing {
  const list = readCodes(codes);
  return {
    count: list.length,
    entries: list.map((code, i) => ({ label: `${i + 1}`, code })),
    labelWidth: `${list.length}`.length,
    codeWidth: Math.max(...list.map((code) => code.length)),
    tickBox: true,
  };
}

/** The codes as an array of our own; what was given may have holes, or throw. */
function readCodes(codes: readonly string[]): string[] {
  try {
    const { length } = codes;
    if (!Array.isArray(codes) || !(length >= 1 && length <= MAX_CODES)) throw new Error('no list');
    return Array.from({ length }, (_, i) => {
      const code: unknown = codes[i];
      if (typeof code !== 'string' || code.length > MAX_CODE_LENGTH || !/^[!-~]+$/.test(code))
        throw new Error('no code');
      return code;
    });
  } catch {
    throw new CountersignError('invalid-argument', 'codes must be those that createRecoveryCodes returned');
  }
}

/**
 * Recovery codes as an SVG document, in the sizes and with the marks of a card, and a box to tick beside each code.
 *
 * @param codes as `createRecoveryCodes` returned them
 * @param options see {@link PrintOptions}; `serial`: the list's, or what else tells it from others, such as the user name
 * @throws CountersignError as `renderCardSvg`
 *
 * @example
 * ```ts
 * import { renderRecoveryCodesSvg } from '@countersign/card-grid';
 *
 * renderRecoveryCodesSvg(['1K7QM-3XV0A-ZP4T9']).startsWith('<svg '); // => true
 * ```
 */
export function renderRecoveryCodesSvg(
  codes: readonly string[],
  options: PrintOptions & { serial?: string | undefined } = {},
): string {
  const checked = checkedPrintOptions(options);
  return drawSheet(listCodes(codes), checkedSerial(options.serial), checked.labels.recoveryTitle, checked);
}

/**
 * Recovery codes as one self-contained page to show once and to print. Serve it with `Cache-Control: no-store`.
 *
 * @param codes as `createRecoveryCodes` returned them
 * @param options as for {@link renderRecoveryCodesSvg}, and `lang` and `direction` of the labels
 * @throws CountersignError as `renderCardSvg`
 *
 * @example
 * ```ts
 * import { renderRecoveryCodesHtml } from '@countersign/card-grid';
 *
 * renderRecoveryCodesHtml(['1K7QM-3XV0A-ZP4T9']).includes('1K7QM-3XV0A-ZP4T9'); // => true
 * ```
 */
export function renderRecoveryCodesHtml(
  codes: readonly string[],
  options: PrintOptions & PageOptions & { serial?: string | undefined } = {},
): string {
  const checked = checkedPrintOptions(options);
  const { recoveryTitle } = checked.labels;
  return listingPage(listCodes(codes), checkedSerial(options.serial), recoveryTitle, checked, options);
}

/**
 * Recovery codes as text for a terminal or a file, numbered.
 *
 * @param codes as `createRecoveryCodes` returned them
 * @param options as for {@link renderRecoveryCodesSvg}; `width` in characters, 20 … 1000 (default 80)
 * @throws CountersignError as `renderCardText`
 *
 * @example
 * ```ts
 * import { renderRecoveryCodesText } from '@countersign/card-grid';
 *
 * renderRecoveryCodesText(['1K7QM-3XV0A-ZP4T9']).split('\n')[2]; // => '1  1K7QM-3XV0A-ZP4T9'
 * ```
 */
export function renderRecoveryCodesText(
  codes: readonly string[],
  options: PrintOptions & { serial?: string | undefined; width?: number | undefined } = {},
): string {
  const checked = checkedPrintOptions(options);
  const { recoveryTitle } = checked.labels;
  return drawText(listCodes(codes), checkedSerial(options.serial), recoveryTitle, checked, options.width ?? 80);
}

function checkedSerial(serial = ''): string {
  if (serial !== '') assertDisplayText(serial, 'serial', 64);
  return serial;
}
