import { assertBytes, assertOptions } from '@countersign/primitives/assert';
import { bytesToHex, hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes } from '@countersign/primitives/random';
import { type Field, hex, literal, object, readState } from '@countersign/primitives/state';
import { invalidPin, MAX_PIN_LENGTH, normalizePin } from './hash-pin.ts';
import { assertCost, DEFAULT_COST, type ScryptCost, scrypt } from './scrypt.ts';

/** A key under a PIN: plain JSON, without any redundancy by which a wrong PIN could be told from the right one. */
export type SealedKey = {
  readonly v: 1;
  /** Cost of the password hash, for when the default grows. */
  readonly cost: ScryptCost;
  /** 16 random bytes in hexadecimal. */
  readonly salt: string;
  /** The key, masked by the hash of the PIN, in hexadecimal. */
  readonly masked: string;
};

/** Options of {@link openWithPin}. */
export type OpenOptions = {
  /** Called with 0 … 1 about every 10 ms, from the moment that the computation's turn comes. */
  onProgress?: ((fraction: number) => void) | undefined;
};

/** Options of {@link sealWithPin}. */
export type SealOptions = OpenOptions & {
  random?: RandomBytes | undefined;
  /** Default scrypt with N = 2^17, r = 8, p = 1: 128 MiB and about half a second to two seconds of one core. */
  cost?: ScryptCost | undefined;
};

const MIN_KEY_BYTES = 16;
const MAX_KEY_BYTES = 64;
const SALT_BYTES = 16;
const MIN_PIN_LENGTH = 4;

const readCost: Field<ScryptCost> = (value) => {
  const cost = value as ScryptCost;
  assertCost(cost);
  const { algorithm, N, r, p } = cost;
  return { algorithm, N, r, p };
};

const readMasked: Field<string> = (value) => {
  const { length } = value as string;
  if (length < 2 * MIN_KEY_BYTES || length > 2 * MAX_KEY_BYTES || length % 2 !== 0) throw new Error('not ours');
  return hex(length)(value);
};

/** How a sealed key is read back. */
export const readSealedKey: Field<SealedKey> = (value) =>
  object<SealedKey>({ v: literal(1), cost: readCost, salt: hex(2 * SALT_BYTES), masked: readMasked })(value);

/** XOR with the hash of the PIN: masks and unmasks. Clears what it was given of the key. */
async function mask(
  key: Uint8Array,
  pin: string,
  salt: Uint8Array,
  cost: ScryptCost,
  onProgress: OpenOptions['onProgress'],
): Promise<Uint8Array> {
  const password = utf8ToBytes(pin);
  try {
    const output = await scrypt(password, salt, cost, key.length, onProgress);
    for (let i = 0; i < key.length; i++) output[i]! ^= key[i]!;
    return output;
  } finally {
    password.fill(0);
    key.fill(0);
  }
}

function assertProgress(onProgress: unknown): void {
  if (onProgress !== undefined && typeof onProgress !== 'function') {
    throw new CountersignError('invalid-argument', 'onProgress must be a function');
  }
}

