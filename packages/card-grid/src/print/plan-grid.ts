import { CountersignError } from '@countersign/primitives/error';
import { MONOSPACE_ADVANCE, POINT } from './markup.ts';

/** How much is to be printed, and how wide it is. */
export type ListingShape = {
  readonly count: number;
  /** Characters of the longest label and of a code. */
  readonly labelWidth: number;
  readonly codeWidth: number;
  /** A box to tick off what was used. */
  readonly tickBox: boolean;
};

/** What is printed in numbered rows: cells of a card, or recovery codes. */
export type Listing = ListingShape & {
  readonly entries: readonly { readonly label: string; readonly code: string }[];
};

/** How entries are arranged on each face: down the columns, left to right. Lengths in millimetres. */
export type GridPlan = {
  readonly faces: 1 | 2;
  readonly rows: number;
  readonly columns: number;
  readonly textSize: number;
  readonly rowHeight: number;
  readonly columnWidth: number;
};

/** Room for the grid on one face, in millimetres, and the largest text that still looks well there, in points. */
export type GridArea = { readonly width: number; readonly height: number; readonly maxPoints: number };

/** No number and no code is smaller than this. */
const MIN_POINTS = 6;
/** Rows need this much of the text's size, at least and at most; columns need this much air, in em. */
const MIN_LEADING = 1.18;
const MAX_LEADING = 2;
const COLUMN_AIR = 1.1;
/** Between a label and its code, and for the box to tick, in em. */
export const LABEL_GAP = 0.5;
export const TICK_BOX = 1.2;

/** Width of one entry without air, in em. */
export function entryWidth({ labelWidth, codeWidth, tickBox }: ListingShape): number {
  return (labelWidth + codeWidth) * MONOSPACE_ADVANCE + LABEL_GAP + (tickBox ? TICK_BOX : 0);
}

/**
 * The arrangement with the largest text, on one face when that is legible and on two otherwise. Among equals, columns of
 * 5, 10, 15 … rows, in which a number is found fastest, and then the one with the fewest empty places.
 *
 * @throws CountersignError `invalid-card` when the text would be smaller than 6 points
 */
export function planGrid(listing: ListingShape, area: GridArea, maxFaces: 1 | 2): GridPlan {
  const { count } = listing;
  const one = bestPlan(count, 1, listing, area);
  const plan =
    one.textSize < MIN_POINTS * POINT && maxFaces === 2 ? bestPlan(Math.ceil(count / 2), 2, listing, area) : one;
  if (plan.textSize < MIN_POINTS * POINT) {
    throw new CountersignError(
      'invalid-card',
      `so much does not fit this size at ${MIN_POINTS} points: choose a larger one`,
    );
  }
  return plan;
}

function bestPlan(count: number, faces: 1 | 2, listing: ListingShape, area: GridArea): GridPlan {
  const em = entryWidth(listing) + COLUMN_AIR;
  const plans = Array.from({ length: count }, (_, i): GridPlan => {
    const rows = i + 1;
    const columns = Math.ceil(count / rows);
    const columnWidth = area.width / columns;
    const textSize = Math.min(area.maxPoints * POINT, columnWidth / em, area.height / rows / MIN_LEADING);
    const rowHeight = Math.min(area.height / rows, textSize * MAX_LEADING);
    return { faces, rows, columns, textSize, rowHeight, columnWidth };
  });
  const empty = ({ rows, columns }: GridPlan): number => rows * columns - count;
  const uneven = ({ rows }: GridPlan): number => (rows % 5 === 0 ? 0 : 1);
  return plans.sort((a, b) => b.textSize - a.textSize || uneven(a) - uneven(b) || empty(a) - empty(b))[0]!;
}
