import { CountersignError } from '@countersign/primitives/error';
import { sha256 } from '@countersign/primitives/sha2';
import { isCanonicalEd25519Key, isSoundEd25519Key } from '../signature/ed25519.ts';
import { isSoundP256Key, isUncompressedP256Key } from '../signature/p256.ts';
import { readKeyText } from './read-key-text.ts';
import { encodeBase64, WireFault, type WireReader, wireReader } from './wire.ts';

/** The key types that are accepted; `sk-` keys live in a FIDO token. */
export type SshKeyType =
  | 'ssh-rsa'
  | 'ssh-ed25519'
  | 'ecdsa-sha2-nistp256'
  | 'sk-ssh-ed25519@openssh.com'
  | 'sk-ecdsa-sha2-nistp256@openssh.com';

/** A checked public key, as plain JSON. */
export type SshPublicKey = {
  readonly type: SshKeyType;
  /** the key's wire form in Base64: the second word of an OpenSSH line */
  readonly key: string;
  /** one line of at most 256 characters, without control and formatting characters; may be empty */
  readonly comment: string;
  /** as `ssh-keygen -l` shows it: `SHA256:` and Base64 without padding */
  readonly fingerprint: string;
  /** of the modulus, or of the curve */
  readonly bits: number;
  /** one line for `authorized_keys`, without the comment */
  readonly line: string;
};

/** What a verifier needs of a key's wire form. */
export type KeyMaterial =
  | { readonly kind: 'RSA'; readonly exponent: Uint8Array; readonly modulus: Uint8Array }
  | {
      readonly kind: 'Ed25519' | 'P-256';
      readonly point: Uint8Array;
      /** for keys in a FIDO token: what its signatures are bound to, usually `ssh:` */
      readonly application: string | undefined;
    };

const MIN_MODULUS_BITS = 2048;
/** OpenSSH's own upper limit. A larger modulus only makes a verifier slow. */
const MAX_MODULUS_BITS = 16_384;

/**
 * Reads the public half of a user's SSH key: one OpenSSH line, or the RFC 4716 form that PuTTYgen saves. RSA from 2048 to
 * 16,384 bits, Ed25519, ECDSA P-256, and the last two inside FIDO tokens (`sk-`). No `authorized_keys` options, no
 * certificates, one key.
 *
 * @param text the file's text, at most 16,384 characters
 * @returns plain JSON; keep it whole, or its `line`
 * @throws CountersignError `private-key-given` when it is a private key (say so to the user, and do not keep or log the
 *   text); `invalid-key` for all else. Messages hold nothing of the text.
 *
 * Owning the public key proves nothing: let the user sign a challenge and check it with {@link verifySshSignature}.
 *
 * @example
 * ```ts
 * import { parseSshPublicKey } from '@countersign/challenge-response';
 *
 * const line = 'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea ada@example';
 * const { fingerprint, bits, comment } = parseSshPublicKey(line);
 * fingerprint; // => 'SHA256:bbXpuKG6zhzdmnxq256TlqzFBzRl2f6OOg722cYNbU8'
 * bits; // => 256
 * comment; // => 'ada@example'
 * parseSshPublicKey('-----BEGIN OPENSSH PRIVATE KEY-----'); // throws private-key-given
 * ```
 */
export function parseSshPublicKey(text: string): SshPublicKey {
  const { type, blob, comment, material } = readKey(text, { Ed25519: isSoundEd25519Key, 'P-256': isSoundP256Key });
  const key = encodeBase64(blob);
  const bits = material.kind === 'RSA' ? bitLength(material.modulus) : 256;
  return { type, key, comment, fingerprint: fingerprint(blob), bits, line: `${type} ${key}` };
}

/** The wire form and its parts of a key that was parsed at enrolment: it comes from a database, and is read again. */
export function keyOf(key: SshPublicKey | string): Key {
  const line = typeof key === 'string' ? key : lineOf(key);
  return readKey(line, { Ed25519: isCanonicalEd25519Key, 'P-256': isUncompressedP256Key });
}

/** Whatever is given: also objects whose members cannot be text. */
function lineOf(key: unknown): string {
  const { type, key: blob } = (key ?? {}) as { type?: unknown; key?: unknown };
  if (typeof type !== 'string' || typeof blob !== 'string') {
    throw new CountersignError('invalid-key', 'publicKey must be what parseSshPublicKey gave, or its line');
  }
  return `${type} ${blob}`;
}

