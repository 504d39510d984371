import { drawEntries } from './draw-entries.ts';
import { drawFooter, noteHeight } from './draw-footer.ts';
import { drawHeading } from './draw-heading.ts';
import { mm } from './markup.ts';
import type { Palette } from './palette.ts';
import type { GridArea, GridPlan, Listing, ListingShape } from './plan-grid.ts';

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
  /** Above the warning; empty on cards. */
  readonly note: string;
};

/** Which corners are rounded: the edge at which two faces are joined is straight. */
export type Joined = 'none' | 'right' | 'left';

/** Air between the band and the entries, as a part of the padding. */
const GAP = 0.35;

/** Where the entries stand on a face. */
export function gridArea(face: FaceMeasures, listing: ListingShape): GridArea {
  const note = listing.tickBox ? noteHeight(face) : 0;
  return {
    width: face.width - 2 * face.padding,
    height: face.height - face.band - face.footer - note - face.padding * GAP,
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
    drawHeading(listing, measures, text, colours),
    drawEntries(listing, plan, padding, band + padding * GAP, colours),
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
