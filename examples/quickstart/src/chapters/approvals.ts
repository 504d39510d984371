import {
  createApprovalRequest,
  generateDeviceKey,
  generateSealingKey,
  openSealedMessage,
  parseDevicePublicKey,
  sealMessage,
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
    const { request, pending, number } = createApprovalRequest({ ...about, action: 'withdrawal', details });
    screen.say(`The portal shows a number: ${number}. It is not in the request that goes to the phone.`);
    expect(!('number' in request), 'the request holds no number');
    screen.show(request.details.map(({ label, value }) => `${label.padEnd(8)}${value}`).join('\n'));
    screen.typed('Ada, on her phone', number);
    const signed = await signApproval(request, { key, decision: 'approve', number, userVerification: true });
    const first = await verifyApproval(pending, signed, { ...about, publicKey });
    expect(first.ok, 'the approval is genuine');
    screen.accepted('signed by her phone, for exactly these details');

    screen.step('What is refused');
    const again = await verifyApproval(first.pending, signed, { ...about, publicKey });
    expect(!again.ok && again.reason === 'replayed', 'an approval counts once');
    screen.refused('the same approval again: replayed');

    const [amount, ...others] = request.details;
    expect(amount !== undefined, 'there is an amount');
    const changed = { ...signed, request: { ...request, details: [{ ...amount, value: '9,250.00 EUR' }, ...others] } };
    const edited = await verifyApproval(pending, changed, { ...about, publicKey });
    expect(!edited.ok && edited.reason === 'changed', 'a changed amount is noticed');
    screen.refused('another amount: changed');

    const guess = number === '00' ? '01' : '00';
    const guessed = await signApproval(request, { key, decision: 'approve', number: guess, userVerification: true });
    let state = pending;
    for (let tries = 0; tries < 3; tries++) {
      const result = await verifyApproval(state, guessed, { ...about, publicKey });
      expect(!result.ok && result.reason === 'wrong-number', 'a guess is refused');
      state = result.pending;
    }
    const late = await verifyApproval(state, signed, { ...about, publicKey });
    expect(!late.ok && late.reason === 'voided', 'the third wrong number voids the request');
    screen.refused('three wrong numbers: the request is void, and the right one comes too late');

    const denial = await signApproval(request, { key, decision: 'deny', userVerification: true });
    const denied = await verifyApproval(pending, denial, { ...about, publicKey });
    expect(!denied.ok && denied.reason === 'denied', 'a denial is heard');
    screen.refused('"that was not me": denied, and the request is settled');

    screen.step('A temporary password, sealed to the phone');
    const sealing = await generateSealingKey('P-256');
    const purpose = { device: "Ada's phone", purpose: 'temporary-password' };
    const password = new TextEncoder().encode('tulip-brass-harbour');
    const sealed = await sealMessage(password, { publicKey: sealing.publicKey, ...purpose });
    screen.say(`What travels: ${sealed.slice(0, 44)}…`);
    const opened = await openSealedMessage(sealed, { key: sealing, ...purpose });
    expect(opened.ok, 'the phone opens it');
    screen.accepted(`the phone reads: ${new TextDecoder().decode(opened.message)}`);
    const other = await openSealedMessage(sealed, { key: await generateSealingKey('P-256'), ...purpose });
    expect(!other.ok && other.reason === 'mismatch', 'another phone cannot open it');
    screen.refused('another phone cannot open it');
  },
};
