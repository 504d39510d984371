import {
  type CardGrid,
  type CardState,
  createCardGrid,
  createCardKey,
  createRecoveryCodes,
  issueCardChallenge,
  newCardState,
  newRecoveryState,
  renderCardText,
  renderRecoveryCodesText,
  verifyCardAnswer,
  verifyRecoveryCode,
} from '@countersign/card-grid';
import { type Chapter, expect, type Screen } from '../screen.ts';

/** A printed card as second factor, from its issue to a login, and the codes for the day when it is lost. */
export const cardGrid: Chapter = {
  title: 'Security code card: a factor made of paper',
  async run(screen) {
    const key = createCardKey();
    const grid = createCardGrid({ key, serial: 'SC-1024', cells: 50 });

    screen.step('Issue and print');
    screen.say(
      'The server keeps a key of 32 bytes. The cells are computed from it when needed; the grid is stored nowhere.',
    );
    screen.show(renderCardText(grid, { issuer: 'Example Bank', issuedAt: Date.now() }));
    screen.say(
      `To guess an answer is to guess ${grid.entropyBits(2).toFixed(1)} bits. Paper is made with renderCardHtml.`,
    );

    const state = logIn(screen, key, grid, newCardState(grid));
    expect(state.challenge === null, 'a login leaves no challenge behind');
    recover(screen);
  },
};

function logIn(screen: Screen, key: Uint8Array, grid: CardGrid, card: CardState): CardState {
  screen.step('Log in');
  const asked = issueCardChallenge({ state: card });
  if (!asked.ok) throw new Error(asked.reason);
  const [first, second] = asked.challenge;
  screen.say(`After the password, the page asks for the codes at ${first} and ${second}.`);

  const reloads = Array.from({ length: 1000 }, () => `${issueCardChallenge({ state: asked.state }).state.challenge}`);
  expect(new Set(reloads).size === 1, 'a reload must not change the indices');
  screen.say(
    `1,000 reloads later it still asks for ${first} and ${second}: nobody can wait for cells that they have seen.`,
  );

  const guess = verifyCardAnswer(asked.state, 'A2A A2B', { key });
  expect(!guess.ok && guess.guess, 'a guess must be refused, and counted');
  screen.typed('Somebody', 'A2A A2B');
  screen.refused('and not a word about which of the two was wrong');
  expect(`${guess.state.challenge}` === `${asked.challenge}`, 'a failure must not change the indices');

  const typed = asked.challenge
    .map((index) => grid.cell(index))
    .join(' ')
    .toLowerCase();
  const done = verifyCardAnswer(guess.state, typed, { key });
  expect(done.ok, 'the right answer must be accepted');
  screen.typed('Alice', typed);
  screen.accepted(`the two cells are used up; the card is good for ${done.remaining} more logins`);

  const again = verifyCardAnswer(done.state, typed, { key });
  expect(!again.ok && again.reason === 'not-issued', 'the same answer must be refused');
  screen.typed('Mallory', typed);
  screen.refused('the same answer is worth nothing a second time');

  const next = issueCardChallenge({ state: done.state });
  if (!next.ok) throw new Error(next.reason);
  expect(!next.challenge.some((index) => asked.challenge.includes(index)), 'used cells must not be asked for again');
  const replayed = verifyCardAnswer(next.state, typed, { key });
  expect(!replayed.ok, 'the old codes must not answer a new challenge');
  screen.say(`The next login asks for ${next.challenge.join(' and ')}, and the old codes do not answer that either.`);
  return done.state;
}

function recover(screen: Screen): void {
  screen.step('Recovery codes, for the day when the card is lost');
  screen.say('They are derived from a key as well: the server stores which were used, and no code.');
  const list = { key: createCardKey(), serial: 'RC-1', count: 6 };
  const codes = createRecoveryCodes(list);
  const state = newRecoveryState(list);
  screen.show(renderRecoveryCodesText(codes));

  const typed = codes[2]!.toLowerCase().replaceAll('-', ' ');
  const redeemed = verifyRecoveryCode(state, typed, list);
  expect(redeemed.ok, 'a recovery code must be accepted');
  screen.typed('Alice', typed);
  screen.accepted(`${redeemed.remaining} codes are left`);

  const again = verifyRecoveryCode(redeemed.state, typed, list);
  expect(!again.ok && again.reason === 'replayed', 'a recovery code must work once');
  screen.typed('Mallory', typed);
  screen.refused('each code works once');

  const slip = `${codes[3]!.slice(0, -1)}${codes[3]!.endsWith('7') ? '8' : '7'}`;
  const mistyped = verifyRecoveryCode(redeemed.state, slip, list);
  expect(!mistyped.ok && mistyped.reason === 'mistyped', 'a slip must be caught by the check character');
  screen.say('A slip of the fingers is caught by the check character, before anything is counted.');
}
