import type { Algorithm } from '@countersign/primitives/algorithm';

/** What findings look at: everything about an account that apps differ on. The secret itself is not among it. */
export type Facts = {
  readonly type: 'totp' | 'hotp';
  readonly issuer: string;
  /** The issuer's name in the label. */
  readonly labelIssuer: string;
  readonly account: string;
  /** All names in one, to look for characters. */
  readonly names: string;
  readonly secretBytes: number;
  /** Of its Base32 without padding. */
  readonly secretCharacters: number;
  readonly algorithm: Algorithm;
  readonly digits: number;
  /** `undefined` for HOTP. */
  readonly period: number | undefined;
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
  readonly applies: (facts: Facts) => boolean;
  readonly reason: CompatibilityReason;
  /** What happens, as the rest of a sentence that begins with the app's name. */
  readonly what: string;
  readonly evidence: readonly string[];
};
