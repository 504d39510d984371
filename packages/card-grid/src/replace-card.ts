import { assertInstant } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { assertCardState } from './assert-card-state.ts';
import { assertSerial } from './card-format.ts';
import type { CardState } from './card-state.ts';

/**
 * Makes a posted card usable: at once, or from an instant in the future on. A card that is active already stays as it is.
 *
 * @param options `at`: instant from which the card can be used; default now
 * @throws CountersignError `invalid-state` for a damaged state, `invalid-time` for a bad instant
 *
 * @example
 * ```ts
 * import { activateCard, cardStatus, newCardState } from '@countersign/card-grid';
 *
 * const posted = newCardState({ serial: 'SC-1025', cells: 224, activatesAt: null, now: 0 });
 * cardStatus(posted, { now: 5000 }).unusable; // => 'not-active'
 * cardStatus(activateCard(posted, { at: 5000 }), { now: 5000 }).unusable; // => null
 * ```
 */
export function activateCard(state: CardState, options: { at?: number | undefined } = {}): CardState {
  const { at = Date.now() } = options;
  assertCardState(state);
  assertInstant(at, 'at');
  return state.activatedAt !== null && state.activatedAt <= at ? state : { ...state, activatedAt: at };
}

/**
 * Retires a card in favour of its replacement: from now on it is refused, and its pending challenge is gone. Call it when
 * the replacement becomes active, not when it is posted, so that nobody stands without a card.
 *
 * @param options `serial` of the replacement; it must be another one, since the same serial gives the same cells again
 * @throws CountersignError `invalid-card` for the same or an unprintable serial, `invalid-state` for a damaged state
 *
 * @example
 * ```ts
 * import { cardStatus, newCardState, supersedeCard } from '@countersign/card-grid';
 *
 * const old = newCardState({ serial: 'SC-1024', cells: 224, now: 0 });
 * cardStatus(supersedeCard(old, { serial: 'SC-1025' }), { now: 0 }).unusable; // => 'superseded'
 * supersedeCard(old, { serial: 'SC-1024' }); // throws invalid-card
 * ```
 */
export function supersedeCard(state: CardState, options: { serial: string }): CardState {
  assertCardState(state);
  assertSerial(options.serial);
  if (options.serial === state.serial) {
    throw new CountersignError('invalid-card', 'a replacement must have a serial of its own');
  }
  return { ...state, pending: null, supersededBy: options.serial };
}
