import type { CardState } from './card-state.ts';
import { readCardState } from './card-state.ts';
import { countLogins } from './cell-use.ts';
import { cumulativeChance } from './cumulative-observation.ts';

/** What is left of a card. */
export type CardSupply = {
  /** Logins left, the open challenge's included; `null` when cells are reused, and there is no end to them. */
  readonly remaining: number | null;
  /** True when it is time to issue the next card. */
  readonly shouldReplace: boolean;
};

/** What is left of a card whose state has been read. */
export function cardSupply(state: CardState): CardSupply {
  const { use, cells, asked } = state;
  const logins = countLogins(use, asked);
  if (use.mode === 'once') {
    const remaining = Math.floor(cells / asked - logins);
    return { remaining, shouldReplace: remaining <= use.replaceAt };
  }
  return { remaining: null, shouldReplace: logins >= use.warnAt };
}

/**
 * What is left of a card: for lists of devices and for notices. It changes nothing.
 *
 * @param state as `newCardState` and later calls returned it
 * @returns `remaining`: logins left, or `null` when cells are reused; `observed`: the chance, 0 … 1, that somebody with the
 *   password who watched every login so far has known a whole answer at least once (0 when each cell is used once);
 *   `shouldReplace`: no more than `replaceAt` logins are left, or `observed` is 0.1 or more
 * @throws CountersignError `invalid-state` for a state that is not ours
 *
 * @example
 * ```ts
 * import { cardStatus, createCardGrid, createCardKey, newCardState } from '@countersign/card-grid';
 *
 * const grid = createCardGrid({ key: createCardKey(), serial: 'SC-1024' });
 * cardStatus(newCardState(grid)); // => { remaining: 112, shouldReplace: false, observed: 0 }
 * ```
 */
export function cardStatus(state: CardState): CardSupply & { readonly observed: number } {
  const card = readCardState(state);
  const { use, cells, asked } = card;
  const observed =
    use.mode === 'once' ? 0 : cumulativeChance({ cells, asked, reuse: use.mode }, countLogins(use, asked));
  return { ...cardSupply(card), observed };
}
