import { _SHA1 } from '@noble/hashes/legacy.js';
import { type BlockHash, type ChainingValue, knownAnswerTested, type PrepareMessage } from './hmac-message.ts';

/** noble's SHA-1 with its compression function at hand: `process`, `get`, `set` and `roundClean` are its protected methods. */
class OpenSha1 extends _SHA1 implements BlockHash {
  readonly absorb = this.process;
  readonly save = this.get;
  readonly clean = this.roundClean;

  load(s: ChainingValue): void {
    this.set(s[0]!, s[1]!, s[2]!, s[3]!, s[4]!);
  }

  // Written out, so that the engine need not allocate the array that get() returns.
  write(output: DataView): void {
    const words = this.get();
    output.setUint32(0, words[0]);
    output.setUint32(4, words[1]);
    output.setUint32(8, words[2]);
    output.setUint32(12, words[3]);
    output.setUint32(16, words[4]);
  }
}

/** Messages for HMAC-SHA-1. */
export const hmacMessageSha1: PrepareMessage = /* @__PURE__ */ knownAnswerTested(
  () => new OpenSha1(),
  () => new _SHA1(),
  1_943_093_182,
);
