import type { Suite } from '../suite.ts';
import { ocraSuites } from './ocra.ts';
import { qr } from './qr.ts';
import { totpSuites } from './totp.ts';

/** The suites that npm run bench runs, in order. */
export const suites: readonly Suite[] = [...totpSuites, qr, ...ocraSuites];
