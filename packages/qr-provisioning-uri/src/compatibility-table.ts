import { DEFAULT_PERIOD } from '@countersign/primitives/algorithm';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import type { Facts, Finding } from './compatibility-finding.ts';

/** Where a finding comes from: reviews by others, an app's own source at a commit, or an issue thread. */
const L = 'labanskoller.se, review of 12 modes, 2023';
const G = 'gist by gwelch-contegix, November 2022';
const F = 'fmarier, test of 2025';
const A = 'Authelia support data, commit 2357203';

const GOOGLE_ANDROID = { app: 'Google Authenticator', platform: 'Android' } as const;
const GOOGLE_IOS = { app: 'Google Authenticator', platform: 'iOS' } as const;
const MICROSOFT = { app: 'Microsoft Authenticator' } as const;
const AUTHY = { app: 'Authy' } as const;
const ONE_PASSWORD = { app: '1Password' } as const;
const DUO = { app: 'Duo Mobile' } as const;
const FORTITOKEN = { app: 'FortiToken Mobile' } as const;
const OKTA_ANDROID = { app: 'Okta Verify', platform: 'Android' } as const;
const SYMANTEC = { app: 'Symantec VIP' } as const;
const AEGIS = { app: 'Aegis Authenticator' } as const;
const FREEOTP = { app: 'FreeOTP' } as const;
const YUBICO = { app: 'Yubico Authenticator' } as const;
const TWO_FAS = { app: '2FAS Auth', platform: 'Android' } as const;
const KEEPASSXC = { app: 'KeePassXC' } as const;
const APPLE = { app: 'Apple Passwords' } as const;

const AEGIS_SOURCE = ['Aegis source, commit 59d5c64'];
const FREEOTP_SOURCE = ['FreeOTP source, commit 59a6efe'];
const YUBICO_SOURCE = ['Yubico Authenticator source, commit 6b816b1'];
const TWO_FAS_SOURCE = ['2FAS Android source, commit 6bbcc5c'];

const notSha1 = ({ algorithm }: Facts): boolean => algorithm !== 'SHA1';
const sha256 = ({ algorithm }: Facts): boolean => algorithm === 'SHA256';
const sha512 = ({ algorithm }: Facts): boolean => algorithm === 'SHA512';
const notSixDigits = ({ digits }: Facts): boolean => digits !== 6;
const notThirtySeconds = ({ period }: Facts): boolean => period !== undefined && period !== 30;
const hotp = ({ type }: Facts): boolean => type === 'hotp';
/** A ":" besides the one between issuer and account. */
const colonInName = ({ names }: Facts): boolean => names.includes(':');

const USES_SHA1 = 'scans it without an error, computes SHA1 and shows wrong codes';
const SHOWS_6 = 'scans it without an error and shows codes of 6 digits';
const COUNTS_30 = 'scans it without an error, counts in steps of 30 seconds and shows wrong codes';
const SHOWS_ERROR = 'shows an error';

/** Bytes of the name under which a key files an account: `issuer:account`, after `period/` when that is not the usual one. */
function yubiKeyName({ issuer, account, period = DEFAULT_PERIOD }: Facts): number {
  const prefix = (period === DEFAULT_PERIOD ? '' : `${period}/`) + (issuer === '' ? '' : `${issuer}:`);
  return utf8ToBytes(prefix + account).length;
}

/**
 * What is known, collected in November 2026. An app that handles something well, or about which nothing was found, has
 * no entry for it. Change an entry only with evidence, and name it.
 */
