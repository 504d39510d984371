import { CountersignError } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { drawFace, type FaceMeasures, type FaceText, gridArea, type Joined, PALETTES } from './draw-face.ts';
import { fitText, isolated, mm, POINT, SANS_SERIF } from './markup.ts';
import { type GridPlan, type Listing, type ListingShape, planGrid } from './plan-grid.ts';
import type { CheckedPrintOptions, PrintSize } from './print-options.ts';

/** ISO/IEC 7810 ID-1: 85.60 × 53.98 mm, corners of 3.18 mm. */
const ID_1: FaceMeasures = {
  width: 85.6,
  height: 54,
  radius: 3.18,
  padding: 2.4,
  band: 5.6,
  footer: 4.9,
  titlePoints: 6.5,
  footerPoints: 5,
  maxPoints: 9,
};

/** What stays of an A4 page inside margins of 15 mm, which every printer can print on. */
const A4: FaceMeasures = {
  width: 180,
  height: 267,
  radius: 4,
  padding: 5,
  band: 14,
  footer: 12,
  titlePoints: 14,
  footerPoints: 9,
  maxPoints: 13,
};

const FACES: Readonly<Record<PrintSize, FaceMeasures>> = {
  'id-1': ID_1,
  'business-card-sheet': { ...ID_1, width: 85, radius: 0 },
  a4: A4,
};

/** Room around an ID-1 card for its cut marks. */
const MARGIN = 9;
/** Two columns and five rows of cards on an A4 sheet, 10 mm between the columns. */
const SHEET = { width: 210, height: 297, left: 15, top: 13.5, columnStep: 95, rowStep: 54 };

/** The plan of a listing on a size; refuses what would not be legible there. */
export function planListing(listing: ListingShape, size: PrintSize): GridPlan {
  return planGrid(listing, gridArea(FACES[size]), size === 'a4' ? 1 : 2);
}

/** A whole SVG document: one or two faces, with the marks that its size needs. Lengths are in millimetres throughout. */
export function drawSheet(listing: Listing, serial: string, title: string, options: CheckedPrintOptions): string {
  const { size, face, issuer, labels, dates } = options;
  const plan = planListing(listing, size);
  const measures = size === 'a4' ? fittedFace(A4, plan) : FACES[size];
  const text: FaceText = { issuer, title, serial, warning: labels.warning, dates };
  const perFace = plan.rows * plan.columns;
  const drawn = (index: number, joined: Joined): string => {
    const entries = listing.entries.slice(index * perFace, (index + 1) * perFace);
    return drawFace({ ...listing, entries }, plan, measures, text, PALETTES[options.theme], joined);
  };
  const name = escapeMarkup(issuer === '' ? title : `${issuer} · ${title}`);
  // Places are counted from the left, also on a page that reads from right to left: an inherited direction would turn
  // each text-anchor round and print the codes over their numbers.
  const whole = (width: number, height: number, content: string): string =>
    `<svg xmlns="http://www.w3.org/2000/svg" direction="ltr" width="${mm(width)}mm" height="${mm(height)}mm" viewBox="0 0 ${mm(width)} ${mm(height)}"><title>${name}</title>${content}</svg>`;

  const { width, height } = measures;
  if (face === 'back' && plan.faces === 1) {
    throw new CountersignError('invalid-argument', 'face: what is printed has a front only');
  }
  if (face !== undefined) return whole(width, height, drawn(face === 'front' ? 0 : 1, 'none'));
  if (size === 'a4') return whole(210, 297, `<g transform="translate(15 15)">${drawn(0, 'none')}</g>`);
  if (size === 'business-card-sheet') {
    const top = SHEET.top + (options.row - 1) * SHEET.rowStep;
    const places = Array.from({ length: plan.faces }, (_, i) => {
      const left = SHEET.left + i * SHEET.columnStep;
      return `<g transform="translate(${left} ${top})">${drawn(i, 'none')}</g>${cutMarks(left, top, width, height)}`;
    });
    return whole(SHEET.width, SHEET.height, places.join(''));
  }
  const total = width * plan.faces;
  const faces =
    plan.faces === 1
      ? `<g transform="translate(${MARGIN} ${MARGIN})">${drawn(0, 'none')}</g>`
      : `<g transform="translate(${MARGIN} ${MARGIN})">${drawn(0, 'right')}</g>` +
        `<g transform="translate(${mm(MARGIN + width)} ${MARGIN})">${drawn(1, 'left')}</g>${foldMark(MARGIN + width, height)}`;
  const caption = fitText(plan.faces === 1 ? labels.cut : labels.cutAndFold, 6 * POINT, total - 12, false);
  return whole(
    total + 2 * MARGIN,
    height + 2 * MARGIN,
    `${faces}${cutMarks(MARGIN, MARGIN, total, height)}` +
      `<text x="${mm(MARGIN + 6)}" y="${mm(MARGIN + height + 4.5)}" font-family="${SANS_SERIF}" font-size="${mm(caption.size)}" fill="${MARK}">${escapeMarkup(isolated(caption.text))}</text>`,
  );
}

/** A page's frame ends where its entries end; a card's has the size of the card. */
function fittedFace(face: FaceMeasures, plan: GridPlan): FaceMeasures {
  return { ...face, height: face.height - gridArea(face).height + plan.rows * plan.rowHeight };
}

/** Marks and their captions stand outside the card, on whatever the page is. */
const MARK = '#6b7785';

/** Two short lines at each corner, which never touch the card. */
function cutMarks(left: number, top: number, width: number, height: number): string {
  const lines: string[] = [];
  for (const [x, outwardX] of [
    [left, -1],
    [left + width, 1],
  ] as const) {
    for (const [y, outwardY] of [
      [top, -1],
      [top + height, 1],
    ] as const) {
      lines.push(`M${mm(x + outwardX)} ${mm(y)}h${mm(outwardX * 3)}M${mm(x)} ${mm(y + outwardY)}v${mm(outwardY * 3)}`);
    }
  }
  return `<path d="${lines.join('')}" fill="none" stroke="${MARK}" stroke-width=".15"/>`;
}

/** A dashed line between the faces, which goes on a little above and below them, but not into the caption. */
function foldMark(x: number, height: number): string {
  return `<path d="M${mm(x)} ${mm(MARGIN - 4)}V${mm(MARGIN + height + 2.4)}" fill="none" stroke="${MARK}" stroke-width=".2" stroke-dasharray="1.2 1.2"/>`;
}
