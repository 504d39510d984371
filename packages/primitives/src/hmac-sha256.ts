import { _SHA256 } from '@noble/hashes/sha2.js';
import {
  type ChainingValue,
  clonedHmac,
  knownAnswerTested,
  type MidstateHash,
  midstateHmac,
  type PrepareHmac,
} from './hmac.ts';

/** noble's SHA-256 with its compression function at hand: `set`, `process`, `get` and the counters are noble's own. */
class Sha256Midstate extends _SHA256 implements MidstateHash {
  save(): ChainingValue {
    return this.get();
  }

  resume(state: ChainingValue): this {
    this.load(state);
    this.length = this.blockLen;
    this.pos = 0;
    this.finished = false;
    return this;
  }

  compress(state: ChainingValue, blocks: DataView): void {
    this.load(state);
    for (let at = 0; at < blocks.byteLength; at += this.blockLen) this.process(blocks, at);
  }

  write(output: DataView): void {
    const words = this.get();
    for (let i = 0; i < 8; i++) output.setUint32(4 * i, words[i]!);
  }

  wipe(): void {
    this.set(0, 0, 0, 0, 0, 0, 0, 0);
    this.buffer.fill(0);
    this.roundClean();
  }

  private load(state: ChainingValue): void {
    const [a, b, c, d, e, f, g, h] = state as ReturnType<typeof this.get>;
    this.set(a, b, c, d, e, f, g, h);
  }
}

/** Prepared HMAC-SHA-256 keys. Known answer: RFC 6238 Appendix B, time step 1, whole. */
export const hmacSha256: PrepareHmac = /* @__PURE__ */ knownAnswerTested(
  () => midstateHmac(() => new Sha256Midstate()),
  /* @__PURE__ */ clonedHmac(() => new _SHA256()),
  '12345678901234567890123456789012',
  746119246,
);
