/** Characters that XML 1.0 §2.2 does not allow at all, escaped or not. */
const NOT_XML = /[^\t\n\r\u{20}-\u{D7FF}\u{E000}-\u{FFFD}\u{10000}-\u{10FFFF}]/gu;

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

/** Text for SVG and HTML, as content or in quotes: nothing that a label holds can become markup. */
export function escapeMarkup(text: string): string {
  return text.replace(NOT_XML, '\uFFFD').replace(/[&<>"']/g, (character) => ENTITIES[character]!);
}

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

/** Estimated width of sans-serif text in em, on the wide side: East Asian characters and pictures take a whole em. */
function estimatedWidth(text: string): number {
  let width = 0;
  for (const character of text) width += character.codePointAt(0)! >= 0x1100 ? 1 : 0.62;
  return width;
}

/** Text does not shrink below this part of its size; what is longer still ends in an ellipsis. */
const MIN_SHRINK = 0.7;

/** Makes a label fit: as it is, a little smaller, or cut. Labels come from translators and must not run over cells. */
export function fitText(text: string, size: number, width: number): { text: string; size: number } {
  const shrunk = Math.min(size, width / Math.max(estimatedWidth(text), 1));
  if (shrunk >= size * MIN_SHRINK) return { text, size: shrunk };
  const smallest = size * MIN_SHRINK;
  const characters = [...text];
  while (characters.length > 0 && estimatedWidth(`${characters.join('')}…`) * smallest > width) characters.pop();
  return { text: `${characters.join('')}…`, size: smallest };
}
