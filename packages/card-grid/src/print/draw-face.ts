import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { fitText, isolated, MONOSPACE, MONOSPACE_ADVANCE, mm, POINT, SANS_SERIF, textWidth } from './markup.ts';
import { entryWidth, type GridPlan, LABEL_GAP, type Listing, TICK_BOX } from './plan-grid.ts';

/** Colours of a theme. Labels and codes keep a contrast of 7 : 1 at least (WCAG 2.2 §1.4.6), also in grey. */
type Palette = Readonly<Record<'paper' | 'ink' | 'label' | 'shade' | 'muted' | 'line' | 'band' | 'onBand', string>>;

export const PALETTES: Readonly<Record<'light' | 'dark', Palette>> = {
  light: {
    paper: '#ffffff',
    ink: '#0b1016',
    label: '#1d4f91',
    shade: '#e8eff8',
    muted: '#3d4a5a',
    line: '#8d9bab',
    band: '#16365f',
    onBand: '#ffffff',
  },
  dark: {
    paper: '#10161f',
    ink: '#f4f8fc',
    label: '#93c5ff',
    shade: '#1d2938',
    muted: '#b4c1d0',
    line: '#4a5a6d',
    band: '#24456f',
    onBand: '#ffffff',
  },
};

/** Measures of one face in millimetres, text sizes in points. */
export type FaceMeasures = {
  readonly width: number;
  readonly height: number;
  readonly radius: number;
  readonly padding: number;
  readonly band: number;
  readonly footer: number;
  readonly titlePoints: number;
  readonly footerPoints: number;
  readonly maxPoints: number;
};

/** What stands on a face around its entries. */
export type FaceText = {
  readonly issuer: string;
  readonly title: string;
  readonly serial: string;
  readonly warning: string;
  readonly dates: string;
};

/** Which corners are rounded: the edge at which two faces are joined is straight. */
export type Joined = 'none' | 'right' | 'left';

/** Air between the band and the entries, as a part of the padding. */
const GAP = 0.35;

/** Where the entries stand on a face. */
export function gridArea(face: FaceMeasures): { width: number; height: number; maxPoints: number } {
  return {
    width: face.width - 2 * face.padding,
    height: face.height - face.band - face.footer - face.padding * GAP,
    maxPoints: face.maxPoints,
  };
}

/** One face at the origin: a band with title, serial and range, the entries in shaded columns, and a foot line. */
export function drawFace(
  listing: Listing,
  plan: GridPlan,
  measures: FaceMeasures,
  text: FaceText,
  colours: Palette,
  joined: Joined,
): string {
  const { width, height, padding, band } = measures;
  const left = joined === 'left' ? 0 : measures.radius;
  const right = joined === 'right' ? 0 : measures.radius;
  return [
    `<path d="${outline(width, height, left, right)}" fill="${colours.paper}" stroke="${colours.line}" stroke-width=".2"/>`,
    `<path d="${bandOutline(width, band, left, right)}" fill="${colours.band}"/>`,
    drawBand(listing, measures, text, colours),
    drawColumns(listing, plan, padding, band + padding * GAP, colours),
    drawFooter(measures, text, colours),
  ].join('');
}

function outline(width: number, height: number, left: number, right: number): string {
  const corner = (radius: number, x: number, y: number): string =>
    radius === 0 ? '' : `a${mm(radius)} ${mm(radius)} 0 0 1 ${mm(x * radius)} ${mm(y * radius)}`;
  return (
    `M${mm(left)} 0H${mm(width - right)}${corner(right, 1, 1)}V${mm(height - right)}${corner(right, -1, 1)}` +
    `H${mm(left)}${corner(left, -1, -1)}V${mm(left)}${corner(left, 1, -1)}Z`
  );
}

function bandOutline(width: number, band: number, left: number, right: number): string {
  const arc = (radius: number): string => `A${mm(radius)} ${mm(radius)} 0 0 1`;
  return (
    `M0 ${mm(band)}V${mm(left)}${left === 0 ? '' : `${arc(left)} ${mm(left)} 0`}H${mm(width - right)}` +
    `${right === 0 ? '' : `${arc(right)} ${mm(width)} ${mm(right)}`}V${mm(band)}Z`
  );
}

