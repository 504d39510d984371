import { CountersignError } from '@countersign/primitives/error';
import { assertSerial, checkedDesign } from './card-format.ts';
import type { CardState, PendingCardChallenge } from './card-state.ts';
import { bitmapLength, type CellUse, timesUsed } from './cell-use.ts';

/**
 * Refuses a state that none of this package's functions can have made: a damaged or foreign record is the application's
 * fault, and going on with it could accept a cell twice.
 */
export function assertCardState(state: unknown): asserts state is CardState {
  const card = (state ?? {}) as CardState;
  demand(card.v === 1, 'v');
  demand(soundDesign(card), 'design');
  demand(soundUse(card.use, card.cells), 'use');
  demand(isCount(card.replaceAt), 'replaceAt');
  demand(isInstant(card.issuedAt), 'issuedAt');
  demand(card.activatedAt === null || isInstant(card.activatedAt), 'activatedAt');
  demand(card.expiresAt === null || isInstant(card.expiresAt), 'expiresAt');
  demand(card.supersededBy === null || passes(() => assertSerial(card.supersededBy)), 'supersededBy');
  demand(card.pending === null || soundPending(card.pending, card), 'pending');
}

function demand(sound: boolean, part: string): void {
  if (!sound) throw new CountersignError('invalid-state', `the card state is damaged, or not one: ${part}`);
}

function passes(check: () => unknown): boolean {
  try {
    check();
    return true;
  } catch {
    return false;
  }
}

/** Nothing may be left to a default here: a record that lacks its format must not turn into another card. */
function soundDesign(card: CardState): boolean {
  const { cells, format, codeLength, asked } = card;
  return [cells, format, codeLength, asked].every((part) => part !== undefined) && passes(() => checkedDesign(card));
}

function soundUse(use: unknown, cells: number): use is CellUse {
  const { mode, used, counts } = (use ?? {}) as { mode?: unknown; used?: unknown; counts?: unknown };
  if (mode === 'once') {
    if (typeof used !== 'string' || used.length !== bitmapLength(cells) || !/^[0-9a-f]+$/.test(used)) return false;
    // Cells beyond the last one do not exist, so they cannot have been used.
    return Number.parseInt(used.slice(-1), 16) < 2 ** (cells - 4 * (bitmapLength(cells) - 1));
  }
  const reused = mode === 'least-used-half' || mode === 'random';
  return reused && Array.isArray(counts) && counts.length === cells && counts.every(isCount);
}

function soundPending(pending: Partial<PendingCardChallenge> | undefined, card: CardState): boolean {
  const { challenge, issuedAt, failures } = pending ?? {};
  return (
    isInstant(issuedAt) &&
    isCount(failures) &&
    Array.isArray(challenge) &&
    challenge.length === card.asked &&
    new Set(challenge).size === card.asked &&
    challenge.every((index) => Number.isInteger(index) && index >= 1 && index <= card.cells) &&
    (card.use.mode !== 'once' || challenge.every((index) => timesUsed(card.use, index) === 0))
  );
}

function isCount(value: unknown): boolean {
  return Number.isSafeInteger(value) && (value as number) >= 0;
}

function isInstant(value: unknown): boolean {
  return typeof value === 'number' && Number.isFinite(value) && value >= 0;
}
