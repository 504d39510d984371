import {
  activationLink,
  issueActivationCode,
  issueDeliveredCode,
  issueTemporaryCode,
  readActivationCode,
  resendDeliveredCode,
  verifyActivationCode,
  verifyDeliveredCode,
  verifyTemporaryCode,
} from '@countersign/challenge-response/codes';
import { parsePhoneNumber } from '@countersign/challenge-response/phone-number';
import {
  issueSshChallenge,
  parseSshPublicKey,
  verifySshResponse,
  verifySshSignature,
} from '@countersign/challenge-response/ssh';
import { utf8ToBytes } from '@countersign/primitives/bytes';
import type { Checks, Suite } from '../checks.ts';
import sshSignatures from '../vectors/ssh-signatures.json' with { type: 'json' };
import { hostileInputs } from './hostile-input.ts';
import { repeatableRandom } from './repeatable-random.ts';

const NOW = 1_800_000_000_000;
const PAGE = 'https://portal.example/activate';
const serverKey = new Uint8Array(32).fill(7);
const account = 'ada';
const about = { serverKey, account, now: NOW };

/** Codes that people type, the numbers they are sent to, and SSH keys. */
export const codes: Suite = {
  name: 'codes and SSH keys',
  declare(checks) {
    declareActivationCodes(checks);
    declareOtherCodes(checks);
    declarePhoneNumbers(checks);
    declareSshKeys(checks);
    declareSshChallenges(checks);
  },
};

/** What was issued, or an error that ends the check. */
function granted<T extends { ok: boolean }>(result: T): Extract<T, { ok: true }> {
  if (!result.ok) throw new Error('not issued');
  return result as Extract<T, { ok: true }>;
}

const fresh = (): { state: null; lifetime: number; random: ReturnType<typeof repeatableRandom> } => ({
  state: null,
  lifetime: 600,
  random: repeatableRandom('short codes'),
});

function declareActivationCodes({ equal, record }: Checks): void {
  const issue = (): Extract<ReturnType<typeof issueActivationCode>, { ok: true }> =>
    granted(issueActivationCode({ ...about, ...fresh() }));
  record('an activation code', issue);
  record('its link', () => activationLink(PAGE, issue()));
  equal('an activation code, scanned and as people type it, once', () => {
    const { state, typed } = issue();
    const scanned = readActivationCode(activationLink(PAGE, issue()), PAGE);
    const read = readActivationCode(` ${typed.toLowerCase().replaceAll('-', ' ')}\n`, PAGE);
    const first = verifyActivationCode(state, read, about);
    const second = verifyActivationCode(first.state, scanned, about);
    return [first.ok, second.ok || second.reason];
  }, [true, 'replayed']);
  for (const [name, input] of hostileInputs) {
    equal(
      `hostile input instead of an activation code: ${name}`,
      () => verifyActivationCode(issue().state, input, about),
      { ok: false, reason: 'malformed', guess: false, advice: 'check-typing', state: issue().state },
    );
    equal(`hostile input instead of a link: ${name}`, () => readActivationCode(input, PAGE), {
      ok: false,
      reason: 'malformed',
    });
  }
}

function declareOtherCodes({ equal, record }: Checks): void {
  const toPhone = { ...about, purpose: 'login', destination: '+41791234567' };
  const delivered = (): Extract<ReturnType<typeof issueDeliveredCode>, { ok: true }> =>
    granted(issueDeliveredCode({ ...toPhone, ...fresh() }));
  const temporary = (): Extract<ReturnType<typeof issueTemporaryCode>, { ok: true }> =>
    granted(issueTemporaryCode({ ...about, ...fresh(), uses: 2 }));
  record('a delivered code', delivered);
  record('a temporary code', temporary);
  equal('a delivered code, once', () => {
    const { code, state } = delivered();
    const first = verifyDeliveredCode(state, code, toPhone);
    const second = verifyDeliveredCode(first.state, code, toPhone);
    return [first.ok, second.ok || second.reason];
  }, [true, 'replayed']);
  equal('three messages in ten minutes', () => {
    const second = granted(resendDeliveredCode({ state: delivered().state, ...about }));
    const third = granted(resendDeliveredCode({ state: second.state, ...about }));
    const fourth = resendDeliveredCode({ state: third.state, ...about });
    return fourth.ok || [fourth.reason, fourth.retryAt];
  }, ['issued-too-often', NOW + 600_000]);
  equal('a temporary code, as often as it may', () => {
    const { code, state } = temporary();
    const first = verifyTemporaryCode(state, code, about);
    const second = verifyTemporaryCode(first.state, code, about);
    const third = verifyTemporaryCode(second.state, code, about);
    return [first.ok, second.ok, third.ok || third.reason];
  }, [true, true, 'voided']);
  for (const [name, input] of hostileInputs) {
    equal(
      `hostile input instead of a delivered code: ${name}`,
      () => verifyDeliveredCode(delivered().state, input, toPhone),
      { ok: false, reason: 'malformed', guess: false, state: delivered().state },
    );
    record(`hostile input instead of a temporary code: ${name}`, () =>
      verifyTemporaryCode(temporary().state, input, about),
    );
  }
}

