import { ed25519 } from '@noble/curves/ed25519.js';
import { p256 } from '@noble/curves/nist.js';
import { isEd25519Signature, verifyEd25519WithNoble } from './ed25519.ts';
import type { SoftwareSignatures } from './engine.ts';
import { isP256Signature } from './p256.ts';

/**
 * Ed25519 and P-256 by `@noble/curves`, with WebCrypto's verdicts. Pass it as `fallback` where a runtime may lack
 * WebCrypto or one of the algorithms: pages without a secure context, older browsers, QuickJS. Do not use it where there
 * is WebCrypto: it is 10 to 30 times slower, and its private keys are bytes that can be copied.
 *
 * @example
 * ```ts
 * import { generateDeviceKey, nobleSignatures } from '@countersign/challenge-response';
 *
 * const key = await generateDeviceKey('Ed25519', { fallback: nobleSignatures });
 * const message = new Uint8Array([1, 2, 3]);
 * nobleSignatures.verify('Ed25519', key.publicKey, message, await key.sign(message)); // => true
 * ```
 */
export const nobleSignatures: SoftwareSignatures = {
  generate(algorithm) {
    const privateKey = algorithm === 'Ed25519' ? ed25519.utils.randomSecretKey() : p256.utils.randomSecretKey();
    const publicKey = algorithm === 'Ed25519' ? ed25519.getPublicKey(privateKey) : p256.getPublicKey(privateKey, false);
    return { privateKey, publicKey };
  },
  sign(algorithm, privateKey, message) {
    return algorithm === 'Ed25519' ? ed25519.sign(message, privateKey) : p256.sign(message, privateKey, { lowS: true });
  },
  verify(algorithm, publicKey, message, signature) {
    if (algorithm === 'Ed25519') {
      return isEd25519Signature(publicKey, signature) && verifyEd25519WithNoble(publicKey, message, signature);
    }
    return isP256Signature(publicKey, signature, false) && p256.verify(signature, message, publicKey, { lowS: false });
  },
};
