import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { encodeQr, type QrOptions } from './encode-qr.ts';

export type QrTerminalOptions = QrOptions & {
  /**
   * Blocks alone, without colour codes, for a terminal whose ground is `dark` or `light`: the wrong one gives a negative,
   * which some scanners cannot read. Default: black on white by colour codes, right on every ground.
   */
  plain?: 'dark' | 'light' | undefined;
};

/** Black on white out of the 256 colours: themes change the first sixteen, these stay as they are. */
const BLACK_ON_WHITE = '\u001b[38;5;16;48;5;231m';
const RESET = '\u001b[0m';

/** By upper and lower module of a character: neither, the lower, the upper, both. */
const BLOCKS = [' ', '\u2584', '\u2580', '\u2588'] as const;

/**
 * Draws a QR code for a terminal, two modules a character. Lines are separated by "\n", without one at the end.
 *
 * @param text what the code says
 * @throws CountersignError `invalid-argument` (no text, options), `invalid-qr` (text too long)
 * @example
 * ```ts
 * import { renderQrTerminal } from '@countersign/qr-provisioning-uri';
 *
 * renderQrTerminal('hello', { plain: 'dark' }).split('\n').length; // => 15
 * ```
 */
export function renderQrTerminal(text: string, options: QrTerminalOptions = {}): string {
  assertOptions(options);
  const { plain } = options;
  if (plain !== undefined && plain !== 'dark' && plain !== 'light') {
    throw new CountersignError('invalid-argument', 'plain must be dark or light');
  }
  const { rows, quietZone } = encodeQr(text, options);
  const size = rows.length + 2 * quietZone;
  // On a dark ground the blocks are the light modules.
  const isBlock = (x: number, y: number): boolean =>
    (rows[y - quietZone]?.[x - quietZone] ?? false) !== (plain === 'dark');
  const lines: string[] = [];
  for (let y = 0; y < size; y += 2) {
    let line = '';
    for (let x = 0; x < size; x++) {
      // The size is odd: the last line's lower half lies outside and is left as the ground of a light terminal.
      const lower = y + 1 < size || plain === 'dark' ? isBlock(x, y + 1) : false;
      line += BLOCKS[(isBlock(x, y) ? 2 : 0) + (lower ? 1 : 0)];
    }
    lines.push(plain === undefined ? BLACK_ON_WHITE + line + RESET : line);
  }
  return lines.join('\n');
}
