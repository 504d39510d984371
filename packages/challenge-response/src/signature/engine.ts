import { hexToBytes } from '@countersign/primitives/bytes';
import { CountersignError } from '@countersign/primitives/error';
import { isEd25519Signature } from './ed25519.ts';
import { isP256Signature } from './p256.ts';

/** The two signature algorithms of device keys: Ed25519 (RFC 8032) and ECDSA with P-256 and SHA-256 (FIPS 186-5). */
export type SignatureAlgorithm = 'Ed25519' | 'P-256';

/** Who computes: the runtime's WebCrypto, or `@noble/curves` in JavaScript. Their verdicts are the same. */
export type SignatureEngine = 'WebCrypto' | 'noble';

/**
 * Signatures computed in JavaScript, for runtimes whose WebCrypto lacks an algorithm. It is passed as an option, so that
 * the curves are in no bundle that does not ask for them.
 */
export type SoftwareSignatures = {
  /** A fresh pair: 32 secret bytes, and the public key as a {@link DevicePublicKey} has it. */
  generate(algorithm: SignatureAlgorithm): { privateKey: Uint8Array; publicKey: Uint8Array };
  /** Signs bytes with 32 secret bytes: 64 bytes, `R ‖ S` or raw `r ‖ s` with the low s. */
  sign(algorithm: SignatureAlgorithm, privateKey: Uint8Array, message: Uint8Array): Uint8Array;
  /** Judges 64 bytes, whichever half s is in; never throws for bytes. */
  verify(algorithm: SignatureAlgorithm, publicKey: Uint8Array, message: Uint8Array, signature: Uint8Array): boolean;
};

/** WebCrypto's names of the algorithms, for keys and for signatures. */
export const PARAMETERS = {
  Ed25519: { name: 'Ed25519' },
  'P-256': { name: 'ECDSA', namedCurve: 'P-256', hash: 'SHA-256' },
} as const;

/** Known answers: RFC 8032 §7.1 test 1 (no message), and RFC 6979 A.2.5 with SHA-256, message "sample". */
const KNOWN = {
  Ed25519: {
    publicKey: 'd75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a',
    message: '',
    signature:
      'e5564300c360ac729086e2cc806e828a84877f1eb8e5d974d873e065224901555fb8821590a33bacc61e39701cf9b46bd25bf5f0595bbe24655141438e7a100b',
  },
  'P-256': {
    publicKey:
      '0460fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb67903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299',
    message: '73616d706c65',
    signature:
      'efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8',
  },
} as const;

/** The runtime's WebCrypto; pages without a secure context have none. */
export function subtleCrypto(): SubtleCrypto | undefined {
  return globalThis.crypto?.subtle;
}

/** True when an algorithm is there and verifies a signature that its specification printed. */
async function passesKnownAnswer(subtle: SubtleCrypto, algorithm: SignatureAlgorithm): Promise<boolean> {
  const { publicKey, message, signature } = KNOWN[algorithm];
  try {
    const parameters = PARAMETERS[algorithm];
    const key = await subtle.importKey('raw', new Uint8Array(hexToBytes(publicKey)), parameters, false, ['verify']);
    return await subtle.verify(
      parameters,
      key,
      new Uint8Array(hexToBytes(signature)),
      new Uint8Array(hexToBytes(message)),
    );
  } catch {
    return false;
  }
}

/** Each engine is asked once for each algorithm; a new `crypto.subtle` (a test's) is a new engine. */
const answers = new WeakMap<SubtleCrypto, Map<SignatureAlgorithm, Promise<boolean>>>();

function webCryptoHas(algorithm: SignatureAlgorithm): Promise<boolean> {
  const subtle = subtleCrypto();
  if (subtle === undefined) return Promise.resolve(false);
  const known = answers.get(subtle) ?? new Map<SignatureAlgorithm, Promise<boolean>>();
  answers.set(subtle, known);
  const answer = known.get(algorithm) ?? passesKnownAnswer(subtle, algorithm);
  known.set(algorithm, answer);
  return answer;
}

/**
 * WebCrypto where it has the algorithm, the fallback otherwise.
 *
 * @throws CountersignError `unsupported` when there is neither
 */
export async function chooseComputer(
  algorithm: SignatureAlgorithm,
  fallback: SoftwareSignatures | undefined,
): Promise<'WebCrypto' | SoftwareSignatures> {
  if (fallback !== undefined && typeof fallback?.verify !== 'function') {
    throw new CountersignError('invalid-argument', 'fallback must be nobleSignatures');
  }
  if (await webCryptoHas(algorithm)) return 'WebCrypto';
  if (fallback !== undefined) return fallback;
  throw new CountersignError(
    'unsupported',
    `this runtime's WebCrypto has no ${algorithm}: pass { fallback: nobleSignatures }`,
  );
}

/**
 * WebCrypto where it has the algorithm (10 to 30 times faster, and its keys cannot be exported), noble otherwise.
 *
 * @param asked an engine that the caller insists on
 * @throws CountersignError `unsupported` when WebCrypto was asked for and lacks the algorithm
 */
export async function chooseEngine(
  algorithm: SignatureAlgorithm,
  asked: SignatureEngine | undefined,
): Promise<SignatureEngine> {
  if (asked !== undefined && asked !== 'WebCrypto' && asked !== 'noble') {
    throw new CountersignError('invalid-argument', "engine must be 'WebCrypto' or 'noble'");
  }
  if (asked === 'noble') return 'noble';
  if (await webCryptoHas(algorithm)) return 'WebCrypto';
  if (asked === undefined) return 'noble';
  throw new CountersignError('unsupported', `this runtime's WebCrypto has no ${algorithm}`);
}

/** A signature checked by WebCrypto: a key that it refuses to import is a failed verification. */
async function verifyWithWebCrypto(
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
): Promise<boolean> {
  const parameters = PARAMETERS[algorithm];
  try {
    const key = await crypto.subtle.importKey('raw', new Uint8Array(publicKey), parameters, false, ['verify']);
    return await crypto.subtle.verify(parameters, key, new Uint8Array(signature), new Uint8Array(message));
  } catch {
    return false;
  }
}

/** One verdict whoever computes: what they might disagree about is refused before one is asked. */
export async function verifyBy(
  computer: 'WebCrypto' | SoftwareSignatures,
  algorithm: SignatureAlgorithm,
  publicKey: Uint8Array,
  message: Uint8Array,
  signature: Uint8Array,
  lowS: boolean,
): Promise<boolean> {
  const acceptable =
    algorithm === 'Ed25519' ? isEd25519Signature(publicKey, signature) : isP256Signature(publicKey, signature, lowS);
  if (!acceptable) return false;
  return computer === 'WebCrypto'
    ? verifyWithWebCrypto(algorithm, publicKey, message, signature)
    : computer.verify(algorithm, publicKey, message, signature);
}
