import { CountersignError } from '@countersign/primitives/error';
import { escapeMarkup } from '@countersign/primitives/escape-markup';
import { assertText } from './account.ts';
import { type QrMatrix, type QrOptions, qrMatrix } from './qr-matrix.ts';

export type QrSvgOptions = QrOptions & {
  /** What a screen reader says, and what shows on hover. Default `QR code`. */
  title?: string | undefined;
  /** Colour of the modules: `#rgb`, `#rrggbb`, either with alpha, or a colour name. Default black. */
  dark?: string | undefined;
  /** Colour of the background, likewise; `transparent` for none. Keep it the lighter one. Default white. */
  light?: string | undefined;
};

/**
 * Draws a QR code as an SVG element of one path, which scales to any size: put it into a page as it is, or use
 * {@link renderQrDataUrl} for an `<img>`. It has no width: set one in CSS, 200 pixels or more for a provisioning URI.
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
  const { title = 'QR code', dark = '#000', light = '#fff' } = options;
  assertText(title, 'title');
  assertColour(dark, 'dark');
  assertColour(light, 'light');
  const matrix = qrMatrix(text, options);
  const size = matrix.rows.length + 2 * matrix.quietZone;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${size} ${size}" shape-rendering="crispEdges" role="img">` +
    `<title>${escapeMarkup(title)}</title><rect width="${size}" height="${size}" fill="${light}"/>` +
    `<path stroke="${dark}" d="${runs(matrix)}"/></svg>`
  );
}

/** Every run of dark modules in a row is one horizontal stroke, reached by a relative move from the end of the last. */
function runs({ rows, quietZone }: QrMatrix): string {
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

/** Hexadecimal or a name: nothing that could end an attribute or load anything. */
function assertColour(value: unknown, name: string): asserts value is string {
  if (typeof value !== 'string' || !/^(#([0-9a-f]{3,4}|[0-9a-f]{6}|[0-9a-f]{8})|[a-z]{3,32})$/i.test(value)) {
    throw new CountersignError('invalid-argument', `${name} must be a colour such as #1a2b3c or a colour name`);
  }
}
