import type { Suite } from '../suite.ts';
import { approvalSuites } from './approval.ts';
import { cardGridSuite } from './card-grid.ts';
import { ocraSuites } from './ocra.ts';
import { policy } from './policy.ts';
import { qr } from './qr.ts';
import { storeSuites } from './store.ts';
import { preparedVerification, totpSuites } from './totp.ts';

/** The suites that npm run bench runs, in order. */
export const suites: readonly Suite[] = [
  ...totpSuites,
  qr,
  ...ocraSuites,
  ...approvalSuites,
  cardGridSuite(preparedVerification()),
  policy,
  ...storeSuites,
];
