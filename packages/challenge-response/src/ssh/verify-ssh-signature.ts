import { assertBytes, assertName, assertOptions } from '@countersign/primitives/assert';
import { isGuess } from '@countersign/primitives/guess';
import type { SignatureEngine } from '../signature/engine.ts';
import type { SshPublicKey } from './parse-ssh-public-key.ts';
import { type SshSignatureRefusal, type SshTokenReport, verifySshSig } from './verify-sshsig.ts';

/** Result of {@link verifySshSignature}. `guess` is true for `bad-signature` alone. */
export type SshSignatureResult =
  | { ok: true; hashAlgorithm: 'sha256' | 'sha512'; token?: SshTokenReport | undefined }
  | { ok: false; reason: SshSignatureRefusal; guess: boolean };

/**
 * Verifies what `ssh-keygen -Y sign -n NAMESPACE -f KEY FILE` makes: the armoured SSHSIG, against one known key and the
 * exact bytes of the file. For documents and releases.
 *
 * Not for login or enrolment: a signature carries no time and can be shown again. There let the user sign what
 * {@link issueSshChallenge} gives, and check it with {@link verifySshResponse}.
 *
 * @param options `publicKey`: from `parseSshPublicKey`, or its line; `message`: the bytes that were signed (mind the
 *   newline that editors add); `namespace`: the purpose, 1 to 256 characters, such as `release@portal.example`;
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
 * const message = new TextEncoder().encode('the text of a release');
 * const namespace = 'release@portal.example';
 * const result = await verifySshSignature({ publicKey, message, namespace, signature: 'garbage' });
 * result; // => { ok: false, reason: 'malformed', guess: false }
 * ```
 */
export async function verifySshSignature(options: {
  publicKey: SshPublicKey | string;
  message: Uint8Array;
  namespace: string;
  signature: unknown;
  engine?: SignatureEngine | undefined;
}): Promise<SshSignatureResult> {
  assertOptions(options);
  const { publicKey, message, namespace, signature, engine } = options;
  assertBytes(message, 'message', 0);
  assertName(namespace, 'namespace');
  // A copy: the caller may change its array while WebCrypto works.
  const verdict = await verifySshSig(signature, publicKey, namespace, [new Uint8Array(message)], engine);
  return verdict.ok ? verdict : { ...verdict, guess: isGuess(verdict.reason) };
}
