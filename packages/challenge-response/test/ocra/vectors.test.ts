import { readFileSync } from 'node:fs';
import { bytesToHex, hexToBytes } from '@countersign/primitives/bytes';
import { toCounter } from '@countersign/primitives/counter';
import { describe, expect, test } from 'vitest';
import { currentTimeStep, DataInput, layOut, type OcraInput } from '../../src/ocra/data-input.ts';
import { prepareMessage } from '../../src/ocra/prepared-message.ts';
import { createOcra, formatOcraSuite, hashPin, parseOcraSuite } from '../../src/ocra.ts';

type Vector = {
  id: string;
  suite: string;
  keyHex: string;
  Q: string;
  C?: string;
  T?: string;
  pin?: string;
  pinHashHex?: string;
  section: string;
  expected: string;
  dataInputHex: string;
  hmacHex: string;
};

// RFC 6287 Appendix C, all of it.
const { vectors } = JSON.parse(readFileSync(new URL('../vectors/rfc6287-ocra.json', import.meta.url), 'utf8')) as {
  vectors: Vector[];
};

/** What an application would give, in mutual mode (C.2) the two questions apart. */
function inputOf(v: Vector): OcraInput {
  return {
    challenge: v.section === 'C.2' ? [v.Q.slice(0, 8), v.Q.slice(8)] : v.Q,
    counter: v.C === undefined ? undefined : Number(v.C),
    pin: v.pin,
    // The RFC gives the number of minutes.
    now: v.T === undefined ? undefined : Number(v.T) * 60_000 + 59_999,
  };
}

describe('the vectors of RFC 6287', () => {
  test('are all there', () => expect(vectors).toHaveLength(70));

  test.each(vectors)('$id', (v) => {
    const suite = parseOcraSuite(v.suite);
    expect(formatOcraSuite(suite)).toBe(v.suite);

    const input = inputOf(v);
    const layout = layOut(suite);
    const bytes = new Uint8Array(layout.length);
    const message = new DataInput(suite, layout, bytes);
    expect(message.writeFixed(input)).toBe(true);
    if (input.counter !== undefined) message.writeCounter(toCounter(input.counter));
    if (input.now !== undefined) message.writeTimeStep(currentTimeStep(suite.timeStep!, input.now));
    expect(bytesToHex(bytes)).toBe(v.dataInputHex);

    const key = hexToBytes(v.keyHex);
    const ocra = createOcra({ suite: v.suite, key });
    expect(ocra.respond(input)).toBe(v.expected);
    // A prepared key gives the same again, also from the suite as an object, and after other computations.
    expect(createOcra({ suite, key }).respond(input)).toBe(v.expected);
    expect(ocra.respond(input)).toBe(v.expected);
    expect(ocra.verify(v.expected, { ...input, after: null })).toMatchObject({ ok: true });

    if (v.pin !== undefined) {
      const pinHash = hashPin(v.pin, suite.pin!);
      expect(bytesToHex(pinHash)).toBe(v.pinHashHex);
      expect(ocra.respond({ ...input, pin: pinHash })).toBe(v.expected);
    }
  });

  test.each(vectors)('$id: the whole HMAC', (v) => {
    // With 0 digits the suite's text differs, and so does the HMAC: the printed one is checked on the message itself.
    const { algorithm } = parseOcraSuite(v.suite);
    const message = prepareMessage(algorithm)(hexToBytes(v.keyHex), v.dataInputHex.length / 2);
    message.bytes.set(hexToBytes(v.dataInputHex));
    expect(bytesToHex(message.digest())).toBe(v.hmacHex);
  });
});

type ExtendedVector = {
  suite: string;
  keyHex: string;
  challenge: string | [string, string];
  counter?: string;
  pin?: string;
  sessionHex?: string;
  now?: number;
  dataInputHex: string;
  response: string;
};

const extended = (
  JSON.parse(readFileSync(new URL('../vectors/ocra-extended.json', import.meta.url), 'utf8')) as {
    vectors: ExtendedVector[];
  }
).vectors;

describe('vectors for what the RFC has no samples of', () => {
  test('are all there', () => expect(extended).toHaveLength(191));

  test.each(extended)('%#: $suite', (v) => {
    const suite = parseOcraSuite(v.suite);
    const input: OcraInput = {
      challenge: v.challenge,
      counter: v.counter === undefined ? undefined : BigInt(v.counter),
      pin: v.pin,
      session: v.sessionHex === undefined ? undefined : hexToBytes(v.sessionHex),
      now: v.now,
    };
    const layout = layOut(suite);
    const bytes = new Uint8Array(layout.length);
    const message = new DataInput(suite, layout, bytes);
    message.writeFixed(input);
    if (input.counter !== undefined) message.writeCounter(toCounter(input.counter));
    if (input.now !== undefined) message.writeTimeStep(currentTimeStep(suite.timeStep!, input.now));
    expect(bytesToHex(bytes)).toBe(v.dataInputHex);
    message.clear();
    expect(bytesToHex(bytes)).toBe(bytesToHex(new TextEncoder().encode(v.suite)).padEnd(2 * layout.length, '0'));

    const ocra = createOcra({ suite, key: hexToBytes(v.keyHex) });
    expect(ocra.respond(input)).toBe(v.response);
    expect(ocra.verify(v.response, { ...input, after: null }).ok).toBe(true);
  });
});
