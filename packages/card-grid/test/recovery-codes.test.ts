import { scryptSync } from 'node:crypto';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  issueRecoveryCodes,
  type RecoveryCodesState,
  redeemRecoveryCode,
  remainingRecoveryCodes,
  type ScryptCost,
} from '../src/index.ts';
import { HOSTILE, NOW, thrownBy } from './support.ts';

const cost: ScryptCost = { algorithm: 'scrypt', N: 16, r: 1, p: 1 };
const now = NOW;

let codes: string[];
let state: RecoveryCodesState;
beforeAll(async () => {
  ({ codes, state } = await issueRecoveryCodes({ cost, now, random: seededRandom('recovery') }));
});

async function rejection(call: Promise<unknown>): Promise<{ code?: string; message: string }> {
  return call.then(
    () => {
      throw new Error('nothing was thrown');
    },
    (error) => error as { code?: string; message: string },
  );
}

describe('issueRecoveryCodes', () => {
  it('gives ten readable codes of 65 random bits, each with a salt of its own', () => {
    expect(codes).toHaveLength(10);
    codes.forEach((code, i) => {
      expect(code).toMatch(/^[1-9A]([0-9A-HJKMNP-TV-Z]{4})(-[0-9A-HJKMNP-TV-Z]{5}){2}$/);
      expect(code.charAt(0)).toBe('123456789A'[i]);
    });
    expect(new Set(state.codes.map(({ salt }) => salt)).size).toBe(10);
    expect(state).toMatchObject({ v: 1, issuedAt: now, cost });
    expect(JSON.parse(JSON.stringify(state))).toEqual(state);
  });

  it('keeps the hash that node:crypto computes, and no part of a code', () => {
    const framed = (text: string): Buffer => {
      const bytes = Buffer.from(text);
      const length = Buffer.alloc(4);
      length.writeUInt32BE(bytes.length);
      return Buffer.concat([length, bytes]);
    };
    state.codes.forEach(({ salt, hash }, i) => {
      const password = Buffer.concat([framed('countersign/recovery-code/v1'), framed(codes[i]!.replaceAll('-', ''))]);
      expect(scryptSync(password, Buffer.from(salt, 'hex'), 32, { N: 16, r: 1, p: 1 }).toString('hex')).toBe(hash);
    });
    const kept = JSON.stringify(state).toUpperCase();
    for (const code of codes) for (const part of code.split('-')) expect(kept).not.toContain(part);
  });

  it('reports progress over the whole list', async () => {
    const reported: number[] = [];
    await issueRecoveryCodes({ count: 4, cost: { ...cost, N: 1024 }, onProgress: (part) => reported.push(part) });
    expect(reported.length).toBeGreaterThan(8);
    expect(reported).toEqual([...reported].sort((a, b) => a - b));
    expect(reported.at(-1)).toBe(1);
  });

  it('takes OWASP-strength scrypt and the clock when nothing is said', async () => {
    const issued = await issueRecoveryCodes({ count: 1 });
    expect(issued.state.cost).toEqual({ algorithm: 'scrypt', N: 2 ** 17, r: 8, p: 1 });
    expect(Math.abs(issued.state.issuedAt - Date.now())).toBeLessThan(60_000);
    expect((await redeemRecoveryCode(issued.state, issued.codes[0])).ok).toBe(true);
  });

  it.each([
    [{ count: 0 }, 'invalid-argument'],
    [{ count: 32 }, 'invalid-argument'],
    [{ count: Number.NaN }, 'invalid-argument'],
    [{ cost: { ...cost, N: 3 } }, 'invalid-argument'],
    [{ now: Number.NaN }, 'invalid-time'],
    [{ random: () => new Uint8Array(1) }, 'invalid-random'],
  ])('refuses %j', async (options, code) => {
    expect(await rejection(issueRecoveryCodes({ cost, ...options } as never))).toMatchObject({ code });
  });

  it('numbers as many as 31 codes', async () => {
    const many = await issueRecoveryCodes({ count: 31, cost });
    expect(many.codes.map((code) => code.charAt(0)).join('')).toBe('123456789ABCDEFGHJKMNPQRSTVWXYZ');
    expect((await redeemRecoveryCode(many.state, many.codes[30])).remaining).toBe(30);
  });
});

