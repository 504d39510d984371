import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type { HotpAccount, MigrationBatch, OtpauthAccount, TotpAccount } from '../src/index.ts';
import { parseOtpauthUri, renderQrPng } from '../src/index.ts';

const uri = 'otpauth://hotp/Example:alice?secret=JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP&counter=7';

/** What createTotp of the totp package takes, as far as the type of an account goes. */
type TimeBased = { secret: Uint8Array; period?: number | undefined; type?: 'totp' | undefined };

describe('types', () => {
  it('tell a HOTP account from a TOTP account, so that one is never taken for the other (T8)', () => {
    expectTypeOf(parseOtpauthUri).returns.toEqualTypeOf<OtpauthAccount>();
    expectTypeOf<OtpauthAccount>().not.toExtend<TimeBased>();
    expectTypeOf<HotpAccount>().not.toExtend<TimeBased>();
    expectTypeOf<TotpAccount>().toExtend<TimeBased>();
    const account = parseOtpauthUri(uri);
    if (account.type === 'totp') expectTypeOf(account.period).toEqualTypeOf<number>();
    else expectTypeOf(account.counter).toEqualTypeOf<number | bigint>();
    expect(account.type).toBe('hotp');
    expect(account).not.toHaveProperty('period');
  });

  it('give bytes that WebCrypto takes (T8)', () => {
    expectTypeOf<OtpauthAccount['secret']>().toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    expectTypeOf<MigrationBatch['accounts'][number]['secret']>().toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    expectTypeOf(renderQrPng).returns.toEqualTypeOf<Uint8Array<ArrayBuffer>>();
    expect(parseOtpauthUri(uri).secret.buffer.byteLength).toBe(20);
  });

  it('need neither the DOM library nor those of Node (T8)', () => {
    const source = join(import.meta.dirname, '../src');
    const program = ts.createProgram(
      readdirSync(source).map((file) => join(source, file)),
      {
        lib: ['lib.es2022.d.ts'],
        types: [],
        target: ts.ScriptTarget.ES2022,
        module: ts.ModuleKind.NodeNext,
        moduleResolution: ts.ModuleResolutionKind.NodeNext,
        strict: true,
        noEmit: true,
        allowImportingTsExtensions: true,
        skipLibCheck: true,
      },
    );
    const faults = ts
      .getPreEmitDiagnostics(program)
      .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, ' '));
    // Two functions that every runtime has are called inside, and stand in no declaration.
    expect(faults.filter((text) => !/^Cannot find name '(atob|btoa)'/.test(text))).toStrictEqual([]);
  });
});
