import fc from 'fast-check';
import { describe, it } from 'vitest';
import type { Policy } from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';
import { attack, commands } from './authority-model.ts';

/** What the owner has, and what of it an attacker holds; every preset, every interesting pair. */
const SCENES: readonly (readonly [Policy, readonly string[], readonly string[]])[] = [
  [brokerPolicy, ['pin-token'], []],
  [brokerPolicy, ['pin-token'], ['security-card']],
  [brokerPolicy, ['pin-token', 'totp'], ['security-card']],
  [brokerPolicy, ['pin-token'], ['totp']],
  [brokerPolicy, ['phone-app', 'passkey'], ['recovery-code']],
  [brokerPolicy, ['gold', 'phone-app'], ['key-file']],
  [brokerPolicy, ['pin-token'], ['temporary-code']],
  [brokerPolicy, ['digital-security-card'], ['online-card']],
  [nistAal2Policy, ['phone-app'], ['out-of-band']],
  [nistAal2Policy, ['pin-token', 'totp'], ['look-up-secrets']],
  [nistAal2Policy, ['passkey'], ['totp', 'recovery-code']],
  [psd2Policy, ['phone-app'], ['sms']],
  [psd2Policy, ['pin-token', 'totp'], ['security-card', 'sms']],
  [psd2Policy, ['phone-app'], ['recovery-code']],
  [smallCompanyPolicy, ['approval'], ['totp']],
  [smallCompanyPolicy, ['passkey', 'totp'], ['recovery-code']],
];

describe('an attacker with the password and weak devices reaches nothing more within the cool-down, and not later while the owner objects', () => {
  for (const [policy, theirs, held] of SCENES) {
    it(`${policy.name}: ${held.join(', ') || 'the password alone'} against ${theirs.join(', ')}`, () => {
      fc.assert(
        fc.property(commands, (history) => attack(policy, theirs, held, history)),
        { numRuns: 120 },
      );
      fc.assert(
        fc.property(commands, (history) => attack(policy, theirs, held, history, true)),
        { numRuns: 60 },
      );
    });
  }
});
