import { _SHA1 } from '@noble/hashes/legacy.js';
import { type PrepareHmac, pooledHmac } from './hmac.ts';

/** Prepared HMAC-SHA-1 keys. */
export const hmacSha1: PrepareHmac = /* @__PURE__ */ pooledHmac(() => new _SHA1());
