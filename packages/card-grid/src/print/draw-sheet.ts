import { CountersignError } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { drawFace, type FaceMeasures, type FaceText, gridArea, type Joined } from './draw-face.ts';
import { drawLabel } from './fit-text.ts';
import { mm, POINT, SANS_SERIF } from './markup.ts';
import { PALETTES } from './palette.ts';
import { type GridPlan, type Listing, type ListingShape, planGrid } from './plan-grid.ts';
import type { CheckedPrintOptions, PrintSize } from './print-options.ts';

/** ISO/IEC 7810 ID-1: 85.60 × 53.98 mm, corners of 3.18 mm. */
const ID_1: FaceMeasures = {
  width: 85.6,
  height: 54,
  radius: 3.18,
  padding: 2.4,
  band: 6.2,
  footer: 5.1,
  titlePoints: 6,
  footerPoints: 5,
  maxPoints: 9,
};

/** What stays of an A4 page inside margins of 15 mm, which every printer can print on. */
const A4: FaceMeasures = {
  width: 180,
  height: 267,
  radius: 4,
  padding: 5,
  band: 15,
  footer: 12,
  titlePoints: 14,
  footerPoints: 9,
  maxPoints: 13,
};

const FACES: Readonly<Record<PrintSize, FaceMeasures>> = {
  'id-1': ID_1,
  'business-card-sheet': { ...ID_1, width: 85, radius: 0 },
  a4: A4,
  letter: { ...A4, width: 185.9, height: 249.4 },
};

/** Room around an ID-1 card for its cut marks, and around what stands on a page. */
const MARGIN = 9;
const PAGE_MARGIN = 15;
const PAGES = { a4: { width: 210, height: 297 }, letter: { width: 215.9, height: 279.4 } };
/** Two columns and five rows of cards on an A4 sheet, 10 mm between the columns. */
const SHEET = { left: 15, top: 13.5, columnStep: 95, rowStep: 54 };

const isPage = (size: PrintSize): size is 'a4' | 'letter' => size === 'a4' || size === 'letter';

/** The plan of a listing on a size; refuses what would not be legible there. */
export function planListing(listing: ListingShape, size: PrintSize): GridPlan {
  return planGrid(listing, gridArea(FACES[size], listing), isPage(size) ? 1 : 2);
}

/** The faces of a listing, each drawn at the origin, and their measures. */
function drawFaces(
  listing: Listing,
  serial: string,
  title: string,
  { size, issuer, labels, dates, theme }: CheckedPrintOptions,
): { plan: GridPlan; measures: FaceMeasures; face: (index: number, joined: Joined) => string } {
  const plan = planListing(listing, size);
  const measures = isPage(size) ? fittedFace(FACES[size], plan, listing) : FACES[size];
  const text: FaceText = {
    ...{ issuer, title, serial },
    dates: dates.join(' · '),
    warning: labels.warning,
    note: listing.tickBox ? labels.onceEach : '',
  };
  const perFace = plan.rows * plan.columns;
  return {
    plan,
    measures,
    face(index, joined) {
      const entries = listing.entries.slice(index * perFace, (index + 1) * perFace);
      return drawFace({ ...listing, entries }, plan, measures, text, PALETTES[theme], joined);
    },
  };
}

/**
 * A whole SVG document. Lengths are in millimetres throughout. Places are counted from the left, also on a page that reads
 * from right to left: an inherited direction would turn each text-anchor round and print the codes over their numbers.
 */
function whole(name: string, width: number, height: number, content: string, attributes = ''): string {
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" direction="ltr" width="${mm(width)}mm" height="${mm(height)}mm"` +
    ` viewBox="0 0 ${mm(width)} ${mm(height)}"${attributes}><title>${escapeMarkup(name)}</title>${content}</svg>`
  );
}

/** Each face as an SVG document of its own, without marks: for screens, where they stand one below the other when narrow. */
export function drawScreen(listing: Listing, serial: string, title: string, options: CheckedPrintOptions): string[] {
  const { plan, measures, face } = drawFaces(listing, serial, title, options);
  // What is drawn stands in the page's table as well, and would be read aloud twice.
  return Array.from({ length: plan.faces }, (_, i) =>
    whole(options.name(title), measures.width, measures.height, face(i, 'none'), ' aria-hidden="true"'),
  );
}

/** One SVG document with one or two faces, and the marks that its size needs. */
export function drawSheet(listing: Listing, serial: string, title: string, options: CheckedPrintOptions): string {
  const { size } = options;
  const name = options.name(title);
  const { plan, measures, face } = drawFaces(listing, serial, title, options);
  const { width, height } = measures;
  if (options.face === 'back' && plan.faces === 1) {
    throw new CountersignError('invalid-argument', 'face: what is printed has a front only');
  }
  if (options.face !== undefined) return whole(name, width, height, face(options.face === 'front' ? 0 : 1, 'none'));
  if (isPage(size)) {
    const page = PAGES[size];
    const at = `translate(${PAGE_MARGIN} ${PAGE_MARGIN})`;
    return whole(name, page.width, page.height, `<g transform="${at}">${face(0, 'none')}</g>`);
  }
  if (size === 'business-card-sheet') {
    const top = SHEET.top + (options.row - 1) * SHEET.rowStep;
    const places = Array.from({ length: plan.faces }, (_, i) => {
      const left = SHEET.left + i * SHEET.columnStep;
      return `<g transform="translate(${left} ${top})">${face(i, 'none')}</g>${cutMarks(left, top, width, height)}`;
    });
    return whole(name, PAGES.a4.width, PAGES.a4.height, places.join(''));
  }
  const total = width * plan.faces;
  const faces =
    plan.faces === 1
      ? `<g transform="translate(${MARGIN} ${MARGIN})">${face(0, 'none')}</g>`
      : `<g transform="translate(${MARGIN} ${MARGIN})">${face(0, 'right')}</g>` +
        `<g transform="translate(${mm(MARGIN + width)} ${MARGIN})">${face(1, 'left')}</g>${foldMark(MARGIN + width, height)}`;
  const [part, text] =
    plan.faces === 1 ? ['labels.cut', options.labels.cut] : ['labels.cutAndFold', options.labels.cutAndFold];
  const at = `x="${mm(MARGIN + 6)}" y="${mm(MARGIN + height + 4.5)}" font-family="${SANS_SERIF}" fill="${MARK}"`;
  const caption = drawLabel({ name: part, text, bold: false }, 6 * POINT, total - 12, at);
  return whole(
    name,
    total + 2 * MARGIN,
    height + 2 * MARGIN,
    `${faces}${cutMarks(MARGIN, MARGIN, total, height)}${caption}`,
  );
}

/** A page's frame ends where its entries end; a card's has the size of the card. */
function fittedFace(face: FaceMeasures, plan: GridPlan, listing: ListingShape): FaceMeasures {
  return { ...face, height: face.height - gridArea(face, listing).height + plan.rows * plan.rowHeight };
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