function drawBand(listing: Listing, measures: FaceMeasures, text: FaceText, colours: Palette): string {
  const { width, padding, band, titlePoints } = measures;
  const size = titlePoints * POINT;
  const baseline = mm(band / 2 + size * 0.36);
  const range = `${listing.entries[0]!.label}–${listing.entries.at(-1)!.label}`;
  const rangeWidth = (range.length * 0.62 + 1) * size;
  const serialRight = width - padding - rangeWidth - size * 0.5;
  // The serial tells cards apart, so it comes before the title when there is not room enough for both.
  const serial = fitText(text.serial, size * 0.85, (serialRight - padding) * 0.6, false);
  const serialWidth = textWidth(serial.text, false) * serial.size;
  const heading = text.issuer === '' ? text.title : `${text.issuer} · ${text.title}`;
  const title = fitText(heading, size, serialRight - serialWidth - padding - size * 0.5, true);
  return (
    `<g fill="${colours.onBand}" font-family="${SANS_SERIF}">` +
    `<text x="${mm(padding)}" y="${baseline}" font-size="${mm(title.size)}" font-weight="600">${escapeMarkup(isolated(title.text))}</text>` +
    `<text x="${mm(serialRight)}" y="${baseline}" font-size="${mm(serial.size)}" text-anchor="end">${escapeMarkup(isolated(serial.text))}</text>` +
    `</g>` +
    `<rect x="${mm(width - padding - rangeWidth)}" y="${mm((band - size * 1.5) / 2)}" width="${mm(rangeWidth)}" height="${mm(size * 1.5)}" rx="${mm(size * 0.4)}" fill="${colours.paper}"/>` +
    `<text x="${mm(width - padding - rangeWidth / 2)}" y="${baseline}" font-size="${mm(size)}" font-weight="700" text-anchor="middle" font-family="${SANS_SERIF}" fill="${colours.ink}">${escapeMarkup(range)}</text>`
  );
}

function drawColumns(listing: Listing, plan: GridPlan, left: number, top: number, colours: Palette): string {
  const { rows, columns, textSize, rowHeight, columnWidth } = plan;
  const entry = entryWidth(listing) * textSize;
  // The outer panels end flush with the title and the foot line.
  const gap = textSize * 0.45;
  const step = columnWidth + gap / columns;
  const panel = step - gap;
  const shades: string[] = [];
  const boxes: string[] = [];
  const labels: string[] = [];
  const codes: string[] = [];
  for (let column = 0; column < columns; column++) {
    const x = left + column * step;
    const start = x + (panel - entry) / 2 + (listing.tickBox ? TICK_BOX * textSize : 0);
    const labelEnd = start + listing.labelWidth * MONOSPACE_ADVANCE * textSize;
    for (const [row, { label, code }] of listing.entries.slice(column * rows, (column + 1) * rows).entries()) {
      const y = top + row * rowHeight;
      const baseline = mm(y + rowHeight / 2 + textSize * 0.36);
      if (row % 2 === 0) shades.push(`M${mm(x)} ${mm(y)}h${mm(panel)}v${mm(rowHeight)}h-${mm(panel)}z`);
      labels.push(`<tspan x="${mm(labelEnd)}" y="${baseline}">${escapeMarkup(label)}</tspan>`);
      codes.push(`<tspan x="${mm(labelEnd + LABEL_GAP * textSize)}" y="${baseline}">${escapeMarkup(code)}</tspan>`);
      if (listing.tickBox) {
        const side = mm(textSize * 0.8);
        const boxTop = mm(y + rowHeight / 2 - textSize * 0.4);
        boxes.push(`M${mm(start - TICK_BOX * textSize)} ${boxTop}h${side}v${side}h-${side}z`);
      }
    }
  }
  const font = `font-family="${MONOSPACE}" font-size="${mm(textSize)}"`;
  return (
    `<path d="${shades.join('')}" fill="${colours.shade}"/>` +
    (listing.tickBox ? `<path d="${boxes.join('')}" fill="none" stroke="${colours.ink}" stroke-width=".2"/>` : '') +
    `<text ${font} text-anchor="end" fill="${colours.label}">${labels.join('')}</text>` +
    `<text ${font} font-weight="700" fill="${colours.ink}">${codes.join('')}</text>`
  );
}

/** Warning and dates on one line, or on two when one is too short for both: a date that is cut off is worth nothing. */
function drawFooter(measures: FaceMeasures, text: FaceText, colours: Palette): string {
  const { width, height, padding, footer, footerPoints } = measures;
  const size = footerPoints * POINT;
  const room = width - 2 * padding;
  const oneLine = (textWidth(text.warning, true) + 1 + textWidth(text.dates, false)) * size <= room;
  const middle = height - footer * 0.55 + size * 0.36;
  const apart = oneLine ? 0 : size * 0.56;
  const warning = fitText(text.warning, size, room, true);
  const dates = fitText(text.dates, size, room, false);
  const datesAt = oneLine ? `x="${mm(width - padding)}" text-anchor="end"` : `x="${mm(padding)}"`;
  return (
    `<g font-family="${SANS_SERIF}" fill="${colours.muted}">` +
    `<text x="${mm(padding)}" y="${mm(middle - apart)}" font-size="${mm(warning.size)}" font-weight="600">${escapeMarkup(isolated(warning.text))}</text>` +
    `<text ${datesAt} y="${mm(middle + apart)}" font-size="${mm(dates.size)}">${escapeMarkup(isolated(dates.text))}</text>` +
    `</g>`
  );
}
