import { createHash, createHmac } from 'node:crypto';
import { bytesToHex, hexToBytes } from '@countersign/primitives/bytes';
import { encodeFields } from '@countersign/primitives/encode-fields';
import { seededRandom } from '@countersign/testing/seeded-random';
import { describe, expect, test } from 'vitest';
import {
  CountersignError,
  createOcra,
  newSoftToken,
  openSoftToken,
  openWithPin,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
  type SealedSoftToken,
  sealSoftToken,
  sealWithPin,
  switchOnSoftToken,
} from '../../src/ocra.ts';

const key = seededRandom('key')(32);
const cost = { algorithm: 'scrypt', N: 2, r: 1, p: 1 } as const;
const NOW = 1_790_000_000_000;

async function codeOf(run: Promise<unknown>): Promise<string> {
  try {
    await run;
  } catch (error) {
    expect(error).toBeInstanceOf(CountersignError);
    return (error as CountersignError).code;
  }
  return 'nothing thrown';
}

test('a token under a PIN works as before it was put there, also after its counter has moved', async () => {
  const server = createOcra({ suite: PIN_TOKEN_SUITE, key });
  let kept = await sealSoftToken(newSoftToken({ key, counter: 3 }), '7294', { cost });
  expect(Object.keys(kept)).toEqual(['v', 'suite', 'counter', 'key']);
  for (const counter of [3, 4]) {
    const token = switchOnSoftToken(await openSoftToken(JSON.parse(JSON.stringify(kept)), '7294'));
    token.enterPin('7294');
    const shown = token.enterChallenge('482915');
    const input = { challenge: '482915', counter, pin: '7294' };
    expect(server.verify(shown.ok && shown.response, input).ok).toBe(true);
    kept = { ...kept, counter: token.state().counter };
  }
});

/** All that a thief can compute from a PIN tried and the key that it opens to, as texts that could stand in a file. */
function traces(pin: string, candidate: Uint8Array): string[] {
  const texts = [pin, bytesToHex(candidate)];
  for (const hash of ['sha1', 'sha256', 'sha512']) {
    const of = (text: string | Uint8Array) => createHash(hash).update(text).digest('hex');
    const keyed = (text: string | Uint8Array) => createHmac(hash, candidate).update(text).digest('hex');
    texts.push(of(pin), of(candidate), keyed(pin), keyed(candidate), keyed(''));
    texts.push(keyed(encodeFields('countersign/soft-token-pin/v1', [new TextEncoder().encode(pin)])));
  }
  return texts.flatMap((text) => [text, text.slice(0, 16)]).filter((text) => text.length >= 16);
}

describe('C1: no oracle beside a sealed key', () => {
  test.each([PIN_TOKEN_SUITE, PHONE_SUITE])('%s: 10,000 PINs against all that an app stores', async (suite) => {
    const right = '7294';
    const stored = JSON.stringify(await sealSoftToken(newSoftToken({ suite, key }), right, { cost }));
    const file = JSON.parse(stored) as SealedSoftToken;
    const outcomes = new Map<string, string[]>();
    for (let number = 0; number < 10_000; number++) {
      const pin = String(number).padStart(4, '0');
      const state = await openSoftToken(file, pin);
      const found = traces(pin, hexToBytes(state.key)).filter((text) => stored.includes(text));
      // What a thief's own token does, which must not depend on the PIN either.
      const token = switchOnSoftToken(state);
      const asked = token.prompt();
      const entered = token.enterPin(pin);
      const shown = token.enterChallenge('482915', suite === PHONE_SUITE ? { now: NOW } : {});
      const outcome = JSON.stringify([found, state.lock, asked, entered, shown.ok, token.prompt(), token.state().lock]);
      outcomes.set(outcome, [...(outcomes.get(outcome) ?? []), pin]);
    }
    expect([...outcomes.values()].map((pins) => pins.length)).toEqual([10_000]);
  });

  test('the search finds a test for the PIN where there is one: a lock beside a sealed key', async () => {
    const sealed = await sealWithPin(key, '7294', { cost });
    const { key: secret, ...rest } = newSoftToken({ key, lock: { pin: '7294' } });
    const stored = JSON.stringify({ sealed, rest, verifier: secret.split('.')[1] });
    const found: string[] = [];
    for (let number = 7000; number < 8000; number++) {
      const pin = String(number);
      const candidate = await openWithPin(sealed, pin);
      if (traces(pin, candidate).some((text) => stored.includes(text))) found.push(pin);
    }
    expect(found).toEqual(['7294']);
  });

  test('a lock is a test for the PIN: a token with one is not put under it, nor its key as it stands', async () => {
    const locked = newSoftToken({ key, lock: { pin: '7294' } });
    expect(await codeOf(sealSoftToken(locked, '7294', { cost }))).toBe('invalid-argument');
    await expect(sealSoftToken(locked, '7294', { cost })).rejects.toThrow(/a lock is a test for the PIN/);
    expect(() => hexToBytes(locked.key)).toThrow(CountersignError);
    // Apart from the key, nothing of a lock's state tells one PIN from another.
    const { key: _, ...rest } = locked;
    const sealed = await sealWithPin(key, '7294', { cost });
    const outcomes = new Set<string>();
    for (let number = 7000; number < 8000; number++) {
      const pin = String(number);
      const candidate = await openWithPin(sealed, pin);
      const found = traces(pin, candidate).filter((text) => JSON.stringify({ sealed, rest }).includes(text));
      const attempt = () => switchOnSoftToken({ ...rest, key: bytesToHex(candidate) }).enterPin(pin);
      expect(attempt).toThrow(CountersignError);
      outcomes.add(JSON.stringify(found));
    }
    expect([...outcomes]).toEqual(['[]']);
  });
});

test('what is not a sealed token is refused', async () => {
  const kept = await sealSoftToken(newSoftToken({ key }), '7294', { cost });
  for (const wrong of [
    null,
    undefined,
    'text',
    {},
    { ...kept, v: 2 },
    { ...kept, suite: 'OCRA' },
    { ...kept, suite: null },
    { ...kept, counter: -1 },
    { ...kept, key: null },
    { ...kept, key: { ...kept.key, cost: { ...cost, p: 16, N: 2 ** 20 } } },
    { ...kept, lock: null },
  ]) {
    expect(await codeOf(openSoftToken(wrong as never, '7294'))).toBe('invalid-state');
  }
  expect(await codeOf(sealSoftToken({ v: 1 } as never, '7294'))).toBe('invalid-state');
  expect(await codeOf(openSoftToken(kept, 7294 as never))).toBe('invalid-pin');
  expect(await codeOf(openSoftToken(kept, '7294', null as never))).toBe('invalid-argument');
  expect(await codeOf(sealSoftToken(newSoftToken({ key }), '7294', null as never))).toBe('invalid-argument');
});
