import { _SHA1 } from '@noble/hashes/legacy.js';
import { type ChainingValue, type CounterHmac, knownAnswerTested, type MidstateHash } from './counter-hmac.ts';

/** noble's SHA-1 with its compression function at hand: `set`, `process` and `get` are noble's own protected methods. */
export class Sha1Midstate extends _SHA1 implements MidstateHash {
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
  }

  compress(state: ChainingValue, block: DataView): void {
    this.set(state[0]!, state[1]!, state[2]!, state[3]!, state[4]!);
    this.process(block, 0);
  }

  wipe(): void {
    this.destroy();
    this.roundClean();
  }
}

/** HMAC-SHA-1 of counters. Known answer: RFC 4226 Appendix D, counter 1. */
export const counterHmacSha1: CounterHmac = /* @__PURE__ */ knownAnswerTested(
  () => new Sha1Midstate(),
  () => new _SHA1(),
  '12345678901234567890',
  1094287082,
);
