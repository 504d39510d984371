/** The hash inside the HMAC, spelled as in `otpauth://` URIs. */
export type Algorithm = 'SHA1' | 'SHA256' | 'SHA512';

/** Every {@link Algorithm}, with its output length in bytes: the length of secret that RFC 6238 uses with it. */
export const OUTPUT_LENGTH: Readonly<Record<Algorithm, number>> = { SHA1: 20, SHA256: 32, SHA512: 64 };

/** True for the name of an {@link Algorithm}, as written; inherited property names are not algorithms. */
export function isAlgorithm(value: unknown): value is Algorithm {
  return typeof value === 'string' && Object.hasOwn(OUTPUT_LENGTH, value);
}

/** What every authenticator app uses when a URI says nothing, and so what a key uses when it is told nothing. */
export const DEFAULT_ALGORITHM: Algorithm = 'SHA1';
export const DEFAULT_DIGITS = 6;
/** Seconds in a time step (RFC 6238 §4.1). */
export const DEFAULT_PERIOD = 30;
