import { DEFAULT_ALGORITHM, DEFAULT_DIGITS, DEFAULT_PERIOD } from '@countersign/primitives/algorithm';
import { encodeBase32 } from '@countersign/primitives/base32';
import { completeAccount, type OtpauthOptions } from './account.ts';
import { joinLabel } from './label.ts';
import { checkedLabelIssuer } from './label-issuer.ts';
import { limitedUri } from './limited-uri.ts';

/**
 * Builds the `otpauth://` URI that an authenticator app scans as a QR code or opens as a link (Google's Key Uri Format,
 * draft-andesco-otpauth-uri-01). What equals the default is left out, since some apps stumble over it. Any issuer and
 * account survive: spaces become `%20`, never `+`. A QR code of medium error correction holds 2,331 characters of it.
 *
 * It takes every secret that {@link parseOtpauthUri} gives, also short ones of old services; make new ones with
 * `generateSecret`. Ask for one valid code before you activate the account: some apps ignore parameters without a word
 * ({@link checkCompatibility} names them). The URI holds the secret: never log it, never send it by e-mail, and never
 * have another site draw its QR code.
 *
 * @param options see {@link OtpauthOptions}; `secret` in bytes
 * @throws CountersignError `invalid-argument` (type, issuer, account, image, labelIssuer, or a URI of more than 16,384
 *   characters), `invalid-secret`, `invalid-algorithm`, `invalid-digits`, `invalid-period`, `invalid-counter`
 * @example
 * ```ts
 * import { buildOtpauthUri } from '@countersign/qr-provisioning-uri';
 *
 * const secret = new TextEncoder().encode('12345678901234567890'); // yours comes from generateSecret()
 * buildOtpauthUri({ issuer: 'Example Bank', account: 'alice', secret }); // => 'otpauth://totp/Example%20Bank:alice?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Example%20Bank'
 * buildOtpauthUri({ issuer: 'Example Bank', account: 'alice', secret, digits: 5 }); // throws invalid-digits
 * ```
 */
export function buildOtpauthUri(options: OtpauthOptions): string {
  const { type, issuer, account, secret, algorithm, digits, period, counter, image } = completeAccount(options);
  const label = joinLabel(checkedLabelIssuer(options, account), account);
  const parameters = [`secret=${encodeBase32(secret)}`];
  if (issuer !== '') parameters.push(`issuer=${encodeURIComponent(issuer)}`);
  if (algorithm !== DEFAULT_ALGORITHM) parameters.push(`algorithm=${algorithm}`);
  if (digits !== DEFAULT_DIGITS) parameters.push(`digits=${digits}`);
  if (type === 'hotp') parameters.push(`counter=${counter}`);
  else if (period !== DEFAULT_PERIOD) parameters.push(`period=${period}`);
  if (image !== undefined) parameters.push(`image=${encodeURIComponent(image)}`);
  return limitedUri(`otpauth://${type}/${label}?${parameters.join('&')}`, 'invalid-argument');
}
