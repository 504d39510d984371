import { definePolicy } from '../define-policy.ts';
import type { WindowLimits } from '../policy-types.ts';
import type { Policy } from '../types.ts';
import { DAY, MINUTE } from './durations.ts';

/** Limits in whole US dollars, kept in cents. */
const dollars = (perDay: number | null, perFiveBusinessDays: number | null): WindowLimits => ({
  perDay: perDay === null ? null : perDay * 100,
  perFiveBusinessDays: perFiveBusinessDays === null ? null : perFiveBusinessDays * 100,
});
const UNLIMITED = dollars(null, null);
const AS_CARD = dollars(200_000, 600_000);
const AS_PHONE = dollars(1_000_000, 1_000_000);
const OLD_CARD = {
  methods: ['challenge-response'],
  legacy: true,
  possessionElement: true,
  shareable: true,
  maximum: 1,
} as const;

/**
 * The rules of a broker's secure login system: every device, number and limit of it. Amounts are in US cents, days in New York
 * without holidays: add your bank's with `definePolicy({ ...brokerPolicy, calendar: { … } })`, and your address lists.
 *
 * Chosen where the rules are silent: protection levels 10 to 50; waits and locks; a temporary code and an online card withdraw
 * as much as a card; a key file serves file delivery only.
 *
 * @example
 * ```ts
 * import { brokerPolicy } from '@countersign/policy/presets';
 *
 * brokerPolicy.actions.withdrawal?.limits?.perKind.sms; // => { perDay: 20_000_000, perFiveBusinessDays: 60_000_000 }
 * ```
 */
export const brokerPolicy: Policy = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'broker',
  currency: 'USD',
  calendar: { timeZone: 'America/New_York', weekend: [6, 7], holidays: [] },
  clockTolerance: 5,
  kinds: {
    totp: {
      level: 30,
      methods: ['totp'],
      possessionElement: true,
      shareable: true,
      maximum: 1,
      exclusive: true,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, period: 30 },
    },
    'phone-app': {
      level: 30,
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
      level: 50,
      methods: ['challenge-response'],
      possessionElement: true,
      shareable: true,
      maximum: 1,
      exclusive: true,
      automaticActivation: { after: 21 * DAY, near: 7 * DAY, imminent: 2 * DAY },
      minimumEquity: 50_000_000,
      parameters: { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    },
    'security-card': {
      level: 20,
      methods: ['grid-card'],
      legacy: true,
      possessionElement: false,
      shareable: true,
      maximum: 1,
      exclusive: true,
      parameters: { cells: 224, cellCharacters: 3, cellsAsked: 2 },
    },
    'online-card': {
      level: 20,
      methods: ['grid-card'],
      temporary: true,
      possessionElement: false,
      shareable: false,
      maximum: 1,
      exclusive: true,
      phases: [{ lasts: 21 * DAY }],
      activationLifetime: DAY,
      parameters: { cells: 224, cellCharacters: 3, cellsAsked: 2 },
    },
    'temporary-code': {
      level: 20,
      methods: ['temporary-code'],
      temporary: true,
      possessionElement: false,
      shareable: false,
      maximum: 1,
      notTwiceInARow: true,
      phases: [{ lasts: 2 * DAY }, { lasts: 10 * DAY, actions: ['print-online-card'] }],
      activationLifetime: DAY,
    },
    sms: {
      level: 10,
      methods: ['sms', 'voice'],
      restricted: true,
      possessionElement: true,
      shareable: false,
      maximum: 1,
      exclusive: true,
      leaves: true,
      activationLifetime: 10 * MINUTE,
      parameters: { digits: 6, lifetime: 10 * MINUTE },
    },
    'key-file': {
      level: 30,
      methods: ['ssh-signature'],
      possessionElement: true,
      shareable: false,
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
        'sms',
        'security-card',
        'totp',
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
          totp: AS_PHONE,
          'phone-app': AS_PHONE,
          'digital-security-card': dollars(1_000_000, 1_500_000),
          'pin-token': UNLIMITED,
          gold: UNLIMITED,
          platinum: UNLIMITED,
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
    device: { waits: [1, 2, 4, 8], limit: 5, mode: 'mixed', locks: [15 * MINUTE, 60 * MINUTE], warnAt: 3 },
    account: {
      waits: [1, 2, 4, 8, 15, 30],
      limit: 10,
      mode: 'mixed',
      locks: [15 * MINUTE, 60 * MINUTE, DAY],
      warnAt: 3,
    },
  },
  sharing: {
    offered: true,
    identityFields: ['dateOfBirth', 'citizenship', 'countryOfResidence'],
    identityAlternatives: [['documentType', 'documentNumber'], ['taxNumber']],
    review: 'different-entities',
  },
  optOut: {
    offered: true,
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
