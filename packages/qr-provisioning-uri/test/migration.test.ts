import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { bytesToHex } from '@countersign/primitives/bytes';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  buildMigrationUris,
  type MigrationBatch,
  mergeMigrationBatches,
  missingMigrationBatches,
  type OtpauthOptions,
  parseMigrationUri,
} from '../src/migration.ts';
import { exportable } from './support/arbitraries.ts';
import { thrown } from './support/thrown.ts';
import vector from './vectors/otpauth-migration.json' with { type: 'json' };

const secret = new TextEncoder().encode('12345678901234567890');
const alice = {
  type: 'totp',
  issuer: 'Example',
  account: 'alice',
  secret,
  algorithm: 'SHA1',
  digits: 6,
  period: 30,
} as const;

/** A URI of what an independent writer of protobuf puts down. */
function written(write: (writer: BinaryWriter) => void): string {
  const writer = new BinaryWriter();
  write(writer);
  return uriOf(writer.finish());
}

function uriOf(payload: Uint8Array): string {
  return `otpauth-migration://offline?data=${encodeURIComponent(Buffer.from(payload).toString('base64'))}`;
}

/** A payload with one account, the given numbers in its fields 4 to 7. */
function numbered(fields: Partial<Record<4 | 5 | 6 | 7, number | bigint>>, name = 'Example:alice'): string {
  return written((writer) => {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).bytes(secret).tag(2, WireType.LengthDelimited).string(name);
    for (const [field, value] of Object.entries(fields)) writer.tag(Number(field), WireType.Varint).int64(value);
    writer.join();
  });
}

describe('the public example', () => {
  it('is read as published', () => {
    const { accounts, batch } = parseMigrationUri(
      `otpauth-migration://offline?data=${encodeURIComponent(vector.publicExample.dataBase64)}`,
    );
    expect(batch).toStrictEqual({ id: 0, index: 0, size: 1 });
    expect(accounts).toHaveLength(1);
    const { secret, ...rest } = accounts[0]!;
    expect(bytesToHex(secret)).toBe(vector.publicExample.secretHex);
    expect(`${rest.issuer}:${rest.account}`).toBe(vector.publicExample.name);
    expect(rest).toStrictEqual({
      type: 'totp',
      issuer: vector.publicExample.issuer,
      account: 'alice@google.com',
      algorithm: 'SHA1',
      digits: 6,
      period: 30,
    });
  });

  it('is read in every way that Base64 travels', () => {
    const random = (length: number) => new Uint8Array(length);
    const [uri] = buildMigrationUris([{ ...alice, secret: new Uint8Array(20).fill(0xfb).fill(0xff, 10) }], { random });
    const base64 = new URL(uri!).searchParams.get('data')!;
    for (const character of '+/=') expect(base64).toContain(character);
    const expected = parseMigrationUri(uri!);
    for (const data of [
      base64,
      base64.replaceAll('+', ' '),
      base64.replaceAll('=', ''),
      base64.replaceAll('=', '%3d'),
      Buffer.from(base64, 'base64').toString('base64url'),
    ]) {
      expect(parseMigrationUri(`OTPAUTH-MIGRATION://Offline/?DATA=${data}`)).toStrictEqual(expected);
    }
  });
});

