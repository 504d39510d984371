import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { buildOtpauthUri, type OtpauthAccount, parseOtpauthUri } from '../src/uri.ts';
import { account } from './support/arbitraries.ts';
import { thrown } from './support/thrown.ts';
import base32 from './vectors/rfc4648-base32.json' with { type: 'json' };

const SECRET = 'JBSWY3DPEHPK3PXP';
const bytes = Uint8Array.from([0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x21, 0xde, 0xad, 0xbe, 0xef]);

describe('what is tolerated', () => {
  it('fills in every default', () => {
    expect(parseOtpauthUri(`otpauth://totp/Example:alice@google.com?secret=${SECRET}&issuer=Example`)).toStrictEqual({
      type: 'totp',
      issuer: 'Example',
      account: 'alice@google.com',
      secret: bytes,
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    });
    expect(parseOtpauthUri(`otpauth://hotp/alice?secret=${SECRET}`)).toStrictEqual({
      type: 'hotp',
      issuer: '',
      account: 'alice',
      secret: bytes,
      algorithm: 'SHA1',
      digits: 6,
      counter: 0,
    });
  });

  it('reads every parameter', () => {
    const uri = `otpauth://hotp/a?secret=${SECRET}&algorithm=SHA512&digits=8&counter=42&image=https%3A%2F%2Fa.example%2Fl.png`;
    expect(parseOtpauthUri(uri)).toMatchObject({
      algorithm: 'SHA512',
      digits: 8,
      counter: 42,
      image: 'https://a.example/l.png',
    });
    expect(parseOtpauthUri(`otpauth://totp/a?secret=${SECRET}&period=60`)).toMatchObject({ period: 60 });
  });

  it('takes scheme, type, names and algorithm in any case', () => {
    expect(parseOtpauthUri(`OTPAuth://TOTP/a?SECRET=${SECRET}&Issuer=E&ALGORITHM=sha256&Digits=7`)).toMatchObject({
      type: 'totp',
      issuer: 'E',
      algorithm: 'SHA256',
      digits: 7,
    });
  });

  it("takes Apple's scheme, which is for time-based codes only", () => {
    expect(parseOtpauthUri(`apple-otpauth://totp/a?secret=${SECRET}`)).toMatchObject({ type: 'totp' });
    expect(thrown(() => parseOtpauthUri(`apple-otpauth://hotp/a?secret=${SECRET}`)).message).toContain('type');
  });

  it('takes Base32 in lower case, in groups, with padding, encoded or not', () => {
    for (const text of ['jbswy3dpehpk3pxp', 'JBSW%20Y3DP-EHPK 3PXP', 'JBSWY3DPEHPK3PXP']) {
      expect(parseOtpauthUri(`otpauth://totp/a?secret=${text}`).secret).toEqual(bytes);
    }
    for (const text of ['MZXW6YTBOI======', 'MZXW6YTBOI%3D%3D%3d%3D%3D%3D', 'mzxw6ytboi']) {
      expect(parseOtpauthUri(`otpauth://totp/a?secret=${text}`).secret).toEqual(new TextEncoder().encode('foobar'));
    }
  });

  it('reads the vectors of RFC 4648 §10 as secrets, and builds them without padding', () => {
    for (const [text, encoded] of base32.vectors.slice(1) as [string, string][]) {
      const { secret } = parseOtpauthUri(`otpauth://totp/a?secret=${encoded}`);
      expect(new TextDecoder().decode(secret)).toBe(text);
      expect(buildOtpauthUri({ issuer: '', account: 'a', secret })).toBe(
        `otpauth://totp/a?secret=${encoded.replace(/=+$/, '')}`,
      );
    }
  });

  it('ignores unknown parameters, also twice, and empty ones between', () => {
    const uri = `otpauth://totp/a?&secret=${SECRET}&&color=red&color=blue&lock&__proto__=1&constructor=x&x=%FF`;
    expect(parseOtpauthUri(uri).secret).toEqual(bytes);
  });

  it('drops white space around the URI', () => {
    expect(parseOtpauthUri(`\n otpauth://totp/a?secret=${SECRET}\r\n`).account).toBe('a');
  });

  it('takes raw spaces and letters that were not encoded', () => {
    expect(parseOtpauthUri(`otpauth://totp/Große Bank:zoë?secret=${SECRET}&issuer=Große Bank`)).toMatchObject({
      issuer: 'Große Bank',
      account: 'zoë',
    });
  });

  it('checks and drops a period beside a counter, and a counter beside a period', () => {
    expect(parseOtpauthUri(`otpauth://hotp/a?secret=${SECRET}&counter=1&period=30`)).not.toHaveProperty('period');
    expect(parseOtpauthUri(`otpauth://totp/a?secret=${SECRET}&counter=1&period=30`)).not.toHaveProperty('counter');
    expect(thrown(() => parseOtpauthUri(`otpauth://hotp/a?secret=${SECRET}&period=0`)).message).toContain('period');
    expect(thrown(() => parseOtpauthUri(`otpauth://totp/a?secret=${SECRET}&counter=-1`)).message).toContain('counter');
  });

  it('reads counters exactly, as a bigint above 2^53-1', () => {
    const counter = (text: string) => parseOtpauthUri(`otpauth://hotp/a?secret=${SECRET}&counter=${text}`).counter;
    expect(counter('9007199254740991')).toBe(9007199254740991);
    expect(counter('9007199254740992')).toBe(9007199254740992n);
    expect(counter('18446744073709551615')).toBe(18446744073709551615n);
    expect(counter('007')).toBe(7);
  });

  it('takes secrets of 1 to 128 bytes as they are', () => {
    expect(parseOtpauthUri('otpauth://totp/a?secret=AA').secret).toEqual(new Uint8Array(1));
    const longest = buildOtpauthUri({ issuer: '', account: 'a', secret: new Uint8Array(128).fill(7) });
    expect(parseOtpauthUri(longest).secret).toHaveLength(128);
    expect(thrown(() => parseOtpauthUri(longest.replace('secret=', 'secret=AAAAAAAA'))).message).toContain('secret');
  });
});

