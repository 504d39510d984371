import { _SHA256 } from '@noble/hashes/sha2.js';
import { type ChainingValue, type CounterHmac, knownAnswerTested, type MidstateHash } from './counter-hmac.ts';

/** noble's SHA-256 with its compression function at hand: `set`, `process` and `get` are noble's own protected methods. */
export class Sha256Midstate extends _SHA256 implements MidstateHash {
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
  }

  compress(state: ChainingValue, block: DataView): void {
    this.set(state[0]!, state[1]!, state[2]!, state[3]!, state[4]!, state[5]!, state[6]!, state[7]!);
    this.process(block, 0);
  }

  wipe(): void {
    this.destroy();
    this.roundClean();
  }
}

/** HMAC-SHA-256 of counters. Known answer: RFC 6238 Appendix B, time step 1, whole. */
export const counterHmacSha256: CounterHmac = /* @__PURE__ */ knownAnswerTested(
  () => new Sha256Midstate(),
  () => new _SHA256(),
  '12345678901234567890123456789012',
  746119246,
);
