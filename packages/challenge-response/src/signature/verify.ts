import { verifyEd25519 } from './ed25519.ts';
import { chooseEngine, type SignatureAlgorithm, type SignatureEngine } from './engine.ts';
import { verifyP256 } from './p256.ts';

/**
 * Verifies one raw signature of 64 bytes by the engine that there is.
 *
 * @param lowS for P-256: whether the high s is refused
 */
export async function verifySignature(
  algorithm: SignatureAlgorithm,
  engine: SignatureEngine | undefined,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  lowS: boolean,
): Promise<boolean> {
  const chosen = await chooseEngine(algorithm, engine);
  if (algorithm === 'Ed25519') return verifyEd25519(chosen, publicKey, message, signature);
  return verifyP256(chosen, publicKey, message, signature, lowS);
}
