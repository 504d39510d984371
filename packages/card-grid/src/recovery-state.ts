import { hexToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { assertCost, passwordHash, type ScryptCost } from '@countersign/primitives/password-hash';

/**
 * What the application keeps of a set of recovery codes: plain JSON without the codes. Write it back with
 * compare-and-swap after a code was redeemed.
 */
export type RecoveryCodesState = {
  readonly v: 1;
  /** Milliseconds since the Unix epoch. */
  readonly issuedAt: number;
  readonly cost: ScryptCost;
  /** In the order in which the codes were printed. Salts (16 bytes) and hashes (32 bytes) are in hexadecimal. */
  readonly codes: readonly RecoveryCodeRecord[];
};

/** One code: its salted hash, and when it was redeemed. */
export type RecoveryCodeRecord = { readonly salt: string; readonly hash: string; readonly usedAt: number | null };

/** One character says which code it is, 13 random ones are the secret (65 bits), the last one checks for typos. */
export const RECOVERY_CODE_LENGTH = 15;
export const SECRET_CHARACTERS = 13;
export const SALT_BYTES = 16;
/** As many as one character can number, from 1 on. */
export const MAX_RECOVERY_CODES = 31;

/** The hash of a code, normalised. The domain keeps it from being the hash of anything else, such as a PIN. */
export function hashRecoveryCode(
  code: string,
  salt: Uint8Array,
  cost: ScryptCost,
  onProgress?: ((fraction: number) => void) | undefined,
): Promise<Uint8Array> {
  return passwordHash(encodeFields('countersign/recovery-code/v1', [code]), salt, cost, { onProgress });
}

/**
 * Refuses a record that none of this package's functions can have made, and takes a copy: the caller may change theirs
 * while a hash is being computed.
 */
export function checkedRecoveryState(state: unknown): RecoveryCodesState {
  const { v, issuedAt, cost, codes } = (state ?? {}) as Partial<RecoveryCodesState>;
  const sound =
    v === 1 &&
    isInstant(issuedAt) &&
    Array.isArray(codes) &&
    codes.length >= 1 &&
    codes.length <= MAX_RECOVERY_CODES &&
    codes.every(soundRecord);
  if (!sound || !soundCost(cost)) {
    throw new CountersignError('invalid-state', 'the state of the recovery codes is damaged, or not one');
  }
  return { v, issuedAt, cost: { ...cost }, codes: codes.map((record) => ({ ...record })) };
}

function soundCost(cost: unknown): cost is ScryptCost {
  try {
    assertCost(cost);
    return true;
  } catch {
    return false;
  }
}

function soundRecord(record: unknown): boolean {
  const { salt, hash, usedAt } = (record ?? {}) as Partial<RecoveryCodeRecord>;
  return isHex(salt, SALT_BYTES) && isHex(hash, 32) && (usedAt === null || isInstant(usedAt));
}

function isHex(text: unknown, bytes: number): boolean {
  return typeof text === 'string' && text.length === 2 * bytes && /^[0-9a-f]+$/.test(text);
}

function isInstant(value: unknown): value is number {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}

/** A record's salt and hash as bytes. */
export function recordBytes({ salt, hash }: RecoveryCodeRecord): { salt: Uint8Array; hash: Uint8Array } {
  return { salt: hexToBytes(salt), hash: hexToBytes(hash) };
}
