import { utf8ToBytes } from '@countersign/primitives/bytes';
import {
  createHotp,
  createTotp,
  generateSecret,
  normalizeCode,
  secretFromBase32,
  secretFromHex,
  secretToBase32,
} from '@countersign/totp';
import * as sha1Entry from '@countersign/totp/sha1';
import type { Checks, Suite } from '../checks.ts';
import { hostileInputs } from './hostile-input.ts';

const SECRET = utf8ToBytes('12345678901234567890');
/** In the time step whose code is 026920. */
const clock = { after: null, now: 900_000 };

/** HOTP and TOTP: what is refused, of users' input and of programmers' parameters. */
export const totpRefusals: Suite = {
  name: 'totp refusals',
  declare(checks) {
    declareHostileInput(checks);
    declareConstruction(checks);
    declareSecrets(checks);
  },
};

const nameOf = (value: unknown): string => `${typeof value} ${value}`;

function declareHostileInput({ equal }: Checks): void {
  // Counter 30 gives 026920.
  const hotp = createHotp({ secret: SECRET });
  const totp = createTotp({ secret: SECRET });
  const sha1 = sha1Entry.createTotp({ secret: SECRET });
  equal(
    'defect 5: 026920 itself is right',
    () => [hotp.verify('026920', { counter: 30 }).ok, totp.verify('026920', clock).ok],
    [true, true],
  );
  for (const [name, input] of hostileInputs) {
    const judgements = (): unknown[] => [
      hotp.verify(input, { counter: 30 }),
      totp.verify(input, clock),
      sha1.verify(input, clock),
      totp.resynchronize(input, clock),
      totp.resynchronize(['026920', input], clock),
      hotp.resynchronize([input, '026920'], { counter: 30 }),
    ];
    equal(`defect 5: ${name}`, judgements, Array(6).fill({ ok: false, reason: 'malformed' }));
  }
  for (const typed of [
    '\u202a026\u2060920\u202c',
    '026 920',
    '026-920',
    ' 026\u00a0920\n',
    '\u2009026\u2013920\u200b',
  ]) {
    equal(`normalized: ${JSON.stringify(typed)}`, () => normalizeCode(typed), '026920');
  }
}

function declareConstruction({ equal, throws }: Checks): void {
  for (const digits of [0, -1, -3, 5, 11, 6.5, Number.NaN, 1e6, '6', null]) {
    throws(
      `defect 6: digits ${nameOf(digits)}`,
      () => createTotp({ secret: SECRET, digits: digits as number }),
      'invalid-digits',
    );
  }
  for (const period of [0, -30, 0.5, Number.NaN, 86_401, '30', null]) {
    throws(
      `defect 6: period ${nameOf(period)}`,
      () => createTotp({ secret: SECRET, period: period as number }),
      'invalid-period',
    );
  }
  for (const window of [Number.NaN, 0.5, '1', -1, 11, 1e5, null]) {
    const verify = (): unknown =>
      createTotp({ secret: SECRET }).verify('026920', { after: null, window: window as number });
    throws(`defect 6: window ${nameOf(window)}`, verify, 'invalid-window');
  }
  for (const secret of [
    null,
    '12345678901234567890',
    [1, 2, 3],
    new Uint8Array(0),
    new Uint8Array(15),
    new ArrayBuffer(20),
  ]) {
    throws(
      `secret ${Object.prototype.toString.call(secret)}`,
      () => createTotp({ secret: secret as Uint8Array }),
      'invalid-secret',
    );
  }
  equal(
    'defect 11: views are respected, and later changes change nothing',
    () => {
      const buffer = new Uint8Array(64).fill(0xaa);
      buffer.set(SECRET, 4);
      const key = createTotp({ secret: new Uint8Array(buffer.buffer, 4, 20) });
      buffer.fill(0);
      return key.generate({ now: clock.now });
    },
    '026920',
  );
  equal(
    'a key shows nothing',
    () => JSON.stringify([createTotp({ secret: SECRET }), createHotp({ secret: SECRET })]),
    '[{},{}]',
  );
}

function declareSecrets({ equal, throws }: Checks): void {
  equal(
    'secrets are as long as the hash',
    () => (['SHA1', 'SHA256', 'SHA512'] as const).map((algorithm) => generateSecret({ algorithm }).length),
    [20, 32, 64],
  );
  equal('secrets differ', () => new Set([generateSecret(), generateSecret()].map(secretToBase32)).size, 2);
  equal('a secret as Base32', () => secretToBase32(SECRET), 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  equal('a secret as people type it', () => secretFromBase32('gezd gnbv-gy3t qojq gezd gnbv gy3t qojq'), SECRET);
  equal('a secret from hexadecimal', () => secretFromHex('31:32 33-3A'), utf8ToBytes('123:'));
  for (const text of ['', '123', '0x31', '3１']) {
    throws(`hexadecimal ${JSON.stringify(text)}`, () => secretFromHex(text), 'invalid-secret');
  }
  throws(
    'an account of HOTP makes no TOTP key',
    () => createTotp({ secret: SECRET, type: 'hotp' as never }),
    'invalid-argument',
  );
  throws(
    'an account of TOTP makes no HOTP key',
    () => createHotp({ secret: SECRET, type: 'totp' as never }),
    'invalid-argument',
  );
  const refused = [
    '1',
    '0',
    '8',
    'MZXW\t6YT',
    'MZ=W6YTB',
    'M',
    'MZX',
    'MZXW6Y',
    'MZ',
    'MZXR',
    'MZXW7',
    'MZXW6YR',
    '',
    '======',
    'MZXW6YT\u0131',
  ];
  for (const text of refused) {
    throws(
      `defect 9: ${JSON.stringify(text)}`,
      () => secretFromBase32(text),
      'invalid-base32',
      text.length > 3 ? text : undefined,
    );
  }
}
