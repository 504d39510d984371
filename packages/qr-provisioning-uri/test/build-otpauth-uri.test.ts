import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildMigrationUris, parseMigrationUri } from '../src/migration.ts';
import { buildOtpauthUri, formatSecret, type OtpauthOptions, parseOtpauthUri } from '../src/uri.ts';
import { account, accountName, name } from './support/arbitraries.ts';
import { thrown } from './support/thrown.ts';

const secret = new TextEncoder().encode('12345678901234567890');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const plain: OtpauthOptions = { issuer: 'Example', account: 'alice', secret };

describe('buildOtpauthUri', () => {
  it('leaves out what equals the defaults', () => {
    const uri = `otpauth://totp/Example:alice?secret=${BASE32}&issuer=Example`;
    expect(buildOtpauthUri(plain)).toBe(uri);
    expect(
      buildOtpauthUri({ ...plain, type: 'totp', algorithm: 'SHA1', digits: 6, period: 30, image: undefined }),
    ).toBe(uri);
  });

  it('writes what does not', () => {
    expect(
      buildOtpauthUri({ ...plain, algorithm: 'SHA256', digits: 8, period: 60, image: 'https://example.com/a b.png' }),
    ).toBe(
      `otpauth://totp/Example:alice?secret=${BASE32}&issuer=Example&algorithm=SHA256&digits=8&period=60&image=https%3A%2F%2Fexample.com%2Fa%20b.png`,
    );
  });

  it('always writes the counter of a HOTP account, exactly', () => {
    expect(buildOtpauthUri({ ...plain, type: 'hotp' })).toMatch(/^otpauth:\/\/hotp\/.*&counter=0$/);
    expect(buildOtpauthUri({ ...plain, type: 'hotp', counter: 2n ** 64n - 1n })).toMatch(
      /&counter=18446744073709551615$/,
    );
  });

  it('encodes spaces as %20 and never as +, and the separator alone as a raw colon', () => {
    expect(buildOtpauthUri({ ...plain, issuer: 'A:B', account: 'x:y + z' })).toBe(
      `otpauth://totp/A%3AB:x%3Ay%20%2B%20z?secret=${BASE32}&issuer=A%3AB`,
    );
  });

  it('writes no issuer where there is none, and keeps an account with a colon whole', () => {
    expect(buildOtpauthUri({ ...plain, issuer: '' })).toBe(`otpauth://totp/alice?secret=${BASE32}`);
    expect(buildOtpauthUri({ ...plain, issuer: '', account: 'x:y' })).toBe(`otpauth://totp/:x%3Ay?secret=${BASE32}`);
  });

  it('trims white space at the start of an account', () => {
    expect(buildOtpauthUri({ ...plain, account: ' \t alice ' })).toContain('Example:alice%20?');
  });

  it('puts a readable name into the label beside a stable issuer', () => {
    const uri = buildOtpauthUri({ ...plain, issuer: 'example.com', labelIssuer: 'Example Bank' });
    expect(uri).toBe(`otpauth://totp/Example%20Bank:alice?secret=${BASE32}&issuer=example.com`);
    expect(parseOtpauthUri(uri)).toMatchObject({ issuer: 'example.com', account: 'alice' });
  });

  it.each<[string, Partial<OtpauthOptions>]>([
    ['without an issuer', { issuer: '', labelIssuer: 'Example' }],
    ['empty', { labelIssuer: '' }],
    ['that begins with the issuer', { issuer: 'A', labelIssuer: 'A:B' }],
    ['that makes the account look like the issuer', { issuer: 'A:B', labelIssuer: 'A', account: 'B:c' }],
    ['with a lone surrogate', { labelIssuer: '\ud800' }],
  ])('refuses a label issuer %s', (_, options) => {
    const error = thrown(() => buildOtpauthUri({ ...plain, ...options }));
    expect(error.code).toBe('invalid-argument');
    expect(error.message).toContain('labelIssuer');
  });

  const refused: [string, string, object][] = [
    ['type', 'invalid-argument', { type: 'steam' }],
    ['issuer', 'invalid-argument', { issuer: undefined }],
    ['issuer', 'invalid-argument', { issuer: 'a\udfff' }],
    ['account', 'invalid-argument', { account: 7 }],
    ['account', 'invalid-argument', { account: '' }],
    ['account', 'invalid-argument', { account: '  ' }],
    ['account', 'invalid-argument', { account: '\ud83d' }],
    ['secret', 'invalid-secret', { secret: BASE32 }],
    ['secret', 'invalid-secret', { secret: [1, 2, 3] }],
    ['secret', 'invalid-secret', { secret: new Uint8Array(0) }],
    ['secret', 'invalid-secret', { secret: new Uint8Array(129) }],
    ['algorithm', 'invalid-algorithm', { algorithm: 'MD5' }],
    ['algorithm', 'invalid-algorithm', { algorithm: 'sha1' }],
    ['algorithm', 'invalid-algorithm', { algorithm: 'toString' }],
    ['digits', 'invalid-digits', { digits: 5 }],
    ['digits', 'invalid-digits', { digits: 11 }],
    ['digits', 'invalid-digits', { digits: 6.5 }],
    ['digits', 'invalid-digits', { digits: Number.NaN }],
    ['digits', 'invalid-digits', { digits: '6' }],
    ['period', 'invalid-period', { period: 0 }],
    ['period', 'invalid-period', { period: 86_401 }],
    ['period', 'invalid-period', { period: Number.POSITIVE_INFINITY }],
    ['period', 'invalid-period', { type: 'hotp', period: 30 }],
    ['counter', 'invalid-counter', { counter: 1 }],
    ['counter', 'invalid-counter', { type: 'hotp', counter: -1 }],
    ['counter', 'invalid-counter', { type: 'hotp', counter: 1.5 }],
    ['counter', 'invalid-counter', { type: 'hotp', counter: Number.NaN }],
    ['counter', 'invalid-counter', { type: 'hotp', counter: 2 ** 53 }],
    ['counter', 'invalid-counter', { type: 'hotp', counter: 2n ** 64n }],
    ['counter', 'invalid-counter', { type: 'hotp', counter: '1' }],
    ['image', 'invalid-argument', { image: '' }],
    ['image', 'invalid-argument', { image: 7 }],
  ];
  it.each(refused)('refuses a bad %s at once with %s: %o', (parameter, code, options) => {
    const error = thrown(() => buildOtpauthUri({ ...plain, ...options }));
    expect(error.code).toBe(code);
    expect(error.message).toContain(parameter);
    expect(error.message).not.toContain(BASE32);
  });

  it('refuses to work without options', () => {
    expect(thrown(() => buildOtpauthUri(undefined as unknown as OtpauthOptions)).code).toBe('invalid-argument');
  });

  it('takes bytes of another realm, as a frame or a sandbox gives (T5)', () => {
    const foreign = runInNewContext('Uint8Array').from(secret) as Uint8Array;
    expect(foreign).not.toBeInstanceOf(Uint8Array);
    expect(buildOtpauthUri({ ...plain, secret: foreign })).toBe(buildOtpauthUri(plain));
    expect(formatSecret(foreign)).toBe(formatSecret(secret));
    expect(parseMigrationUri(buildMigrationUris([{ ...plain, secret: foreign }])[0]!).accounts[0]!.secret).toEqual(
      secret,
    );
  });

  it.each<[string, unknown]>([
    ['not undefined', undefined],
    ['not null', null],
    ['not text: decode it with secretFromBase32', BASE32],
    ['not an array: use Uint8Array.from', [...secret]],
    ['not number', 7],
    ['not object', new Proxy(secret, {})],
    ['not object', new Float32Array(20)],
    ['not 0 bytes', new Uint8Array(0)],
    ['not 129 bytes', new Uint8Array(129)],
  ])('says of a secret that it must be bytes, %s (T9)', (message, given) => {
    const error = thrown(() => buildOtpauthUri({ ...plain, secret: given as Uint8Array }));
    expect(error.code).toBe('invalid-secret');
    expect(error.message).toContain(message);
    expect(error.message).not.toContain(BASE32);
  });

  it('says what is missing, and no more than that it is (T9)', () => {
    expect(thrown(() => buildOtpauthUri({ account: 'alice', secret } as OtpauthOptions)).message).toBe(
      "issuer ('' for none) is missing",
    );
    expect(thrown(() => buildOtpauthUri({ issuer: '', secret } as OtpauthOptions)).message).toBe('account is missing');
    expect(thrown(() => buildOtpauthUri({ ...plain, account: ' ' })).message).toBe('account is empty');
  });

  it('builds nothing that the parser would not take back', () => {
    const longest = buildOtpauthUri({
      ...plain,
      account: 'x'.repeat(16_384 - buildOtpauthUri({ ...plain, account: 'x' }).length + 1),
    });
    expect(longest).toHaveLength(16_384);
    expect(parseOtpauthUri(longest).issuer).toBe('Example');
    const error = thrown(() => buildOtpauthUri({ ...plain, account: 'x'.repeat(16_384) }));
    expect(error.code).toBe('invalid-argument');
    expect(error.message).toContain('16,384');
  });

  it('takes only the bytes of a view (defect 11)', () => {
    const buffer = new Uint8Array(64).fill(0xff).buffer;
    const view = new Uint8Array(buffer, 4, 20);
    view.set(secret);
    expect(buildOtpauthUri({ ...plain, secret: view })).toContain(`secret=${BASE32}&`);
  });
});

