import { _SHA1 } from '@noble/hashes/legacy.js';
import {
  type ChainingValue,
  clonedHmac,
  knownAnswerTested,
  type MidstateHash,
  midstateHmac,
  type PrepareHmac,
} from './hmac.ts';

/** noble's SHA-1 with its compression function at hand: `set`, `process`, `get` and the counters are noble's own. */
class Sha1Midstate extends _SHA1 implements MidstateHash {
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
    output.setUint32(0, words[0]);
    output.setUint32(4, words[1]);
    output.setUint32(8, words[2]);
    output.setUint32(12, words[3]);
    output.setUint32(16, words[4]);
  }

  wipe(): void {
    this.set(0, 0, 0, 0, 0);
    this.buffer.fill(0);
    this.roundClean();
  }

  private load(state: ChainingValue): void {
    this.set(state[0]!, state[1]!, state[2]!, state[3]!, state[4]!);
  }
}

/** Prepared HMAC-SHA-1 keys. Known answer: RFC 4226 Appendix D, counter 1. */
export const hmacSha1: PrepareHmac = /* @__PURE__ */ knownAnswerTested(
  () => midstateHmac(() => new Sha1Midstate()),
  /* @__PURE__ */ clonedHmac(() => new _SHA1()),
  '12345678901234567890',
  1094287082,
);
