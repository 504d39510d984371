import { readFileSync } from 'node:fs';
import { inspect } from 'node:util';
import { seededRandom } from '@countersign/testing/seeded-random';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { codePositions } from '../src/card-format.ts';
import { pickCharacters } from '../src/derive-code.ts';
import {
  type CardFormat,
  createCardGrid,
  createCardKey,
  createRecoveryCodes,
  newCardState,
  newRecoveryState,
  restoreCardGrid,
} from '../src/index.ts';
import { ALPHABETS, derivedBlock, derivedCell, derivedFingerprint, derivedRecoveryCode } from './derivation.ts';
import { chiSquared, chiSquaredLimit, KEY, thrownBy } from './support.ts';
import vectors from './vectors/card-cells.json' with { type: 'json' };

const FORMATS = Object.keys(ALPHABETS) as CardFormat[];

describe('derivation of cells', () => {
  it('gives the golden vectors, and so does node:crypto by the description', () => {
    expect(vectors.cells.length).toBeGreaterThan(20);
    for (const { format, codeLength, index, code } of vectors.cells) {
      const key = Uint8Array.from(Buffer.from(vectors.key, 'hex'));
      const { serial } = vectors;
      expect(derivedCell(key, serial, format as CardFormat, codeLength, index)).toBe(code);
      const grid = createCardGrid({ key, serial, cells: 999, format: format as CardFormat, codeLength, asked: 4 });
      expect(grid.cell(index)).toBe(code);
    }
  });

  it('is what the README says, by its table and with node:crypto alone (G8)', () => {
    const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
    const said = (what: string): string | undefined =>
      readme
        .split('\n')
        .find((line) => line.startsWith(`| ${what}`))
        ?.match(/`([^`]+)` *\|$/)?.[1];
    const key = new Uint8Array(32).fill(7);
    const list = { key, serial: 'RC-1' };
    expect(said('cell 100')).toBe(derivedCell(key, 'SC-1024', 'letter-digit-letter', 3, 100));
    expect(said('cell 100')).toBe(createCardGrid({ key, serial: 'SC-1024' }).cell(100));
    expect(said('recovery code 1')).toBe(derivedRecoveryCode(key, 'RC-1', 1));
    expect(said('recovery code 1')).toBe(createRecoveryCodes(list)[0]);
    expect(said('HMAC of cell 100')).toBe(
      derivedBlock(key, 'countersign/card-cell/v1/letter-digit-letter/3', 'SC-1024', 100, 0).toString('hex'),
    );
    expect(said('HMAC of recovery code 1')).toBe(
      derivedBlock(key, 'countersign/recovery-code/v1', 'RC-1', 1, 0).toString('hex'),
    );
    const card = derivedFingerprint(key, 'countersign/card-cell/v1/letter-digit-letter/3', 'SC-1024', 2224);
    expect(said('fingerprint of `SC-1024`')).toBe(card);
    expect(createCardGrid({ key, serial: 'SC-1024' }).fingerprint).toBe(card);
    const recovery = derivedFingerprint(key, 'countersign/recovery-code/v1', 'RC-1', 10);
    expect(said('fingerprint of `RC-1`')).toBe(recovery);
    expect(newRecoveryState(list).fingerprint).toBe(recovery);
    for (const alphabet of Object.values(ALPHABETS).flat()) expect(readme).toContain(`\`${alphabet}\``);
  });

  it('gives the recovery codes and fingerprints of node:crypto for any key, serial and design', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc.string({ minLength: 1, maxLength: 20, unit: fc.constantFrom(...'AZ09-é漢😀') }),
        fc.constantFrom(...FORMATS),
        fc.integer({ min: 10, max: 999 }),
        fc.integer({ min: 1, max: 31 }),
        (key, serial, format, cells, count) => {
          const list = { key, serial, count };
          const codes = Array.from({ length: count }, (_, i) => derivedRecoveryCode(key, serial, i + 1));
          expect(createRecoveryCodes(list)).toEqual(codes);
          expect(newRecoveryState(list).fingerprint).toBe(
            derivedFingerprint(key, 'countersign/recovery-code/v1', serial, count),
          );
          expect(createCardGrid({ key, serial, format, cells, asked: 4 }).fingerprint).toBe(
            derivedFingerprint(key, `countersign/card-cell/v1/${format}/3`, serial, 4000 + cells),
          );
        },
      ),
      { numRuns: 100 },
    );
  });

  it('agrees with node:crypto on any key, serial, format, length and index', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ minLength: 32, maxLength: 32 }),
        fc
          .string({ minLength: 1, maxLength: 64, unit: fc.constantFrom(...'AZ09-é漢😀') })
          .filter((s) => s.length <= 64),
        fc.constantFrom(...FORMATS),
        fc.integer({ min: 2, max: 6 }),
        fc.integer({ min: 1, max: 999 }),
        (key, serial, format, codeLength, index) => {
          const grid = createCardGrid({ key, serial, cells: 999, format, codeLength, asked: 4 });
          expect(grid.cell(index)).toBe(derivedCell(key, serial, format, codeLength, index));
        },
      ),
      { numRuns: 300 },
    );
  });

  it('passes over the bytes that would favour some characters, and goes on in the next block', () => {
    const blocks = [new Uint8Array(32).fill(255), Uint8Array.of(240, 239, 250, 7, 0)];
    const positions = codePositions('letter-digit-letter', 4);
    // 255 and 240 pick no letter, 239 picks the last; 250 picks digit 2; 7 the eighth letter; 0 the first digit.
    expect(pickCharacters(positions, (block) => blocks[block]!)).toBe('Z4H2');
    const asked: number[] = [];
    const digits = pickCharacters(codePositions('digits', 3), (block) => {
      asked.push(block);
      return Uint8Array.of(250, 249);
    });
    expect([digits, asked]).toEqual(['999', [0, 1, 2]]);
  });

  it('keeps serials, formats and lengths apart', () => {
    const card = (options: object): string => {
      const grid = createCardGrid({ key: KEY, serial: 'A', ...options });
      return Array.from({ length: 20 }, (_, i) => grid.cell(i + 1).slice(0, 2)).join();
    };
    const cards = [card({}), card({ serial: 'B' }), card({ codeLength: 4 }), card({ format: 'crockford' })];
    expect(new Set(cards).size).toBe(cards.length);
    expect(card({ cells: 50 })).toBe(card({ cells: 999 }));
  });

  it.each(FORMATS)('is uniform at every position: %s', (format) => {
    for (const [key, cards] of [
      [KEY, 60],
      [createCardKey(), 20],
    ] as const) {
      const positions = codePositions(format, 3).map(({ alphabet }) => ({
        alphabet,
        counts: new Map<string, number>(),
      }));
      for (let card = 0; card < cards; card++) {
        const grid = createCardGrid({ key, serial: `S-${card}`, cells: 999, format });
        for (let index = 1; index <= 999; index++) {
          for (const [i, character] of [...grid.cell(index)].entries()) {
            const { counts } = positions[i]!;
            counts.set(character, (counts.get(character) ?? 0) + 1);
          }
        }
      }
      for (const { alphabet, counts } of positions) {
        expect([...counts.keys()].sort().join('')).toBe(alphabet);
        expect(chiSquared([...counts.values()])).toBeLessThan(chiSquaredLimit(alphabet.length - 1));
      }
    }
  });

  it('would be caught by that test if bytes were not passed over', () => {
    const counts = new Array<number>(24).fill(0);
    const bytes = seededRandom('biased')(60 * 999);
    for (const byte of bytes) counts[byte % 24]!++;
    expect(chiSquared(counts)).toBeGreaterThan(chiSquaredLimit(23));
  });
});

