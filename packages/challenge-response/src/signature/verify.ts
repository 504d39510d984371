import { chooseEngine, type SignatureAlgorithm, type SignatureEngine, verifyBy } from './engine.ts';
import { nobleSignatures } from './noble.ts';

/**
 * Verifies one raw signature of 64 bytes by the engine that there is, noble always at hand: for entries that load the
 * curves anyway.
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
  const computer = chosen === 'WebCrypto' ? chosen : nobleSignatures;
  return verifyBy(computer, algorithm, publicKey, message, signature, lowS);
}
