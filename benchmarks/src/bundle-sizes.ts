import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { table } from './table.ts';

/** What an application would write to verify one code, or to build one link, with each library. */
const PROGRAMS: readonly { name: string; target?: number; code: string }[] = [
  { name: 'countersign, totp/sha1', target: 3400, code: "export { createTotp } from '@countersign/totp/sha1'" },
  { name: 'countersign, totp', target: 6600, code: "export { createTotp } from '@countersign/totp'" },
  {
    name: 'countersign, totp/sha1 from Base32',
    target: 4400,
    code: "export { createTotp, secretFromBase32 } from '@countersign/totp/sha1'",
  },
  { name: 'otpauth 9.5', code: "export { TOTP } from 'otpauth/dist/otpauth.esm.js'" },
  { name: 'otpauth 9.5, slim (noble not counted twice)', code: "export { TOTP } from 'otpauth/slim'" },
  { name: 'otplib 13.5', code: "export { verifySync } from 'otplib'" },
  { name: '@oslojs/otp 1.1', code: "export { verifyTOTPWithGracePeriod } from '@oslojs/otp'" },
  { name: '@epic-web/totp 4', code: "export { verifyTOTP } from '@epic-web/totp'" },
];

/** Bytes of each program, minified and gzipped as a browser would load it. */
export async function bundleSizes(): Promise<string> {
  const rows: string[][] = [];
  for (const { name, target, code } of PROGRAMS) {
    const { outputFiles } = await build({
      stdin: { contents: code, resolveDir: import.meta.dirname },
      bundle: true,
      minify: true,
      format: 'esm',
      platform: 'browser',
      external: ['crypto', 'node:crypto'],
      write: false,
      logLevel: 'error',
    });
    const bytes = outputFiles[0]!.contents;
    const size = gzipSync(bytes, { level: 9 }).length;
    const verdict = target === undefined ? '' : `≤ ${target.toLocaleString('en')} ${size <= target ? '✔' : '✘'}`;
    rows.push([name, size.toLocaleString('en'), verdict, bytes.length.toLocaleString('en')]);
  }
  return table(['Verify one code', 'gzip', 'target', 'minified'], rows);
}
