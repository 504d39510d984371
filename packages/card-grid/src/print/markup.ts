/** A length or coordinate in millimetres, to a thousandth. */
export function mm(value: number): string {
  return String(Math.round(value * 1000) / 1000);
}

/** One typographic point in millimetres. */
export const POINT: number = 25.4 / 72;

/** Fonts that every system has; nothing is fetched. Their characters are at most {@link MONOSPACE_ADVANCE} em wide. */
export const MONOSPACE = "ui-monospace,'DejaVu Sans Mono',Menlo,Consolas,'Liberation Mono',monospace";
export const SANS_SERIF = "system-ui,'Segoe UI',Roboto,'Helvetica Neue',Arial,'DejaVu Sans',sans-serif";
export const MONOSPACE_ADVANCE = 0.602;

/** Text in a script that is written from right to left. */
const RIGHT_TO_LEFT = /[\p{Script=Arabic}\p{Script=Hebrew}]/u;

/**
 * Text that keeps its own direction wherever it stands (UAX #9 §2.7); nothing is added when all goes from left to right.
 * @param beside what it stands beside; default itself
 */
export function isolated(text: string, beside: string = text): string {
  return RIGHT_TO_LEFT.test(beside) ? `\u2068${text}\u2069` : text;
}

/** Labels are no smaller than this, in points; numbers and codes have a larger minimum of their own. */
const MIN_LABEL_POINTS = 5;

/** Bold text is wider than plain text by this. */
const BOLD = 1.12;

/**
 * Estimated width of sans-serif text in em, on the wide side (DejaVu Sans is the widest of the fonts): capitals are wider
 * than small letters, and East Asian characters and pictures take more than all of them.
 */
export function textWidth(text: string, bold: boolean): number {
  let width = 0;
  for (const character of text) {
    if (character.codePointAt(0)! >= 0x1100) width += 1.3;
    else if (/[MWmw@%]/.test(character)) width += 1;
    else if (/[fijlrtI .,:;!|'()[\]·-]/.test(character)) width += 0.4;
    else width += /\p{Lu}/u.test(character) ? 0.76 : 0.61;
  }
  return bold ? width * BOLD : width;
}

/** Text does not shrink below this part of its size, nor below 5 points; what is longer still ends in an ellipsis. */
const MIN_SHRINK = 0.7;

/** Makes a label fit: as it is, a little smaller, or cut. Labels come from translators and must not run over cells. */
export function fitText(text: string, size: number, width: number, bold: boolean): { text: string; size: number } {
  const shrunk = Math.min(size, width / Math.max(textWidth(text, bold), 1));
  const smallest = Math.min(size, Math.max(size * MIN_SHRINK, MIN_LABEL_POINTS * POINT));
  if (shrunk >= smallest) return { text, size: shrunk };
  const characters = [...text];
  while (characters.length > 0 && textWidth(`${characters.join('')}M`, bold) * smallest > width) characters.pop();
  return { text: `${characters.join('')}…`, size: smallest };
}