function declarePhoneNumbers({ equal }: Checks): void {
  const parse = (input: unknown): unknown => parsePhoneNumber(input, { country: 'CH', channel: 'sms' });
  equal('a phone number', () => parse('79 123 45 67'), {
    ok: true,
    e164: '+41791234567',
    country: 'CH',
    type: 'mobile',
    masked: '•••67',
  });
  const refused = (reason: string): unknown => ({ ok: false, reason });
  equal('a premium number', () => parse('0900 123 456'), refused('type-not-allowed'));
  equal('a landline', () => parse('044 668 18 00'), refused('landline'));
  equal('full-width digits are no phone number', () => parse('７９１２３４５６７'), refused('malformed'));
}

function declareSshKeys({ equal, record, throws }: Checks): void {
  const { namespace } = sshSignatures;
  const message = utf8ToBytes(sshSignatures.message);
  const refused = (reason: string): unknown => ({ ok: false, reason, guess: reason === 'bad-signature' });
  for (const { publicKey, signature } of sshSignatures.cases) {
    const name = publicKey.split(' ')[0];
    record(`${name}: the public key`, () => parseSshPublicKey(publicKey));
    const verify = (more: object): Promise<unknown> =>
      verifySshSignature({ publicKey, message, namespace, signature, ...more });
    const changed = { message: utf8ToBytes('challenge 2') };
    equal(`${name}: a signature of ssh-keygen`, () => verify({}), { ok: true, hashAlgorithm: 'sha512' });
    equal(`${name}: of another message`, () => verify(changed), refused('bad-signature'));
    equal(`${name}: in another namespace`, () => verify({ namespace: 'file' }), refused('other-purpose'));
    if (name !== 'ssh-rsa') {
      equal(`${name}: by noble`, () => verify({ engine: 'noble' }), { ok: true, hashAlgorithm: 'sha512' });
    }
    equal(
      `${name}: hostile input instead of a signature`,
      () => Promise.all(hostileInputs.map(([, input]) => verify({ signature: input }))),
      hostileInputs.map(() => refused('malformed')),
    );
  }
  throws('a private key', () => parseSshPublicKey('-----BEGIN OPENSSH PRIVATE KEY-----\n'), 'private-key-given');
}

function declareSshChallenges({ equal, record }: Checks): void {
  const { namespace, response } = sshSignatures;
  const enrolment = { account, namespace, now: NOW };
  const random = (): Uint8Array =>
    Uint8Array.from(response.challenge.match(/../g) ?? [], (byte) => Number.parseInt(byte, 16));
  const issue = (): Extract<ReturnType<typeof issueSshChallenge>, { ok: true }> =>
    granted(issueSshChallenge({ state: null, ...enrolment, random }));
  record('an SSH challenge', issue);
  equal('its response, once, in time', async () => {
    const options = { ...enrolment, publicKey: response.publicKey };
    const late = await verifySshResponse(issue().state, response.signature, { ...options, now: NOW + 300_000 });
    const first = await verifySshResponse(issue().state, response.signature, options);
    const second = await verifySshResponse(first.state, response.signature, options);
    return [late.ok || late.reason, first.ok, second.ok || second.reason];
  }, ['expired', true, 'replayed']);
}
