import { definePolicy } from '../define-policy.ts';
import type { Policy } from '../types.ts';

/**
 * A small company: authenticator apps, approvals on a phone or passkeys, recovery codes; five tries; any payment above
 * 1,000 EUR needs an approval or a passkey. Written out once more in the package's README, to start from.
 *
 * @example
 * ```ts
 * import { smallCompanyPolicy } from '@countersign/policy/presets';
 *
 * smallCompanyPolicy.actions.payment.limits?.perKind.totp; // => { perAction: 100_000 }
 * ```
 */
export const smallCompanyPolicy: Policy<
  'login' | 'change-settings' | 'payment',
  'totp' | 'approval' | 'passkey' | 'recovery-code'
> = /* @__PURE__ */ definePolicy({
  v: 1,
  name: 'small-company',
  currency: 'EUR',
  kinds: {
    totp: { level: 20, methods: ['totp'], activationLifetime: 600 },
    approval: { level: 30, methods: ['push-approval'], possessionElement: true, exclusive: true, answerLifetime: 120 },
    passkey: { level: 30, methods: ['passkey'], possessionElement: true, maximum: 3, answerLifetime: 300 },
    'recovery-code': { level: 10, methods: ['recovery-code'], exclusive: true },
  },
  actions: {
    login: { level: 10 },
    'change-settings': { level: 10 },
    payment: {
      level: 20,
      limits: {
        pool: 'payments',
        perKind: { totp: { perAction: 100_000 }, approval: 'unlimited', passkey: 'unlimited' },
      },
    },
  },
  attempts: { device: { limit: 5 }, account: { limit: 5 } },
});