describe('round trips', () => {
  it('gives back every account, whatever its names hold', () => {
    fc.assert(
      fc.property(account, (given) => {
        expect(parseOtpauthUri(buildOtpauthUri(given))).toStrictEqual(given);
      }),
      { numRuns: 3000 },
    );
  });

  it('reads alike to the URL class, which decodes "+" as a space', () => {
    fc.assert(
      fc.property(name, accountName, fc.uint8Array({ minLength: 1, maxLength: 64 }), (issuer, account, secret) => {
        const uri = buildOtpauthUri({ issuer, account, secret });
        const url = new URL(uri);
        expect(uri).not.toContain('+');
        expect(url.hash).toBe('');
        expect(url.searchParams.get('issuer') ?? '').toBe(issuer);
        expect(decodeURIComponent(url.pathname.split(':').at(-1)!.replace(/^\//, ''))).toBe(account);
      }),
      { numRuns: 1000 },
    );
  });

  it.each([
    ['A:B', 'x:y'],
    ['100% & more #1 + a/b?c=d', 'é+ü@example.com'],
    ['שלום עולם', 'مثال'],
    ['🏦 Bank', '👩🏽‍💻:🔑'],
    ['', 'a:b:c'],
    [':', ':'],
    ['%3A', '%3A:%253A'],
    ['line\nbreak\u0000', 'tab\there'],
  ])('keeps issuer %j and account %j (defect 10)', (issuer, account) => {
    const uri = buildOtpauthUri({ issuer, account, secret });
    expect(parseOtpauthUri(uri)).toMatchObject({ issuer, account });
    expect(uri).toMatch(/^[!-~]+$/);
    expect(uri).not.toContain('+');
  });
});
