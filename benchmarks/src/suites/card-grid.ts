import {
  answerCardChallenge,
  createCardGrid,
  createCardKey,
  issueCardChallenge,
  newCardState,
} from '@countersign/card-grid';
import type { Case, Suite } from '../suite.ts';

/**
 * Grid cards beside one prepared TOTP verification, which takes about 2.2 µs on the reference machine. The targets
 * there are 2 ms for a whole card and 30 µs for an answer, given here as ratios.
 *
 * @param baseline one verification of a wrong code with a prepared object, window ±1
 */
export function cardGridSuite(baseline: Case): Suite {
  const key = createCardKey();
  const { state } = issueCardChallenge(newCardState({ serial: 'SC-1024' }));
  const grid = createCardGrid({ key, serial: 'SC-1024' });
  const answer = (state.pending?.challenge ?? []).map((index) => grid.cell(index)).join('');
  return {
    title: 'Security code card, 224 cells',
    baseline: baseline.name,
    cases: [
      baseline,
      {
        name: 'derive the whole card',
        target: 900,
        run() {
          const card = createCardGrid({ key, serial: 'SC-1024' });
          let characters = 0;
          for (let index = 1; index <= card.cells; index++) characters += card.cell(index).length;
          return characters;
        },
      },
      { name: 'verify an answer of two cells', target: 13, run: () => answerCardChallenge(state, answer, { key }).ok },
    ],
  };
}