describe('issuer and account', () => {
  const cases: [string, string, string, string][] = [
    // [label, issuer parameter, issuer, account]
    ['alice', '', '', 'alice'],
    ['Example:alice', '', 'Example', 'alice'],
    ['Example:alice', '&issuer=Example', 'Example', 'alice'],
    ['Example:alice', '&issuer=', 'Example', 'alice'],
    ['Example:alice', '&issuer=Other', 'Other', 'alice'],
    ['alice', '&issuer=Example', 'Example', 'alice'],
    ['Example%3Aalice', '', 'Example', 'alice'],
    ['Example%3aalice', '&issuer=Other', 'Other', 'alice'],
    ['Example:%20%20alice', '', 'Example', 'alice'],
    ['Example:%20alice', '&issuer=Example', 'Example', 'alice'],
    ['%20alice', '', '', 'alice'],
    [':bob', '', '', 'bob'],
    ['%3Abob', '', '', 'bob'],
    [':bob', '&issuer=Example', 'Example', 'bob'],
    [':x:y', '', '', 'x:y'],
    ['A%3AB:x%3Ay', '&issuer=A%3AB', 'A:B', 'x:y'],
    ['A%3AB%3Ax%3Ay', '&issuer=A%3AB', 'A:B', 'x:y'],
    ['A:B:x:y', '&issuer=A%3AB', 'A:B', 'x:y'],
    ['A%3AB:x%3Ay', '', 'A:B', 'x:y'],
    ['A%3AB:x%3Ay', '&issuer=C', 'C', 'x:y'],
    ['Example', '&issuer=Example', 'Example', 'Example'],
    ['ExampleX:alice', '&issuer=Example', 'Example', 'alice'],
    ['a/b:c/d', '', 'a/b', 'c/d'],
    ['a+b:c+d', '&issuer=a+b', 'a+b', 'c+d'],
    ['a%20b:c', '&issuer=a+b', 'a b', 'c'],
    ['c', '&issuer=a+b', 'a+b', 'c'],
    ['a%2Bb:c', '&issuer=a%2Bb', 'a+b', 'c'],
    ['x', '&issuer=a=b', 'a=b', 'x'],
  ];
  it.each(cases)('label %s with "%s" is issuer %j and account %j', (label, parameter, issuer, account) => {
    expect(parseOtpauthUri(`otpauth://totp/${label}?secret=${SECRET}${parameter}`)).toMatchObject({ issuer, account });
  });
});

