import { type Algorithm, OUTPUT_LENGTH } from '@countersign/primitives/algorithm';
import { truncate } from '@countersign/primitives/hmac-message';
import { hmacMessageSha1 } from '@countersign/primitives/hmac-message-sha1';
import { hmacMessageSha256 } from '@countersign/primitives/hmac-message-sha256';
import { hmacMessageSha512 } from '@countersign/primitives/hmac-message-sha512';

const HASHES = { SHA1: hmacMessageSha1, SHA256: hmacMessageSha256, SHA512: hmacMessageSha512 } as const;

/** An HMAC key with the message that it is computed over again and again, while a few of its bytes change. */
export type PreparedMessage = {
  /** The message, zeros at first. The caller writes here, and clears it after use. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  /** HMAC of the message as it stands, dynamically truncated to 31 bits (RFC 4226 §5.3). */
  truncated(): number;
  /** HMAC of the message as it stands, whole. */
  digest(): Uint8Array;
  /** Clears what computing left behind. Call once per request, after the last computation. */
  wipe(): void;
};

/** Prepares a key from a secret of any length, and a message of `length` bytes. The caller's secret is not kept. */
export function prepareMessage(algorithm: Algorithm): (secret: Uint8Array, length: number) => PreparedMessage {
  return (secret, length) => {
    const message = HASHES[algorithm](length);
    const key = message.prepare(secret);
    return {
      bytes: new Uint8Array(message.view.buffer, 0, length),
      truncated: () => truncate(message.compute(key)),
      digest: () => new Uint8Array(message.compute(key).buffer.slice(0, OUTPUT_LENGTH[algorithm])),
      wipe: message.wipe,
    };
  };
}