describe('redeemRecoveryCode', () => {
  it('accepts each code once, as people type it', async () => {
    let kept = state;
    for (const [i, code] of codes.entries()) {
      const typed = [
        code,
        code.toLowerCase(),
        code.replaceAll('-', ' '),
        ` ${code.replaceAll('0', 'o').replaceAll('1', 'l')}\n`,
      ][i % 4];
      const result = await redeemRecoveryCode(kept, typed, { now: now + i });
      expect(result).toMatchObject({ ok: true, remaining: 9 - i });
      expect(result.state.codes[i]?.usedAt).toBe(now + i);
      expect(await redeemRecoveryCode(result.state, typed)).toEqual({
        ok: false,
        reason: 'replayed',
        state: result.state,
        remaining: 9 - i,
      });
      kept = result.state;
    }
    expect(remainingRecoveryCodes(kept)).toBe(0);
    expect(remainingRecoveryCodes(state)).toBe(10);
  });

  it('catches every wrong character and every swap before the hash', async () => {
    const plain = codes[3]!.replaceAll('-', '');
    for (let i = 0; i < plain.length; i++) {
      const wrong = plain.slice(0, i) + (plain[i] === '7' ? '8' : '7') + plain.slice(i + 1);
      expect(await redeemRecoveryCode(state, wrong)).toEqual({ ok: false, reason: 'malformed', state, remaining: 10 });
      for (let j = i + 1; j < plain.length; j++) {
        const swapped = [...plain];
        [swapped[i], swapped[j]] = [swapped[j]!, swapped[i]!];
        const same = plain[i] === plain[j];
        expect((await redeemRecoveryCode(state, swapped.join(''))).ok).toBe(same);
      }
    }
  });

  it('refuses codes of another list, wherever their number points, at the cost of one hash', async () => {
    const other = await issueRecoveryCodes({ count: 31, cost, random: seededRandom('other') });
    for (const code of other.codes) {
      const hashes: number[] = [];
      const result = await redeemRecoveryCode(state, code, { onProgress: (part) => hashes.push(part) });
      expect(result).toEqual({ ok: false, reason: 'mismatch', state, remaining: 10 });
      expect(hashes.filter((part) => part === 1)).toHaveLength(1);
    }
    expect(await redeemRecoveryCode(state, '000000000000000')).toMatchObject({ reason: 'mismatch' });
  });

  it('calls everything else malformed, whatever its type', async () => {
    for (const typed of HOSTILE) {
      expect(await redeemRecoveryCode(state, typed)).toEqual({ ok: false, reason: 'malformed', state, remaining: 10 });
    }
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
            const result = await redeemRecoveryCode(value, codes[pick]);
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
      { numRuns: 20 },
    );
  });

  it('works on a copy: changing the record while the hash is computed changes nothing', async () => {
    const mutable = JSON.parse(JSON.stringify(state)) as { codes: { hash: string }[] } & RecoveryCodesState;
    const pending = redeemRecoveryCode(mutable, codes[0]);
    mutable.codes.length = 0;
    expect(await pending).toMatchObject({ ok: true, remaining: 9 });
  });

  it.each<[string, (kept: RecoveryCodesState) => unknown, string]>([
    ['nothing', () => undefined, 'invalid-state'],
    ['another version', (kept) => ({ ...kept, v: 2 }), 'invalid-state'],
    ['no codes', (kept) => ({ ...kept, codes: [] }), 'invalid-state'],
    ['codes that are none', (kept) => ({ ...kept, codes: 'codes' }), 'invalid-state'],
    ['too many', (kept) => ({ ...kept, codes: Array(32).fill(kept.codes[0]) }), 'invalid-state'],
    ['a null record', (kept) => ({ ...kept, codes: [null] }), 'invalid-state'],
    ['a short salt', (kept) => ({ ...kept, codes: [{ ...kept.codes[0], salt: '00' }] }), 'invalid-state'],
    ['a foreign hash', (kept) => ({ ...kept, codes: [{ ...kept.codes[0], hash: 'x'.repeat(64) }] }), 'invalid-state'],
    ['a salt that is none', (kept) => ({ ...kept, codes: [{ ...kept.codes[0], salt: 5 }] }), 'invalid-state'],
    ['no usedAt', (kept) => ({ ...kept, codes: [{ ...kept.codes[0], usedAt: undefined }] }), 'invalid-state'],
    ['no issuedAt', (kept) => ({ ...kept, issuedAt: Number.NaN }), 'invalid-state'],
    ['a cost that eats the memory', (kept) => ({ ...kept, cost: { ...cost, N: 2 ** 30 } }), 'invalid-state'],
  ])('refuses a damaged record: %s', async (_, damage, code) => {
    expect(await rejection(redeemRecoveryCode(damage(state) as RecoveryCodesState, codes[0]))).toMatchObject({ code });
    expect(thrownBy(() => remainingRecoveryCodes(damage(state) as RecoveryCodesState)).code).toBe(code);
  });

  it('refuses a bad clock', async () => {
    expect(await rejection(redeemRecoveryCode(state, codes[0], { now: -1 }))).toMatchObject({ code: 'invalid-time' });
  });
});
