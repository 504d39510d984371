/** The stable codes of {@link CountersignError}. Programs branch on the code; the message is for people. */
export type ErrorCode =
  | 'invalid-argument'
  | 'invalid-secret'
  | 'invalid-algorithm'
  | 'invalid-digits'
  | 'invalid-period'
  | 'invalid-counter'
  | 'invalid-time'
  | 'invalid-window'
  | 'invalid-drift'
  | 'invalid-random'
  | 'invalid-base32'
  | 'invalid-uri'
  | 'invalid-qr'
  | 'invalid-suite'
  | 'invalid-challenge'
  | 'invalid-pin'
  | 'invalid-key'
  | 'invalid-state'
  | 'invalid-card'
  | 'invalid-policy'
  | 'invalid-phone-number'
  | 'private-key-given'
  | 'unknown-outcome'
  | 'store-full'
  | 'unsupported';

/**
 * The one error class of every Countersign package: a programmer's mistake, or enrolment material that cannot be used.
 * Its message names the parameter and the rule, never a secret, a code or what was expected.
 *
 * What a store throws on a database's error carries that error as its `cause`.
 *
 * Codes, responses, PINs and approvals that users type do not throw: they give `{ ok: false, reason }`.
 */
export class CountersignError extends Error {
  override readonly name = 'CountersignError';
  readonly code: ErrorCode;

  constructor(code: ErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
  }
}
