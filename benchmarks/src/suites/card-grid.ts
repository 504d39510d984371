import {
  createCardGrid,
  createCardKey,
  createRecoveryCodes,
  issueCardChallenge,
  newCardState,
  newRecoveryState,
  verifyCardAnswer,
  verifyRecoveryCode,
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
  const grid = createCardGrid({ key, serial: 'SC-1024' });
  const { state } = issueCardChallenge({ state: newCardState(grid) });
  const answer = (state.challenge ?? []).map((index) => grid.cell(index)).join('');
  const list = { key, serial: 'RC-1024' };
  const recovery = newRecoveryState(list);
  const code = createRecoveryCodes(list)[4];
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
      { name: 'verify an answer of two cells', target: 13, run: () => verifyCardAnswer(state, answer, { key }).ok },
      { name: 'verify a recovery code', target: 13, run: () => verifyRecoveryCode(recovery, code, { key }).ok },
    ],
  };
}
