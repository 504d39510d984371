import { concatBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import type { Reason } from '@countersign/primitives/reason';
import { sha256, sha512 } from '@countersign/primitives/sha2';
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
 * Why a signature was refused. `malformed`: no SSHSIG, or one with an algorithm that is not accepted, such as SHA-1;
 * `other-purpose`: made for another namespace; `bad-signature`: by another key, or of another message;
 * `user-not-verified`: genuine, but nobody touched the token.
 */
export type SshSignatureRefusal = Extract<
  Reason,
  'malformed' | 'other-purpose' | 'bad-signature' | 'user-not-verified'
>;

/** The verdict on a signature, before it is put into the shape of a result. */
export type SshVerdict =
  | { ok: true; hashAlgorithm: 'sha256' | 'sha512'; token?: SshTokenReport | undefined }
  | { ok: false; reason: SshSignatureRefusal };

/** Checks one armoured signature, whatever it is, against one key and the messages any of which may have been signed. */
export async function verifySshSig(
  armour: unknown,
  publicKey: SshPublicKey | string,
  namespace: string,
  messages: readonly Uint8Array[],
  engine: SignatureEngine | undefined,
): Promise<SshVerdict> {
  const known = keyOf(publicKey);
  try {
    const sig = parseSshSig(armour);
    const { hashAlgorithm } = sig;
    if (hashAlgorithm !== 'sha256' && hashAlgorithm !== 'sha512') return { ok: false, reason: 'malformed' };
    if (!equalBytes(sig.publicKey, known.blob)) return { ok: false, reason: 'bad-signature' };
    if (sig.namespace !== namespace) return { ok: false, reason: 'other-purpose' };
    const { token, isOf } =
      known.material.kind === 'RSA'
        ? readRsaSignature(known.material, sig)
        : readCurveSignature(known.type, known.material, sig, engine);
    let genuine = false;
    for (const message of messages) {
      genuine = genuine || (await isOf(signedData(namespace, hashAlgorithm, message)));
    }
    if (!genuine) return { ok: false, reason: 'bad-signature' };
    if (token === undefined) return { ok: true, hashAlgorithm };
    return token.userPresence ? { ok: true, hashAlgorithm, token } : { ok: false, reason: 'user-not-verified' };
  } catch (error) {
    if (error instanceof WireFault) return { ok: false, reason: 'malformed' };
    throw error;
  }
}

/** A signature that was taken apart: what the token says, and whether it is one of these bytes. */
type ReadSignature = {
  readonly token: SshTokenReport | undefined;
  readonly isOf: (signed: Uint8Array) => Promise<boolean>;
};

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

function readRsaSignature(
  key: Extract<KeyMaterial, { kind: 'RSA' }>,
  { signatureType, signature }: SshSig,
): ReadSignature {
  if (signatureType !== 'rsa-sha2-256' && signatureType !== 'rsa-sha2-512') throw new WireFault('has another type');
  const value = signature.string();
  signature.end();
  const hash = signatureType === 'rsa-sha2-256' ? 'SHA-256' : 'SHA-512';
  return { token: undefined, isOf: (signed) => verifyRsa(key, hash, signed, value) };
}

function readCurveSignature(
  type: string,
  { kind, point, application }: Extract<KeyMaterial, { point: Uint8Array }>,
  { signatureType, signature }: SshSig,
  engine: SignatureEngine | undefined,
): ReadSignature {
  if (signatureType !== type) throw new WireFault('has another type');
  const value = signature.string();
  // OpenSSH's PROTOCOL.u2f, "SSH U2F Signatures": flags and counter follow the signature, and are signed with it.
  const report = application === undefined ? undefined : signature.bytes(5);
  signature.end();
  const raw = kind === 'P-256' ? rawP256(value) : value;
  // ssh-keygen leaves s in the upper half in every other signature.
  const isSigned = (message: Uint8Array): Promise<boolean> => verifySignature(kind, engine, point, message, raw, false);
  if (application === undefined || report === undefined) return { token: undefined, isOf: isSigned };
  const bound = sha256(utf8ToBytes(application));
  const flags = report[0]!;
  const token = {
    userPresence: (flags & 1) !== 0,
    userVerification: (flags & 4) !== 0,
    counter: new DataView(report.buffer).getUint32(1),
  };
  return { token, isOf: (signed) => isSigned(concatBytes(bound, report, sha256(signed))) };
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