describe('buildMigrationUris', () => {
  it('writes what other readers of the format expect, byte for byte', () => {
    const random = () => Uint8Array.from([0xff, 0xff, 0xff, 0xfe]);
    const [uri] = buildMigrationUris(
      [
        { ...alice, algorithm: 'SHA512', digits: 8 },
        { ...alice, type: 'hotp', period: undefined, counter: 300 },
      ],
      { random },
    );
    const payload = Buffer.from(new URL(uri!).searchParams.get('data')!, 'base64').toString('hex');
    const key = bytesToHex(secret);
    const name = bytesToHex(new TextEncoder().encode('Example:alice'));
    const issuer = bytesToHex(new TextEncoder().encode('Example'));
    const first = `0a14${key}120d${name}1a07${issuer}200328023002`;
    const second = `0a14${key}120d${name}1a07${issuer}20012801300138ac02`;
    const length = (hex: string) => (hex.length / 2).toString(16).padStart(2, '0');
    // Batch id -2: a negative int32 takes ten bytes.
    expect(payload).toBe(`0a${length(first)}${first}0a${length(second)}${second}1001180128feffffffffffffffff01`);
    expect(parseMigrationUri(uri!).batch).toStrictEqual({ id: -2, index: 0, size: 1 });
  });

  it('gives back every account, in batches of ten', () => {
    fc.assert(
      fc.property(fc.array(exportable, { minLength: 1, maxLength: 35 }), fc.nat(), (accounts, rotation) => {
        const uris = buildMigrationUris(accounts);
        expect(uris).toHaveLength(Math.ceil(accounts.length / 10));
        const batches = uris.map((uri) => parseMigrationUri(uri));
        for (const [index, { batch, accounts }] of batches.entries()) {
          expect(batch).toMatchObject({ index, size: uris.length });
          expect(accounts.length).toBeLessThanOrEqual(10);
        }
        const at = rotation % batches.length;
        const scanned = [...batches.slice(at), ...batches.slice(0, at)];
        expect(mergeMigrationBatches(scanned)).toStrictEqual(accounts);
      }),
      { numRuns: 200 },
    );
  });

  it('draws batch ids of 32 bits with a sign', () => {
    const random = seededRandom('batch ids');
    const ids = Array.from(
      { length: 50 },
      () => parseMigrationUri(buildMigrationUris([alice], { random })[0]!).batch.id,
    );
    expect(new Set(ids).size).toBe(50);
    expect(ids.some((id) => id < 0)).toBe(true);
    expect(ids.some((id) => id > 0)).toBe(true);
    const zero = buildMigrationUris([alice], { random: (length) => new Uint8Array(length) });
    expect(parseMigrationUri(zero[0]!).batch.id).toBe(0);
  });

  it('makes nothing of nothing', () => {
    expect(buildMigrationUris([])).toStrictEqual([]);
  });

  it('keeps counters to 2^63-1 exactly', () => {
    for (const counter of [0, 1, 2 ** 53 - 1, 2n ** 53n, 2n ** 63n - 1n]) {
      const [uri] = buildMigrationUris([{ ...alice, type: 'hotp', period: undefined, counter }]);
      expect(parseMigrationUri(uri!).accounts[0]?.counter).toBe(counter);
    }
  });

  it('leaves the image out, which the format has no field for', () => {
    const [uri] = buildMigrationUris([{ ...alice, image: 'https://example.com/logo.png' }]);
    expect(parseMigrationUri(uri!).accounts).toStrictEqual([alice]);
  });

  const refused: [string, Partial<OtpauthOptions>][] = [
    ['period', { period: 60 }],
    ['digits', { digits: 7 }],
    ['digits', { digits: 10 }],
    ['counter', { type: 'hotp', period: undefined, counter: 2n ** 63n }],
  ];
  it.each(refused)('refuses another %s by name and account: %o', (parameter, options) => {
    const error = thrown(() => buildMigrationUris([alice, { ...alice, account: 'bob', ...options }]));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain(parameter);
    expect(error.message).toContain('"Example:bob"');
    expect(error.message).not.toContain('GEZDGNBV');
  });

  it('refuses what no account is', () => {
    expect(thrown(() => buildMigrationUris(alice as unknown as OtpauthOptions[])).code).toBe('invalid-argument');
    expect(thrown(() => buildMigrationUris([null as unknown as OtpauthOptions])).code).toBe('invalid-argument');
    expect(thrown(() => buildMigrationUris(new Array(3))).code).toBe('invalid-argument');
    expect(thrown(() => buildMigrationUris(new Array(10_001))).message).toContain('10,000');
    expect(thrown(() => buildMigrationUris([alice], null as unknown as undefined)).code).toBe('invalid-argument');
    expect(thrown(() => buildMigrationUris([alice], { random: null as unknown as undefined })).message).toContain(
      'random',
    );
    expect(thrown(() => buildMigrationUris(Array(10).fill({ ...alice, account: 'x'.repeat(2000) }))).message).toContain(
      '16,384',
    );
    expect(thrown(() => buildMigrationUris([{ ...alice, algorithm: 'MD5' as 'SHA1' }])).code).toBe('invalid-algorithm');
    expect(thrown(() => buildMigrationUris([{ ...alice, secret: 'GEZD' as unknown as Uint8Array }])).code).toBe(
      'invalid-secret',
    );
  });
});

