import { createHmac } from 'node:crypto';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { hasProgram, run } from '@countersign/testing/programs';
import { rasteriseBlocks, rasteriseSvg } from '@countersign/testing/raster';
import { seededRandom } from '@countersign/testing/seeded-random';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  buildMigrationUris,
  buildOtpauthUri,
  type OtpauthOptions,
  renderQrDataUrl,
  renderQrPng,
  renderQrSvg,
  renderQrTerminal,
} from '../src/index.ts';
import { toPng } from './support/png.ts';

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), 'countersign-'));
});
afterAll(() => {
  rmSync(directory, { recursive: true });
});

const random = seededRandom('cross-check');
const modes: OtpauthOptions[] = [
  { issuer: 'Example', account: 'alice', secret: random(20) },
  { issuer: 'Example Bank', account: 'bob@example.com', secret: random(32), algorithm: 'SHA256', digits: 8 },
  { issuer: 'Exämple & Söhne', account: 'zoë:#1 100% +', secret: random(64), algorithm: 'SHA512' },
  { issuer: 'Example', account: 'carol', secret: random(20), period: 60 },
  { issuer: '銀行', account: '👩🏽‍💻', secret: random(16), period: 60, algorithm: 'SHA256', digits: 8 },
];

describe.runIf(hasProgram('zbarimg'))('zbarimg', () => {
  function scanned(png: Uint8Array): string {
    const file = join(directory, 'q.png');
    writeFileSync(file, png);
    return run('zbarimg', ['-q', '--raw', '-Sdisable', '-Sqrcode.enable', file]);
  }

  const texts = [
    ...modes.map((mode) => buildOtpauthUri(mode)),
    ...buildMigrationUris(
      Array.from({ length: 13 }, (_, i) => ({
        issuer: 'Example',
        account: `user${i}@example.com`,
        secret: random(20),
      })),
    ),
    'HTTPS://EXAMPLE.COM/$%*+-./:',
    '0123456789012345678901234567890123456789',
  ];

  it.each(texts)('reads our SVG back byte for byte: %s', (text) => {
    expect(scanned(toPng(rasteriseSvg(renderQrSvg(text)), 4))).toBe(text);
  });

  it.each(texts)('reads our PNG back byte for byte: %s', (text) => {
    expect(scanned(renderQrPng(text))).toBe(text);
    expect(scanned(renderQrPng(text, { scale: 3 }))).toBe(text);
  });

  it('reads it at every error correction, and out of the data URL', () => {
    for (const errorCorrection of ['low', 'medium', 'quartile', 'high'] as const) {
      const url = renderQrDataUrl(texts[0]!, { errorCorrection });
      const svg = decodeURIComponent(url.slice(url.indexOf(',') + 1));
      expect(scanned(toPng(rasteriseSvg(svg), 3))).toBe(texts[0]);
    }
  });

  it('reads our drawing for terminals', () => {
    const blocks = renderQrTerminal(texts[1]!, { plain: 'light' });
    expect(scanned(toPng(rasteriseBlocks(blocks), 4))).toBe(texts[1]);
  });
});

/** RFC 6238, from Node's own crypto. */
function code({ secret, algorithm = 'SHA1', digits = 6, period = 30 }: OtpauthOptions, now: number): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(now / 1000 / period)));
  const digest = createHmac(algorithm, secret).update(counter).digest();
  const truncated = digest.readUInt32BE(digest.at(-1)! & 15) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

describe.runIf(hasProgram('keepassxc-cli'))('keepassxc-cli', () => {
  const escaped = (text: string) => text.replaceAll('&', '&amp;').replaceAll('<', '&lt;');
  const uuid = (n: number) => Buffer.from(String(n).padStart(16, '0')).toString('base64');
  const password = 'only for this test';

  it('imports our URIs and shows the same codes', () => {
    const entries = modes.map(
      (mode, i) =>
        `<Entry><UUID>${uuid(i + 1)}</UUID><String><Key>Title</Key><Value>entry${i}</Value></String>` +
        `<String><Key>otp</Key><Value ProtectInMemory="True">${escaped(buildOtpauthUri(mode))}</Value></String></Entry>`,
    );
    const xml = join(directory, 'import.xml');
    writeFileSync(
      xml,
      `<?xml version="1.0" encoding="utf-8"?><KeePassFile><Meta><Generator>test</Generator></Meta><Root><Group>` +
        `<UUID>${uuid(0)}</UUID><Name>Root</Name>${entries.join('')}</Group></Root></KeePassFile>`,
    );
    const database = join(directory, 'import.kdbx');
    run('keepassxc-cli', ['import', '-q', '-p', '-t', '100', xml, database], `${password}\n${password}\n`);
    for (const [i, mode] of modes.entries()) {
      const before = Date.now();
      const shown = run('keepassxc-cli', ['show', '-q', '-t', database, `entry${i}`], `${password}\n`);
      // A step may end while the program runs.
      expect([code(mode, before), code(mode, Date.now())]).toContain(shown);
    }
  });
});
