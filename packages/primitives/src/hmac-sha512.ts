import { _SHA512 } from '@noble/hashes/sha2.js';
import {
  type ChainingValue,
  clonedHmac,
  knownAnswerTested,
  type MidstateHash,
  midstateHmac,
  type PrepareHmac,
} from './hmac.ts';

/** noble's SHA-512 with its compression function at hand: `set`, `process`, `get` and the counters are noble's own. */
class Sha512Midstate extends _SHA512 implements MidstateHash {
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
    for (let i = 0; i < 16; i++) output.setUint32(4 * i, words[i]!);
  }

  wipe(): void {
    this.set(0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0);
    this.buffer.fill(0);
    this.roundClean();
  }

  private load(state: ChainingValue): void {
    const [ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl] = state as ReturnType<typeof this.get>;
    this.set(ah, al, bh, bl, ch, cl, dh, dl, eh, el, fh, fl, gh, gl, hh, hl);
  }
}

/** Prepared HMAC-SHA-512 keys. Known answer: RFC 6238 Appendix B, time step 1, whole. */
export const hmacSha512: PrepareHmac = /* @__PURE__ */ knownAnswerTested(
  () => midstateHmac(() => new Sha512Midstate()),
  /* @__PURE__ */ clonedHmac(() => new _SHA512()),
  '1234567890123456789012345678901234567890123456789012345678901234',
  490693936,
);
