import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';

/** Cost of one scrypt computation (RFC 7914): 128 · N · r bytes, and time in proportion to N · r · p. */
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

/** 256 MiB: twice the default. */
const MAX_MEMORY = 2 ** 28;
/** N · r · p: four times the default, some three seconds. */
const MAX_WORK = 2 ** 22;

/**
 * Refuses a cost that is malformed, or that takes more than 256 MiB or four times as long as the default: it may come
 * from a stored file that somebody else has written.
 */
export function assertCost(cost: unknown): asserts cost is ScryptCost {
  assertOptions(cost, 'cost');
  const { algorithm, N, r, p } = cost as Partial<ScryptCost>;
  const within = (value: unknown, max: number): value is number =>
    Number.isInteger(value) && (value as number) >= 1 && (value as number) <= max;
  const sound =
    algorithm === 'scrypt' && within(N, 2 ** 20) && N > 1 && (N & (N - 1)) === 0 && within(r, 32) && within(p, 16);
  if (!sound || 128 * N * r > MAX_MEMORY || N * r * p > MAX_WORK) {
    throw new CountersignError(
      'invalid-argument',
      'cost must be scrypt with N a power of two, at most 256 MiB, and N * r * p at most 2^22',
    );
  }
}

/** The computation that was asked for last, once it has ended in whatever way. */
let last: Promise<unknown> | undefined;

/**
 * scrypt from noble, in slices of about 10 ms so that a page or a server stays responsive. One computation runs at a
 * time, in the order asked for: any number of them takes the memory of one. It is loaded when first used, because most
 * who import this package seal no key.
 *
 * @param length of the result, in bytes
 */
export function scrypt(
  password: Uint8Array,
  salt: Uint8Array,
  { N, r, p }: ScryptCost,
  length: number,
  onProgress: ((fraction: number) => void) | undefined,
): Promise<Uint8Array> {
  const compute = async (): Promise<Uint8Array> => {
    const { scryptAsync } = await import('@noble/hashes/scrypt.js');
    return scryptAsync(password, salt, {
      N,
      r,
      p,
      dkLen: length,
      maxmem: 2 * MAX_MEMORY,
      ...(onProgress && { onProgress }),
    });
  };
  const computed = last ? last.then(compute) : compute();
  last = computed.catch(() => undefined);
  return computed;
}
