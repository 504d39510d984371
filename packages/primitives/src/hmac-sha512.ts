import { _SHA512 } from '@noble/hashes/sha2.js';
import { type PrepareHmac, pooledHmac } from './hmac.ts';

/** Prepared HMAC-SHA-512 keys. */
export const hmacSha512: PrepareHmac = /* @__PURE__ */ pooledHmac(() => new _SHA512());
