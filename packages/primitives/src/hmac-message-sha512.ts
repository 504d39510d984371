import { _SHA512 } from '@noble/hashes/sha2.js';
import { type BlockHash, type ChainingValue, knownAnswerTested, type PrepareMessage } from './hmac-message.ts';

/** noble's SHA-512 with its compression function at hand: `process`, `get`, `set` and `roundClean` are its protected methods. */
class OpenSha512 extends _SHA512 implements BlockHash {
  readonly absorb = this.process;
  readonly save = this.get;
  readonly clean = this.roundClean;

  load(s: ChainingValue): void {
    // biome-ignore format: two rows of eight words
    this.set(
      s[0]!, s[1]!, s[2]!, s[3]!, s[4]!, s[5]!, s[6]!, s[7]!,
      s[8]!, s[9]!, s[10]!, s[11]!, s[12]!, s[13]!, s[14]!, s[15]!);
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
}

/** Messages for HMAC-SHA-512. */
export const hmacMessageSha512: PrepareMessage = /* @__PURE__ */ knownAnswerTested(
  () => new OpenSha512(),
  () => new _SHA512(),
  -1_068_312_180,
);
