import { assertBytes } from '@countersign/primitives/assert';
import { concatBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { sha256, sha512 } from '@countersign/primitives/sha2';
import { assertName } from '../short-code/keyed-tag.ts';
import type { SignatureEngine } from '../signature/engine.ts';
import { verifySignature } from '../signature/verify.ts';
import { type KeyMaterial, keyOf, type SshPublicKey } from './parse-ssh-public-key.ts';
import { parseSshSig, type SshSig } from './parse-sshsig.ts';
import { verifyRsa } from './verify-rsa.ts';
import { WireFault, wireReader, wireString } from './wire.ts';

/** What a FIDO token said of itself (OpenSSH's PROTOCOL.u2f): somebody touched it, it checked a PIN or a finger. */
export type SshTokenReport = {
  readonly userPresence: boolean;
  readonly userVerification: boolean;
  /** goes up with every signature; one that does not betrays a copied token */
  readonly counter: number;
};

/**
 * Why a signature was refused: `malformed`: no SSHSIG; `other-key`: made with another key; `other-namespace`: made for
 * another purpose; `weak-algorithm`: a hash or signature algorithm that is not accepted, such as SHA-1;
 * `user-not-present`: nobody touched the token; `bad-signature`: does not verify.
 */
export type SshSignatureRefusal =
  | 'malformed'
  | 'other-key'
  | 'other-namespace'
  | 'weak-algorithm'
  | 'user-not-present'
  | 'bad-signature';

export type SshSignatureResult =
  | { ok: true; hashAlgorithm: 'sha256' | 'sha512'; token?: SshTokenReport | undefined }
  | { ok: false; reason: SshSignatureRefusal };

/**
 * Verifies what `ssh-keygen -Y sign -n NAMESPACE -f KEY FILE` makes: the armoured SSHSIG, against one known key. The
 * user proves possession of the private half by signing a fresh random challenge of yours; issue it once, keep it with
 * the session, and accept it once. The signature itself carries no time.
 *
 * @param options `publicKey`: from `parseSshPublicKey`, or its line; `message`: the bytes that were signed (mind the
 *   newline that editors add); `namespace`: the purpose, 1 to 256 characters, such as `enrol@portal.example`;
 *   `signature`: the armoured text, whatever arrived; `engine`: see `generateDeviceKey`
 * @returns `token` for `sk-` keys, whose signature counts only if somebody touched the token
 * @throws CountersignError `invalid-key` (publicKey), `invalid-argument`, `unsupported` (RSA where there is no WebCrypto)
 *
 * SHA-256 and SHA-512 only, also inside RSA (`rsa-sha2-256`, `rsa-sha2-512`; RFC 8332), never SHA-1.
 *
 * @example
 * ```ts
 * import { parseSshPublicKey, verifySshSignature } from '@countersign/challenge-response';
 *
 * const publicKey = parseSshPublicKey(
 *   'ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAINdamAGCsQq31Uv+08lkBzoO4XLz2qYjJa8CGmj3B1Ea',
 * );
 * const message = new TextEncoder().encode('challenge 1');
 * const namespace = 'enrol@portal.example';
 * const result = await verifySshSignature({ publicKey, message, namespace, signature: 'garbage' });
 * result; // => { ok: false, reason: 'malformed' }
 * ```
 */
export async function verifySshSignature(options: {
  publicKey: SshPublicKey | string;
  message: Uint8Array;
  namespace: string;
  signature: unknown;
  engine?: SignatureEngine | undefined;
}): Promise<SshSignatureResult> {
  const { publicKey, message, namespace, signature, engine } = options;
  assertBytes(message, 'message', 0);
  assertName(namespace, 'namespace');
  const copy = new Uint8Array(message);
  const known = keyOf(publicKey);
  try {
    const sig = parseSshSig(signature);
    if (!equalBytes(sig.publicKey, known.blob)) return { ok: false, reason: 'other-key' };
    if (sig.namespace !== namespace) return { ok: false, reason: 'other-namespace' };
    const { hashAlgorithm } = sig;
    if (hashAlgorithm !== 'sha256' && hashAlgorithm !== 'sha512') return { ok: false, reason: 'weak-algorithm' };
    const signed = signedData(namespace, hashAlgorithm, copy);
    const verdict =
      known.material.kind === 'RSA'
        ? await verifyWithRsa(known.material, sig, signed)
        : await verifyOnCurve(known.type, known.material, sig, signed, engine);
    return 'ok' in verdict ? verdict : { ok: true, hashAlgorithm, ...verdict };
  } catch (error) {
    if (error instanceof WireFault) return { ok: false, reason: 'malformed' };
    throw error;
  }
}

type Verdict = { ok: false; reason: SshSignatureRefusal } | { token?: SshTokenReport | undefined };

/** OpenSSH's PROTOCOL.sshsig, "Signed Data": the message's hash with all that it is bound to. */
function signedData(namespace: string, hashAlgorithm: 'sha256' | 'sha512', message: Uint8Array): Uint8Array {
  const hash = hashAlgorithm === 'sha256' ? sha256 : sha512;
  return concatBytes(
    utf8ToBytes('SSHSIG'),
    wireString(utf8ToBytes(namespace)),
    wireString(new Uint8Array()),
    wireString(utf8ToBytes(hashAlgorithm)),
    wireString(hash(message)),
  );
}

async function verifyWithRsa(
  key: Extract<KeyMaterial, { kind: 'RSA' }>,
  { signatureType, signature }: SshSig,
  signed: Uint8Array,
): Promise<Verdict> {
  if (signatureType !== 'rsa-sha2-256' && signatureType !== 'rsa-sha2-512') {
    return { ok: false, reason: signatureType === 'ssh-rsa' ? 'weak-algorithm' : 'malformed' };
  }
  const value = signature.string();
  signature.end();
  const genuine = await verifyRsa(key, signatureType === 'rsa-sha2-256' ? 'SHA-256' : 'SHA-512', signed, value);
  return genuine ? {} : { ok: false, reason: 'bad-signature' };
}

async function verifyOnCurve(
  type: string,
  { kind, point, application }: Extract<KeyMaterial, { point: Uint8Array }>,
  { signatureType, signature }: SshSig,
  signed: Uint8Array,
  engine: SignatureEngine | undefined,
): Promise<Verdict> {
  if (signatureType !== type) return { ok: false, reason: 'malformed' };
  const value = signature.string();
  let message = signed;
  let token: SshTokenReport | undefined;
  if (application !== undefined) {
    // OpenSSH's PROTOCOL.u2f, "SSH U2F Signatures": flags and counter follow the signature, and are signed with it.
    const report = signature.bytes(5);
    const flags = report[0]!;
    message = concatBytes(sha256(utf8ToBytes(application)), report, sha256(signed));
    token = {
      userPresence: (flags & 1) !== 0,
      userVerification: (flags & 4) !== 0,
      counter: new DataView(report.buffer).getUint32(1),
    };
  }
  signature.end();
  const raw = kind === 'P-256' ? rawP256(value) : value;
  // ssh-keygen leaves s in the upper half in every other signature.
  const genuine = await verifySignature(kind, engine, point, message, raw, false);
  if (!genuine) return { ok: false, reason: 'bad-signature' };
  if (token === undefined) return {};
  return token.userPresence ? { token } : { ok: false, reason: 'user-not-present' };
}

/** RFC 5656 §3.1.2: two multiple-precision integers, here as `r ‖ s` of 64 bytes. */
function rawP256(value: Uint8Array): Uint8Array {
  const reader = wireReader(value);
  const raw = new Uint8Array(64);
  for (const end of [32, 64]) {
    const number = reader.positive();
    if (number.length > 32) throw new WireFault('has a number that is too long');
    raw.set(number, end - number.length);
  }
  reader.end();
  return raw;
}
