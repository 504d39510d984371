import { definePolicy } from '../define-policy.ts';
import type { Policy } from '../types.ts';
import { DAY, HOUR, MINUTE } from './durations.ts';

export type NistKind =
  | 'totp'
  | 'passkey'
  | 'phone-app'
  | 'pin-token'
  | 'look-up-secrets'
  | 'recovery-code'
  | 'out-of-band';
export type NistAction = 'login' | 'change-settings';

/**
 * A second factor beside a password at authenticator assurance level 2 of NIST SP 800-63B-4: at most 100 consecutive failures
 * on an account with growing waits (section 3.2.2), at most 10 on one device (3.2.10), the telephone network as a restricted
 * kind (3.1.3.3), codes sent out of band and binding codes good for 10 minutes (3.1.3, 4.1). No limits of money.
 *
 * @example
 * ```ts
 * import { nistAal2Policy } from '@countersign/policy/presets';
 *
 * nistAal2Policy.attempts.account.limit; // => 100
 * ```
 */
export const nistAal2Policy: Policy<NistAction, NistKind> = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'nist-aal2',
  clockTolerance: 5,
  binding: { coolDown: 72 * HOUR, perDay: 5, maximumDevices: 8 },
  kinds: {
    totp: {
      level: 30,
      methods: ['totp'],
      possessionElement: true,
      maximum: 5,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, period: 30 },
    },
    passkey: {
      level: 40,
      methods: ['passkey'],
      possessionElement: true,
      maximum: 5,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 5 * MINUTE,
    },
    'phone-app': {
      level: 40,
      methods: ['push-approval', 'challenge-response'],
      possessionElement: true,
      maximum: 5,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 5 * MINUTE,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 6 },
    },
    'pin-token': {
      level: 40,
      methods: ['challenge-response'],
      possessionElement: true,
      maximum: 5,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    },
    'look-up-secrets': {
      level: 20,
      methods: ['grid-card'],
      possessionElement: true,
      exclusive: true,
      parameters: { minimumBits: 20 },
    },
    'recovery-code': {
      level: 20,
      methods: ['recovery-code'],
      possessionElement: true,
      exclusive: true,
      parameters: { minimumBits: 64 },
    },
    'out-of-band': {
      level: 10,
      methods: ['sms', 'voice'],
      restricted: true,
      possessionElement: true,
      maximum: 2,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 10 * MINUTE,
      parameters: { digits: 6 },
    },
  },
  actions: {
    login: { level: 10 },
    // A restricted authenticator alone binds nothing new and unlocks nothing.
    'change-settings': { level: 20, refuseRestricted: true },
  },
  attempts: {
    device: { limit: 10, waits: [0, 0, 1, 5, 15, 30], warnAt: 3 },
    account: { limit: 100, waits: [0, 0, 1, 5, 15, 30, MINUTE, 5 * MINUTE, HOUR], warnAt: 10 },
    lanes: { maximum: 2, tries: 2, lifetime: 90 * DAY },
  },
});
