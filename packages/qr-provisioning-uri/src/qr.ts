export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { QrOptions } from './encode-qr.ts';
export { qrMatrix } from './qr-matrix.ts';
export { renderQrDataUrl } from './render-qr-data-url.ts';
export { type QrSvgOptions, renderQrSvg } from './render-qr-svg.ts';
export { type QrTerminalOptions, renderQrTerminal } from './render-qr-terminal.ts';
