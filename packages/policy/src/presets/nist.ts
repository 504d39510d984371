import { definePolicy } from '../define-policy.ts';
import type { Policy } from '../types.ts';
import { DAY, HOUR, MINUTE } from './durations.ts';

/**
 * A second factor beside a password at authenticator assurance level 2 of NIST SP 800-63B-4: at most 100 consecutive failures
 * on an account with growing waits (section 3.2.2), at most 10 on one device (3.2.10), the telephone network as a restricted
 * kind (3.1.3.3), codes sent out of band and binding codes good for 10 minutes (3.1.3, 4.1). No limits of money; days are UTC.
 *
 * @example
 * ```ts
 * import { nistAal2Policy } from '@countersign/policy/presets';
 *
 * nistAal2Policy.attempts.account.limit; // => 100
 * ```
 */
export const nistAal2Policy: Policy = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'nist-aal2',
  currency: 'USD',
  calendar: { timeZone: 'UTC', weekend: [6, 7], holidays: [] },
  clockTolerance: 5,
  kinds: {
    totp: {
      level: 30,
      methods: ['totp'],
      possessionElement: true,
      shareable: false,
      maximum: 5,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, period: 30 },
    },
    'phone-app': {
      level: 40,
      methods: ['push-approval', 'challenge-response'],
      possessionElement: true,
      shareable: false,
      maximum: 5,
      activationLifetime: 10 * MINUTE,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 6 },
    },
    'pin-token': {
      level: 40,
      methods: ['challenge-response'],
      possessionElement: true,
      shareable: false,
      maximum: 5,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    },
    'look-up-secrets': {
      level: 20,
      methods: ['grid-card', 'recovery-code'],
      possessionElement: true,
      shareable: false,
      maximum: 1,
      exclusive: true,
      parameters: { minimumBits: 20, recoveryCodeBits: 64 },
    },
    'out-of-band': {
      level: 10,
      methods: ['sms', 'voice'],
      restricted: true,
      possessionElement: true,
      shareable: false,
      maximum: 2,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, lifetime: 10 * MINUTE },
    },
  },
  actions: {
    login: { level: 10 },
    // A restricted authenticator alone binds nothing new and unlocks nothing.
    'change-security-settings': { level: 20, refuseRestricted: true },
  },
  attempts: {
    device: { waits: [0, 0, 1, 5, 15, 30], limit: 10, mode: 'permanent', locks: [], warnAt: 3 },
    account: {
      waits: [0, 0, 1, 5, 15, 30, MINUTE, 5 * MINUTE, HOUR],
      limit: 100,
      mode: 'permanent',
      locks: [],
      warnAt: 10,
    },
  },
  sharing: { offered: false, identityFields: [], identityAlternatives: [], review: 'always' },
  optOut: { offered: false, level: 10, coolDown: DAY, waivedActions: [], deniedActions: [], limits: {} },
  recovery: { temporaryCode: null, onlineCard: null, printAction: null },
  posture: { platforms: {}, refuseRooted: true, requireScreenLock: true },
  addressLists: {},
});
