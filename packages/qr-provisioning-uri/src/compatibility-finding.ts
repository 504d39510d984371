/** What an account is measured by. Lengths of names are in UTF-16 units, `nameBytes` in UTF-8. */
export type Measure =
  | 'type'
  | 'algorithm'
  | 'digits'
  | 'period'
  | 'secretBytes'
  | 'secretCharacters'
  | 'names'
  | 'issuerLength'
  | 'accountLength'
  | 'nameBytes'
  | 'labelIssuerDiffers';

/** When a finding applies; every part that is there must hold. */
export type Condition = {
  readonly measure: Measure;
  readonly oneOf?: readonly (string | boolean)[];
  readonly outside?: readonly [number, number];
  readonly notMultipleOf?: number;
  readonly containsOneOf?: string;
};

/**
 * What an app does with a parameter: `ignored`: scans without an error and shows wrong codes; `refused`: shows an error;
 * `unsupported`: does not work, and how it fails is not recorded; `changed`: shows other names than were sent;
 * `warned`: works, with a warning to the user; `disputed`: sources contradict each other.
 */
export type CompatibilityReason = 'ignored' | 'refused' | 'unsupported' | 'changed' | 'warned' | 'disputed';

/** The parameter that a finding is about. */
export type CompatibilityParameter = 'type' | 'issuer' | 'account' | 'secret' | 'algorithm' | 'digits' | 'period';

export type Finding = {
  readonly apps: readonly { readonly app: string; readonly platform?: 'Android' | 'iOS' }[];
  readonly parameter: CompatibilityParameter;
  readonly when: Condition;
  readonly reason: CompatibilityReason;
  /** What happens, as the rest of a sentence that begins with the app's name. */
  readonly what: string;
  readonly evidence: readonly string[];
};