type Key = { readonly type: SshKeyType; readonly blob: Uint8Array; readonly comment: string; material: KeyMaterial };

/** How thoroughly points are checked: wholly at enrolment, cheaply before every verification. */
type PointChecks = Record<'Ed25519' | 'P-256', (point: Uint8Array) => boolean>;

function readKey(text: string, checks: PointChecks): Key {
  try {
    const { type: outer, blob, comment } = readKeyText(text);
    const reader = wireReader(blob);
    const type = reader.name();
    const material = readMaterial(type, reader, checks);
    reader.end();
    if (outer !== undefined && outer !== type) {
      throw new CountersignError('invalid-key', 'the type on the line is not the type inside the key');
    }
    return { type: type as SshKeyType, blob, comment, material };
  } catch (error) {
    if (error instanceof WireFault) throw new CountersignError('invalid-key', `the key ${error.message}`);
    throw error;
  }
}

function readMaterial(type: string, reader: WireReader, checks: PointChecks): KeyMaterial {
  switch (type) {
    case 'ssh-rsa':
      return readRsa(reader);
    case 'ssh-ed25519':
      return { kind: 'Ed25519', point: readEd25519(reader, checks), application: undefined };
    case 'ecdsa-sha2-nistp256':
      return { kind: 'P-256', point: readP256(reader, checks), application: undefined };
    case 'sk-ssh-ed25519@openssh.com':
      return { kind: 'Ed25519', point: readEd25519(reader, checks), application: readApplication(reader) };
    case 'sk-ecdsa-sha2-nistp256@openssh.com':
      return { kind: 'P-256', point: readP256(reader, checks), application: readApplication(reader) };
    default:
      throw new CountersignError('invalid-key', 'the key type must be RSA, Ed25519 or ECDSA P-256, also as sk- keys');
  }
}

/** RFC 4253 §6.6: e, then n. */
function readRsa(reader: WireReader): KeyMaterial {
  const exponent = reader.positive();
  const modulus = reader.positive();
  const bits = bitLength(modulus);
  if (bits < MIN_MODULUS_BITS || bits > MAX_MODULUS_BITS) {
    throw new CountersignError('invalid-key', `RSA keys must have ${MIN_MODULUS_BITS} to ${MAX_MODULUS_BITS} bits`);
  }
  // Odd and at least 3, or nothing is encrypted; PuTTYgen takes 37. Longer ones only cost the verifier time.
  const tiny = exponent.length === 1 && exponent[0]! < 3;
  if (tiny || exponent.length > 4 || exponent.at(-1)! % 2 === 0 || modulus.at(-1)! % 2 === 0) {
    throw new CountersignError('invalid-key', 'the RSA key has an exponent or a modulus that cannot be right');
  }
  return { kind: 'RSA', exponent, modulus };
}

/** RFC 8709 §4. */
function readEd25519(reader: WireReader, checks: PointChecks): Uint8Array {
  const point = reader.string();
  if (!checks.Ed25519(point)) {
    throw new CountersignError('invalid-key', 'the Ed25519 key is no point that can sign');
  }
  return point;
}

/** RFC 5656 §3.1. */
function readP256(reader: WireReader, checks: PointChecks): Uint8Array {
  if (reader.name() !== 'nistp256') throw new CountersignError('invalid-key', 'the ECDSA curve must be nistp256');
  const point = reader.string();
  if (!checks['P-256'](point)) {
    throw new CountersignError('invalid-key', 'the ECDSA key is no uncompressed P-256 point');
  }
  return point;
}

/** OpenSSH's PROTOCOL.u2f: `ssh:` and what follows, so that a web site's credential is never an SSH key. */
function readApplication(reader: WireReader): string {
  const application = reader.name();
  if (!application.startsWith('ssh:'))
    throw new CountersignError('invalid-key', 'the application must begin with ssh:');
  return application;
}

function bitLength(bytes: Uint8Array): number {
  return 8 * bytes.length - (Math.clz32(bytes[0]!) - 24);
}

function fingerprint(blob: Uint8Array): string {
  return `SHA256:${encodeBase64(sha256(blob)).replace(/=+$/, '')}`;
}
