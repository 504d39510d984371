import { encodeBase32 } from '@countersign/primitives/base32';
import { groupCode } from '@countersign/primitives/readable-code';
import { copySecret } from './account.ts';

/**
 * The secret as Base32 in groups of four, for people who cannot scan and type it into their app. Apps and
 * `secretFromBase32` ignore the spaces. Show it beside the QR code, and like it only once.
 *
 * @param secret 1 … 128 bytes
 * @throws CountersignError `invalid-secret`
 * @example
 * ```ts
 * import { formatSecret } from '@countersign/qr-provisioning-uri';
 *
 * formatSecret(new TextEncoder().encode('12345678901234567890')); // => 'GEZD GNBV GY3T QOJQ GEZD GNBV GY3T QOJQ'
 * ```
 */
export function formatSecret(secret: Uint8Array): string {
  return groupCode(encodeBase32(copySecret(secret)), 4, ' ');
}