describe('createCardGrid', () => {
  it('has 224 cells of letter, digit, letter unless told otherwise', () => {
    const { cell, entropyBits, fingerprint, ...design } = createCardGrid({ key: KEY, serial: 'SC-1' });
    expect(fingerprint).toMatch(/^[0-9a-f]{16}$/);
    expect(design).toEqual({ serial: 'SC-1', cells: 224, format: 'letter-digit-letter', codeLength: 3, asked: 2 });
    expect(cell(224)).toMatch(/^[A-HJ-NP-Z][2-9][A-HJ-NP-Z]$/);
    expect(entropyBits(2)).toBeCloseTo(24.34, 2);
  });

  it('computes the entropy of an answer', () => {
    const bits = (format: CardFormat, codeLength = 3): number =>
      createCardGrid({ key: KEY, serial: 'SC-1', format, codeLength, asked: 4 }).entropyBits(2);
    expect(bits('crockford')).toBe(30);
    expect(bits('digits')).toBeCloseTo(19.93, 2);
    expect(bits('letter-digit-letter', 6)).toBeCloseTo(2 * 3 * Math.log2(24 * 8), 10);
    expect(bits('letter-digit-letter', 2)).toBeCloseTo(2 * Math.log2(24 * 8), 10);
  });

  it('refuses answers of less than 19.9 bits, and takes two digit triples', () => {
    for (const format of FORMATS) {
      for (let codeLength = 2; codeLength <= 6; codeLength++) {
        for (let asked = 2; asked <= 4; asked++) {
          const alphabets = ALPHABETS[format];
          let bits = 0;
          for (let i = 0; i < codeLength; i++) bits += asked * Math.log2(alphabets[i % alphabets.length]!.length);
          const make = (): unknown => createCardGrid({ key: KEY, serial: 'SC-1', format, codeLength, asked });
          if (bits >= 19.9) expect(make).not.toThrow();
          else expect(thrownBy(make)).toMatchObject({ name: 'CountersignError', code: 'invalid-card' });
        }
      }
    }
    expect(createCardGrid({ key: KEY, serial: 'SC-1', format: 'digits' }).entropyBits(2)).toBeGreaterThan(19.9);
  });

  it.each([
    ['key', { key: new Uint8Array(31) }, 'invalid-key'],
    ['key', { key: new Uint8Array(33) }, 'invalid-key'],
    ['key', { key: 'x'.repeat(32) }, 'invalid-key'],
    ['key', { key: null }, 'invalid-key'],
    ['serial', { serial: '' }, 'invalid-card'],
    ['serial', { serial: ' SC' }, 'invalid-card'],
    ['serial', { serial: 'S\u0000C' }, 'invalid-card'],
    ['serial', { serial: 'SC\u200b' }, 'invalid-card'],
    ['serial', { serial: '\u202eSC' }, 'invalid-card'],
    ['format', { format: ['digits'] }, 'invalid-card'],
    ['serial', { serial: 'S\ud800C' }, 'invalid-card'],
    ['serial', { serial: 'x'.repeat(65) }, 'invalid-card'],
    ['serial', { serial: 7 }, 'invalid-card'],
    ['cells', { cells: 9 }, 'invalid-card'],
    ['cells', { cells: 1000 }, 'invalid-card'],
    ['cells', { cells: 99.5 }, 'invalid-card'],
    ['cells', { cells: Number.NaN }, 'invalid-card'],
    ['cells', { cells: '224' }, 'invalid-card'],
    ['format', { format: 'hex' }, 'invalid-card'],
    ['format', { format: 'toString' }, 'invalid-card'],
    ['codeLength', { codeLength: 1 }, 'invalid-card'],
    ['codeLength', { codeLength: 7 }, 'invalid-card'],
    ['asked', { asked: 1 }, 'invalid-card'],
    ['asked', { asked: 5 }, 'invalid-card'],
  ])('refuses a bad %s: %j', (name, options, code) => {
    const error = thrownBy(() => createCardGrid({ key: KEY, serial: 'SC-1', ...options } as never));
    expect(error).toMatchObject({ name: 'CountersignError', code });
    expect(error.message).toContain(name);
  });

  it('takes 10 and 999 cells, and gives no others', () => {
    for (const cells of [10, 999]) {
      const grid = createCardGrid({ key: KEY, serial: 'SC-1', cells });
      expect(grid.cell(cells)).toHaveLength(3);
      for (const index of [0, cells + 1, -1, 1.5, Number.NaN, '1', null]) {
        expect(thrownBy(() => grid.cell(index as number)).code).toBe('invalid-card');
        expect(thrownBy(() => grid.entropyBits(index as number)).code).toBe('invalid-card');
      }
    }
  });

  it('copies the bytes of the view it was given', () => {
    const buffer = new Uint8Array(40);
    buffer.set(KEY, 4);
    const view = buffer.subarray(4, 36);
    const grid = createCardGrid({ key: view, serial: 'SC-1' });
    buffer.fill(0);
    expect(grid.cell(1)).toBe(createCardGrid({ key: KEY, serial: 'SC-1' }).cell(1));
  });

  it('shows neither key nor codes when printed', () => {
    const grid = createCardGrid({ key: KEY, serial: 'SC-1' });
    const shown = inspect(grid, { depth: 9, showHidden: true }) + JSON.stringify(grid) + String(grid);
    expect(shown).not.toContain(Buffer.from(KEY).toString('hex').slice(0, 8));
    expect(shown).not.toContain([...KEY.slice(0, 4)].join(', '));
    expect(shown).not.toContain(grid.cell(1));
    expect(JSON.parse(JSON.stringify(grid))).toEqual({
      fingerprint: grid.fingerprint,
      serial: 'SC-1',
      cells: 224,
      format: 'letter-digit-letter',
      codeLength: 3,
      asked: 2,
    });
    expect(Object.isFrozen(grid)).toBe(true);
  });
});

