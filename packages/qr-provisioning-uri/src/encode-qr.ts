import { assertInteger, assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { encodeQR } from 'qr';
import { assertText } from './assert-text.ts';

const ERROR_CORRECTION = ['low', 'medium', 'quartile', 'high'] as const;

/** What every drawing of a QR code can be told. */
export type QrOptions = {
  /** How much of the code may be lost: 7, 15, 25 or 30 %. More makes a larger code. Default `medium`. */
  errorCorrection?: (typeof ERROR_CORRECTION)[number] | undefined;
  /** Width of the empty margin in modules, 0 … 32. Below 4 (ISO/IEC 18004 §5.3.8) the page must add to it. Default 4. */
  quietZone?: number | undefined;
};

/** The modules of a QR code (true: dark), without the quiet zone, and the width of that. */
export type EncodedQr = { rows: boolean[][]; quietZone: number };

/** Digits in the largest QR code there is (version 40, low error correction): no longer text is even looked at. */
const MAX_CHARACTERS = 7089;

/** Encodes text in the smallest QR code that holds it. */
export function encodeQr(text: string, options: QrOptions): EncodedQr {
  assertOptions(options);
  const { errorCorrection = 'medium', quietZone = 4 } = options;
  if (typeof text === 'string' && text.length > MAX_CHARACTERS) throw tooLong();
  assertText(text, 'text');
  if (!ERROR_CORRECTION.includes(errorCorrection)) {
    throw new CountersignError('invalid-argument', `errorCorrection must be one of ${ERROR_CORRECTION.join(', ')}`);
  }
  assertInteger(quietZone, 'quietZone', 0, 32, 'invalid-argument');
  return { rows: encode(text, errorCorrection), quietZone };
}

function encode(text: string, ecc: (typeof ERROR_CORRECTION)[number]): boolean[][] {
  try {
    // The library always draws a margin: it is asked for the least and cut off.
    return encodeQR(text, 'raw', { ecc, border: 1 })
      .slice(1, -1)
      .map((row) => row.slice(1, -1));
  } catch {
    throw tooLong();
  }
}

function tooLong(): CountersignError {
  return new CountersignError('invalid-qr', 'text is too long for a QR code with this error correction');
}
