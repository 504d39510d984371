import {
  buildMigrationUris,
  buildOtpauthUri,
  checkCompatibility,
  formatSecret,
  mergeMigrationBatches,
  type OtpauthAccount,
  parseMigrationUri,
  parseOtpauthUri,
  renderQrTerminal,
} from '@countersign/qr-provisioning-uri';
import {
  createTotp,
  generateSecret,
  newTotpState,
  normalizeCode,
  resynchronizeTotp,
  type Totp,
  type TotpState,
  type TotpStateResult,
  verifyTotp,
} from '@countersign/totp';
import { type Chapter, expect, type Screen } from '../screen.ts';

const MINUTE = 60_000;
const DAY = 24 * 60 * MINUTE;

/** What a server keeps of one device. The state is written back only if nobody else did so meanwhile (docs/integrating.md). */
type Device = { secret: Uint8Array; active: boolean; state: TotpState };

function tell(screen: Screen, result: TotpStateResult): void {
  if (result.ok) screen.accepted(`time step ${result.timeStep}`);
  else screen.refused(`reason: ${result.reason}${result.guess ? ', counted as a guess' : ''}`);
}

/** A key from what a URI says; a HOTP account is another kind of key, and the compiler insists on telling them apart. */
function phoneFrom(account: OtpauthAccount): Totp {
  expect(account.type === 'totp', 'the account is one of TOTP');
  return createTotp(account);
}

export const authenticatorApp: Chapter = {
  title: 'An authenticator app: TOTP',
  run(screen) {
    const now = Date.now();

    screen.step('Enrol: a new secret, as a QR code and as text');
    const secret = generateSecret();
    const uri = buildOtpauthUri({ issuer: 'Example Broker', account: 'alice', secret });
    const device: Device = { secret, active: false, state: newTotpState() };
    screen.show(renderQrTerminal(uri));
    screen.say(`Cannot scan? Type this key: ${formatSecret(device.secret)}`);
    expect(checkCompatibility(parseOtpauthUri(uri)).length === 0, 'every app can use the defaults');
    screen.say('Every authenticator app can use it: SHA-1, 6 digits, 30 seconds.');

    const totp = createTotp({ secret: device.secret });
    // The phone knows only what the QR code says.
    const phone = phoneFrom(parseOtpauthUri(uri));

    screen.step('Activate: the app is active only when one current code has been typed back');
    const right = phone.generate({ now });
    const wrong = right === '123456' ? '654321' : '123456';
    screen.typed('alice', wrong);
    const first = verifyTotp(device.state, wrong, { totp, now });
    tell(screen, first);
    expect(!first.ok && !device.active, 'a wrong code activates nothing');

    const typed = `${right.slice(0, 3)} ${right.slice(3)}`;
    screen.typed('alice', `${typed}   (with a space, as the app shows it)`);
    const second = verifyTotp(device.state, normalizeCode(typed), { totp, now });
    tell(screen, second);
    expect(second.ok, 'the right code is accepted');
    device.active = true;
    device.state = second.state;

    screen.step('The same code again, as somebody would who looked over her shoulder');
    screen.typed('mallory', right);
    const replay = verifyTotp(device.state, right, { totp, now: now + 5_000 });
    tell(screen, replay);
    expect(!replay.ok && replay.reason === 'replayed' && !replay.guess, 'a code is accepted once, and is no guess');

    screen.step('Next day, the phone clock is 40 minutes slow');
    const tomorrow = now + DAY;
    const slow = typeTwo(screen, phone, tomorrow - 40 * MINUTE);
    expect(!verifyTotp(device.state, slow[0], { totp, now: tomorrow }).ok, 'a code of 40 minutes ago is refused');
    const found = resynchronizeTotp(device.state, slow, { totp, now: tomorrow + 30_000 });
    tellDrift(screen, found);
    const late = phone.generate({ now: tomorrow - 39 * MINUTE });
    screen.typed('alice', late);
    const signedIn = verifyTotp(found.state, late, { totp, now: tomorrow + MINUTE });
    tell(screen, signedIn);
    expect(signedIn.ok, 'the learnt drift is used from then on');
    device.state = signedIn.state;
    screen.say('She turns on automatic time. The next code is right by the server’s clock:');
    const current = phone.generate({ now: tomorrow + 2 * MINUTE });
    screen.typed('alice', current);
    const corrected = verifyTotp(device.state, current, { totp, now: tomorrow + 2 * MINUTE });
    tell(screen, corrected);
    expect(corrected.ok && corrected.drift === 0, 'a slow phone that is corrected works at once');
    device.state = corrected.state;

    screen.step('Another day, and the clock is 40 minutes fast');
    const dayAfter = now + 2 * DAY;
    const fast = typeTwo(screen, phone, dayAfter + 40 * MINUTE);
    const foundFast = resynchronizeTotp(device.state, fast, { totp, now: dayAfter + 30_000 });
    tellDrift(screen, foundFast);
    device.state = foundFast.state;
    screen.say('She turns on automatic time first. Her codes are now older than the last one:');
    const early = phone.generate({ now: dayAfter + 2 * MINUTE });
    screen.typed('alice', early);
    const used = verifyTotp(device.state, early, { totp, now: dayAfter + 2 * MINUTE });
    tell(screen, used);
    expect(
      !used.ok && used.reason === 'replayed' && used.drift === 0,
      'no code is accepted that is older than the last',
    );
    const minutes = Math.ceil((used.usableAt - dayAfter - 2 * MINUTE) / MINUTE);
    screen.say(`“Your clock is right again. Use another factor, or try again in ${minutes} minutes.”`);
    const good = verifyTotp(device.state, phone.generate({ now: used.usableAt }), { totp, now: used.usableAt });
    tell(screen, good);
    expect(good.ok, 'the code at that time is accepted');
    device.state = good.state;

    screen.step('A new phone: the app’s own transfer QR code');
    const account = parseOtpauthUri(uri);
    const [transfer] = buildMigrationUris([account, { ...account, issuer: 'Example Mail', secret: generateSecret() }]);
    expect(transfer !== undefined, 'two accounts fit one transfer code');
    screen.show(renderQrTerminal(transfer));
    const moved = mergeMigrationBatches([parseMigrationUri(transfer)]);
    screen.say(`Read back: ${moved.map((entry) => `${entry.issuer} (${entry.account})`).join(', ')}`);
    const newPhone = phoneFrom(moved[0]!);
    const later = now + 3 * DAY;
    expect(newPhone.generate({ now: later }) === phone.generate({ now: later }), 'both phones show the same code');
    screen.accepted('the new phone shows the same codes');
  },
};

/** Two codes in a row, typed from a phone whose clock says `now`. */
function typeTwo(screen: Screen, phone: Totp, now: number): [string, string] {
  screen.say('Her codes are refused. The server asks for two in a row, and looks an hour each way.');
  const codes: [string, string] = [phone.generate({ now }), phone.generate({ now: now + 30_000 })];
  screen.typed('alice', codes.join(', then '));
  return codes;
}

function tellDrift(screen: Screen, found: TotpStateResult): void {
  tell(screen, found);
  expect(found.ok && Math.abs(found.drift) === 80, 'two codes in a row show that the clock is 40 minutes off');
  const direction = found.drift < 0 ? 'slow' : 'fast';
  screen.say(`“Your clock is ${Math.abs(found.drift * 30)} seconds ${direction}: turn on automatic time.”`);
  screen.say('Two codes could have been seen an hour ago: one more is asked for.');
}
