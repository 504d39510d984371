import { CountersignError, type ErrorCode } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { isolated, mm, POINT } from './markup.ts';
import { textWidth } from './text-width.ts';

/** A word or line to be printed: what it is called when it is refused, and with which code. */
export type Label = {
  readonly name: string;
  readonly text: string;
  readonly bold: boolean;
  readonly code?: ErrorCode;
};

/** No label is smaller than this, in points, nor smaller than this part of its size. */
const MIN_POINTS = 5;
const MIN_SHRINK = 0.6;
/** Widths are estimated on the wide side; what is estimated this much too wide at the smallest size is held by textLength. */
const COMPRESSIBLE = 1.1;

/** The smallest size, in millimetres, to which text of this size may shrink. */
function smallest(size: number): number {
  return Math.min(size, Math.max(size * MIN_SHRINK, MIN_POINTS * POINT));
}

/** By how much a label of a size is too wide when it has shrunk as far as it may: at most 1 if it fits. */
export function overflow({ text, bold }: Label, size: number, width: number): number {
  return (textWidth(text, bold) * smallest(size)) / width;
}

/**
 * A label within a width: as it is, smaller, or held to the width by `textLength`. Nothing is cut: half a serial or half
 * a date is worth nothing, so what does not fit is refused.
 *
 * @param at where it stands, as SVG attributes
 * @throws CountersignError the label's code, or `invalid-argument`, naming the label
 */
export function drawLabel(label: Label, size: number, width: number, at: string): string {
  const { name, text, bold, code = 'invalid-argument' } = label;
  if (text === '') return '';
  const excess = overflow(label, size, width);
  if (excess > COMPRESSIBLE) {
    throw new CountersignError(code, `${name} is too long for this size: shorten it, or choose a larger size`);
  }
  const fitted = Math.max(smallest(size), Math.min(size, width / textWidth(text, bold)));
  const net = excess > 1 ? ` textLength="${mm(width)}" lengthAdjust="spacingAndGlyphs"` : '';
  const weight = bold ? ' font-weight="600"' : '';
  return `<text ${at} font-size="${mm(fitted)}"${weight}${net}>${escapeMarkup(isolated(text))}</text>`;
}
