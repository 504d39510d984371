import { _SHA256 } from '@noble/hashes/sha2.js';
import { type BlockHash, type ChainingValue, knownAnswerTested, type PrepareMessage } from './hmac-message.ts';

/** noble's SHA-256 with its compression function at hand: `process`, `get`, `set` and `roundClean` are its protected methods. */
class OpenSha256 extends _SHA256 implements BlockHash {
  readonly absorb = this.process;
  readonly save = this.get;
  readonly clean = this.roundClean;

  load(s: ChainingValue): void {
    this.set(s[0]!, s[1]!, s[2]!, s[3]!, s[4]!, s[5]!, s[6]!, s[7]!);
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
  }
}

/** Messages for HMAC-SHA-256. */
export const hmacMessageSha256: PrepareMessage = /* @__PURE__ */ knownAnswerTested(
  () => new OpenSha256(),
  () => new _SHA256(),
  245_030_246,
);
