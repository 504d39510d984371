import {
  activationLink,
  type Deliver,
  issueActivationCode,
  issueDeliveredCode,
  issueTemporaryCode,
  readActivationCode,
  resendDeliveredCode,
  smsMessage,
  spokenCode,
  type TemporaryCodeState,
  verifyActivationCode,
  verifyDeliveredCode,
  verifyTemporaryCode,
} from '@countersign/challenge-response';
import { parsePhoneNumber } from '@countersign/challenge-response/phone-number';
import { type Chapter, expect, type Screen } from '../screen.ts';

const serverKey = crypto.getRandomValues(new Uint8Array(32));
const account = 'ada';
const page = 'https://portal.example/activate';

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
  const issued = issueActivationCode({ state: null, serverKey, account, lifetime: 600 });
  expect(issued.ok, 'a code is issued');
  const { id, code, typed, state } = issued;
  screen.show(`${activationLink(page, { id, code })}\n\n${typed}`);
  screen.say('The server keeps an HMAC under its own key, never the code.');
  const typo = typed.slice(0, -1) + (typed.endsWith('A') ? 'B' : 'A');
  screen.typed('Ada', typo);
  const mistyped = readActivationCode(typo, page);
  expect(!mistyped.ok && mistyped.reason === 'mistyped', 'the check character catches the typo');
  screen.refused('a typing mistake, told at once; no try is lost');
  const small = typed.toLowerCase().replaceAll('-', ' ');
  screen.typed('Ada', small);
  const read = readActivationCode(small, page);
  expect(read.ok && id.startsWith(read.id), 'the text names its record');
  screen.say(`The first half names the record (${read.id}): that is how the server finds it.`);
  const first = verifyActivationCode(state, read, { serverKey, account });
  expect(first.ok, 'the code is accepted');
  screen.accepted('small letters and spaces do not matter');
  const second = verifyActivationCode(first.state, read, { serverKey, account });
  expect(!second.ok && second.advice === 'get-a-fresh-code', 'it works once');
  screen.refused('again: "get a fresh code", as for a wrong or an old one');
}

async function delivery(screen: Screen): Promise<void> {
  screen.step('A code by text message, then by a call');
  const phone = parsePhoneNumber('079 123 45 42', { country: 'CH', channel: 'sms' });
  expect(phone.ok, 'the number takes text messages');
  const { e164, masked } = phone;
  screen.say(`079 123 45 42 in Switzerland is ${e164}, shown as ${masked}.`);
  const premium = parsePhoneNumber('0900 123 456', { country: 'CH', channel: 'voice' });
  expect(!premium.ok && premium.reason === 'type-not-allowed', 'premium numbers are refused');
  screen.refused('0900 123 456: a number that somebody earns money from');
  const deliver: Deliver = async ({ channel, text }) => screen.show(`[${channel} to ${masked}]\n${text}`);
  const about = { serverKey, account, purpose: 'login', destination: e164 };
  const first = issueDeliveredCode({ state: null, ...about, lifetime: 600 });
  expect(first.ok, 'a code is issued');
  const text = smsMessage({ code: first.code, domain: 'portal.example' });
  await deliver({ channel: 'sms', destination: e164, text });
  const wrong = (first.code.startsWith('0') ? '1' : '0') + first.code.slice(1);
  screen.typed('Ada', wrong);
  const failed = verifyDeliveredCode(first.state, wrong, about);
  expect(!failed.ok && failed.guess, 'a wrong code is refused, and counted as a guess');
  screen.refused(`${failed.state?.triesLeft} tries are left`);
  const second = resendDeliveredCode({ state: failed.state, serverKey, account, channel: 'voice' });
  expect(second.ok, 'another code is made');
  await deliver({ channel: 'voice', destination: e164, text: spokenCode(second.code) });
  screen.say(`A new code does not give tries back: still ${second.state.triesLeft}.`);
  const third = resendDeliveredCode({ state: second.state, serverKey, account });
  expect(third.ok, 'a third message is allowed');
  const fourth = issueDeliveredCode({ state: third.state, ...about, lifetime: 600 });
  expect(!fourth.ok && fourth.reason === 'issued-too-often', 'a fourth one is not');
  screen.refused('a fourth message within ten minutes: it is not sent');
  const result = verifyDeliveredCode(third.state, third.code, about);
  expect(result.ok, 'the latest code is right');
  screen.accepted('the latest code, once, for this purpose and this number');
}

function temporary(screen: Screen): void {
  screen.step('A temporary code from support');
  const issued = issueTemporaryCode({ state: null, serverKey, account, lifetime: 2 * 86_400, uses: 2 });
  expect(issued.ok, 'a code is issued');
  screen.typed('Support, on the telephone', issued.code.replaceAll('-', ' … '));
  let state: TemporaryCodeState = issued.state;
  for (const use of ['first', 'second']) {
    const result = verifyTemporaryCode(state, issued.code, { serverKey, account });
    expect(result.ok, `the ${use} use is right`);
    screen.accepted(`${use} use; ${result.state.usesLeft} left`);
    state = result.state;
  }
  const third = verifyTemporaryCode(state, issued.code, { serverKey, account });
  expect(!third.ok && third.reason === 'voided', 'its uses are spent');
  screen.refused('a third use: its uses are spent');
}
