import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { assertText } from './assert-text.ts';
import { type EncodedQr, encodeQr, type QrOptions } from './encode-qr.ts';

export type QrSvgOptions = QrOptions & {
  /** What a screen reader says, and what shows on hover. Default `QR code`. */
  title?: string | undefined;
  /** Width and height in CSS pixels, 1 … 10,000, quiet zone included. Default: none, as wide as CSS or the page makes it. */
  size?: number | undefined;
  /**
   * Colour of the modules: `#rgb`, `#rrggbb`, either with alpha, `currentColor`, or one of the 16 names of HTML 4 such as
   * `navy`. Default black.
   */
  dark?: string | undefined;
  /** Colour of the background, likewise; `transparent` for none. Keep it the lighter one. Default white. */
  light?: string | undefined;
};

/** Every other word, `expression` or `inherit` among them, means something else to some reader of SVG. */
const COLOUR =
  /^(#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|transparent|currentcolor|aqua|black|blue|fuchsia|gray|green|lime|maroon|navy|olive|purple|red|silver|teal|white|yellow)$/i;
const MAX_SIZE = 10_000;

/**
 * Draws a QR code as an SVG element of one path, which scales to any size: put it into a page as it is, or use
 * {@link renderQrDataUrl} for an `<img>`. Give it a `size`, or a width in CSS: 200 pixels or more for a provisioning URI.
 *
 * Keep dark modules on a light ground, also in a dark theme: some scanners read nothing else. Nothing that is passed in
 * can add markup: the title is escaped, colours are checked. Inline style is not used, so that a strict
 * Content-Security-Policy holds.
 *
 * @param text what the code says, up to 2331 bytes of UTF-8 at medium error correction
 * @throws CountersignError `invalid-argument` (no text, title, colours, options), `invalid-qr` (text too long)
 * @example
 * ```ts
 * import { renderQrSvg } from '@countersign/qr-provisioning-uri';
 *
 * const svg = renderQrSvg('otpauth://totp/Example:alice?secret=JBSWY3DPEHPK3PXP&issuer=Example', {
 *   title: 'QR code for your authenticator app',
 * });
 * svg.startsWith('<svg '); // => true
 * renderQrSvg('hello', { dark: 'url(#x)' }); // throws invalid-argument
 * ```
 */
export function renderQrSvg(text: string, options: QrSvgOptions = {}): string {
  assertOptions(options);
  const { title = 'QR code', dark = '#000', light = '#fff', size } = options;
  assertText(title, 'title');
  assertColour(dark, 'dark');
  assertColour(light, 'light');
  if (size !== undefined) assertInteger(size, 'size', 1, MAX_SIZE, 'invalid-argument');
  const encoded = encodeQr(text, options);
  const modules = encoded.rows.length + 2 * encoded.quietZone;
  const box = `viewBox="0 0 ${modules} ${modules}"${size === undefined ? '' : ` width="${size}" height="${size}"`}`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" ${box} shape-rendering="crispEdges" role="img">` +
    `<title>${escapeMarkup(title)}</title><rect width="${modules}" height="${modules}" fill="${light}"/>` +
    `<path stroke="${dark}" d="${runs(encoded)}"/></svg>`
  );
}

/** Every run of dark modules in a row is one horizontal stroke, reached by a relative move from the end of the last. */
function runs({ rows, quietZone }: EncodedQr): string {
  let path = `M${quietZone} ${quietZone + 0.5}`;
  let penX = 0;
  let penY = 0;
  for (const [y, row] of rows.entries()) {
    for (let x = row.indexOf(true); x >= 0; x = row.indexOf(true, penX)) {
      const light = row.indexOf(false, x);
      const end = light < 0 ? row.length : light;
      path += `m${x - penX} ${y - penY}h${end - x}`;
      penX = end;
      penY = y;
    }
  }
  return path;
}

/** Nothing that could end an attribute, load anything or be evaluated. */
function assertColour(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || !COLOUR.test(value)) {
    throw new CountersignError('invalid-argument', `${name} must be a colour such as #1a2b3c, navy or currentColor`);
  }
}
