import {
  claimApproval,
  generateDeviceKey,
  generateSealingKey,
  issueApproval,
  openSealedMessage,
  parseDevicePublicKey,
  parseSealingPublicKey,
  sealMessage,
  showApproval,
  signApproval,
  verifyApproval,
} from '@countersign/challenge-response';
import { type Chapter, expect } from '../screen.ts';

const about = { account: 'ada', audience: 'https://portal.example' };

/** A phone that approves: what the user saw is what was signed. */
export const approvals: Chapter = {
  title: 'Approving on the phone',
  async run(screen) {
    screen.step('The phone is enrolled');
    const key = await generateDeviceKey('Ed25519');
    const { publicKey } = parseDevicePublicKey(key.publicKey);
    screen.say('It made a key pair and handed in the public half. The private half cannot be exported.');
    screen.say(`Printing the key shows its algorithm (${key.algorithm}) and nothing secret.`);

    screen.step('Ada withdraws money at the portal');
    const details = [
      { label: 'Amount', value: '250.00 EUR' },
      { label: 'To', value: 'Charles Babbage' },
      { label: 'From', value: 'the browser on her laptop, in Zug' },
    ];
    const serverKey = crypto.getRandomValues(new Uint8Array(32));
    const asked = { serverKey, ...about, device: 'phone-1', action: 'withdrawal', details, lifetime: 120 };
    const issued = issueApproval({ state: null, ...asked });
    expect(issued.ok, 'nothing else waits');
    const { id, request, number } = issued;
    screen.say(`The portal shows a number: ${number}. It is not in the request that goes to the phone.`);
    expect(!('number' in request), 'the request holds no number');
    const reloaded = showApproval(issued.state, id, { serverKey });
    expect(reloaded.ok && reloaded.number === number, 'a reload shows the same number');
    screen.say('She reloads the page: the same number. Whoever else begins a withdrawal sees another one.');
    screen.show(request.details.map(({ label, value }) => `${label.padEnd(8)}${value}`).join('\n'));
    screen.typed('Ada, on her phone', number);
    const signed = await signApproval(request, { key, decision: 'approve', number, userVerification: true });
    const given = { ...about, serverKey, publicKey, requireUserVerification: true };
    const first = await verifyApproval(issued.state, signed, given);
    expect(first.ok, 'the approval is genuine');
    screen.accepted('signed by her phone, for exactly these details');
    const claimed = claimApproval(first.state, id);
    expect(claimed.ok, 'the portal gets what was approved');
    screen.accepted(`the portal pays ${claimed.request.details[0]?.value}`);

    screen.step('What is refused');
    expect(!claimApproval(claimed.state, id).ok, 'an approval pays once');
    screen.refused('another poller asks for the same payment: it was claimed');
    const again = await verifyApproval(first.state, signed, given);
    expect(!again.ok && again.reason === 'replayed', 'an approval counts once');
    screen.refused('the same approval again: replayed');

    const [amount, ...others] = request.details;
    expect(amount !== undefined, 'there is an amount');
    const changed = { ...signed, request: { ...request, details: [{ ...amount, value: '9,250.00 EUR' }, ...others] } };
    const edited = await verifyApproval(issued.state, changed, given);
    expect(!edited.ok && edited.reason === 'changed', 'a changed amount is noticed');
    screen.refused('another amount: changed');

    let { state } = issued;
    for (const by of [1, 2, 3]) {
      const typed = String((Number(number) + by) % 100).padStart(2, '0');
      const guessed = await signApproval(request, { key, decision: 'approve', number: typed, userVerification: true });
      const result = await verifyApproval(state, guessed, given);
      expect(!result.ok && result.reason === 'mismatch', 'a guess is refused');
      const repeated = await verifyApproval(result.state, guessed, given);
      expect(!repeated.ok, 'and costs one try, however often it is sent');
      state = repeated.state;
    }
    const late = await verifyApproval(state, signed, given);
    expect(!late.ok && late.reason === 'voided', 'the third wrong number voids the request');
    screen.refused('three wrong numbers: the request is void, and the right one comes too late');

    const denial = await signApproval(request, { key, decision: 'deny', userVerification: true });
    const denied = await verifyApproval(issued.state, denial, given);
    expect(!denied.ok && denied.reason === 'denied', 'a denial is heard');
    screen.refused('"that was not me": denied, and the request is settled');

    const waiting = [1, 2].reduce((kept) => issueApproval({ state: kept, ...asked }).state, issued.state);
    const fourth = issueApproval({ state: waiting, ...asked });
    expect(!fourth.ok && fourth.reason === 'too-many-open', 'nobody is worn down by requests');
    screen.refused('a fourth request while three wait: too many open');

    screen.step('A temporary password, sealed to the phone');
    const sealing = await generateSealingKey('P-256');
    const purpose = { device: "Ada's phone", purpose: 'temporary-password' };
    const password = new TextEncoder().encode('tulip-brass-harbour');
    const enrolled = parseSealingPublicKey(sealing.publicKey);
    const sealed = await sealMessage(password, { publicKey: enrolled.publicKey, ...purpose });
    screen.say(`What travels: ${sealed.slice(0, 44)}…`);
    const opened = await openSealedMessage(sealed, { key: sealing, ...purpose });
    expect(opened.ok, 'the phone opens it');
    screen.accepted(`the phone reads: ${new TextDecoder().decode(opened.message)}`);
    const other = await openSealedMessage(sealed, { key: await generateSealingKey('P-256'), ...purpose });
    expect(!other.ok && other.reason === 'mismatch', 'another phone cannot open it');
    screen.refused('another phone cannot open it');
  },
};
