export { CountersignError, type ErrorCode } from '@countersign/primitives/error';
export type { QrOptions } from './encode-qr.ts';
export { type QrPngOptions, renderQrPng } from './render-qr-png.ts';