describe('createCardKey', () => {
  it('gives 32 bytes of the source, as a copy', () => {
    const pool = new Uint8Array(32).fill(9);
    const key = createCardKey(() => pool);
    pool.fill(0);
    expect(key).toEqual(new Uint8Array(32).fill(9));
    expect(createCardKey()).not.toEqual(createCardKey());
    expect(thrownBy(() => createCardKey(() => new Uint8Array(16))).code).toBe('invalid-random');
  });
});

describe('restoreCardGrid', () => {
  it('prints the same card again, and only with its key', () => {
    const options = { key: KEY, serial: 'SC-1', cells: 50, format: 'digits', codeLength: 4, asked: 3 } as const;
    const grid = createCardGrid(options);
    const state = newCardState(grid);
    const restored = restoreCardGrid(state, { key: KEY });
    for (let index = 1; index <= 50; index++) expect(restored.cell(index)).toBe(grid.cell(index));
    expect(JSON.parse(JSON.stringify(restored))).toEqual({
      ...{ serial: 'SC-1', cells: 50, format: 'digits', codeLength: 4, asked: 3 },
    });
    expect(restored.entropyBits(3)).toBe(grid.entropyBits(3));
    expect(Object.isFrozen(restored)).toBe(true);
    expect(thrownBy(() => restoreCardGrid(state, { key: createCardKey() })).code).toBe('invalid-state');
    expect(thrownBy(() => restoreCardGrid(state, { key: new Uint8Array(31) })).code).toBe('invalid-key');
    expect(thrownBy(() => restoreCardGrid(state, null as never)).code).toBe('invalid-argument');
    expect(thrownBy(() => restoreCardGrid(null as never, { key: KEY })).code).toBe('invalid-state');
    expect(thrownBy(() => createCardGrid(null as never)).code).toBe('invalid-argument');
  });
});
