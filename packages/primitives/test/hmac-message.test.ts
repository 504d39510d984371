import { createHmac } from 'node:crypto';
import { _SHA1 } from '@noble/hashes/legacy.js';
import { _SHA256, _SHA512 } from '@noble/hashes/sha2.js';
import fc from 'fast-check';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type BlockHash,
  type HmacMessage,
  knownAnswerTested,
  type PrepareMessage,
  truncate,
} from '../src/hmac-message.ts';
import { hmacMessageSha1 } from '../src/hmac-message-sha1.ts';
import { hmacMessageSha256 } from '../src/hmac-message-sha256.ts';
import { hmacMessageSha512 } from '../src/hmac-message-sha512.ts';

type Noble = _SHA1 | _SHA256 | _SHA512;
/** noble's protected methods, as any subclass reaches them. */
type Opened = {
  blockLen: number;
  process(view: DataView, offset: number): void;
  get(): number[];
  set(...words: number[]): void;
  roundClean(): void;
};

function open(create: () => Noble): BlockHash {
  const hash = create() as unknown as Opened;
  return {
    blockLen: hash.blockLen,
    absorb: (blocks, offset) => hash.process(blocks, offset),
    save: () => hash.get(),
    load: (state) => hash.set(...state),
    write: (output) => hash.get().forEach((word, i) => void output.setUint32(4 * i, word)),
    clean: () => hash.roundClean(),
  };
}

const nothing = (): BlockHash => ({}) as BlockHash;
const hashes = [
  { name: 'sha1', words: 5, prepare: hmacMessageSha1, create: (): Noble => new _SHA1(), proto: _SHA1.prototype },
  {
    name: 'sha256',
    words: 8,
    prepare: hmacMessageSha256,
    create: (): Noble => new _SHA256(),
    proto: _SHA256.prototype,
  },
  {
    name: 'sha512',
    words: 16,
    prepare: hmacMessageSha512,
    create: (): Noble => new _SHA512(),
    proto: _SHA512.prototype,
  },
] as const;

const bytesOf = ({ view }: HmacMessage): Uint8Array => new Uint8Array(view.buffer, view.byteOffset, view.byteLength);
const copy = (digest: DataView): Uint8Array =>
  new Uint8Array(digest.buffer.slice(digest.byteOffset, digest.byteOffset + digest.byteLength));
const byNode = (name: string, key: Uint8Array, message: Uint8Array): Uint8Array =>
  new Uint8Array(createHmac(name, key).update(message).digest());
const secret = Uint8Array.from({ length: 32 }, (_, i) => 7 * i + 1);

/** The HMAC of the known-answer test, folded to one number, by Node's crypto. */
function knownAnswer(name: string): number {
  return byNode(name, new Uint8Array(1), new Uint8Array(130)).reduce((sum, byte) => (Math.imul(sum, 31) + byte) | 0, 0);
}

/** Whether a computation goes through noble's public interface. */
function usesClones(prepare: PrepareMessage, proto: object): boolean {
  const clones = vi.spyOn(proto as _SHA1, '_cloneInto');
  const message = prepare(8);
  message.compute(message.prepare(secret));
  const used = clones.mock.calls.length > 0;
  clones.mockRestore();
  return used;
}

afterEach(() => vi.restoreAllMocks());

describe.each(
  hashes.flatMap(({ name, prepare, create }): [string, string, PrepareMessage][] => [
    [name, name, prepare],
    [`${name}, public interface`, name, knownAnswerTested(nothing, create as () => _SHA1, 0)],
  ]),
)('HMAC of a message that is used again: %s', (_, name, prepare) => {
  it('every length up to five blocks, as node:crypto has it', () => {
    for (let length = 0; length <= 5 * 128; length++) {
      const message = prepare(length);
      expect(message.view.byteLength).toBe(length);
      const bytes = bytesOf(message);
      for (let i = 0; i < length; i++) bytes[i] = i * 31 + length;
      const digest = message.compute(message.prepare(secret));
      const expected = byNode(name, secret, bytes);
      if (Buffer.compare(copy(digest), expected) !== 0) expect.fail(`length ${length}`);
      const offset = expected.at(-1)! & 15;
      expect(truncate(digest)).toBe(new DataView(expected.buffer).getUint32(offset) & 0x7fffffff);
    }
  });

  it('keys shorter and longer than a block, of which nothing is kept', () => {
    for (const length of [0, 16, 63, 64, 65, 127, 128, 129, 300]) {
      const key = Uint8Array.from({ length }, (_byte, i) => i + length);
      const message = prepare(200);
      const prepared = message.prepare(key);
      const expected = byNode(name, key, new Uint8Array(200));
      key.fill(0);
      expect(copy(message.compute(prepared))).toEqual(expected);
    }
  });

  it('any counter, in any order of keys, beside other messages and after wiping', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    const long = prepare(204);
    const counter = prepare(8);
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), word, word, (other, high, low) => {
        const [one, two] = [counter.prepare(secret), counter.prepare(other)];
        const longKey = long.prepare(other);
        bytesOf(long).fill(low & 255);
        counter.view.setUint32(0, high);
        counter.view.setUint32(4, low);
        expect(copy(counter.compute(two))).toEqual(byNode(name, other, bytesOf(counter)));
        expect(copy(long.compute(longKey))).toEqual(byNode(name, other, bytesOf(long)));
        counter.wipe();
        expect(copy(counter.compute(one))).toEqual(byNode(name, secret, bytesOf(counter)));
        long.wipe();
        expect(copy(counter.compute(two))).toEqual(byNode(name, other, bytesOf(counter)));
      }),
      { numRuns: 30 },
    );
  });

  it('wiping clears the scratch and leaves the message', () => {
    const message = prepare(8);
    message.view.setUint32(0, 7);
    const digest = message.compute(message.prepare(secret));
    expect(copy(digest).some((byte) => byte !== 0)).toBe(true);
    message.wipe();
    expect(copy(digest).every((byte) => byte === 0)).toBe(true);
    expect(message.view.getUint32(0)).toBe(7);
  });
});

