import { CountersignError } from '@countersign/primitives/error';
import type { OtpauthOptions } from './account.ts';
import { assertText } from './assert-text.ts';

/** The prefix of the label: a name for people, beside a stable issuer, as long as every reader still finds the account. */
export function checkedLabelIssuer({ issuer, labelIssuer = issuer }: OtpauthOptions, account: string): string {
  assertText(labelIssuer, 'labelIssuer');
  if (labelIssuer === issuer) return issuer;
  if (issuer === '' || labelIssuer === '' || `${labelIssuer}:${account}`.startsWith(`${issuer}:`)) {
    throw new CountersignError(
      'invalid-argument',
      'labelIssuer must not be empty, need an issuer, or begin with it and ":"',
    );
  }
  return labelIssuer;
}
