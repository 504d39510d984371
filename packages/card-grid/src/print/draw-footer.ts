import type { FaceMeasures, FaceText } from './draw-face.ts';
import { drawLabel, type Label } from './fit-text.ts';
import { mm, POINT, SANS_SERIF } from './markup.ts';
import type { Palette } from './palette.ts';
import { textWidth } from './text-width.ts';

/** From one foot line to the next, in em. */
const LEADING = 1.15;

/** How much a note takes at the foot of a face, in millimetres: its line, and some air above it. */
export function noteHeight({ footerPoints }: FaceMeasures): number {
  return footerPoints * POINT * (LEADING + 0.4);
}

/** A note, and below it warning and dates: on one line, or on two when one is too short for both. */
export function drawFooter(measures: FaceMeasures, text: FaceText, colours: Palette): string {
  const { width, height, padding, footer, footerPoints } = measures;
  const size = footerPoints * POINT;
  const room = width - 2 * padding;
  const oneLine = (textWidth(text.warning, true) + 1 + textWidth(text.dates, false)) * size <= room;
  const warning: Label = { name: 'labels.warning', text: text.warning, bold: true };
  const dates: Label = { name: 'dates and their labels', text: text.dates, bold: false };
  const note: Label = { name: 'labels.onceEach', text: text.note, bold: true };
  const middle = height - footer * 0.53 + size * 0.36;
  const apart = oneLine ? 0 : (size * LEADING) / 2;
  const y = middle - apart;
  const left = `x="${mm(padding)}"`;
  const drawn = oneLine
    ? drawLabel(warning, size, room, `${left} y="${mm(y)}"`) +
      drawLabel(dates, size, room, `x="${mm(width - padding)}" y="${mm(y)}" text-anchor="end"`)
    : drawLabel(warning, size, room, `${left} y="${mm(y)}"`) +
      drawLabel(dates, size, room, `${left} y="${mm(middle + apart)}"`);
  const noted = drawLabel(note, size, room, `${left} y="${mm(y - size * LEADING)}"`);
  return `<g font-family="${SANS_SERIF}" fill="${colours.muted}">${noted}${drawn}</g>`;
}
