import { definePolicy } from '../define-policy.ts';
import type { Policy } from '../types.ts';
import { HOUR, MINUTE } from './durations.ts';

export type Psd2Kind = 'passkey' | 'phone-app' | 'pin-token' | 'totp' | 'sms' | 'recovery-code' | 'security-card';
export type Psd2Action = 'login' | 'view-account' | 'payment' | 'change-settings' | 'read-message';

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
export const psd2Policy: Policy<Psd2Action, Psd2Kind> = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'psd2',
  currency: 'EUR',
  calendar: { timeZone: 'Europe/Brussels', weekend: [6, 7], holidays: [] },
  clockTolerance: 5,
  binding: { coolDown: 72 * HOUR, perDay: 5, maximumDevices: 8 },
  kinds: {
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
      exclusive: true,
      posture: true,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 5 * MINUTE,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 6 },
    },
    'pin-token': {
      level: 40,
      methods: ['challenge-response'],
      possessionElement: true,
      exclusive: true,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    },
    totp: {
      level: 30,
      methods: ['totp'],
      possessionElement: true,
      exclusive: true,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, period: 30 },
    },
    sms: {
      level: 20,
      methods: ['sms', 'voice'],
      restricted: true,
      possessionElement: true,
      exclusive: true,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 10 * MINUTE,
      parameters: { digits: 6 },
    },
    'recovery-code': {
      level: 10,
      methods: ['recovery-code'],
      exclusive: true,
      parameters: { minimumBits: 64 },
    },
    'security-card': {
      level: 10,
      methods: ['grid-card'],
      exclusive: true,
    },
  },
  actions: {
    // Not strong customer authentication by itself: a card or a recovery code signs in, and sees no account.
    login: { level: 10 },
    'view-account': { level: 20, possession: true },
    // Dynamic linking (Art. 5) is asked of the method: amount and payee shown, signed and checked.
    payment: { level: 40, possession: true, refuseRestricted: true },
    'change-settings': { level: 30, possession: true, refuseRestricted: true },
    // Not strong customer authentication: reading a message of the bank.
    'read-message': { level: 10 },
  },
  // Five tries in all, wherever they come from: no tries are set aside for known browsers.
  attempts: {
    device: { limit: 5, waits: [1, 2, 4, 8], locks: [15 * MINUTE, HOUR], warnAt: 2 },
    account: { limit: 5, waits: [1, 2, 4, 8], locks: [15 * MINUTE, HOUR], warnAt: 2 },
  },
  posture: {
    platforms: { ios: { minimumVersion: '13' }, android: { minimumVersion: '7' } },
    refuseRooted: true,
    requireScreenLock: true,
  },
});
