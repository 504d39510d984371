import { _SHA512 } from '@noble/hashes/sha2.js';
import { type ChainingValue, type CounterHmac, knownAnswerTested, type MidstateHash } from './counter-hmac.ts';

/** noble's SHA-512 with its compression function at hand: `set`, `process` and `get` are noble's own protected methods. */
export class Sha512Midstate extends _SHA512 implements MidstateHash {
  private readonly initial: ChainingValue = this.get();

  absorb(block: DataView): ChainingValue {
    this.compress(this.initial, block);
    return this.get();
  }

  finish(state: ChainingValue, block: DataView, output: DataView): void {
    this.compress(state, block);
    this.write(output);
  }

  // Written out, so that the engine need not allocate the array that get() returns.
  write(output: DataView): void {
    const words = this.get();
    output.setUint32(0, words[0]);
    output.setUint32(4, words[1]);
    output.setUint32(8, words[2]);
    output.setUint32(12, words[3]);
    output.setUint32(16, words[4]);
    output.setUint32(20, words[5]);
    output.setUint32(24, words[6]);
    output.setUint32(28, words[7]);
    output.setUint32(32, words[8]);
    output.setUint32(36, words[9]);
    output.setUint32(40, words[10]);
    output.setUint32(44, words[11]);
    output.setUint32(48, words[12]);
    output.setUint32(52, words[13]);
    output.setUint32(56, words[14]);
    output.setUint32(60, words[15]);
  }

  compress(state: ChainingValue, block: DataView): void {
    this.set(
      state[0]!,
      state[1]!,
      state[2]!,
      state[3]!,
      state[4]!,
      state[5]!,
      state[6]!,
      state[7]!,
      state[8]!,
      state[9]!,
      state[10]!,
      state[11]!,
      state[12]!,
      state[13]!,
      state[14]!,
      state[15]!,
    );
    this.process(block, 0);
  }

  wipe(): void {
    this.destroy();
    this.roundClean();
  }
}

/** HMAC-SHA-512 of counters. Known answer: RFC 6238 Appendix B, time step 1, whole. */
export const counterHmacSha512: CounterHmac = /* @__PURE__ */ knownAnswerTested(
  () => new Sha512Midstate(),
  () => new _SHA512(),
  '1234567890123456789012345678901234567890123456789012345678901234',
  490693936,
);
