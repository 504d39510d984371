import {
  type CardFormat,
  createCardGrid,
  createRecoveryCodes,
  cumulativeObservationProbability,
  issueCardChallenge,
  newCardState,
  newRecoveryState,
  renderCardHtml,
  renderCardSvg,
  renderCardText,
  renderRecoveryCodesHtml,
  verifyCardAnswer,
  verifyRecoveryCode,
} from '@countersign/card-grid';
import type { Checks, Suite } from '../checks.ts';
import { hostileInputs } from './hostile-input.ts';
import { repeatableRandom } from './repeatable-random.ts';

const KEY = new Uint8Array(32).fill(7);
const SERIAL = 'SC-1024';
const NOW = 1_800_000_000_000;

/** Grid cards and recovery codes: the same cells everywhere, each asked for and taken once. */
export const cardGrid: Suite = {
  name: 'card-grid',
  declare(checks) {
    declareCells(checks);
    declareChallenges(checks);
    declareRecoveryCodes(checks);
  },
};

function declareCells({ equal, record, throws }: Checks): void {
  for (const format of ['letter-digit-letter', 'crockford', 'digits'] satisfies CardFormat[]) {
    record(`all cells of a card, ${format}`, () => {
      const grid = createCardGrid({ key: KEY, serial: SERIAL, format });
      return Array.from({ length: grid.cells }, (_, index) => grid.cell(index + 1)).join(' ');
    });
  }
  const grid = createCardGrid({ key: KEY, serial: SERIAL });
  equal('one cell', () => grid.cell(100), 'R3K');
  equal('a card shows nothing', () => JSON.stringify(grid).includes('R3K'), false);
  for (const index of [0, 225, 1.5, Number.NaN, '1', null]) {
    throws(`cell ${typeof index} ${index}`, () => grid.cell(index as number), 'invalid-card');
  }
  record('drawings', () => [renderCardSvg(grid), renderCardHtml(grid), renderCardText(grid)]);
}

function declareChallenges({ equal, record }: Checks): void {
  const grid = createCardGrid({ key: KEY, serial: SERIAL });
  const issued = (): ReturnType<typeof issueCardChallenge> =>
    issueCardChallenge({ state: newCardState(grid), now: NOW, random: repeatableRandom('card') });
  record('a challenge', issued);
  equal('stays until it is answered', () => issueCardChallenge({ state: issued().state, now: NOW }), issued());
  equal('is answered once, as people type it', () => {
    const { state } = issued();
    const typed = ` ${(state.challenge ?? []).map((index) => grid.cell(index)).join(' - ')}\n`.toLowerCase();
    const first = verifyCardAnswer(state, typed, { key: KEY, now: NOW });
    const second = verifyCardAnswer(first.state, typed, { key: KEY, now: NOW });
    return [first.ok, second.ok || second.reason];
  }, [true, 'not-issued']);
  for (const [name, input] of hostileInputs) {
    equal(
      `hostile input instead of an answer: ${name}`,
      () => verifyCardAnswer(issued().state, input, { key: KEY, now: NOW }).ok,
      false,
    );
    record(`hostile input instead of an answer: ${name}, the reason`, () =>
      verifyCardAnswer(issued().state, input, { key: KEY, now: NOW }),
    );
  }
  record('what an observer knows', () =>
    [5, 17, 40].map((logins) =>
      // To twelve decimals: sums of many terms may differ in the last bits.
      cumulativeObservationProbability({ cells: 224, asked: 2, reuse: 'random', logins }).toFixed(12),
    ),
  );
}

function declareRecoveryCodes({ equal, record }: Checks): void {
  const list = { key: KEY, serial: 'RC-1024', count: 3 };
  const codes = createRecoveryCodes(list);
  const state = newRecoveryState(list);
  record('recovery codes', () => [codes, state, renderRecoveryCodesHtml(codes)]);
  equal('a recovery code is taken once, in lower case', () => {
    const first = verifyRecoveryCode(state, codes[1]?.toLowerCase(), { key: KEY });
    return [first.ok, verifyRecoveryCode(first.state, codes[1], { key: KEY }).ok];
  }, [true, false]);
  equal(
    'hostile input instead of a recovery code',
    () => hostileInputs.some(([, input]) => verifyRecoveryCode(state, input, { key: KEY }).ok),
    false,
  );
}