describe('parseMigrationUri', () => {
  it('takes what is unspecified for what every app uses', () => {
    const [account] = parseMigrationUri(numbered({ 4: 0, 5: 0, 6: 0 })).accounts;
    expect(account).toStrictEqual(alice);
    expect(parseMigrationUri(numbered({})).accounts).toStrictEqual([alice]);
  });

  it('reads both enumerations and both types', () => {
    const read = (fields: Parameters<typeof numbered>[0]) => parseMigrationUri(numbered(fields)).accounts[0]!;
    expect([1, 2, 3].map((number) => read({ 4: number }).algorithm)).toStrictEqual(['SHA1', 'SHA256', 'SHA512']);
    expect([1, 2].map((number) => read({ 5: number }).digits)).toStrictEqual([6, 8]);
    expect([1, 2].map((number) => read({ 6: number }).type)).toStrictEqual(['hotp', 'totp']);
    expect(read({ 6: 1, 7: 2n ** 53n + 1n }).counter).toBe(2n ** 53n + 1n);
    expect(read({ 6: 2, 7: 5 })).not.toHaveProperty('counter');
  });

  it.each([
    ['Example:alice', 'Example', 'Example', 'alice'],
    ['Example: alice', 'Example', 'Example', 'alice'],
    ['Example:alice', '', 'Example', 'alice'],
    ['alice', 'Example', 'Example', 'alice'],
    ['alice', '', '', 'alice'],
    ['x:y', 'Example', 'Example', 'x:y'],
    ['A:B:x:y', 'A:B', 'A:B', 'x:y'],
    [':x:y', '', '', 'x:y'],
  ])('name %j with issuer %j is issuer %j and account %j', (name, given, issuer, account) => {
    const uri = written((writer) => {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(3, WireType.LengthDelimited).string(given).tag(2, WireType.LengthDelimited).string(name);
      writer.tag(1, WireType.LengthDelimited).bytes(secret).join();
    });
    expect(parseMigrationUri(uri).accounts[0]).toMatchObject({ issuer, account });
  });

  it('skips fields that it does not know, such as unique_id', () => {
    const uri = written((writer) => {
      writer.tag(1, WireType.LengthDelimited).fork();
      writer.tag(8, WireType.LengthDelimited).string('an id').tag(9, WireType.Bit32).fixed32(7);
      writer.tag(1, WireType.LengthDelimited).bytes(secret).tag(2, WireType.LengthDelimited).string('Example:alice');
      writer.join();
      writer.tag(2, WireType.Varint).int32(2).tag(77, WireType.Bit64).fixed64(7n);
    });
    expect(parseMigrationUri(uri).accounts).toStrictEqual([alice]);
  });

  it('refuses MD5 by name, with the account and without its secret', () => {
    const error = thrown(() => parseMigrationUri(numbered({ 4: 4 })));
    expect(error.code).toBe('unsupported');
    expect(error.message).toContain('MD5');
    expect(error.message).toContain('Example:alice');
    expect(error.message).not.toContain('1234567890');
  });

  it.each<[string, Parameters<typeof numbered>[0]]>([
    ['algorithm', { 4: 5 }],
    ['algorithm', { 4: -1 }],
    ['digits', { 5: 3 }],
    ['digits', { 5: 6 }],
    ['type', { 6: 3 }],
    ['counter', { 6: 1, 7: -1 }],
  ])('refuses an unknown or negative %s: %o', (parameter, fields) => {
    const error = thrown(() => parseMigrationUri(numbered(fields)));
    expect(error.code).toBe('invalid-uri');
    expect(error.message).toContain('account 1: ');
    expect(error.message).toContain(parameter);
  });

  it('refuses an account without a name or a secret, by its place', () => {
    expect(thrown(() => parseMigrationUri(numbered({}, ''))).message).toMatch(/^account 1: account/);
    const uri = written((writer) => {
      writer.tag(1, WireType.LengthDelimited).fork().tag(2, WireType.LengthDelimited).string('alice').join();
    });
    expect(thrown(() => parseMigrationUri(uri)).message).toMatch(/^account 1: secret/);
  });

  const batch = (size: number, index: number) =>
    written((writer) => {
      writer.tag(1, WireType.LengthDelimited).fork().tag(1, WireType.LengthDelimited).bytes(secret);
      writer.tag(2, WireType.LengthDelimited).string('alice').join();
      writer.tag(3, WireType.Varint).int32(size).tag(4, WireType.Varint).int32(index);
    });
  it.each([
    [1, 1],
    [0, 1],
    [3, -1],
    [-1, 0],
    [1001, 0],
    [2 ** 31 - 1, 7],
  ])('refuses batch size %d with index %d', (size, index) => {
    const error = thrown(() => parseMigrationUri(batch(size, index)));
    expect(error.code).toBe('invalid-uri');
    expect(error.message).toContain('batch_index');
  });

  const refused: [string, string][] = [
    ['otpauth-migration://offline', 'data'],
    ['otpauth-migration://offline?data=', 'data'],
    ['otpauth-migration://offline?data=AA&data=AA', 'data'],
    ['otpauth-migration://offline?data=%zz', 'data'],
    ['otpauth-migration://offline?data=A', 'data'],
    ['otpauth-migration://offline?data=====', 'data'],
    ['otpauth-migration://offline?data=AA=A', 'data'],
    ['otpauth-migration://offline?data=A!AA', 'data'],
    ['otpauth-migration://offline?data=AAAA', 'data'],
    ['otpauth-migration://offline?data=EAEYAQ', 'data holds no accounts'],
    ['otpauth-migration://offline?data=%C5%BF%C5%BF%C5%BF%C5%BF', 'data'],
    ['otpauth-migration://offline/x?data=AAAA', 'otpauth-migration'],
    ['otpauth-migration://online?data=AAAA', 'otpauth-migration'],
    ['otpauth://totp/a?secret=JBSWY3DPEHPK3PXP', 'otpauth-migration'],
    ['', 'uri'],
  ];
  it.each(refused)('refuses %j, naming %s', (uri, named) => {
    const error = thrown(() => parseMigrationUri(uri));
    expect(error.code).toBe('invalid-uri');
    expect(error.message).toContain(named);
  });

  it('refuses known fields of another type, text that is no UTF-8, and what is cut off', () => {
    const holding = (write: (writer: BinaryWriter) => void) => {
      const writer = new BinaryWriter().tag(1, WireType.LengthDelimited).fork();
      writer.tag(1, WireType.LengthDelimited).bytes(secret).tag(2, WireType.LengthDelimited).string('alice');
      write(writer);
      return writer.join().finish();
    };
    const payloads: Uint8Array[] = [
      new BinaryWriter().tag(1, WireType.Varint).int32(1).finish(),
      new BinaryWriter()
        .raw(holding(() => undefined))
        .tag(3, WireType.LengthDelimited)
        .bytes(new Uint8Array(0))
        .finish(),
      holding((writer) => writer.tag(4, WireType.LengthDelimited).bytes(new Uint8Array(0))),
      holding((writer) => writer.tag(2, WireType.LengthDelimited).bytes(Uint8Array.from([0xff]))),
      holding((writer) => writer.tag(3, WireType.LengthDelimited).bytes(Uint8Array.from([0xff]))),
      Uint8Array.from([0x0a, 0x7f, 0x00]),
      Uint8Array.from([0x18, ...Array<number>(12).fill(0xff)]),
      Uint8Array.from(Array<number>(1000).fill(0x0b)),
    ];
    for (const payload of payloads) {
      const error = thrown(() => parseMigrationUri(uriOf(payload)));
      expect(error.code).toBe('invalid-uri');
      expect(error.message).toBe('data is not the export of an authenticator app');
    }
  });

  it('throws nothing but its own error, whatever the bytes', () => {
    const [whole] = buildMigrationUris([alice, { ...alice, type: 'hotp', period: undefined, counter: 9 }]);
    const payload = new Uint8Array(Buffer.from(new URL(whole!).searchParams.get('data')!, 'base64'));
    const damaged = fc
      .tuple(fc.nat(payload.length - 1), fc.nat(255))
      .map(([at, value]) => payload.map((byte, i) => (i === at ? value : byte)));
    fc.assert(
      fc.property(fc.oneof(fc.uint8Array({ maxLength: 200 }), damaged), (bytes) => {
        let parsed: MigrationBatch;
        try {
          parsed = parseMigrationUri(uriOf(bytes));
        } catch (error) {
          expect(error).toMatchObject({ name: 'CountersignError' });
          return;
        }
        expect(parsed.accounts.every(({ secret }) => secret.length >= 1)).toBe(true);
      }),
      { numRuns: 3000 },
    );
  });

  it('does not look at more than 16,384 characters', () => {
    const start = performance.now();
    for (const data of ['A', '=', '%', '+'].map((character) => character.repeat(2_000_000))) {
      const error = thrown(() => parseMigrationUri(`otpauth-migration://offline?data=${data}`));
      expect(error.code).toBe('invalid-uri');
      expect(error.message).toContain('16,384');
    }
    for (const byte of [0x0a, 0x0b, 0x00, 0xff, 0x12]) {
      expect(thrown(() => parseMigrationUri(uriOf(new Uint8Array(12_000).fill(byte)))).code).toBe('invalid-uri');
    }
    expect(performance.now() - start).toBeLessThan(2000);
  });

  it('keeps nothing of the URI in the secret: each account has bytes of its own', () => {
    const { accounts } = parseMigrationUri(buildMigrationUris([alice])[0]!);
    expect(accounts[0]!.secret.buffer.byteLength).toBe(20);
  });
});

