import {
  answerCardChallenge,
  type CardState,
  createCardGrid,
  createCardKey,
  issueCardChallenge,
  issueRecoveryCodes,
  newCardState,
  redeemRecoveryCode,
  renderCardText,
  renderRecoveryCodesText,
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

    const state = logIn(screen, key, newCardState(grid));
    expect(state.pending === null, 'a login leaves no challenge behind');
    await recover(screen);
  },
};

function logIn(screen: Screen, key: Uint8Array, card: CardState): CardState {
  const grid = createCardGrid({ ...card, key });

  screen.step('Log in');
  const asked = issueCardChallenge(card);
  const [first, second] = asked.challenge;
  screen.say(`After the password, the page asks for the codes at ${first} and ${second}.`);

  const reloads = Array.from({ length: 1000 }, () => `${issueCardChallenge(asked.state).challenge}`);
  expect(new Set(reloads).size === 1, 'a reload must not change the indices');
  screen.say(
    `1,000 reloads later it still asks for ${first} and ${second}: nobody can wait for cells that they have seen.`,
  );

  const guess = answerCardChallenge(asked.state, 'A2A A2B', { key });
  expect(!guess.ok, 'a guess must be refused');
  screen.typed('Somebody', 'A2A A2B');
  screen.refused('and not a word about which of the two was wrong');
  expect(
    `${issueCardChallenge(guess.state).challenge}` === `${asked.challenge}`,
    'a failure must not change the indices',
  );

  const typed = asked.challenge
    .map((index) => grid.cell(index))
    .join(' ')
    .toLowerCase();
  const done = answerCardChallenge(guess.state, typed, { key });
  expect(done.ok, 'the right answer must be accepted');
  screen.typed('Alice', typed);
  screen.accepted(`the two cells are used up; the card is good for ${done.remaining} more logins`);

  const again = answerCardChallenge(done.state, typed, { key });
  expect(!again.ok && again.reason === 'no-challenge', 'the same answer must be refused');
  screen.typed('Mallory', typed);
  screen.refused('the same answer is worth nothing a second time');

  const next = issueCardChallenge(done.state);
  expect(!next.challenge.some((index) => asked.challenge.includes(index)), 'used cells must not be asked for again');
  const replayed = answerCardChallenge(next.state, typed, { key });
  expect(!replayed.ok, 'the old codes must not answer a new challenge');
  screen.say(`The next login asks for ${next.challenge.join(' and ')}, and the old codes do not answer that either.`);
  return done.state;
}

async function recover(screen: Screen): Promise<void> {
  screen.step('Recovery codes, for the day when the card is lost');
  // A low cost, so that the demo is short. Left out, each code takes about half a second to hash.
  const cost = { algorithm: 'scrypt', N: 4096, r: 8, p: 1 } as const;
  const { codes, state } = await issueRecoveryCodes({ count: 6, cost });
  screen.show(renderRecoveryCodesText(codes));

  const typed = codes[2]!.toLowerCase().replaceAll('-', ' ');
  const redeemed = await redeemRecoveryCode(state, typed);
  expect(redeemed.ok, 'a recovery code must be accepted');
  screen.typed('Alice', typed);
  screen.accepted(`${redeemed.remaining} codes are left`);

  const again = await redeemRecoveryCode(redeemed.state, typed);
  expect(!again.ok && again.reason === 'replayed', 'a recovery code must work once');
  screen.typed('Mallory', typed);
  screen.refused('each code works once');

  const typo = await redeemRecoveryCode(
    redeemed.state,
    `${codes[3]!.slice(0, -1)}${codes[3]!.endsWith('7') ? '8' : '7'}`,
  );
  expect(!typo.ok && typo.reason === 'malformed', 'a typo must be caught by the check character');
  screen.say('A typo is caught by the check character, before anything is hashed or counted.');
}
