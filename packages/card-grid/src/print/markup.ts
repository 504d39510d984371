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
