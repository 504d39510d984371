/**
 * Widths in em, the first that fits: measured with DejaVu Sans, the widest of the fonts that a system may put in, and for
 * scripts that it lacks with Noto Sans; rounded up.
 */
const WIDTHS: readonly (readonly [RegExp, number])[] = [
  // Combining marks, joiners and isolates.
  [/[\p{M}\p{Cf}]/u, 0],
  [/[fijlrtIJіїјΙι .,:;!|'’()[\]/·-]/, 0.41],
  [/[csz?*_–"“”τсгґ]/, 0.56],
  [/[mwMWæœÆŒ@%—…жмфшщыюъωψφЖМФШЩЫЮЪ]/, 1.05],
  // Kana, Han, Hangul and their punctuation take a square; half-width kana and Hangul half of it.
  [
    /[\u{1100}-\u{11FF}\u{2E80}-\u{A4CF}\u{AC00}-\u{D7FF}\u{F900}-\u{FAFF}\u{FE30}-\u{FE4F}\u{FF01}-\u{FF60}\u{20000}-\u{3FFFF}]/u,
    1,
  ],
  [/[\u{FF61}-\u{FFDC}]/u, 0.5],
  [/\p{Extended_Pictographic}/u, 1.4],
  // Joined letters; the mean of running text, not of letters alone.
  [/\p{Script=Arabic}/u, 0.52],
  [/\p{Lu}/u, 0.79],
];

/** Letters of every other kind, and digits. */
const ORDINARY = 0.66;
/** Bold text is wider than plain text by this. */
const BOLD = 1.12;

/** Estimated width of sans-serif text in em, on the wide side. */
export function textWidth(text: string, bold: boolean): number {
  let width = 0;
  for (const character of text) width += WIDTHS.find(([characters]) => characters.test(character))?.[1] ?? ORDINARY;
  return bold ? width * BOLD : width;
}