describe.each(hashes)('the known-answer test of $name', ({ name, words, prepare, create, proto }) => {
  const tested = (broken: Partial<BlockHash>): PrepareMessage =>
    knownAnswerTested(() => ({ ...open(create), ...broken }), create as () => _SHA1, knownAnswer(name));

  it('is passed by the noble version that is pinned: the fast path is in use', () => {
    expect(usesClones(prepare, proto)).toBe(false);
    expect(usesClones(tested({}), proto)).toBe(false);
  });

  it('computes six compressions at most', () => {
    const hash = open(create);
    const absorb = vi.fn(hash.absorb);
    knownAnswerTested(() => ({ ...hash, absorb }), create as () => _SHA1, knownAnswer(name));
    expect(absorb.mock.calls.length).toBeLessThanOrEqual(6);
  });

  it('finds a fault in any word of the chaining value, and the public interface takes over', () => {
    for (let wrong = 0; wrong < words; wrong++) {
      const { save, write } = open(create);
      const faults: Partial<BlockHash>[] = [
        { save: () => save().map((value, i) => (i === wrong ? value ^ 1 : value)) },
        {
          write(output) {
            write(output);
            output.setUint32(4 * wrong, 0);
          },
        },
      ];
      for (const fault of faults) expect(usesClones(tested(fault), proto)).toBe(true);
    }
    expect(usesClones(tested({ absorb: (blocks) => open(create).absorb(blocks, 0) }), proto)).toBe(true);
  });

  it('falls back when the methods are gone, or the answer is another', () => {
    expect(usesClones(knownAnswerTested(nothing, create as () => _SHA1, knownAnswer(name)), proto)).toBe(true);
    expect(
      usesClones(
        knownAnswerTested(() => open(create), create as () => _SHA1, 1),
        proto,
      ),
    ).toBe(true);
  });

  it("wiping puts the state back to the hash's first and cleans the schedule", () => {
    const hash = open(create);
    const initial = hash.save();
    const clean = vi.fn(hash.clean);
    const message = knownAnswerTested(() => ({ ...hash, clean }), create as () => _SHA1, knownAnswer(name))(8);
    message.compute(message.prepare(secret));
    expect(hash.save()).not.toEqual(initial);
    expect(clean).not.toHaveBeenCalled();
    message.wipe();
    expect(hash.save()).toEqual(initial);
    expect(clean).toHaveBeenCalledTimes(1);
  });

  it('so it does as shipped', () => {
    const message = prepare(8);
    message.compute(message.prepare(secret));
    const set = vi.spyOn(proto as unknown as Opened, 'set');
    const fill = vi.spyOn(Uint32Array.prototype, 'fill');
    message.wipe();
    expect(set.mock.calls).toEqual([(create() as unknown as Opened).get()]);
    // The schedules are noble's own arrays of 64 or 80 words.
    expect(fill.mock.contexts.map((array) => (array as Uint32Array).length)).toEqual(
      { sha1: [80], sha256: [64], sha512: [80, 80] }[name],
    );
    expect(fill.mock.calls.every(([value]) => value === 0)).toBe(true);
  });

  it('the public interface destroys its scratch', () => {
    const destroy = vi.spyOn(proto as _SHA1, 'destroy');
    const slow = knownAnswerTested(nothing, create as () => _SHA1, 0)(8);
    slow.compute(slow.prepare(secret));
    destroy.mockClear();
    slow.wipe();
    expect(destroy).toHaveBeenCalledTimes(1);
  });
});
