import {
  createOcra,
  issueChallenge,
  newOcraState,
  newSoftToken,
  type OcraState,
  openSoftToken,
  openWithPin,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
  sealSoftToken,
  sealWithPin,
  switchOnSoftToken,
  verifyResponse,
} from '@countersign/challenge-response/ocra';
import { bytesToHex, hexToBytes } from '@countersign/primitives/bytes';
import type { Checks, Suite } from '../checks.ts';
import rfc6287 from '../vectors/rfc6287-ocra.json' with { type: 'json' };
import { hostileInputs } from './hostile-input.ts';
import { repeatableRandom } from './repeatable-random.ts';

type Vector = {
  id: string;
  suite: string;
  keyHex: string;
  Q: string;
  C?: string;
  T?: string;
  pin?: string;
  section: string;
  expected: string;
};

const NOW = 1_800_000_000_000;
const ACCOUNT = 'ada';
const key = new Uint8Array(32).fill(11);
/** As cheap as scrypt can be: what is checked is that it is the same everywhere. */
const cost = { algorithm: 'scrypt', N: 1024, r: 8, p: 16 } as const;

const MASKED = 'd75b29b8adc14505e65241c575980ec37f98061134b2fb4af7d0eec7b557972a';

/** OCRA whole: computation, the device's state, and keys under a PIN. */
export const ocra: Suite = {
  name: 'ocra',
  declare(checks) {
    declareComputations(checks);
    declareStates(checks);
    declarePins(checks);
  },
};

function declareComputations({ equal, throws }: Checks): void {
  for (const vector of rfc6287.vectors as Vector[]) {
    equal(`RFC 6287 Appendix C: ${vector.id}`, () => {
      const device = createOcra({ suite: vector.suite, key: hexToBytes(vector.keyHex) });
      const input = {
        challenge: vector.section === 'C.2' ? ([vector.Q.slice(0, 8), vector.Q.slice(8)] as const) : vector.Q,
        counter: vector.C === undefined ? undefined : Number(vector.C),
        pin: vector.pin,
        now: vector.T === undefined ? undefined : Number(vector.T) * 60_000,
      };
      return [device.respond(input), device.verify(vector.expected, { ...input, after: null }).ok];
    }, [vector.expected, true]);
  }
  const phone = createOcra({ suite: PHONE_SUITE, key });
  throws(
    'the last time step must be given',
    () => phone.verify('00000000', { challenge: '482915', now: NOW } as never),
    'invalid-argument',
  );
  throws('a suite that is none', () => createOcra({ suite: 'OCRA-1:HOTP-SHA1-3:QN08', key }), 'invalid-suite');
}

function declareStates({ equal, record, throws }: Checks): void {
  const token = createOcra({ suite: PIN_TOKEN_SUITE, key });
  const login = { ocra: token, account: ACCOUNT, purpose: 'login', now: NOW };
  const issued = (): { challenge: string; state: OcraState } => {
    const result = issueChallenge({ ...login, state: newOcraState({ ocra: token }), random: repeatableRandom('ocra') });
    if (!result.ok) throw new Error(result.reason);
    return result;
  };
  record('a challenge and the state that keeps it', issued);
  equal('a response is accepted once, and the counter moves', () => {
    const { challenge, state } = issued();
    const response = token.respond({ challenge, counter: 7, pin: '7294' });
    const first = verifyResponse(state, response, { ...login, pin: '7294' });
    const again = verifyResponse(first.state, response, { ...login, pin: '7294' });
    return [first.ok && first.counter, first.state.counter, again.ok || again.reason];
  }, [7, 8, 'not-issued']);
  equal('what can be no response', () => {
    const { state } = issued();
    const outcomes = hostileInputs.map(([, input]) => verifyResponse(state, input, { ...login, pin: '7294' }));
    return [...new Set(outcomes.map((result) => !result.ok && `${result.reason} ${result.guess}`))];
  }, ['malformed false']);
  throws('a state that is not ours', () => issueChallenge({ ...login, state: {} as never }), 'invalid-state');
}

function declarePins({ equal }: Checks): void {
  // OpenSSL: scrypt of the PIN 7294 with a salt of 16 bytes 05, XOR a key of 32 bytes 0b.
  equal('a key under a PIN', async () => {
    const sealed = await sealWithPin(key, '7294', { cost, random: (length) => new Uint8Array(length).fill(5) });
    return [sealed.masked, bytesToHex(await openWithPin(sealed, '7294')) === bytesToHex(key)];
  }, [MASKED, true]);
  equal('a token under a PIN', async () => {
    const random = repeatableRandom('token');
    const kept = await sealSoftToken(newSoftToken({ suite: PHONE_SUITE, key }), 'k7#w2q', { cost, random });
    const shown = async (pin: string): Promise<unknown> =>
      switchOnSoftToken(await openSoftToken(kept, pin)).enterChallenge('482915', { now: NOW });
    const right = createOcra({ suite: PHONE_SUITE, key }).respond({ challenge: '482915', now: NOW });
    const [one, other] = [await shown('k7#w2q'), await shown('k7#w2Q')];
    return [
      JSON.stringify(one) === JSON.stringify({ ok: true, response: right }),
      JSON.stringify(one) === JSON.stringify(other),
    ];
  }, [true, false]);
}
