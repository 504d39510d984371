import { BinaryReader, BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { CountersignError } from '@countersign/primitives/error';

/** More QR codes than anybody scans: a bound for what a stranger's `batch_size` makes us do. */
export const MAX_BATCHES = 1000;

/** One account as the format holds it (OtpParameters); zero is "unspecified" in each enumeration. */
export type MigrationAccount = {
  secret: Uint8Array;
  name: string;
  issuer: string;
  /** 1 SHA1, 2 SHA256, 3 SHA512, 4 MD5 */
  algorithm: number;
  /** 1 six, 2 eight: no number of digits */
  digits: number;
  /** 1 HOTP, 2 TOTP */
  type: number;
  /** signed, 64 bits */
  counter: bigint;
};

/** One QR code's worth of accounts (MigrationPayload). */
export type MigrationPayload = { accounts: MigrationAccount[]; size: number; index: number; id: number };

/** Writes the payload as Google Authenticator does: version 1, zeros left out. */
export function encodeMigrationPayload({ accounts, size, index, id }: MigrationPayload): Uint8Array {
  const writer = new BinaryWriter();
  for (const { secret, name, issuer, algorithm, digits, type, counter } of accounts) {
    writer.tag(1, WireType.LengthDelimited).fork();
    writer.tag(1, WireType.LengthDelimited).bytes(secret);
    writer.tag(2, WireType.LengthDelimited).string(name);
    if (issuer !== '') writer.tag(3, WireType.LengthDelimited).string(issuer);
    writer.tag(4, WireType.Varint).int32(algorithm);
    writer.tag(5, WireType.Varint).int32(digits);
    writer.tag(6, WireType.Varint).int32(type);
    if (counter !== 0n) writer.tag(7, WireType.Varint).int64(counter);
    writer.join();
  }
  writer.tag(2, WireType.Varint).int32(1);
  writer.tag(3, WireType.Varint).int32(size);
  if (index !== 0) writer.tag(4, WireType.Varint).int32(index);
  if (id !== 0) writer.tag(5, WireType.Varint).int32(id);
  return writer.finish();
}

/**
 * Reads a payload; unknown fields, such as `unique_id` of newer exports, are skipped.
 *
 * @throws CountersignError `invalid-uri` when the bytes are no such message
 */
export function decodeMigrationPayload(bytes: Uint8Array): MigrationPayload {
  const payload: MigrationPayload = { accounts: [], size: 0, index: 0, id: 0 };
  try {
    readFields(bytes, {
      1: [WireType.LengthDelimited, (reader) => payload.accounts.push(decodeAccount(reader.bytes()))],
      2: [WireType.Varint, (reader) => reader.int32()],
      3: [WireType.Varint, (reader) => (payload.size = reader.int32())],
      4: [WireType.Varint, (reader) => (payload.index = reader.int32())],
      5: [WireType.Varint, (reader) => (payload.id = reader.int32())],
    });
  } catch {
    throw new CountersignError('invalid-uri', 'data is not the export of an authenticator app');
  }
  return payload;
}

function decodeAccount(bytes: Uint8Array): MigrationAccount {
  const account: MigrationAccount = {
    secret: new Uint8Array(0),
    name: '',
    issuer: '',
    algorithm: 0,
    digits: 0,
    type: 0,
    counter: 0n,
  };
  readFields(bytes, {
    1: [WireType.LengthDelimited, (reader) => (account.secret = reader.bytes().slice())],
    2: [WireType.LengthDelimited, (reader) => (account.name = reader.string(true))],
    3: [WireType.LengthDelimited, (reader) => (account.issuer = reader.string(true))],
    4: [WireType.Varint, (reader) => (account.algorithm = reader.int32())],
    5: [WireType.Varint, (reader) => (account.digits = reader.int32())],
    6: [WireType.Varint, (reader) => (account.type = reader.int32())],
    7: [WireType.Varint, (reader) => (account.counter = BigInt(reader.int64()))],
  });
  return account;
}

/** How one known field is read: the wire type it must have, and what takes its value. */
type Field = readonly [WireType, (reader: BinaryReader) => unknown];

function readFields(bytes: Uint8Array, fields: Readonly<Record<number, Field>>): void {
  const reader = new BinaryReader(bytes);
  while (reader.pos < reader.len) {
    const [number, wireType] = reader.tag();
    const field = fields[number];
    if (!field) reader.skip(wireType, number);
    else if (field[0] === wireType) field[1](reader);
    else throw new TypeError('a known field has another type');
  }
}
