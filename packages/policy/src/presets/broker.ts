import { definePolicy } from '../define-policy.ts';
import type { Limits } from '../policy-types.ts';
import type { Policy } from '../types.ts';
import { DAY, HOUR, MINUTE } from './durations.ts';

/** Limits in whole US dollars, kept in cents. */
const dollars = (perDay: number, perFiveBusinessDays: number): Limits => ({
  perDay: perDay * 100,
  perFiveBusinessDays: perFiveBusinessDays * 100,
});
const AS_CARD = dollars(200_000, 600_000);
const AS_PHONE = dollars(1_000_000, 1_000_000);
const OLD_CARD = {
  methods: ['challenge-response'],
  legacy: true,
  possessionElement: true,
  shareable: true,
} as const;

export type BrokerKind =
  | 'totp'
  | 'passkey'
  | 'phone-app'
  | 'pin-token'
  | 'security-card'
  | 'online-card'
  | 'temporary-code'
  | 'recovery-code'
  | 'sms'
  | 'key-file'
  | 'digital-security-card'
  | 'gold'
  | 'platinum';

export type BrokerAction =
  | 'login'
  | 'change-settings'
  | 'print-online-card'
  | 'withdrawal'
  | 'request-device'
  | 'identity-check'
  | 'trade-restricted-product'
  | 'file-delivery';

/**
 * The rules of a broker's secure login system: every device, number and limit of it. Amounts are in US cents, days in New York
 * without holidays: add your bank's with `definePolicy({ ...brokerPolicy, calendar: { … } })`, and your address lists.
 *
 * Chosen where the rules are silent: protection levels 10 to 50; waits, locks and tries of known browsers; a temporary code,
 * an online card and a recovery code withdraw as much as a card, a passkey as much as a phone; a key file serves file
 * delivery only.
 *
 * @example
 * ```ts
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * brokerPolicy.actions.withdrawal.limits?.perKind.sms; // => { perDay: 20_000_000, perFiveBusinessDays: 60_000_000 }
 * ```
 */
export const brokerPolicy: Policy<BrokerAction, BrokerKind> = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'broker',
  currency: 'USD',
  calendar: { timeZone: 'America/New_York', weekend: [6, 7], holidays: [] },
  clockTolerance: 5,
  binding: { coolDown: 72 * HOUR, perDay: 5, maximumDevices: 8 },
  kinds: {
    totp: {
      level: 30,
      methods: ['totp'],
      possessionElement: true,
      shareable: true,
      exclusive: true,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, period: 30 },
    },
    passkey: {
      level: 30,
      methods: ['passkey'],
      possessionElement: true,
      maximum: 5,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 5 * MINUTE,
    },
    'phone-app': {
      level: 30,
      methods: ['push-approval', 'challenge-response'],
      possessionElement: true,
      exclusive: true,
      posture: true,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 5 * MINUTE,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 6 },
    },
    'pin-token': {
      level: 50,
      methods: ['challenge-response'],
      possessionElement: true,
      shareable: true,
      exclusive: true,
      automaticActivation: { after: 21 * DAY, near: 7 * DAY, imminent: 2 * DAY },
      minimumEquity: 50_000_000,
      answerLifetime: 5 * MINUTE,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    },
    'security-card': {
      level: 20,
      methods: ['grid-card'],
      legacy: true,
      shareable: true,
      exclusive: true,
      parameters: { cells: 224, cellCharacters: 3, cellsAsked: 2 },
    },
    'online-card': {
      level: 20,
      methods: ['grid-card'],
      temporary: true,
      exclusive: true,
      phases: [{ lasts: 21 * DAY }],
      activationLifetime: DAY,
      parameters: { cells: 224, cellCharacters: 3, cellsAsked: 2 },
    },
    'temporary-code': {
      level: 20,
      methods: ['temporary-code'],
      temporary: true,
      notTwiceInARow: true,
      phases: [{ lasts: 2 * DAY }, { lasts: 10 * DAY, actions: ['print-online-card'] }],
      activationLifetime: DAY,
    },
    'recovery-code': {
      level: 20,
      methods: ['recovery-code'],
      exclusive: true,
      activationLifetime: DAY,
      parameters: { minimumBits: 64 },
    },
    sms: {
      level: 10,
      methods: ['sms', 'voice'],
      restricted: true,
      possessionElement: true,
      exclusive: true,
      leaves: true,
      activationLifetime: 10 * MINUTE,
      answerLifetime: 10 * MINUTE,
      parameters: { digits: 6 },
    },
    'key-file': {
      level: 30,
      methods: ['ssh-signature'],
      possessionElement: true,
      maximum: 5,
      actions: ['file-delivery'],
      addressList: 'file-delivery',
      parameters: { minimumRsaBits: 2048 },
    },
    'digital-security-card': { ...OLD_CARD, level: 40 },
    gold: { ...OLD_CARD, level: 50 },
    platinum: { ...OLD_CARD, level: 50 },
  },
  actions: {
    login: { level: 10 },
    'print-online-card': {
      level: 10,
      kinds: [
        'temporary-code',
        'recovery-code',
        'sms',
        'security-card',
        'totp',
        'passkey',
        'phone-app',
        'digital-security-card',
        'pin-token',
        'gold',
        'platinum',
      ],
    },
    withdrawal: {
      level: 0,
      limits: {
        pool: 'withdrawals',
        perKind: {
          none: dollars(50_000, 100_000),
          sms: AS_CARD,
          'security-card': AS_CARD,
          'online-card': AS_CARD,
          'temporary-code': AS_CARD,
          'recovery-code': AS_CARD,
          totp: AS_PHONE,
          passkey: AS_PHONE,
          'phone-app': AS_PHONE,
          'digital-security-card': dollars(1_000_000, 1_500_000),
          'pin-token': 'unlimited',
          gold: 'unlimited',
          platinum: 'unlimited',
        },
      },
    },
    'change-settings': { level: 10 },
    'request-device': { level: 10 },
    'identity-check': { level: 10 },
    'trade-restricted-product': { level: 0 },
    'file-delivery': { level: 30, kinds: ['key-file'] },
  },
  attempts: {
    device: { limit: 5, waits: [1, 2, 4, 8], locks: [15 * MINUTE, HOUR, DAY, DAY], warnAt: 3 },
    account: { limit: 10, waits: [1, 2, 4, 8, 15, 30], locks: [15 * MINUTE, HOUR, DAY], warnAt: 3 },
    lanes: { maximum: 5, tries: 3, lifetime: 90 * DAY },
  },
  sharing: {
    identityFields: ['dateOfBirth', 'citizenship', 'countryOfResidence'],
    identityAlternatives: [['documentType', 'documentNumber'], ['taxNumber']],
    review: 'different-entities',
  },
  optOut: {
    level: 10,
    coolDown: 7 * DAY,
    waivedActions: ['login'],
    deniedActions: ['trade-restricted-product'],
    limits: { withdrawals: dollars(50_000, 100_000) },
  },
  recovery: { temporaryCode: 'temporary-code', onlineCard: 'online-card', printAction: 'print-online-card' },
  posture: {
    platforms: { ios: { minimumVersion: '13' }, android: { minimumVersion: '7' } },
    refuseRooted: true,
    requireScreenLock: true,
  },
  addressLists: { 'file-delivery': [] },
});
