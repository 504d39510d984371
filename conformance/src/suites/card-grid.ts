import {
  answerCardChallenge,
  type CardFormat,
  createCardGrid,
  issueCardChallenge,
  issueRecoveryCodes,
  newCardState,
  redeemRecoveryCode,
  renderCardHtml,
  renderCardSvg,
  renderCardText,
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
    issueCardChallenge(newCardState({ serial: SERIAL, cells: 224, now: NOW }), {
      now: NOW,
      random: repeatableRandom('card'),
    });
  record('a challenge', issued);
  equal('stays until it is answered', () => issueCardChallenge(issued().state, { now: NOW }), issued());
  equal('is answered once, as people type it', () => {
    const { challenge, state } = issued();
    const typed = ` ${challenge.map((index) => grid.cell(index)).join(' - ')}\n`.toLowerCase();
    const first = answerCardChallenge(state, typed, { key: KEY, now: NOW });
    const second = answerCardChallenge(first.state, typed, { key: KEY, now: NOW });
    return [first.ok, second.ok || second.reason];
  }, [true, 'no-challenge']);
  for (const [name, input] of hostileInputs) {
    equal(
      `hostile input instead of an answer: ${name}`,
      () => answerCardChallenge(issued().state, input, { key: KEY, now: NOW }).ok,
      false,
    );
    record(`hostile input instead of an answer: ${name}, the reason`, () =>
      answerCardChallenge(issued().state, input, { key: KEY, now: NOW }),
    );
  }
}

function declareRecoveryCodes({ equal, record }: Checks): void {
  const cost = { algorithm: 'scrypt', N: 1024, r: 8, p: 1 } as const;
  const issued = (): ReturnType<typeof issueRecoveryCodes> =>
    issueRecoveryCodes({ count: 3, cost, now: NOW, random: repeatableRandom('recovery') });
  record('recovery codes', issued);
  equal('a recovery code is taken once, in lower case', async () => {
    const { codes, state } = await issued();
    const first = await redeemRecoveryCode(state, codes[1]?.toLowerCase(), { now: NOW });
    return [first.ok, (await redeemRecoveryCode(first.state, codes[1], { now: NOW })).ok];
  }, [true, false]);
  equal(
    'hostile input instead of a recovery code',
    async () => {
      const { state } = await issued();
      const results = hostileInputs.map(([, input]) => redeemRecoveryCode(state, input, { now: NOW }));
      return (await Promise.all(results)).some(({ ok }) => ok);
    },
    false,
  );
}
