import { assertBytes, assertInteger, assertName, assertOptions, readInstant } from '@countersign/primitives/assert';
import { bytesToHex, concatBytes, hexToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { CountersignError } from '@countersign/primitives/error';
import { persistently } from '../signature/persistently.ts';
import { cipherSuite, importPublicKey, type SealingKey, sealingPair } from './sealing-key.ts';
import { readSealingPublicKey } from './sealing-public-key.ts';

const PREFIX = 'countersign-sealed-1.';
const MAX_MESSAGE = 65_536;
const MAX_LIFETIME = 31 * 86_400;
/** Eight bytes of expiry before the encapsulated key, and the 16 of the GCM tag after the message. */
const EXPIRY_BYTES = 8;
const TAG_BYTES = 16;

export type OpenedMessage =
  | { ok: true; message: Uint8Array; expiresAt: number }
  | { ok: false; reason: 'malformed' | 'expired' | 'mismatch' };

/**
 * Seals a few bytes, such as a temporary password, so that only one enrolled phone can read them: HPKE in base mode (RFC
 * 9180 §6.1), bound to the device, the purpose and the time of expiry.
 *
 * Base mode says nothing about the sender: anybody with the public key can seal. Send it through an authenticated
 * channel, and let the user's next act (signing in with that password) be the proof.
 *
 * @param message 0 to 65,536 bytes
 * @param options `publicKey`: of the phone, raw (32 bytes X25519, 65 P-256) or as SPKI; `device`, `purpose`: 1 to 256 characters;
 *   `lifetime`: seconds, 1 to 31 days, default 600; `now`: milliseconds since the Unix epoch
 * @returns text of `countersign-sealed-1.` and hexadecimal digits, as docs/formats.md has it
 * @throws CountersignError `invalid-key`, also for points of small order; `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { generateSealingKey, openSealedMessage, sealMessage } from '@countersign/challenge-response';
 *
 * const key = await generateSealingKey('P-256');
 * const about = { device: 'phone-1', purpose: 'temporary-password' };
 * const sealed = await sealMessage(new TextEncoder().encode('tulip'), { publicKey: key.publicKey, ...about });
 * const opened = await openSealedMessage(sealed, { key, ...about });
 * opened.ok && new TextDecoder().decode(opened.message); // => 'tulip'
 * ```
 */
export async function sealMessage(
  message: Uint8Array,
  options: {
    publicKey: Uint8Array;
    device: string;
    purpose: string;
    now?: number | undefined;
    lifetime?: number | undefined;
  },
): Promise<string> {
  assertBytes(message, 'message', 0, MAX_MESSAGE);
  assertOptions(options);
  const { device, purpose, now: at = Date.now(), lifetime = 600 } = options;
  assertName(device, 'device');
  assertName(purpose, 'purpose');
  assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-argument');
  const expiresAt = readInstant(readInstant(at) + 1000 * lifetime, 'now + lifetime');
  const plaintext = new Uint8Array(message);
  const { algorithm, publicKey } = readSealingPublicKey(options.publicKey);
  const recipient = await importPublicKey(publicKey, algorithm);
  const info = binding(device, purpose, expiresAt);
  try {
    // Each attempt makes a fresh ephemeral key.
    const seal = () => cipherSuite(algorithm).Seal(recipient, plaintext, { info });
    const { encapsulatedSecret, ciphertext } = await persistently(seal);
    return PREFIX + bytesToHex(concatBytes(encodeInstant(expiresAt), encapsulatedSecret, ciphertext));
  } catch {
    // RFC 9180 §7.1.4: an all-zero shared secret, from a point of small order, ends the encapsulation.
    throw new CountersignError('invalid-key', 'publicKey is of small order');
  }
}

/**
 * Opens a sealed message on the phone.
 *
 * @param sealed whatever arrived; never throws, whatever it is
 * @param options `key`: of this phone; `device`, `purpose`: as they were sealed; `now`: milliseconds
 * @returns the bytes; `expired`; or `mismatch` for another key, device or purpose, and for any change
 * @throws CountersignError `invalid-key` (key), `invalid-argument`, `invalid-time`
 *
 * @example
 * ```ts
 * import { generateSealingKey, openSealedMessage } from '@countersign/challenge-response';
 *
 * const key = await generateSealingKey('P-256');
 * const opened = await openSealedMessage('garbage', { key, device: 'phone-1', purpose: 'temporary-password' });
 * opened; // => { ok: false, reason: 'malformed' }
 * ```
 */
export async function openSealedMessage(
  sealed: unknown,
  options: { key: SealingKey; device: string; purpose: string; now?: number | undefined },
): Promise<OpenedMessage> {
  assertOptions(options);
  const { key, device, purpose, now: at = Date.now() } = options;
  const pair = sealingPair(key);
  assertName(device, 'device');
  assertName(purpose, 'purpose');
  const now = readInstant(at);
  const encapsulated = key.algorithm === 'X25519' ? 32 : 65;
  const bytes = readSealed(sealed, EXPIRY_BYTES + encapsulated + TAG_BYTES);
  if (bytes === undefined) return { ok: false, reason: 'malformed' };
  const expiresAt = Number(new DataView(bytes.buffer).getBigUint64(0));
  if (!Number.isSafeInteger(expiresAt)) return { ok: false, reason: 'malformed' };
  try {
    const message = await cipherSuite(key.algorithm).Open(
      pair,
      bytes.slice(EXPIRY_BYTES, EXPIRY_BYTES + encapsulated),
      bytes.slice(EXPIRY_BYTES + encapsulated),
      { info: binding(device, purpose, expiresAt) },
    );
    return now < expiresAt ? { ok: true, message, expiresAt } : { ok: false, reason: 'expired' };
  } catch {
    return { ok: false, reason: 'mismatch' };
  }
}

/** The `info` of RFC 9180 §5.1: what the key schedule, and so the message, is bound to. */
function binding(device: string, purpose: string, expiresAt: number): Uint8Array {
  return encodeFields('countersign/sealed-message/v1', [device, purpose, expiresAt]);
}

/** Milliseconds in eight bytes, big-endian. */
function encodeInstant(instant: number): Uint8Array {
  const bytes = new Uint8Array(EXPIRY_BYTES);
  new DataView(bytes.buffer).setBigUint64(0, BigInt(instant));
  return bytes;
}

function readSealed(sealed: unknown, overhead: number): Uint8Array<ArrayBuffer> | undefined {
  if (typeof sealed !== 'string' || !sealed.startsWith(PREFIX)) return undefined;
  const digits = sealed.length - PREFIX.length;
  if (digits < 2 * overhead || digits > 2 * (overhead + MAX_MESSAGE) || digits % 2 !== 0) return undefined;
  const hex = sealed.slice(PREFIX.length);
  return /^[0-9a-f]+$/.test(hex) ? new Uint8Array(hexToBytes(hex)) : undefined;
}
