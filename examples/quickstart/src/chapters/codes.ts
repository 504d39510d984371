import {
  activationLink,
  type Deliver,
  issueActivationCode,
  issueDeliveredCode,
  issueTemporaryCode,
  redeemActivationCode,
  resendDeliveredCode,
  smsMessage,
  spokenCode,
  verifyDeliveredCode,
  verifyTemporaryCode,
} from '@countersign/challenge-response';
import { parsePhoneNumber } from '@countersign/challenge-response/phone-number';
import { type Chapter, expect, type Screen } from '../screen.ts';

const serverKey = crypto.getRandomValues(new Uint8Array(32));
const account = 'ada';

/** Codes that people read and type: from under a QR code, from a text message, from support. */
export const codes: Chapter = {
  title: 'Codes to read and type',
  async run(screen) {
    activation(screen);
    await delivery(screen);
    temporary(screen);
  },
};

function activation(screen: Screen): void {
  screen.step('An activation code below a QR code');
  const { code, pending } = issueActivationCode({ serverKey, account });
  screen.show(`${activationLink('https://portal.example/activate', code)}\n\n${code}`);
  screen.say('The server keeps an HMAC under its own key, never the code.');
  const typo = (code.startsWith('A') ? 'B' : 'A') + code.slice(1);
  screen.typed('Ada', typo);
  const mistyped = redeemActivationCode(pending, typo, { serverKey, account });
  expect(!mistyped.ok && mistyped.reason === 'mistyped', 'the check character catches the typo');
  screen.refused('a typing mistake, told at once; no try is lost');
  const typed = code.toLowerCase().replaceAll('-', ' ');
  screen.typed('Ada', typed);
  const first = redeemActivationCode(mistyped.pending, typed, { serverKey, account });
  expect(first.ok, 'the code is redeemed');
  screen.accepted('small letters and spaces do not matter');
  const second = redeemActivationCode(first.pending, typed, { serverKey, account });
  expect(!second.ok && second.advice === 'get-a-fresh-code', 'it works once');
  screen.refused('the same code again: "get a fresh code", as for a wrong or an old one');
}

async function delivery(screen: Screen): Promise<void> {
  screen.step('A code by text message, then by a call');
  const { e164, masked } = parsePhoneNumber({ country: 'CH', number: '079 123 45 42' });
  screen.say(`079 123 45 42 in Switzerland is ${e164}, shown as ${masked}.`);
  const deliver: Deliver = async ({ channel, text }) => screen.show(`[${channel} to ${masked}]\n${text}`);
  const about = { account, purpose: 'login', destination: e164 };
  const first = issueDeliveredCode({ serverKey, ...about });
  await deliver({
    channel: 'sms',
    destination: e164,
    text: smsMessage({ code: first.code, domain: 'portal.example' }),
  });
  const wrong = (first.code.startsWith('0') ? '1' : '0') + first.code.slice(1);
  screen.typed('Ada', wrong);
  const failed = verifyDeliveredCode(first.pending, wrong, { serverKey, ...about });
  expect(!failed.ok && failed.reason === 'mismatch', 'a wrong code is refused');
  screen.refused(`${failed.pending.triesLeft} tries are left`);
  const second = resendDeliveredCode(failed.pending, { serverKey, channel: 'voice' });
  expect(second.ok, 'another code is made');
  await deliver({ channel: 'voice', destination: e164, text: spokenCode(second.code) });
  screen.say(`A new code does not give tries back: still ${second.pending.triesLeft}.`);
  const result = verifyDeliveredCode(second.pending, second.code, { serverKey, ...about });
  expect(result.ok, 'the code from the call is right');
  screen.accepted('once, for this account, this purpose and this number');
}

function temporary(screen: Screen): void {
  screen.step('A temporary code from support');
  const { code, state } = issueTemporaryCode({ serverKey, account, uses: 2 });
  screen.typed('Support, on the telephone', code.replaceAll('-', ' … '));
  let current = state;
  for (const use of ['first', 'second']) {
    const result = verifyTemporaryCode(current, code, { serverKey, account });
    expect(result.ok, `the ${use} use is right`);
    screen.accepted(`${use} use; ${result.state.usesLeft} left`);
    current = result.state;
  }
  const third = verifyTemporaryCode(current, code, { serverKey, account });
  expect(!third.ok && third.reason === 'spent', 'its uses are spent');
  screen.refused('a third use: spent');
}
