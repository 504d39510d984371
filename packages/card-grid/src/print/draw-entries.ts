import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { MONOSPACE, MONOSPACE_ADVANCE, mm } from './markup.ts';
import type { Palette } from './palette.ts';
import { entryWidth, type GridPlan, LABEL_GAP, type Listing, TICK_BOX } from './plan-grid.ts';

/**
 * The entries of a face in shaded columns. Each is one text, its number and then its code, so that a face is read aloud
 * and copied in this order (WCAG 2.2 §1.3.2). Numbers are aligned at their right by the fonts' advance, which is fixed.
 */
export function drawEntries(listing: Listing, plan: GridPlan, left: number, top: number, colours: Palette): string {
  const { rows, columns, textSize, rowHeight, columnWidth } = plan;
  const entry = entryWidth(listing) * textSize;
  // The outer panels end flush with the title and the foot line.
  const gap = textSize * 0.45;
  const step = columnWidth + gap / columns;
  const panel = step - gap;
  const shades: string[] = [];
  const boxes: string[] = [];
  const texts: string[] = [];
  for (let column = 0; column < columns; column++) {
    const x = left + column * step;
    const start = x + (panel - entry) / 2 + (listing.tickBox ? TICK_BOX * textSize : 0);
    const labelEnd = start + listing.labelWidth * MONOSPACE_ADVANCE * textSize;
    for (const [row, { label, code }] of listing.entries.slice(column * rows, (column + 1) * rows).entries()) {
      const y = top + row * rowHeight;
      if (row % 2 === 0) shades.push(`M${mm(x)} ${mm(y)}h${mm(panel)}v${mm(rowHeight)}h-${mm(panel)}z`);
      const labelAt = mm(labelEnd - label.length * MONOSPACE_ADVANCE * textSize);
      const baseline = mm(y + rowHeight / 2 + textSize * 0.36);
      texts.push(
        `<text x="${labelAt}" y="${baseline}">${escapeMarkup(label)} ` +
          `<tspan x="${mm(labelEnd + LABEL_GAP * textSize)}" fill="${colours.ink}" font-weight="700">${escapeMarkup(code)}</tspan></text>`,
      );
      if (listing.tickBox) {
        const side = mm(textSize * 0.8);
        const boxTop = mm(y + rowHeight / 2 - textSize * 0.4);
        boxes.push(`M${mm(start - TICK_BOX * textSize)} ${boxTop}h${side}v${side}h-${side}z`);
      }
    }
  }
  return (
    `<path d="${shades.join('')}" fill="${colours.shade}"/>` +
    (listing.tickBox ? `<path d="${boxes.join('')}" fill="none" stroke="${colours.ink}" stroke-width=".2"/>` : '') +
    `<g font-family="${MONOSPACE}" font-size="${mm(textSize)}" fill="${colours.label}">${texts.join('')}</g>`
  );
}
