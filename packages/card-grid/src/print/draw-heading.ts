import { escapeMarkup } from '@countersign/primitives/escape-markup';
import type { FaceMeasures, FaceText } from './draw-face.ts';
import { drawLabel, type Label, overflow } from './fit-text.ts';
import { mm, POINT, SANS_SERIF } from './markup.ts';
import type { Palette } from './palette.ts';
import type { Listing } from './plan-grid.ts';
import { textWidth } from './text-width.ts';

/** The second line's text is this part of the first one's. */
const SECOND = 0.9;

/** A line of a heading: what stands at its left, and at its right. */
type Line = readonly [left: Label, right: Label];

const label = (name: string, text: string, bold: boolean): Label => ({ name, text, bold });

/**
 * The band at the top of a face: issuer and title, the serial, and which numbers are on this face. Two lines, and of the
 * two ways to fill them the one that needs to shrink less: a long serial gets a line of its own.
 */
export function drawHeading(listing: Listing, measures: FaceMeasures, text: FaceText, colours: Palette): string {
  const { width, padding, band } = measures;
  const size = measures.titlePoints * POINT;
  const range = `${listing.entries[0]!.label}–${listing.entries.at(-1)!.label}`;
  const rangeWidth = (range.length * 0.62 + 1) * size;
  const room = width - 2 * padding - rangeWidth - size * 0.6;
  const serial: Label = { name: 'serial', text: text.serial, bold: false, code: 'invalid-card' };
  const none = label('', '', false);
  const issuer = label('issuer', text.issuer, true);
  const title = label('title', text.title, true);
  const both = label('issuer and title', text.issuer === '' ? text.title : `${text.issuer} · ${text.title}`, true);
  const ways: [Line, Line][] = [
    text.issuer === ''
      ? [
          [title, none],
          [none, serial],
        ]
      : [
          [issuer, none],
          [label('title', text.title, false), serial],
        ],
    [
      [both, none],
      [serial, none],
    ],
  ];
  const crowding = (lines: [Line, Line]): number =>
    Math.max(...lines.map((line, i) => lineOverflow(line, i === 0 ? size : size * SECOND, room)));
  const [lines] = ways.sort((a, b) => Math.max(crowding(a), 1) - Math.max(crowding(b), 1));
  const baseline = (line: number): number => band * (line === 0 ? 0.43 : 0.86);
  return (
    `<g fill="${colours.onBand}" font-family="${SANS_SERIF}">` +
    lines!.map((line, i) => drawLine(line, i === 0 ? size : size * SECOND, padding, room, baseline(i))).join('') +
    '</g>' +
    `<rect x="${mm(width - padding - rangeWidth)}" y="${mm((band - size * 1.6) / 2)}" width="${mm(rangeWidth)}" height="${mm(size * 1.6)}" rx="${mm(size * 0.4)}" fill="${colours.paper}"/>` +
    `<text x="${mm(width - padding - rangeWidth / 2)}" y="${mm(band / 2 + size * 0.36)}" font-size="${mm(size)}" font-weight="700" text-anchor="middle" font-family="${SANS_SERIF}" fill="${colours.ink}">${escapeMarkup(range)}</text>`
  );
}

/** The space between two labels of one line, in em. */
const BETWEEN = 1;

/** How much of a line its right label gets: what it needs, unless both need more than there is. */
function rightRoom([left, right]: Line, size: number, room: number): number {
  if (left.text === '') return room;
  const [leftWidth, rightWidth] = [left, right].map(({ text, bold }) => textWidth(text, bold) * size) as [
    number,
    number,
  ];
  const space = room - BETWEEN * size;
  return leftWidth + rightWidth <= space ? rightWidth : (space * rightWidth) / (leftWidth + rightWidth);
}

function lineOverflow(line: Line, size: number, room: number): number {
  const [left, right] = line;
  if (right.text === '') return overflow(left, size, room);
  const ofRight = rightRoom(line, size, room);
  const ofLeft = left.text === '' ? 0 : overflow(left, size, room - BETWEEN * size - ofRight);
  return Math.max(ofLeft, overflow(right, size, ofRight));
}

function drawLine(line: Line, size: number, x: number, room: number, y: number): string {
  const [left, right] = line;
  const ofRight = right.text === '' ? 0 : rightRoom(line, size, room);
  const ofLeft = right.text === '' ? room : room - BETWEEN * size - ofRight;
  // A serial alone on its line stands at the left, like the title above it.
  const atRight = left.text === '' ? `x="${mm(x)}"` : `x="${mm(x + room)}" text-anchor="end"`;
  return (
    drawLabel(left, size, ofLeft, `x="${mm(x)}" y="${mm(y)}"`) +
    drawLabel(right, size, ofRight, `${atRight} y="${mm(y)}"`)
  );
}