/**
 * Puts a symmetric key under a PIN, for a phone or a program that keeps it in a file: scrypt (RFC 7914) of the PIN,
 * over the key, and nothing to check it by. A wrong PIN opens to *another key that looks as good*, so that a stolen
 * file alone does not say which of the 10,000 PINs is right, however many computers try.
 *
 * What that rests on, and where it ends:
 * - **One observed challenge with its response** lets the thief of the file try all PINs until one gives that response.
 *   From then on only the cost of scrypt stands in between: an hour or two of one computer for four digits. Without
 *   such a pair each try is a try at the server, and the server's count of tries is what protects.
 * - **The key must be uniformly random bytes.** Never seal a private key whose public half is known, a key with a
 *   checksum or a format, or one that has encrypted something recognisable: each is a test for the PIN.
 * - **Never keep one key under two PINs.** When the PIN changes, erase the old file, with its copies: the right pair of
 *   PINs is the one under which both files open to the same key. Better still, enrol a new key.
 * - **Keep nothing beside it that was computed from the PIN or the key**: no hash of the PIN, no check value of the key.
 *   {@link sealSoftToken} keeps a software token that way.
 * - Where the platform has a keystore behind hardware or biometrics, use it instead, or inside of it.
 *
 * Sealing and opening take turns: any number at once takes the memory of one, and its time many times over.
 *
 * @param key 16 … 64 uniformly random bytes; copied at once
 * @param pin 4 … 128 characters, judged by {@link checkPin} before; normalised to Unicode NFKC
 * @throws CountersignError (as a rejection) `invalid-key`, `invalid-pin`, `invalid-argument` for the cost
 * @example
 * ```ts
 * import { openWithPin, sealWithPin } from '@countersign/challenge-response';
 *
 * const key = crypto.getRandomValues(new Uint8Array(32));
 * const cost = { algorithm: 'scrypt', N: 2 ** 10, r: 8, p: 1 } as const; // low for the example: leave it out
 * const sealed = JSON.parse(JSON.stringify(await sealWithPin(key, 'k7#w2q', { cost })));
 * const opened = await openWithPin(sealed, 'k7#w2q');
 * opened.every((byte, i) => byte === key[i]); // => true
 * const wrong = await openWithPin(sealed, 'k7#w2Q');
 * wrong.length; // => 32
 * wrong.every((byte, i) => byte === key[i]); // => false
 * ```
 */
export async function sealWithPin(key: Uint8Array, pin: string, options: SealOptions = {}): Promise<SealedKey> {
  assertOptions(options);
  const { random, onProgress, cost = DEFAULT_COST } = options;
  assertBytes(key, 'key', MIN_KEY_BYTES, MAX_KEY_BYTES, 'invalid-key');
  assertCost(cost);
  assertProgress(onProgress);
  const { algorithm, N, r, p } = cost;
  const text = normalizePin(pin);
  if (text === undefined) throw invalidPin();
  // As typed as well: one ligature may become many letters.
  if (Math.min(pin.length, text.length) < MIN_PIN_LENGTH) {
    throw new CountersignError('invalid-pin', `pin must have at least ${MIN_PIN_LENGTH} characters`);
  }
  const salt = randomBytes(SALT_BYTES, random);
  const saltText = bytesToHex(salt);
  // Not slice(): a Node Buffer's gives a view, and clearing that would clear the caller's key.
  const masked = await mask(new Uint8Array(key), text, salt, { algorithm, N, r, p }, onProgress);
  return { v: 1, cost: { algorithm, N, r, p }, salt: saltText, masked: bytesToHex(masked) };
}

/**
 * Takes a key out from under its PIN. There is no wrong PIN here, only another key: whether it was right shows when the
 * server judges the next response, and the server counts. Do not add a check of your own: it would be the thief's.
 *
 * Takes as long and as much memory as sealing did, whatever the file says at most 256 MiB and four times as long as by
 * default. Clear the key after use (`key.fill(0)`).
 *
 * @param sealed as {@link sealWithPin} gave it, through JSON
 * @param pin what the user typed: any text of up to 128 characters opens to a key
 * @throws CountersignError (as a rejection) `invalid-state` for a sealed key that is malformed or asks for more;
 * `invalid-pin` for what is not such text
 * @example
 * ```ts
 * import { openWithPin } from '@countersign/challenge-response';
 *
 * const cost = { algorithm: 'scrypt', N: 1024, r: 8, p: 1 } as const;
 * const sealed = { v: 1, cost, salt: '00'.repeat(16), masked: '00'.repeat(32) } as const;
 * (await openWithPin(sealed, '7294')).length; // => 32
 * ```
 */
export async function openWithPin(sealed: SealedKey, pin: string, options: OpenOptions = {}): Promise<Uint8Array> {
  assertOptions(options);
  const { onProgress } = options;
  assertProgress(onProgress);
  const { cost, salt, masked } = readState(sealed, 'sealWithPin', readSealedKey);
  if (typeof pin !== 'string' || pin.length > MAX_PIN_LENGTH) throw invalidPin();
  return mask(hexToBytes(masked), pin.normalize('NFKC'), hexToBytes(salt), cost, onProgress);
}
