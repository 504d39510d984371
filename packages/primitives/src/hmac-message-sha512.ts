import { _SHA512 } from '@noble/hashes/sha2.js';
import { type BlockHash, type ChainingValue, knownAnswerTested, type PrepareMessage } from './hmac-message.ts';

/** noble's SHA-512 with its compression function at hand: `process`, `get`, `set` and `roundClean` are its protected methods. */
class OpenSha512 extends _SHA512 implements BlockHash {
  readonly absorb = this.process;
  readonly save = this.get;
  readonly clean = this.roundClean;

  load(state: ChainingValue): void {
    this.set(...(state as ReturnType<OpenSha512['get']>));
  }

  // In a loop, unlike its neighbours: beside compressions as long as these it does not show.
  write(output: DataView): void {
    const words = this.get();
    for (let i = 0; i < 16; i++) output.setUint32(4 * i, words[i]!);
  }
}

/** Messages for HMAC-SHA-512. */
export const hmacMessageSha512: PrepareMessage = /* @__PURE__ */ knownAnswerTested(
  () => new OpenSha512(),
  () => new _SHA512(),
  -1_068_312_180,
);
