import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { checkCompatibility } from '../src/compatibility.ts';
import { FINDINGS } from '../src/compatibility-table.ts';
import { buildOtpauthUri, type OtpauthOptions, parseOtpauthUri } from '../src/uri.ts';
import { account } from './support/arbitraries.ts';
import { formsFound, secretForms } from './support/secret-forms.ts';
import { thrown } from './support/thrown.ts';

const secret = new TextEncoder().encode('12345678901234567890');
const plain: OtpauthOptions = { issuer: 'Example', account: 'alice', secret };

/** What is said, in short: app, platform, parameter, reason. */
function said(options: Partial<OtpauthOptions>): string[] {
  return checkCompatibility({ ...plain, ...options })
    .map(({ app, platform, parameter, reason }) => [app, platform, parameter, reason].filter(Boolean).join(' '))
    .sort();
}

describe('checkCompatibility', () => {
  it('is silent on the defaults', () => {
    expect(checkCompatibility(plain)).toStrictEqual([]);
    expect(checkCompatibility(parseOtpauthUri(buildOtpauthUri(plain)))).toStrictEqual([]);
  });

  it('says what is known about SHA256', () => {
    expect(said({ algorithm: 'SHA256' })).toStrictEqual([
      '1Password algorithm disputed',
      'Authy algorithm ignored',
      'Duo Mobile algorithm ignored',
      'FortiToken Mobile algorithm ignored',
      'Google Authenticator Android algorithm ignored',
      'Microsoft Authenticator algorithm ignored',
      'Okta Verify Android algorithm ignored',
      'Symantec VIP algorithm refused',
    ]);
  });

  it('says what is known about SHA512', () => {
    expect(said({ algorithm: 'SHA512' })).toStrictEqual([
      '1Password algorithm unsupported',
      'Authy algorithm ignored',
      'Duo Mobile algorithm ignored',
      'FortiToken Mobile algorithm ignored',
      'Google Authenticator Android algorithm ignored',
      'Microsoft Authenticator algorithm ignored',
      'Okta Verify Android algorithm ignored',
      'Symantec VIP algorithm refused',
      'Yubico Authenticator algorithm unsupported',
    ]);
  });

  it('says what is known about digits', () => {
    const eight = [
      '1Password digits unsupported',
      'Duo Mobile digits ignored',
      'FortiToken Mobile digits ignored',
      'Google Authenticator Android digits ignored',
      'Microsoft Authenticator digits ignored',
      'Okta Verify Android digits ignored',
      'Symantec VIP digits refused',
    ];
    expect(said({ digits: 8 })).toStrictEqual(eight);
    expect(said({ digits: 9 })).toStrictEqual([...eight, 'Yubico Authenticator digits unsupported']);
    expect(said({ digits: 10 })).toStrictEqual(
      [...eight, 'FreeOTP digits unsupported', 'Yubico Authenticator digits unsupported'].sort(),
    );
  });

  it('says what is known about periods', () => {
    const other = [
      'Authy period ignored',
      'Duo Mobile period ignored',
      'FortiToken Mobile period ignored',
      'Google Authenticator Android period ignored',
      'Microsoft Authenticator period ignored',
      'Okta Verify Android period ignored',
      'Symantec VIP period refused',
    ];
    expect(said({ period: 60 })).toStrictEqual(other);
    expect(said({ period: 4 })).toStrictEqual([...other, 'FreeOTP period unsupported'].sort());
  });

  it('says what is known about HOTP', () => {
    expect(said({ type: 'hotp' })).toStrictEqual(['Apple Passwords type unsupported', 'KeePassXC type ignored']);
  });

  it('says what is known about secrets', () => {
    expect(said({ secret: new Uint8Array(10) })).toStrictEqual(['FreeOTP secret warned']);
    expect(said({ secret: new Uint8Array(16) })).toStrictEqual(['Google Authenticator iOS secret disputed']);
    expect(said({ secret: new Uint8Array(32) })).toStrictEqual(['Google Authenticator iOS secret disputed']);
    expect(said({ secret: new Uint8Array(40) })).toStrictEqual([]);
    expect(said({ secret: new Uint8Array(65) })).toStrictEqual(['Yubico Authenticator secret unsupported']);
  });

  it('says what is known about names, and never refuses one', () => {
    expect(said({ account: 'x:y' })).toStrictEqual(['Aegis Authenticator account changed', 'FreeOTP account refused']);
    expect(said({ issuer: 'A:B' })).toStrictEqual(['Aegis Authenticator account changed', 'FreeOTP account refused']);
    for (const character of '&#%') {
      expect(said({ issuer: `a${character}b` })).toStrictEqual(['2FAS Auth Android account changed']);
      expect(said({ account: `a${character}b` })).toStrictEqual(['2FAS Auth Android account changed']);
    }
    expect(said({ issuer: 'example.com', labelIssuer: 'Example' })).toStrictEqual([
      'Aegis Authenticator issuer changed',
    ]);
    expect(said({ issuer: 'x'.repeat(30) })).toStrictEqual([]);
    expect(said({ issuer: 'x'.repeat(31) })).toStrictEqual(['2FAS Auth Android issuer changed']);
    expect(said({ account: 'x'.repeat(50) })).toStrictEqual([]);
    expect(said({ account: 'x'.repeat(51) })).toStrictEqual(['2FAS Auth Android account changed']);
  });

  it('counts the 64 bytes of a YubiKey in UTF-8, with the ":" and the period that are kept there too (T10)', () => {
    const yubico = (options: Partial<OtpauthOptions>) => said(options).filter((line) => line.startsWith('Yubico'));
    const issuer = 'é'.repeat(12);
    expect(yubico({ issuer, account: 'x'.repeat(39) })).toStrictEqual([]);
    expect(yubico({ issuer, account: 'x'.repeat(40) })).toStrictEqual(['Yubico Authenticator account unsupported']);
    expect(yubico({ issuer: '', account: 'x'.repeat(64) })).toStrictEqual([]);
    expect(yubico({ issuer: '', account: 'x'.repeat(65) })).toHaveLength(1);
    expect(yubico({ issuer, account: 'x'.repeat(37), period: 60 })).toHaveLength(1);
    expect(yubico({ issuer, account: 'x'.repeat(36), period: 60 })).toHaveLength(0);
    expect(yubico({ issuer, account: 'x'.repeat(39), type: 'hotp' })).toHaveLength(0);
  });

  it('gives a sentence and its evidence with every warning', () => {
    fc.assert(
      fc.property(account, (given) => {
        for (const { app, message, evidence } of checkCompatibility(given)) {
          expect(message.startsWith(`${app} `)).toBe(true);
          expect(evidence.length).toBeGreaterThan(0);
        }
      }),
    );
  });

  it('shows the secret in no encoding (T3)', () => {
    const bytes = fc.uint8Array({ minLength: 8, maxLength: 128 });
    fc.assert(
      fc.property(account, bytes, (given, secret) => {
        expect(formsFound(JSON.stringify(checkCompatibility({ ...given, secret })), secret)).toStrictEqual([]);
      }),
    );
  });

  it('would notice any encoding, which a leaky message shows', () => {
    const secret = Uint8Array.from({ length: 20 }, (_, i) => 250 - 11 * i);
    for (const [form, text] of secretForms(secret)) {
      expect(formsFound(JSON.stringify([{ message: `an app takes ${text} away` }]), secret)).toContain(form);
    }
  });

  it('hands out evidence that nobody can change for others', () => {
    const [warning] = checkCompatibility({ ...plain, period: 60 });
    (warning!.evidence as string[]).length = 0;
    expect(FINDINGS.every(({ evidence }) => evidence.length > 0)).toBe(true);
  });

  it('checks the account as the builder does', () => {
    expect(thrown(() => checkCompatibility({ ...plain, digits: 5 })).code).toBe('invalid-digits');
    expect(thrown(() => checkCompatibility({ ...plain, labelIssuer: '' })).code).toBe('invalid-argument');
  });
});
