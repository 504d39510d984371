import { readdirSync, readFileSync } from 'node:fs';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  createRecoveryCodes,
  newRecoveryState,
  type RecoveryState,
  remainingRecoveryCodes,
  verifyRecoveryCode,
} from '../src/index.ts';
import { HOSTILE, thrownBy } from './support.ts';

const key = seededRandom('recovery')(32);
const list = { key, serial: 'RC-1' };
const codes = createRecoveryCodes(list);
const state = newRecoveryState(list);

describe('createRecoveryCodes', () => {
  it('gives ten readable codes of 65 bits, the same every time', () => {
    expect(codes).toHaveLength(10);
    codes.forEach((code, i) => {
      expect(code).toMatch(/^[1-9A]([0-9A-HJKMNP-TV-Z]{4})(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
      expect(code.charAt(0)).toBe('123456789A'[i]);
    });
    expect(createRecoveryCodes(list)).toEqual(codes);
    expect(createRecoveryCodes({ ...list, count: 3 })).toEqual(codes.slice(0, 3));
    expect(new Set(codes.map((code) => code.slice(1))).size).toBe(10);
  });

  it('gives other codes for another serial and another key', () => {
    const others = [
      ...createRecoveryCodes({ ...list, serial: 'RC-2' }),
      ...createRecoveryCodes({ ...list, key: new Uint8Array(32) }),
    ];
    expect(others.filter((code) => codes.includes(code))).toEqual([]);
  });

  it('numbers as many as 31 codes', () => {
    const many = createRecoveryCodes({ ...list, count: 31 });
    expect(many.map((code) => code.charAt(0)).join('')).toBe('123456789ABCDEFGHJKMNPQRSTVWXYZ');
    const kept = newRecoveryState({ ...list, count: 31 });
    const used = verifyRecoveryCode(kept, many[30], { key });
    expect(used).toMatchObject({ ok: true, remaining: 30, state: { used: 2 ** 30 } });
    expect(many.reduce((kept, code) => verifyRecoveryCode(kept, code, { key }).state, kept).used).toBe(2 ** 31 - 1);
  });

  it('picks every character equally often at every place', () => {
    const counts = Array.from({ length: 13 }, () => new Map<string, number>());
    for (let i = 0; i < 200; i++) {
      for (const code of createRecoveryCodes({ ...list, serial: `RC-${i}`, count: 31 })) {
        const secret = code.replaceAll('-', '').slice(1, 14);
        [...secret].forEach((character, at) => {
          counts[at]!.set(character, (counts[at]!.get(character) ?? 0) + 1);
        });
      }
    }
    const expected = 6200 / 32;
    for (const places of counts) {
      expect(places.size).toBe(32);
      for (const count of places.values()) expect(Math.abs(count - expected)).toBeLessThan(6 * Math.sqrt(expected));
    }
  });

  it.each([
    [{ count: 0 }, 'invalid-card'],
    [{ count: 32 }, 'invalid-card'],
    [{ count: Number.NaN }, 'invalid-card'],
    [{ serial: '' }, 'invalid-card'],
    [{ serial: '\u202eRC' }, 'invalid-card'],
    [{ key: new Uint8Array(31) }, 'invalid-key'],
    [{ key: 'x'.repeat(32) }, 'invalid-key'],
  ])('refuses %j', (options, code) => {
    for (const make of [createRecoveryCodes, newRecoveryState]) {
      expect(thrownBy(() => make({ ...list, ...options } as never))).toMatchObject({ name: 'CountersignError', code });
      expect(thrownBy(() => make(null as never)).code).toBe('invalid-argument');
    }
  });
});

describe('newRecoveryState', () => {
  it('keeps no part of a code, and the same keys in the same order', () => {
    expect(Object.keys(state)).toEqual(['v', 'fingerprint', 'serial', 'count', 'used']);
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
    const kept = JSON.stringify(state).toUpperCase();
    for (const code of codes) for (const part of code.split('-')) expect(kept).not.toContain(part);
  });

  it('does not follow itself: a new list has a serial of its own', () => {
    expect(thrownBy(() => newRecoveryState({ ...list, replaces: state })).code).toBe('invalid-card');
    expect(thrownBy(() => newRecoveryState({ ...list, count: 5, replaces: state })).code).toBe('invalid-card');
    expect(thrownBy(() => newRecoveryState({ ...list, replaces: {} as RecoveryState })).code).toBe('invalid-state');
    expect(newRecoveryState({ key, serial: 'RC-2', replaces: state }).used).toBe(0);
    expect(newRecoveryState({ key, serial: 'RC-1', replaces: null })).toEqual(state);
  });
});

describe('verifyRecoveryCode', () => {
  it('accepts each code once, as people type it', () => {
    let kept = state;
    for (const [i, code] of codes.entries()) {
      const typed = [
        code,
        code.toLowerCase(),
        code.replaceAll('-', ' '),
        code.replaceAll('-', '\u2212'),
        code.replaceAll('-', ', '),
        ` ${code.replaceAll('0', 'o').replaceAll('1', 'l')}\n`,
      ][i % 6];
      const result = verifyRecoveryCode(kept, typed, { key });
      expect(result).toMatchObject({ ok: true, remaining: 9 - i });
      expect(verifyRecoveryCode(result.state, typed, { key })).toEqual({
        ok: false,
        reason: 'replayed',
        guess: false,
        remaining: 9 - i,
        state: result.state,
      });
      kept = result.state;
    }
    expect(kept.used).toBe(1023);
    expect(remainingRecoveryCodes(kept)).toBe(0);
    expect(remainingRecoveryCodes(state)).toBe(10);
  });

  it('catches every wrong character and every swap by the check character, and counts none', () => {
    const plain = codes[3]!.replaceAll('-', '');
    for (let i = 0; i < plain.length; i++) {
      const wrong = plain.slice(0, i) + (plain[i] === '7' ? '8' : '7') + plain.slice(i + 1);
      expect(verifyRecoveryCode(state, wrong, { key })).toEqual({
        ok: false,
        reason: 'mistyped',
        guess: false,
        remaining: 10,
        state,
      });
      for (let j = i + 1; j < plain.length; j++) {
        const swapped = [...plain];
        [swapped[i], swapped[j]] = [swapped[j]!, swapped[i]!];
        expect(verifyRecoveryCode(state, swapped.join(''), { key }).ok).toBe(plain[i] === plain[j]);
      }
    }
  });

  it('refuses codes of another list, wherever their number points, and counts them', () => {
    const other = createRecoveryCodes({ ...list, serial: 'RC-2', count: 31 });
    // Right for this key and serial, but never printed: the list has ten.
    const beyond = createRecoveryCodes({ ...list, count: 31 }).slice(10);
    for (const code of [...other, ...beyond, '000000000000000']) {
      expect(verifyRecoveryCode(state, code, { key })).toEqual({
        ok: false,
        reason: 'mismatch',
        guess: true,
        remaining: 10,
        state,
      });
    }
  });

  it('calls everything else malformed, whatever its type', () => {
    for (const typed of HOSTILE) {
      expect(verifyRecoveryCode(state, typed, { key })).toEqual({
        ok: false,
        reason: 'malformed',
        guess: false,
        remaining: 10,
        state,
      });
    }
    fc.assert(
      fc.property(fc.anything(), (typed) => {
        expect(verifyRecoveryCode(state, typed, { key }).ok).toBe(false);
      }),
      { numRuns: 300 },
    );
  });

  it('accepts one secret only of all that can be typed at a place', () => {
    const plain = codes[0]!.replaceAll('-', '');
    const { length } = [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].filter((first) =>
      [...'0123456789ABCDEFGHJKMNPQRSTVWXYZ'].some(
        (check) => verifyRecoveryCode(state, plain.slice(0, 5) + first + plain.slice(6, 14) + check, { key }).ok,
      ),
    );
    expect(length).toBe(1);
  });

  it('is single use under compare-and-swap, whatever the order of the writes', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 2, maxLength: 8 }), async (picks) => {
        // All requests read the same record at the same moment; a write succeeds only if nobody wrote in between.
        const store = { value: state, version: 0 };
        const accepted: number[] = [];
        const attempt = async (pick: number): Promise<void> => {
          for (;;) {
            const { value, version } = store;
            const result = verifyRecoveryCode(value, codes[pick], { key });
            await Promise.resolve();
            if (!result.ok) return;
            if (store.version !== version) continue;
            Object.assign(store, { value: result.state, version: version + 1 });
            accepted.push(pick);
            return;
          }
        };
        await Promise.all(picks.map(attempt));
        expect(accepted.sort()).toEqual([...new Set(picks)].sort());
        expect(remainingRecoveryCodes(store.value)).toBe(10 - accepted.length);
      }),
      { numRuns: 50 },
    );
  });

  it('takes no more memory for twelve redemptions than for one, and no promise (G1)', () => {
    const redeem = (): unknown => verifyRecoveryCode(state, codes[0], { key });
    expect(redeem()).not.toHaveProperty('then');
    const peak = (times: number): number => {
      const before = process.memoryUsage().arrayBuffers;
      const started = performance.now();
      for (let i = 0; i < times; i++) redeem();
      expect(performance.now() - started).toBeLessThan(1000);
      return process.memoryUsage().arrayBuffers - before;
    };
    // The landed codes took 128 MiB each: twelve at a time, 1.5 GB.
    expect(peak(1)).toBeLessThan(1_000_000);
    expect(peak(12)).toBeLessThan(1_000_000);
  });

  it('has no password hash left in the package (G1)', () => {
    const folder = new URL('../src/', import.meta.url);
    for (const file of readdirSync(folder, { recursive: true }) as string[]) {
      if (file.endsWith('.ts')) expect(readFileSync(new URL(file, folder), 'utf8')).not.toMatch(/password-hash|scrypt/);
    }
  });

  it.each<[string, (kept: RecoveryState) => unknown]>([
    ['nothing', () => undefined],
    ['text', (kept) => JSON.stringify(kept)],
    ['another version', (kept) => ({ ...kept, v: 2 })],
    ['no codes', (kept) => ({ ...kept, count: 0 })],
    ['too many', (kept) => ({ ...kept, count: 32 })],
    ['one more code', (kept) => ({ ...kept, count: 11 })],
    ['another serial', (kept) => ({ ...kept, serial: 'RC-2' })],
    ['no serial', (kept) => ({ ...kept, serial: undefined })],
    ['an invisible serial', (kept) => ({ ...kept, serial: '\u200b' })],
    ['another fingerprint', (kept) => ({ ...kept, fingerprint: '0'.repeat(16) })],
    ['a short fingerprint', (kept) => ({ ...kept, fingerprint: '00' })],
    ['a use that is none', (kept) => ({ ...kept, used: -1 })],
    ['a used code beyond the last', (kept) => ({ ...kept, used: 1024 })],
    ['something more', (kept) => ({ ...kept, codes: [] })],
    ['one that throws', () => new Proxy({}, { ownKeys: () => expect.unreachable() })],
  ])('refuses a damaged record: %s', (name, damage) => {
    const bad = damage(state) as RecoveryState;
    expect(thrownBy(() => verifyRecoveryCode(bad, codes[0], { key })).code).toBe('invalid-state');
    // What needs the key to be seen is seen when a code is verified.
    if (!/another [sf]|one more/.test(name))
      expect(thrownBy(() => remainingRecoveryCodes(bad)).code).toBe('invalid-state');
  });

  it('refuses another key, and options that are none', () => {
    expect(thrownBy(() => verifyRecoveryCode(state, codes[0], { key: new Uint8Array(32) })).code).toBe('invalid-state');
    expect(thrownBy(() => verifyRecoveryCode(state, codes[0], { key: new Uint8Array(31) })).code).toBe('invalid-key');
    expect(thrownBy(() => verifyRecoveryCode(state, codes[0], null as never)).code).toBe('invalid-argument');
  });

  it('gives fresh copies with their members in one order', () => {
    const shuffled = Object.fromEntries(Object.entries(state).reverse()) as RecoveryState;
    const refused = verifyRecoveryCode(shuffled, 'x', { key });
    expect(JSON.stringify(refused.state)).toBe(JSON.stringify(state));
    expect(verifyRecoveryCode(state, 'x', { key }).state).not.toBe(state);
  });
});
