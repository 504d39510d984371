import type { Suite } from '../checks.ts';
import { cardGrid } from './card-grid.ts';
import { challengeResponse } from './challenge-response.ts';
import { codes } from './codes.ts';
import { ocra } from './ocra.ts';
import { policy } from './policy.ts';
import { policyCalendar } from './policy-calendar.ts';
import { primitives } from './primitives.ts';
import { qrProvisioningUri } from './qr-provisioning-uri.ts';
import { store } from './store.ts';
import { totp } from './totp.ts';
import { totpRefusals } from './totp-refusals.ts';

/** One suite a package, or two where it has much to refuse. A new one needs its file, a line here, and its dependency in package.json. */
export const suites: readonly Suite[] = [
  primitives,
  totp,
  totpRefusals,
  qrProvisioningUri,
  challengeResponse,
  ocra,
  codes,
  cardGrid,
  store,
  policy,
  // A runtime without Intl runs all but this one.
  ...(typeof Intl === 'undefined' ? [] : [policyCalendar]),
];
