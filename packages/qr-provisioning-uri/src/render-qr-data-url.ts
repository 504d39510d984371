import { type QrSvgOptions, renderQrSvg } from './render-qr-svg.ts';

/**
 * Draws a QR code as a data URL for the `src` of an `<img>`. Give the image an `alt` text and, unless `size` says it, a width: screen readers do
 * not look into images. A Content-Security-Policy must allow `img-src data:`; {@link renderQrSvg} does without.
 *
 * @param text and options as for {@link renderQrSvg}
 * @throws CountersignError as {@link renderQrSvg}
 * @example
 * ```ts
 * import { renderQrDataUrl } from '@countersign/qr-provisioning-uri';
 *
 * renderQrDataUrl('hello').startsWith('data:image/svg+xml;charset=utf-8,%3Csvg%20'); // => true
 * ```
 */
export function renderQrDataUrl(text: string, options: QrSvgOptions = {}): string {
  return `data:image/svg+xml;charset=utf-8,${encodeURIComponent(renderQrSvg(text, options))}`;
}