describe('what is refused (defect 7, and more)', () => {
  const long = 'A'.repeat(208);
  const refused: [string, string][] = [
    // [uri, named in the message]; the first eight are defect 7
    [`otpauth://totp/a?secret=${SECRET}&digits=500000000`, 'digits'],
    [`otpauth://hotp/a?secret=${SECRET}&counter=-1`, 'counter'],
    [`otpauth://hotp/a?secret=${SECRET}&counter=1e20`, 'counter'],
    [`otpauth://totp/a?secret=${SECRET}&period=0`, 'period'],
    [`otpauth://totp/a?secret=${SECRET}&secret=${SECRET}`, 'secret'],
    ['otpauth://totp/a', 'secret'],
    ['otpauth://totp/a?issuer=x', 'secret'],
    [`otpauth://totp?secret=${SECRET}`, 'label'],
    [`otpauth://totp/?secret=${SECRET}`, 'label'],
    [`otpauth://totp/:?secret=${SECRET}`, 'account'],
    [`otpauth://totp/Example:%20?secret=${SECRET}`, 'account'],
    [`otpauth://totp/Example:?secret=${SECRET}&issuer=Example`, 'account'],
    [`otpauth://totp/a?secret=${SECRET}&Secret=${SECRET}`, 'secret'],
    [`otpauth://totp/a?secret=${SECRET}&%73ecret=${SECRET}`, 'secret'],
    [`otpauth://totp/a?secret=${SECRET}&issuer=a&ISSUER=a`, 'issuer'],
    [`otpauth://totp/a?secret=${SECRET}&issuer=&issuer=a`, 'issuer'],
    [`otpauth://totp/a?secret=${SECRET}&digits=6&digits=6`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&algorithm`, 'algorithm'],
    [`otpauth://totp/a?secret=${SECRET}&image=`, 'image'],
    ['otpauth://totp/a?secret=', 'secret'],
    ['otpauth://totp/a?secret=%20', 'secret'],
    [`otpauth://totp/a?secret=${long}`, 'secret'],
    [`otpauth://totp/a?secret=${SECRET}&digits=5`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=11`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=6.0`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=+6`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=%206`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=0x6`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&digits=%D9%A6`, 'digits'],
    [`otpauth://totp/a?secret=${SECRET}&period=86401`, 'period'],
    [`otpauth://totp/a?secret=${SECRET}&period=-30`, 'period'],
    [`otpauth://totp/a?secret=${SECRET}&period=1e1`, 'period'],
    [`otpauth://hotp/a?secret=${SECRET}&counter=18446744073709551616`, 'counter'],
    [`otpauth://hotp/a?secret=${SECRET}&counter=${'0'.repeat(20)}1`, 'counter'],
    [`otpauth://totp/a?secret=${SECRET}&algorithm=MD5`, 'algorithm'],
    [`otpauth://totp/a?secret=${SECRET}&algorithm=%C5%BFHA1`, 'algorithm'],
    [`otpauth://totp/a?secret=${SECRET}&algorithm=constructor`, 'algorithm'],
    [`otpauth://totp/a?secret=${SECRET}#x`, '#'],
    [`otpauth://totp/A#B:a?secret=${SECRET}`, '#'],
    [`otpauth://totp/a?secret=${SECRET}&issuer=%`, 'issuer'],
    [`otpauth://totp/a?secret=${SECRET}&issuer=%E9`, 'issuer'],
    [`otpauth://totp/a?secret=${SECRET}&issuer=%ED%A0%80`, 'issuer'],
    [`otpauth://totp/%zz?secret=${SECRET}`, 'label'],
    [`otpauth://totp/a?secret=${SECRET}&%=1`, 'parameter'],
    [`otpauth://totp/a?secret=${SECRET}&issuer=\ud800`, 'surrogates'],
    [`otpauth://totp/a?sec\nret=${SECRET}`, 'control'],
    [`otpauth://totp/a\u0000?secret=${SECRET}`, 'control'],
    [`otpauth://steam/a?secret=${SECRET}`, 'type'],
    [`otpauth:///a?secret=${SECRET}`, 'type'],
    [`otpauth://user@totp/a?secret=${SECRET}`, 'type'],
    [`otpauth://totp:80/a?secret=${SECRET}`, 'type'],
    [`https://totp/a?secret=${SECRET}`, 'scheme'],
    [`otpauth-migration://offline?data=AA`, 'scheme'],
    [`otpauth:totp/a?secret=${SECRET}`, 'uri'],
    ['', 'uri'],
    [SECRET, 'uri'],
  ];
  it.each(refused)('%j, naming %s', (uri, named) => {
    const error = thrown(() => parseOtpauthUri(uri));
    expect(error.code).toBe('invalid-uri');
    expect(error.message).toContain(named);
    expect(error.message).not.toContain(SECRET.slice(0, 8));
    expect(`${error.stack}`).not.toContain(SECRET);
  });

  it.each([
    '1',
    '0',
    '8',
    '%09',
    'MZXW6YQ=A',
    'A',
    'AAA',
    'AAAAAA',
    'AB',
    'MZXW7',
    'MZXW6YR=',
    '%C5%BFA',
    'MY=====',
    'M+',
  ])('refuses the secret %j, never giving a different key (defect 9)', (text) => {
    const error = thrown(() => parseOtpauthUri(`otpauth://totp/a?secret=${text}`));
    expect(error.code).toBe('invalid-uri');
    expect(error.message).toMatch(/^secret/);
  });

  it.each([
    undefined,
    null,
    7,
    {},
    [],
    new String('otpauth://totp/a?secret=AA'),
    new URL('otpauth://totp/a?secret=AA'),
  ])('refuses %j, which is no text', (uri) => {
    expect(thrown(() => parseOtpauthUri(uri as string)).code).toBe('invalid-uri');
  });

  it('throws nothing but its own error, whatever it is given', () => {
    const mutated = fc
      .tuple(account, fc.nat(), fc.string({ unit: 'binary', maxLength: 4 }))
      .map(([given, at, insert]) => {
        const uri = buildOtpauthUri(given);
        return uri.slice(0, at % uri.length) + insert + uri.slice((at % uri.length) + 1);
      });
    fc.assert(
      fc.property(fc.oneof(fc.string(), mutated), (uri) => {
        let parsed: OtpauthAccount;
        try {
          parsed = parseOtpauthUri(uri);
        } catch (error) {
          expect(error).toMatchObject({ name: 'CountersignError', code: 'invalid-uri' });
          return;
        }
        // What is taken can be built again and means the same.
        expect(parseOtpauthUri(buildOtpauthUri(parsed))).toStrictEqual(parsed);
      }),
      { numRuns: 3000 },
    );
  });

  it('does not look at more than 16,384 characters', () => {
    const fitting = `otpauth://totp/a?secret=${SECRET}&x=`;
    expect(parseOtpauthUri(fitting.padEnd(16_384, 'y')).account).toBe('a');
    for (const n of [16_385, 2_000_000]) {
      const error = thrown(() => parseOtpauthUri(fitting.padEnd(n, 'y')));
      expect(error.code).toBe('invalid-uri');
      expect(error.message).toContain('16,384');
    }
  });

  it('is done with hostile text of that length at once', () => {
    const n = 16_300;
    const fill = (text: string, room: number) => text.repeat(Math.floor(room / text.length));
    const hostile = [
      fill('otpauth://', n),
      `otpauth://totp/${fill('%3A', n - 100)}?secret=${SECRET}`,
      `otpauth://totp/${fill(':', n / 2 - 100)}?secret=${SECRET}&issuer=${fill(':', n / 2)}`,
      `otpauth://totp/a?secret=${fill('A', n - 100)}`,
      `otpauth://totp/a?secret=${fill('=', n - 100)}A`,
      `otpauth://totp/a?secret=${fill('- ', n - 100)}`,
      `otpauth://hotp/a?secret=${SECRET}&counter=${fill('9', n - 200)}`,
      `otpauth://totp/a?${fill('a=b&', n - 200)}secret=${SECRET}`,
      `otpauth://totp/a?${fill('%61&', n - 200)}secret=${SECRET}`,
      `otpauth://totp/a?secret=${SECRET}&issuer=${fill('%', n - 200)}`,
      `otpauth://totp/a?secret=${SECRET}&issuer=${fill('+', n - 200)}`,
      `${fill(' ', n / 2)}x${fill(' ', n / 2)}`,
      fill('-', n),
      fill('\ud83d', n),
    ];
    const start = performance.now();
    for (const uri of hostile) {
      try {
        parseOtpauthUri(uri);
      } catch (error) {
        expect(error).toMatchObject({ code: 'invalid-uri' });
        expect(`${(error as Error).message}`).not.toContain('16,384');
      }
    }
    // Quadratic work on one of them would take seconds; all of them take milliseconds.
    expect(performance.now() - start).toBeLessThan(2000);
  });
});
