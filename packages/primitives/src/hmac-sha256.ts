import { _SHA256 } from '@noble/hashes/sha2.js';
import { type PrepareHmac, pooledHmac } from './hmac.ts';

/** Prepared HMAC-SHA-256 keys. */
export const hmacSha256: PrepareHmac = /* @__PURE__ */ pooledHmac(() => new _SHA256());