export const FINDINGS: readonly Finding[] = [
  {
    apps: [GOOGLE_ANDROID],
    parameter: 'algorithm',
    applies: sha256,
    reason: 'ignored',
    what: `in version 5.20R4 ${USES_SHA1}; it was right in 2025`,
    evidence: [L, G, F],
  },
  {
    apps: [GOOGLE_ANDROID],
    parameter: 'algorithm',
    applies: sha512,
    reason: 'ignored',
    what: `in version 5.20R4 ${USES_SHA1}`,
    evidence: [L, G],
  },
  {
    apps: [GOOGLE_ANDROID],
    parameter: 'digits',
    applies: notSixDigits,
    reason: 'ignored',
    what: `in version 5.20R4 ${SHOWS_6}`,
    evidence: [L],
  },
  {
    apps: [GOOGLE_ANDROID],
    parameter: 'period',
    applies: notThirtySeconds,
    reason: 'ignored',
    what: `in version 5.20R4 ${COUNTS_30}`,
    evidence: [L],
  },
  {
    apps: [GOOGLE_IOS],
    parameter: 'secret',
    applies: ({ secretCharacters }) => secretCharacters % 8 !== 0,
    reason: 'disputed',
    what: 'refused a secret of 52 Base32 characters and took one of 32; multiples of 8 characters are safest',
    evidence: [F, 'google/google-authenticator#552'],
  },
  {
    apps: [MICROSOFT],
    parameter: 'algorithm',
    applies: notSha1,
    reason: 'ignored',
    what: USES_SHA1,
    evidence: [L, G, F],
  },
  { apps: [AUTHY], parameter: 'algorithm', applies: notSha1, reason: 'ignored', what: USES_SHA1, evidence: [L, F] },
  { apps: [DUO], parameter: 'algorithm', applies: notSha1, reason: 'ignored', what: USES_SHA1, evidence: [L, F] },
  {
    apps: [FORTITOKEN, OKTA_ANDROID],
    parameter: 'algorithm',
    applies: notSha1,
    reason: 'ignored',
    what: USES_SHA1,
    evidence: [L],
  },
  {
    apps: [MICROSOFT, DUO, FORTITOKEN, OKTA_ANDROID],
    parameter: 'digits',
    applies: notSixDigits,
    reason: 'ignored',
    what: SHOWS_6,
    evidence: [L],
  },
  {
    apps: [AUTHY, DUO, FORTITOKEN, OKTA_ANDROID],
    parameter: 'period',
    applies: notThirtySeconds,
    reason: 'ignored',
    what: COUNTS_30,
    evidence: [L],
  },
  {
    apps: [MICROSOFT],
    parameter: 'period',
    applies: notThirtySeconds,
    reason: 'ignored',
    what: COUNTS_30,
    evidence: ['Otp.NET#54', 'RobThree#18'],
  },
  { apps: [SYMANTEC], parameter: 'algorithm', applies: notSha1, reason: 'refused', what: SHOWS_ERROR, evidence: [L] },
  { apps: [SYMANTEC], parameter: 'digits', applies: notSixDigits, reason: 'refused', what: SHOWS_ERROR, evidence: [L] },
  {
    apps: [SYMANTEC],
    parameter: 'period',
    applies: notThirtySeconds,
    reason: 'refused',
    what: SHOWS_ERROR,
    evidence: [L],
  },
  {
    apps: [ONE_PASSWORD],
    parameter: 'algorithm',
    applies: sha256,
    reason: 'disputed',
    what: 'supports SHA256 according to one source and not to another',
    evidence: [A, F],
  },
  {
    apps: [ONE_PASSWORD],
    parameter: 'algorithm',
    applies: sha512,
    reason: 'unsupported',
    what: 'does not support SHA512',
    evidence: [A],
  },
  {
    apps: [ONE_PASSWORD],
    parameter: 'digits',
    applies: notSixDigits,
    reason: 'unsupported',
    what: 'supports 6 digits only',
    evidence: [A],
  },
  {
    apps: [AEGIS],
    parameter: 'account',
    applies: colonInName,
    reason: 'changed',
    what: 'takes a label with more than one ":" for the account as a whole, without an issuer',
    evidence: AEGIS_SOURCE,
  },
  {
    apps: [AEGIS],
    parameter: 'issuer',
    applies: ({ issuer, labelIssuer }) => labelIssuer !== issuer,
    reason: 'changed',
    what: 'shows the issuer of the label in place of the issuer parameter',
    evidence: AEGIS_SOURCE,
  },
  {
    apps: [FREEOTP],
    parameter: 'account',
    applies: colonInName,
    reason: 'refused',
    what: 'shows an error for a label with more than one ":"',
    evidence: FREEOTP_SOURCE,
  },
  {
    apps: [FREEOTP],
    parameter: 'digits',
    applies: ({ digits }) => digits > 9,
    reason: 'unsupported',
    what: 'supports 6 to 9 digits',
    evidence: FREEOTP_SOURCE,
  },
  {
    apps: [FREEOTP],
    parameter: 'period',
    applies: ({ period }) => period !== undefined && period < 5,
    reason: 'unsupported',
    what: 'supports periods of 5 seconds and more',
    evidence: FREEOTP_SOURCE,
  },
  {
    apps: [FREEOTP],
    parameter: 'secret',
    applies: ({ secretBytes }) => secretBytes < 16,
    reason: 'warned',
    what: 'calls a secret under 16 bytes unsafe',
    evidence: FREEOTP_SOURCE,
  },
  {
    apps: [YUBICO],
    parameter: 'algorithm',
    applies: sha512,
    reason: 'unsupported',
    what: 'needs a key with firmware 4.3.1 or newer for SHA512',
    evidence: YUBICO_SOURCE,
  },
  {
    apps: [YUBICO],
    parameter: 'digits',
    applies: ({ digits }) => digits > 8,
    reason: 'unsupported',
    what: 'supports 6 to 8 digits',
    evidence: YUBICO_SOURCE,
  },
  {
    apps: [YUBICO],
    parameter: 'secret',
    applies: ({ secretBytes }) => secretBytes > 64,
    reason: 'unsupported',
    what: 'keeps secrets of up to 64 bytes on the key',
    evidence: YUBICO_SOURCE,
  },
  {
    apps: [YUBICO],
    parameter: 'account',
    applies: (facts) => yubiKeyName(facts) > 64,
    reason: 'unsupported',
    what: 'has 64 bytes for issuer, ":" and account, and for the period when it is not 30 seconds',
    evidence: YUBICO_SOURCE,
  },
  {
    apps: [TWO_FAS],
    parameter: 'account',
    applies: ({ names }) => /[&#%]/.test(names),
    reason: 'changed',
    what: 'decodes the link before it takes it apart, so that "&", "#" or "%" in a name breaks it',
    evidence: TWO_FAS_SOURCE,
  },
  {
    apps: [TWO_FAS],
    parameter: 'issuer',
    applies: ({ issuer }) => issuer.length > 30,
    reason: 'changed',
    what: 'cuts the issuer to 30 characters',
    evidence: TWO_FAS_SOURCE,
  },
  {
    apps: [TWO_FAS],
    parameter: 'account',
    applies: ({ account }) => account.length > 50,
    reason: 'changed',
    what: 'cuts the account to 50 characters',
    evidence: TWO_FAS_SOURCE,
  },
  {
    apps: [KEEPASSXC],
    parameter: 'type',
    applies: hotp,
    reason: 'ignored',
    what: 'ignores the type, treats the account as time-based and shows wrong codes',
    evidence: ['KeePassXC source, commit 95bae83'],
  },
  {
    apps: [APPLE],
    parameter: 'type',
    applies: hotp,
    reason: 'unsupported',
    what: 'knows time-based codes only: its scheme has no other type',
    evidence: ['scheme apple-otpauth'],
  },
];
