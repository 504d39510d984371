/** The hash inside the HMAC, spelled as in `otpauth://` URIs. */
export type Algorithm = 'SHA1' | 'SHA256' | 'SHA512';

/** Every {@link Algorithm}, with its output length in bytes: the length of secret that RFC 6238 uses with it. */
export const OUTPUT_LENGTH: Readonly<Record<Algorithm, number>> = { SHA1: 20, SHA256: 32, SHA512: 64 };

/** True for the name of an {@link Algorithm}, as written; inherited property names are not algorithms. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === 'string' && Object.hasOwn(OUTPUT_LENGTH, value);
}
