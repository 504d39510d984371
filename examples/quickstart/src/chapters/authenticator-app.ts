import {
  buildMigrationUris,
  buildOtpauthUri,
  checkCompatibility,
  formatSecret,
  mergeMigrationBatches,
  parseMigrationUri,
  parseOtpauthUri,
  renderQrTerminal,
} from '@countersign/qr-provisioning-uri';
import { createTotp, generateSecret, normalizeCode, type TotpResult } from '@countersign/totp';
import { type Chapter, expect, type Screen } from '../screen.ts';

const MINUTE = 60_000;

/** What a server keeps of one device. `after` moves only forward, in one conditional UPDATE (see the totp README). */
type Device = { secret: Uint8Array; active: boolean; after: number | null; drift: number };

function tell(screen: Screen, result: TotpResult): void {
  if (result.ok) screen.accepted(`time step ${result.timeStep}`);
  else screen.refused(`reason: ${result.reason}`);
}

export const authenticatorApp: Chapter = {
  title: 'An authenticator app: TOTP',
  run(screen) {
    const now = Date.now();

    screen.step('Enrol: a new secret, as a QR code and as text');
    const device: Device = { secret: generateSecret(), active: false, after: null, drift: 0 };
    const uri = buildOtpauthUri({ issuer: 'Example Broker', account: 'alice', secret: device.secret });
    screen.show(renderQrTerminal(uri));
    screen.say(`Cannot scan? Type this key: ${formatSecret(device.secret)}`);
    expect(checkCompatibility(parseOtpauthUri(uri)).length === 0, 'every app can use the defaults');
    screen.say('Every authenticator app can use it: SHA-1, 6 digits, 30 seconds.');

    const server = createTotp({ secret: device.secret });
    // The phone knows only what the QR code says.
    const scanned = parseOtpauthUri(uri);
    expect(scanned.type === 'totp', 'the QR code is for time-based codes');
    const phone = createTotp(scanned);

    screen.step('Activate: the app is active only when one current code has been typed back');
    const right = phone.generate({ now });
    const wrong = right === '123456' ? '654321' : '123456';
    screen.typed('alice', wrong);
    const first = server.verify(wrong, { after: device.after, now });
    tell(screen, first);
    expect(!first.ok && !device.active, 'a wrong code activates nothing');

    const typed = `${right.slice(0, 3)} ${right.slice(3)}`;
    screen.typed('alice', `${typed}   (with a space, as the app shows it)`);
    const second = server.verify(normalizeCode(typed), { after: device.after, now });
    tell(screen, second);
    expect(second.ok, 'the right code is accepted');
    device.active = true;
    device.after = second.timeStep;

    screen.step('The same code again, as somebody would who looked over her shoulder');
    screen.typed('mallory', right);
    const replay = server.verify(right, { after: device.after, now: now + 5_000 });
    tell(screen, replay);
    expect(!replay.ok && replay.reason === 'replayed', 'a code is accepted once');

    screen.step('Next day, the phone clock is 40 minutes slow');
    const tomorrow = now + 24 * 60 * MINUTE;
    const slow = tomorrow - 40 * MINUTE;
    const late = phone.generate({ now: slow });
    screen.typed('alice', late);
    const refused = server.verify(late, { after: device.after, now: tomorrow });
    tell(screen, refused);
    expect(!refused.ok, 'a code from 40 minutes ago is refused');
    screen.say('The server asks for two codes in a row, and looks an hour each way.');
    const next = phone.generate({ now: slow + 30_000 });
    screen.typed('alice', `${late}, then ${next}`);
    const found = server.resynchronize([late, next], { after: device.after, now: tomorrow + 30_000 });
    expect(found.ok, 'two codes in a row show the drift');
    device.after = found.timeStep;
    device.drift = found.drift;
    const seconds = Math.abs(found.drift * 30);
    tell(screen, found);
    screen.say(
      `“Your phone’s clock is ${seconds} seconds ${found.drift < 0 ? 'slow' : 'fast'}: turn on automatic time.”`,
    );
    expect(seconds === 2400, 'the drift is 40 minutes');
    const after = server.verify(phone.generate({ now: slow + MINUTE }), {
      after: device.after,
      now: tomorrow + MINUTE,
      drift: device.drift,
    });
    tell(screen, after);
    expect(after.ok, 'the learnt drift is used from then on');

    screen.step('A new phone: the app’s own transfer QR code');
    const account = parseOtpauthUri(uri);
    const [transfer] = buildMigrationUris([account, { ...account, issuer: 'Example Mail', secret: generateSecret() }]);
    expect(transfer !== undefined, 'two accounts fit one transfer code');
    screen.show(renderQrTerminal(transfer));
    const moved = mergeMigrationBatches([parseMigrationUri(transfer)]);
    screen.say(`Read back: ${moved.map((entry) => `${entry.issuer} (${entry.account})`).join(', ')}`);
    const [movedAccount] = moved;
    expect(movedAccount?.type === 'totp', 'the first account is time-based');
    const newPhone = createTotp(movedAccount);
    const later = tomorrow + 10 * MINUTE;
    expect(newPhone.generate({ now: later }) === phone.generate({ now: later }), 'both phones show the same code');
    screen.accepted('the new phone shows the same codes');
  },
};
