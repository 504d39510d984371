import { CountersignError, type ErrorCode } from '@countersign/primitives/error';

/** More than five times what the largest QR code holds, so that a parser's work has a bound. */
const MAX_URI_LENGTH = 16_384;

/** Refuses a URI that no QR code could hold by far, when it is built as when it is parsed. */
export function limitedUri(uri: string, code: ErrorCode): string {
  if (uri.length > MAX_URI_LENGTH) throw new CountersignError(code, 'uri must not be longer than 16,384 characters');
  return uri;
}
