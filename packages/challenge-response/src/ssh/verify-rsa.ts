import { CountersignError } from '@countersign/primitives/error';
import { subtleCrypto } from '../signature/engine.ts';
import { encodeBase64 } from './wire.ts';

/**
 * RSASSA-PKCS1-v1_5 (RFC 8017 §8.2.2) with SHA-256 or SHA-512, by WebCrypto: noble has no RSA.
 *
 * @throws CountersignError `unsupported` where there is no WebCrypto, as on pages that are not served by HTTPS
 */
export async function verifyRsa(
  key: { readonly exponent: Uint8Array; readonly modulus: Uint8Array },
  hash: 'SHA-256' | 'SHA-512',
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const subtle = subtleCrypto();
  if (subtle === undefined) throw new CountersignError('unsupported', 'RSA signatures need WebCrypto');
  // RFC 8332 §3: exactly as long as the modulus. Shorter ones have a second encoding.
  if (signature.length !== key.modulus.length) return false;
  const jwk: JsonWebKey = { kty: 'RSA', n: base64Url(key.modulus), e: base64Url(key.exponent), ext: true };
  const algorithm = { name: 'RSASSA-PKCS1-v1_5', hash };
  try {
    const publicKey = await subtle.importKey('jwk', jwk, algorithm, false, ['verify']);
    return await subtle.verify(algorithm, publicKey, new Uint8Array(signature), new Uint8Array(message));
  } catch {
    return false;
  }
}

function base64Url(bytes: Uint8Array): string {
  return encodeBase64(bytes).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
}
