import { hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import {
  buildMigrationUris,
  buildOtpauthUri,
  checkCompatibility,
  findQr,
  formatSecret,
  mergeMigrationBatches,
  missingMigrationBatches,
  type OtpauthOptions,
  parseMigrationUri,
  parseOtpauthUri,
  qrMatrix,
  readQr,
  renderQrDataUrl,
  renderQrPng,
  renderQrSvg,
  renderQrTerminal,
} from '@countersign/qr-provisioning-uri';
import { rasteriseBlocks, rasteriseSvg, toRgba } from '@countersign/testing/raster';
import type { Checks, Suite } from '../checks.ts';
import migration from '../vectors/otpauth-migration.json' with { type: 'json' };

const SECRET = utf8ToBytes('12345678901234567890');
const BASE32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';

/** Key URIs, export URIs and QR codes: there and back. */
export const qrProvisioningUri: Suite = {
  name: 'qr-provisioning-uri',
  declare(checks) {
    declareNames(checks);
    declareUris(checks);
    declareRefusals(checks);
    declareMigration(checks);
    declareQr(checks);
  },
};

function declareNames({ equal }: Checks): void {
  const names = [
    ['A:B', 'x:y'],
    ['100% & more #1 + a/b?c=d', 'é+ü@example.com'],
    ['שלום עולם', 'مثال'],
    ['🏦 Bank', '👩🏽‍💻:🔑'],
    ['', 'a:b:c'],
    [':', ':'],
    ['%3A', '%3A:%253A'],
    ['Große Bank', 'ſ\u0131\u0130'],
    ['line\nbreak\u0000', 'tab\there'],
  ] as const;
  for (const [issuer, account] of names) {
    const uri = (): string => buildOtpauthUri({ issuer, account, secret: SECRET });
    const name = `defect 10: ${JSON.stringify([issuer, account])}`;
    equal(`${name} come back`, () => parseOtpauthUri(uri()), {
      type: 'totp',
      issuer,
      account,
      secret: SECRET,
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    });
    equal(`${name} are encoded`, () => [/^[!-~]+$/.test(uri()), uri().includes('+')], [true, false]);
    equal(`${name} read alike to the URL class`, () => new URL(uri()).searchParams.get('issuer') ?? '', issuer);
    equal(`${name} are drawn and read`, () => readQr(toRgba(rasteriseSvg(renderQrSvg(uri())), 3)) === uri(), true);
  }
  equal(
    'defect 10: %20 and never +',
    () => buildOtpauthUri({ issuer: 'A:B', account: 'x:y + z', secret: SECRET }),
    `otpauth://totp/A%3AB:x%3Ay%20%2B%20z?secret=${BASE32}&issuer=A%3AB`,
  );
}

function declareUris({ equal }: Checks): void {
  const common = { issuer: 'Example', account: 'alice', secret: SECRET };
  const accounts: OtpauthOptions[] = [
    { ...common, type: 'totp', algorithm: 'SHA256', digits: 8, period: 60, image: 'https://example.com/a b.png' },
    { ...common, type: 'totp', algorithm: 'SHA512', digits: 10, period: 86_400 },
    { ...common, type: 'hotp', algorithm: 'SHA1', digits: 7, counter: 2 ** 53 - 1 },
    { ...common, type: 'hotp', algorithm: 'SHA1', digits: 6, counter: 2n ** 64n - 1n },
  ];
  for (const [index, account] of accounts.entries()) {
    equal(`account ${index + 1} comes back`, () => parseOtpauthUri(buildOtpauthUri(account)), account);
  }
  equal(
    'scheme, type, names and algorithm in any case',
    () =>
      parseOtpauthUri(`OTPAuth://TOTP/alice?SECRET=${BASE32.toLowerCase()}&Issuer=Example&ALGORITHM=sha256&Digits=7`),
    { ...common, type: 'totp', algorithm: 'SHA256', digits: 7, period: 30 },
  );
  equal('a secret for typing', () => formatSecret(SECRET), 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ');
  equal('the defaults give no warning', () => checkCompatibility(common), []);
  equal('a period of 60 s gives warnings', () => checkCompatibility({ ...common, period: 60 }).length > 0, true);
}

function declareRefusals({ throws }: Checks): void {
  const secret = `secret=${BASE32}`;
  const refused = [
    `otpauth://totp/a?${secret}&digits=500000000`,
    `otpauth://hotp/a?${secret}&counter=-1`,
    `otpauth://hotp/a?${secret}&counter=1e20`,
    `otpauth://hotp/a?${secret}&counter=18446744073709551616`,
    `otpauth://totp/a?${secret}&period=0`,
    `otpauth://totp/a?${secret}&${secret}`,
    `otpauth://totp/a?${secret}&%73ecret=${BASE32}`,
    'otpauth://totp/a?issuer=x',
    `otpauth://totp?${secret}`,
    `otpauth://totp/?${secret}`,
    `otpauth://totp/a?${secret}&digits=%D9%A6`,
    `otpauth://totp/a?${secret}&algorithm=%C5%BFHA1`,
    `otpauth://totp/a?${secret}&algorithm=MD5`,
    `otpauth://totp/a?${secret}#x`,
    `otpauth://totp/a?${secret}&issuer=%E9`,
    `otpauth://totp/a?${secret}&issuer=%ED%A0%80`,
    `otpauth://totp/a?${secret}&issuer=\ud800`,
    `otpauth://totp:80/a?${secret}`,
    `otpauth:///a?${secret}`,
    `otpauth:totp/a?${secret}`,
    `https://totp/a?${secret}`,
    BASE32,
  ];
  for (const uri of refused) {
    throws(`defect 7: ${JSON.stringify(uri)}`, () => parseOtpauthUri(uri), 'invalid-uri', BASE32.slice(0, 8));
  }
  for (const [place, value] of [
    undefined,
    null,
    7,
    {},
    [],
    new String('otpauth://totp/a?secret=AA'),
    new URL('otpauth://totp/a?secret=AA'),
  ].entries()) {
    throws(`what is no text, ${place + 1}`, () => parseOtpauthUri(value as string), 'invalid-uri');
    throws(`what is no text, ${place + 1}, as an export`, () => parseMigrationUri(value as string), 'invalid-uri');
  }
}

function declareMigration({ equal, throws }: Checks): void {
  const { dataBase64, secretHex, issuer } = migration.publicExample;
  const uri = `otpauth-migration://offline?data=${encodeURIComponent(dataBase64)}`;
  const account = {
    type: 'totp',
    issuer,
    account: 'alice@google.com',
    secret: hexToBytes(secretHex),
    algorithm: 'SHA1',
    digits: 6,
    period: 30,
  } as const;
  equal('the public export', () => parseMigrationUri(uri), {
    accounts: [account],
    batch: { id: 0, index: 0, size: 1 },
  });

  const random = (length: number): Uint8Array => Uint8Array.from({ length }, (_, index) => 0xff - index);
  const accounts = Array.from({ length: 23 }, (_, index) => ({
    ...account,
    account: `usér ${index}: 🔑`,
    algorithm: (['SHA1', 'SHA256', 'SHA512'] as const)[index % 3]!,
    digits: index % 2 === 0 ? 6 : 8,
  }));
  const uris = (): string[] => buildMigrationUris(accounts, { random });
  equal(
    'an export of 23 accounts, in three QR codes',
    () => uris().map((each) => readQr(toRgba(rasteriseSvg(renderQrSvg(each)), 2)) === each),
    [true, true, true],
  );
  equal(
    'comes back in whatever order it was scanned',
    () =>
      mergeMigrationBatches(
        uris()
          .map((each) => parseMigrationUri(each))
          .reverse(),
      ),
    accounts,
  );
  equal('tells what is still to be scanned', () => missingMigrationBatches([parseMigrationUri(uris()[1]!)]), [0, 2]);
  throws(
    'but not with one missing',
    () =>
      mergeMigrationBatches(
        uris()
          .slice(1)
          .map((each) => parseMigrationUri(each)),
      ),
    'invalid-uri',
  );
  for (const counter of [0, 2 ** 53 - 1, 2n ** 53n + 1n, 2n ** 63n - 1n]) {
    equal(
      `an exported counter of ${counter}`,
      () =>
        parseMigrationUri(buildMigrationUris([{ issuer, account: 'a', secret: SECRET, type: 'hotp', counter }])[0]!)
          .accounts[0]?.counter,
      counter,
    );
  }
  throws(
    'a period that the format cannot carry',
    () => buildMigrationUris([{ ...account, period: 60 }]),
    'unsupported',
  );
  throws('what is no Base64', () => parseMigrationUri('otpauth-migration://offline?data=%C5%BF'), 'invalid-uri');
}

function declareQr({ equal, record, throws }: Checks): void {
  const texts = ['a', '0123456789', 'HTTPS://EXAMPLE.COM/A-B', 'naïve ☃ 🔑 текст', ' spaces ', 'x'.repeat(1000)];
  for (const text of texts) {
    const name = `QR code of ${JSON.stringify(text.slice(0, 30))}`;
    record(`${name}, drawing`, () => renderQrSvg(text));
    equal(`${name}, from its SVG`, () => readQr(toRgba(rasteriseSvg(renderQrSvg(text)), 3)), text);
    equal(
      `${name}, from terminal blocks`,
      () => readQr(toRgba(rasteriseBlocks(renderQrTerminal(text, { plain: 'light' })), 4)),
      text,
    );
  }
  const titled = { title: 'Código "QR" 🔑' };
  equal(
    'a data URL holds the drawing',
    () => decodeURIComponent(renderQrDataUrl('hello', titled).replace(/^[^,]*,/, '')) === renderQrSvg('hello', titled),
    true,
  );
  record('a PNG file', () => renderQrPng('hello', { scale: 3 }));
  equal('a matrix of modules', () => qrMatrix('hello').map((row) => row.length), Array(21).fill(21));
  const white = { data: new Uint8ClampedArray(4 * 300 * 200).fill(255), width: 300, height: 200 };
  equal('a picture without a QR code', () => findQr(white), null);
  // 21 modules of 5 pixels, after a quiet zone of 4.
  const expected = [20, 20, 125, 20, 125, 125, 20, 125];
  equal(
    'corners of a QR code, to a pixel and a half',
    () =>
      findQr(toRgba(rasteriseSvg(renderQrSvg('corners')), 5))
        ?.corners.flatMap(({ x, y }) => [x, y])
        .map((value, place) => Math.abs(value - expected[place]!) < 1.5),
    Array(8).fill(true),
  );
  throws('options that are none', () => renderQrSvg('a', null as unknown as object), 'invalid-argument');
  throws('a colour that is an expression', () => renderQrSvg('a', { dark: 'expression' }), 'invalid-argument');
  throws(
    'a blank image has no QR code',
    () => readQr({ data: new Uint8ClampedArray(4 * 64 * 64), width: 64, height: 64 }),
    'invalid-qr',
  );
  throws('a text that is too long', () => renderQrSvg('a'.repeat(2332)), 'invalid-qr');
  throws('a colour that is more than a colour', () => renderQrSvg('a', { dark: 'url(#x)' }), 'invalid-argument');
}
