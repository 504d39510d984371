import { scryptAsync } from '@noble/hashes/scrypt.js';
import { assertBytes } from './assert.ts';
import { CountersignError } from './error.ts';

/** Cost of one scrypt computation (RFC 7914): memory is 128 · N · r bytes. Stored beside what it protects. */
export type ScryptCost = {
  readonly algorithm: 'scrypt';
  /** CPU and memory cost, a power of two from 2 to 2^20 */
  readonly N: number;
  /** block size, 1 … 32 */
  readonly r: number;
  /** parallelisation, 1 … 16 */
  readonly p: number;
};

/** 128 MiB and about 0.7 seconds of one core in JavaScript: the setting that OWASP advises for scrypt. */
export const DEFAULT_COST: ScryptCost = { algorithm: 'scrypt', N: 2 ** 17, r: 8, p: 1 };

/** No stored parameter may make a server or a phone take more memory than this. */
const MAX_MEMORY = 2 ** 30;

/** Refuses a cost that is malformed, or that asks for more than 1 GiB of memory. */
export function assertCost(cost: unknown): asserts cost is ScryptCost {
  const { algorithm, N, r, p } = (cost ?? {}) as Partial<ScryptCost>;
  const within = (value: unknown, max: number): value is number =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
  const sound =
    algorithm === 'scrypt' && within(N, 2 ** 20) && N > 1 && (N & (N - 1)) === 0 && within(r, 32) && within(p, 16);
  if (!sound || 128 * N * r + 128 * r * p > MAX_MEMORY) {
    throw new CountersignError(
      'invalid-argument',
      'cost must be scrypt with N a power of two, and at most 1 GiB of memory',
    );
  }
}

/**
 * Memory-hard hash of a PIN or a recovery code: scrypt (RFC 7914) from noble, in slices of about 10 ms so that a page
 * or a server stays responsive.
 *
 * @param password any bytes; normalise text before you encode it
 * @param salt 16 bytes or more, random, stored with the result
 * @param options `length` of the result in bytes (16 … 1024, default 32); `onProgress` gets 0 … 1
 */
export async function passwordHash(
  password: Uint8Array,
  salt: Uint8Array,
  cost: ScryptCost = DEFAULT_COST,
  options: { length?: number | undefined; onProgress?: ((fraction: number) => void) | undefined } = {},
): Promise<Uint8Array> {
  const { length = 32, onProgress } = options;
  assertBytes(salt, 'salt', 16);
  assertCost(cost);
  const { N, r, p } = cost;
  const maxmem = MAX_MEMORY + 2 ** 20;
  return scryptAsync(password, salt, { N, r, p, dkLen: length, maxmem, ...(onProgress && { onProgress }) });
}
