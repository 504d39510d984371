import { definePolicy } from '../define-policy.ts';
import type { Policy } from '../types.ts';
import { HOUR, MINUTE } from './durations.ts';

/**
 * The possession element of strong customer authentication in the EU (Delegated Regulation 2018/389, the RTS of PSD2): after
 * at most five failures in a row a block, with a warning before it becomes permanent (Art. 4(3)(b), 4(4)); printed cards and
 * lists are no possession element (EBA-Op-2019-06) and serve nothing that needs one. Limits of money are the bank's to add.
 *
 * @example
 * ```ts
 * import { psd2Policy } from '@countersign/policy/presets';
 *
 * psd2Policy.attempts.account.limit; // => 5
 * ```
 */
export const psd2Policy: Policy = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'psd2',
  currency: 'EUR',
  calendar: { timeZone: 'Europe/Brussels', weekend: [6, 7], holidays: [] },
  clockTolerance: 5,
  kinds: {
    'phone-app': {
      level: 40,
      methods: ['push-approval', 'challenge-response'],
      possessionElement: true,
      shareable: false,
      maximum: 1,
      exclusive: true,
      posture: true,
      activationLifetime: 10 * MINUTE,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 6 },
    },
    'pin-token': {
      level: 40,
      methods: ['challenge-response'],
      possessionElement: true,
      shareable: false,
      maximum: 1,
      exclusive: true,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    },
    totp: {
      level: 30,
      methods: ['totp'],
      possessionElement: true,
      shareable: false,
      maximum: 1,
      exclusive: true,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, period: 30 },
    },
    sms: {
      level: 20,
      methods: ['sms', 'voice'],
      restricted: true,
      possessionElement: true,
      shareable: false,
      maximum: 1,
      exclusive: true,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, lifetime: 10 * MINUTE },
    },
    'security-card': {
      level: 10,
      methods: ['grid-card'],
      possessionElement: false,
      shareable: false,
      maximum: 1,
      exclusive: true,
    },
  },
  actions: {
    'view-account': { level: 20, possession: true },
    // Dynamic linking (Art. 5) is asked of the method: amount and payee shown, signed and checked.
    payment: { level: 40, possession: true, refuseRestricted: true },
    'change-settings': { level: 30, possession: true, refuseRestricted: true },
    // Not strong customer authentication: reading a message of the bank.
    'read-message': { level: 10 },
  },
  attempts: {
    device: { waits: [1, 2, 4, 8], limit: 5, mode: 'mixed', locks: [15 * MINUTE, HOUR], warnAt: 2 },
    account: { waits: [1, 2, 4, 8], limit: 5, mode: 'mixed', locks: [15 * MINUTE, HOUR], warnAt: 2 },
  },
  sharing: { offered: false, identityFields: [], identityAlternatives: [], review: 'always' },
  optOut: { offered: false, level: 20, coolDown: 0, waivedActions: [], deniedActions: [], limits: {} },
  recovery: { temporaryCode: null, onlineCard: null, printAction: null },
  posture: {
    platforms: { ios: { minimumVersion: '13' }, android: { minimumVersion: '7' } },
    refuseRooted: true,
    requireScreenLock: true,
  },
  addressLists: {},
});
