import { hmacMessageSha1 } from '@countersign/primitives/hmac-message-sha1';
import { type Hotp, type HotpOptions, hotpWith } from './hotp.ts';
import { COUNTER_BYTES, type Hashes } from './options.ts';
import { type Totp, type TotpOptions, totpWith } from './totp.ts';

export * from './common.ts';

const HASHES: Hashes = new Map([['SHA1', /* @__PURE__ */ hmacMessageSha1(COUNTER_BYTES)]]);

/**
 * Prepares a HOTP key (RFC 4226): counter-based codes, as from tokens with a button. `algorithm` may only be `SHA1`.
 * For a new enrolment prefer {@link createTotp}: a HOTP code stays valid until it is used.
 *
 * @throws CountersignError `invalid-secret`, `invalid-algorithm`, `invalid-digits`; `invalid-argument` for a TOTP account;
 * at once and not at first use
 * @example
 * ```ts
 * import { createHotp } from '@countersign/totp/sha1';
 *
 * const secret = new TextEncoder().encode('12345678901234567890'); // RFC 4226 Appendix D: never a real one
 * const hotp = createHotp({ secret });
 * hotp.generate(0); // => '755224'
 * hotp.verify('287082', { counter: 0, lookAhead: 3 }); // => { ok: true, counter: 1, nextCounter: 2 }
 * hotp.verify('755224', { counter: 1, lookAhead: 3 }); // => { ok: false, reason: 'mismatch' }
 * ```
 */
export function createHotp(options: HotpOptions): Hotp {
  return hotpWith(HASHES, options);
}

/**
 * Prepares a TOTP key (RFC 6238): the time-based codes of authenticator apps. `algorithm` may only be `SHA1`.
 * Keep the prepared key where one user signs in often; making one costs about as much as one verification.
 *
 * @throws CountersignError `invalid-secret`, `invalid-algorithm`, `invalid-digits`, `invalid-period`, `invalid-time`;
 * `invalid-argument` for a HOTP account; at once and not at first use
 * @example
 * ```ts
 * import { createTotp } from '@countersign/totp/sha1';
 *
 * const secret = new TextEncoder().encode('12345678901234567890'); // RFC 6238 Appendix B: never a real one
 * const totp = createTotp({ secret, digits: 8 });
 * totp.generate({ now: 59_000 }); // => '94287082'
 * totp.verify('94287082', { after: null, now: 59_000 }); // => { ok: true, timeStep: 1, drift: 0 }
 * totp.verify('94287082', { after: 1, now: 59_000 }).ok; // => false
 * ```
 */
export function createTotp(options: TotpOptions): Totp {
  return totpWith(HASHES, options);
}
