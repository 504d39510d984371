/**
 * Why an answer was refused: one closed list for every verifier, each word with one meaning. Tell users one generic
 * thing whatever the reason; the reason is for the log, and for what the application does next.
 */
export const REASONS: Readonly<Record<Reason, string>> = {
  malformed: 'can be no answer of this kind at all: wrong type, length or characters',
  mistyped: 'its check character does not fit: a slip of the fingers',
  mismatch: 'well-formed and in time, and wrong',
  replayed: 'was right, and has been accepted before, or is older than what was accepted',
  expired: 'came too late: issue anew',
  'not-yet-valid': 'came before the time from which it holds',
  'not-issued': 'nothing waits for an answer: none was issued, or it has been answered',
  voided: 'its tries or uses are spent: issue anew',
  denied: 'the user answered, and said no',
  'other-account': 'was issued for another account',
  'other-purpose': 'was issued for another purpose or destination',
  'other-audience': 'was issued by or for another service',
  'other-request': 'answers another request than the one that waits',
  changed: 'what was shown or signed differs from what was issued',
  'bad-signature': 'the signature is not by the key that must sign',
  'user-not-verified': 'the device did not check its user by PIN or biometrics, and had to',
};

/** One word of {@link REASONS}. A verifier's own results narrow it to what that verifier can say. */
export type Reason =
  | 'malformed'
  | 'mistyped'
  | 'mismatch'
  | 'replayed'
  | 'expired'
  | 'not-yet-valid'
  | 'not-issued'
  | 'voided'
  | 'denied'
  | 'other-account'
  | 'other-purpose'
  | 'other-audience'
  | 'other-request'
  | 'changed'
  | 'bad-signature'
  | 'user-not-verified';

/** Why something was not issued now. `retryAt` beside it says when asking again may help. */
export const ISSUE_REASONS: Readonly<Record<IssueReason, string>> = {
  'too-many-open': 'as many as may wait for an answer are waiting',
  'issued-too-often': 'as many as may be issued in this time have been issued',
};

/** One word of {@link ISSUE_REASONS}. */
export type IssueReason = 'too-many-open' | 'issued-too-often';