describe('mergeMigrationBatches', () => {
  const many = Array.from({ length: 25 }, (_, i) => ({ ...alice, account: `user ${i}` }));
  const batches = buildMigrationUris(many).map((uri) => parseMigrationUri(uri));

  it('takes the QR codes in any order', () => {
    expect(mergeMigrationBatches([batches[2]!, batches[0]!, batches[1]!])).toStrictEqual(many);
  });

  it.each<[string, RegExp, () => MigrationBatch[]]>([
    ['a missing one', /QR code 2 of 3 is missing/, () => [batches[0]!, batches[2]!]],
    ['two missing ones, naming both (T11)', /QR code 1, 3 of 3 is missing/, () => [batches[1]!]],
    ['one given twice', /QR code 1 of 3 is given twice/, () => [...batches, batches[0]!]],
    ['one of another export', /different exports/, () => [...batches.slice(1), otherExport(0)]],
    ['one of another size', /different exports/, () => [...batches, resized(batches[0]!, 4)]],
  ])('refuses %s', (_, message, given) => {
    const error = thrown(() => mergeMigrationBatches(given()));
    expect(error.code).toBe('invalid-uri');
    expect(error.message).toMatch(message);
  });

  function otherExport(index: number): MigrationBatch {
    const { accounts, batch } = batches[index]!;
    return { accounts, batch: { ...batch, id: batch.id ^ 1 } };
  }

  function resized({ accounts, batch }: MigrationBatch, size: number): MigrationBatch {
    return { accounts, batch: { ...batch, size } };
  }

  it('tells which QR codes are still to be scanned (T11)', () => {
    expect(missingMigrationBatches([batches[1]!])).toStrictEqual([0, 2]);
    expect(missingMigrationBatches([batches[2]!, batches[0]!])).toStrictEqual([1]);
    expect(missingMigrationBatches(batches)).toStrictEqual([]);
    expect(thrown(() => missingMigrationBatches([])).code).toBe('invalid-argument');
    expect(thrown(() => missingMigrationBatches([batches[0]!, batches[0]!])).code).toBe('invalid-uri');
    const [most] = [resized(batches[0]!, 1000)];
    expect(missingMigrationBatches([most])).toHaveLength(999);
  });

  it('takes 200,000 accounts, more than a call has arguments (T9)', () => {
    const accounts = Array.from({ length: 200_000 }, () => alice);
    expect(mergeMigrationBatches([{ accounts, batch: { id: 1, index: 0, size: 1 } }])).toHaveLength(200_000);
  });

  it('gives accounts of its own, and refuses what is none, holes among them', () => {
    const batch = { id: 1, index: 0, size: 1 };
    const merged = mergeMigrationBatches([{ accounts: [alice], batch }]);
    merged[0]!.secret.fill(0);
    expect(alice.secret).toEqual(new TextEncoder().encode('12345678901234567890'));
    for (const accounts of [[null], new Array(2), [{ ...alice, secret: 'x' }]]) {
      expect(thrown(() => mergeMigrationBatches([{ accounts, batch } as MigrationBatch])).code).toMatch(/^invalid-/);
    }
  });

  it.each([
    [[]],
    [undefined],
    [{}],
    [[undefined]],
    [new Array(1)],
    [[{ accounts: [], batch: { id: 1, index: 0, size: 1001 } }]],
    [[{ accounts: [] }]],
    [[{ accounts: [], batch: { id: 1, index: 0, size: '1' } }]],
    [[{ accounts: {}, batch: { id: 1, index: 0, size: 1 } }]],
    [[{ accounts: [], batch: { id: 1, index: 1, size: 1 } }]],
    [[{ accounts: [], batch: { id: 1, index: -1, size: 1 } }]],
  ])('refuses %j, which holds no batches', (given) => {
    expect(thrown(() => mergeMigrationBatches(given as MigrationBatch[])).code).toBe('invalid-argument');
  });
});
