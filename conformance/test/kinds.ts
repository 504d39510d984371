// Every kind that remembers, told in the words of one shape. A new kind is one entry of the list at the end.
import { createHash, generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import {
  createCardGrid,
  createCardKey,
  createRecoveryCodes,
  issueCardChallenge,
  newCardState,
  newRecoveryState,
  verifyCardAnswer,
  verifyRecoveryCode,
} from '@countersign/card-grid';
import {
  createOcra,
  generateDeviceKey,
  issueActivationCode,
  issueApproval,
  issueChallenge,
  issueDeliveredCode,
  issueSshChallenge,
  issueTemporaryCode,
  newOcraState,
  PHONE_SUITE,
  PIN_TOKEN_SUITE,
  parseDevicePublicKey,
  signApproval,
  verifyActivationCode,
  verifyApproval,
  verifyDeliveredCode,
  verifyResponse,
  verifySshResponse,
  verifyTemporaryCode,
} from '@countersign/challenge-response';
import {
  createHotp,
  createTotp,
  generateSecret,
  newHotpState,
  newTotpState,
  verifyHotp,
  verifyTotp,
} from '@countersign/totp';

export const NOW: number = Date.UTC(2026, 10, 18, 12);
const LIFETIME = 300;

/** What every verifier answers. */
export type Result = {
  readonly ok: boolean;
  readonly reason?: string;
  readonly guess?: boolean;
  readonly state: unknown;
};

/** One device or code, ready to be answered at {@link NOW}. */
export type Prepared = {
  readonly state: unknown;
  readonly verify: (state: unknown, answer: unknown, now: number) => Result | Promise<Result>;
  /** The same with what is missing: no options at all. */
  readonly withoutOptions: (state: unknown, answer: unknown) => unknown;
  readonly right: unknown;
  /** The right answer of another instant, where a clock is in it. */
  readonly rightAt?: (now: number) => unknown;
  readonly wrong: unknown;
  /** Issues once more, and gives what people are shown; for kinds that show the same thing again. */
  readonly again?: (state: unknown) => { readonly shown: unknown; readonly state: unknown };
  readonly shown?: unknown;
  /** When an answer comes too late; `null` where nothing expires. */
  readonly expiresAt: number | null;
};

export type Kind = {
  readonly name: string;
  readonly prepare: () => Prepared | Promise<Prepared>;
  /** What the same right answer gives the second time; `ok` for the one kind that may be used again. */
  readonly second: 'replayed' | 'not-issued' | 'mismatch' | 'ok';
};

const serverKey = crypto.getRandomValues(new Uint8Array(32));
const account = 'ada';

/** One of several candidates that is not the right one. */
const other = (right: string): string => right.replace(/[0-9]/, (digit) => `${(Number(digit) + 1) % 10}`);

function issued<T extends { readonly ok: boolean }>(result: T): Extract<T, { readonly ok: true }> {
  if (!result.ok) throw new Error('not issued');
  return result as Extract<T, { readonly ok: true }>;
}

function hotp(): Prepared {
  const key = createHotp({ secret: generateSecret() });
  const right = key.generate(5);
  const verify = (state: unknown, code: unknown): Result => verifyHotp(state as never, code, { hotp: key });
  const withoutOptions = (state: unknown, code: unknown): unknown => verifyHotp(state as never, code, null as never);
  return { state: newHotpState(5), verify, withoutOptions, right, wrong: other(right), expiresAt: null };
}

function totp(): Prepared {
  const key = createTotp({ secret: generateSecret() });
  const right = key.generate({ now: NOW });
  const near = [-1, 0, 1].map((step) => key.generate({ now: NOW + step * 30_000 }));
  const wrong = ['000000', '111111', '222222', '333333'].find((code) => !near.includes(code))!;
  const verify = (state: unknown, code: unknown, now: number): Result =>
    verifyTotp(state as never, code, { totp: key, now });
  const withoutOptions = (state: unknown, code: unknown): unknown =>
    verifyTotp(state as never, code, undefined as never);
  return { state: newTotpState(), verify, withoutOptions, right, wrong, expiresAt: null };
}

const ocra = (suite: typeof PHONE_SUITE | typeof PIN_TOKEN_SUITE) => (): Prepared => {
  const key = createOcra({ suite: suite as string, key: crypto.getRandomValues(new Uint8Array(32)) });
  const bound = { ocra: key, account, purpose: 'login' };
  const pin = suite === PIN_TOKEN_SUITE ? { pin: '7294' } : {};
  const first = issued(issueChallenge({ ...bound, state: newOcraState({ ocra: key }), now: NOW, lifetime: LIFETIME }));
  const moving = suite === PIN_TOKEN_SUITE ? { counter: 0 } : { now: NOW };
  const right = key.respond({ challenge: first.challenge, ...moving, ...pin } as never);
  return {
    state: first.state,
    verify: (state, response, now) => verifyResponse(state as never, response, { ...bound, ...pin, now } as never),
    withoutOptions: (state, response) => verifyResponse(state as never, response, null as never),
    right,
    ...(suite === PHONE_SUITE && { rightAt: (now) => key.respond({ challenge: first.challenge, now } as never) }),
    wrong: other(right),
    shown: first.challenge,
    again(state) {
      const next = issued(issueChallenge({ ...bound, state: state as never, now: NOW + 1000, lifetime: LIFETIME }));
      return { shown: next.challenge, state: next.state };
    },
    expiresAt: first.expiresAt,
  };
};

function card(): Prepared {
  const key = createCardKey();
  const grid = createCardGrid({ key, serial: 'CARD-1' });
  const asked = issueCardChallenge({ state: newCardState(grid), now: NOW });
  if (!asked.ok) throw new Error('not issued');
  const codes = asked.challenge.map((index) => grid.cell(index));
  const right = codes.join('');
  const elsewhere = Array.from({ length: 224 }, (_, index) => grid.cell(index + 1)).find((code) => code !== codes[0])!;
  return {
    state: asked.state,
    verify: (state, answer, now) => verifyCardAnswer(state as never, answer, { key, now }),
    withoutOptions: (state, answer) => verifyCardAnswer(state as never, answer, null as never),
    right,
    wrong: elsewhere + codes.slice(1).join(''),
    shown: asked.challenge,
    again(state) {
      const next = issueCardChallenge({ state: state as never, now: NOW + 1000 });
      return { shown: next.ok && next.challenge, state: next.state };
    },
    expiresAt: null,
  };
}

function recoveryCode(): Prepared {
  const list = { key: createCardKey(), serial: 'RC-1' };
  const right = createRecoveryCodes(list)[0]!;
  return {
    state: newRecoveryState(list),
    verify: (state, code) => verifyRecoveryCode(state as never, code, { key: list.key }),
    withoutOptions: (state, code) => verifyRecoveryCode(state as never, code, undefined as never),
    right,
    // A code of another list: its check character fits.
    wrong: createRecoveryCodes({ ...list, serial: 'RC-2' })[0]!,
    expiresAt: null,
  };
}

function activationCode(): Prepared {
  const begin = () => issued(issueActivationCode({ state: null, serverKey, account, lifetime: LIFETIME, now: NOW }));
  const { id, code, expiresAt, state } = begin();
  return {
    state,
    verify: (kept, answer, now) => verifyActivationCode(kept as never, answer, { serverKey, account, now }),
    withoutOptions: (kept, answer) => verifyActivationCode(kept as never, answer, null as never),
    right: { id, code },
    wrong: { id, code: begin().code },
    expiresAt,
  };
}

function deliveredCode(): Prepared {
  const about = { account, purpose: 'login', destination: '+41791234567' };
  const { code, expiresAt, state } = issued(
    issueDeliveredCode({ state: null, serverKey, ...about, lifetime: LIFETIME, now: NOW }),
  );
  return {
    state,
    verify: (kept, answer, now) => verifyDeliveredCode(kept as never, answer, { serverKey, ...about, now }),
    withoutOptions: (kept, answer) => verifyDeliveredCode(kept as never, answer, null as never),
    right: code,
    wrong: other(code),
    expiresAt,
  };
}

function temporaryCode(): Prepared {
  const begin = () => issued(issueTemporaryCode({ state: null, serverKey, account, lifetime: LIFETIME, now: NOW }));
  const { code, expiresAt, state } = begin();
  return {
    state,
    verify: (kept, answer, now) => verifyTemporaryCode(kept as never, answer, { serverKey, account, now }),
    withoutOptions: (kept, answer) => verifyTemporaryCode(kept as never, answer, undefined as never),
    right: code,
    wrong: begin().code,
    expiresAt,
  };
}

async function approval(): Promise<Prepared> {
  const key = await generateDeviceKey('Ed25519');
  const { publicKey } = parseDevicePublicKey(key.publicKey);
  const what = { action: 'withdrawal', details: [{ label: 'Amount', value: '5.00 EUR' }], audience: 'portal.example' };
  const begun = issued(
    issueApproval({
      state: null,
      serverKey,
      account,
      device: 'phone-1',
      ...what,
      lifetime: LIFETIME,
      now: NOW,
    } as never),
  );
  const { request, number, expiresAt, state } = begun as unknown as {
    request: never;
    number: string;
    expiresAt: number;
    state: unknown;
  };
  const answer = (typed: string) =>
    signApproval(request, { key, decision: 'approve', number: typed, userVerification: true } as never);
  const options = { serverKey, publicKey, audience: what.audience, account, requireUserVerification: true };
  return {
    state,
    verify: (kept, signed, now) => verifyApproval(kept as never, signed, { ...options, now }) as Promise<Result>,
    withoutOptions: (kept, signed) => verifyApproval(kept as never, signed, null as never),
    right: await answer(number),
    wrong: await answer(`${(Number(number) + 1) % 100}`.padStart(2, '0')),
    expiresAt,
  };
}

/** An SSH signature as `ssh-keygen -Y sign` makes it (PROTOCOL.sshsig), with Node's Ed25519. */
function sshSign(privateKey: KeyObject, blob: Buffer, namespace: string, message: string): string {
  const text = (value: string | Buffer): Buffer => {
    const bytes = Buffer.from(value as string);
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    return Buffer.concat([length, bytes]);
  };
  const hash = createHash('sha512').update(message).digest();
  const head = Buffer.from('SSHSIG');
  const signed = Buffer.concat([head, text(namespace), text(''), text('sha512'), text(hash)]);
  const signature = Buffer.concat([text('ssh-ed25519'), text(sign(null, signed, privateKey))]);
  const version = Buffer.from([0, 0, 0, 1]);
  const body = Buffer.concat([head, version, text(blob), text(namespace), text(''), text('sha512'), text(signature)]);
  const lines = body.toString('base64').match(/.{1,70}/g)!;
  return ['-----BEGIN SSH SIGNATURE-----', ...lines, '-----END SSH SIGNATURE-----', ''].join('\n');
}

function sshChallenge(): Prepared {
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  const raw = publicKey.export({ type: 'spki', format: 'der' }).subarray(-32);
  const blob = Buffer.concat([Buffer.from([0, 0, 0, 11]), Buffer.from('ssh-ed25519'), Buffer.from([0, 0, 0, 32]), raw]);
  const line = `ssh-ed25519 ${blob.toString('base64')}`;
  const bound = { account, namespace: 'enrol@portal.example' };
  const first = issued(issueSshChallenge({ state: null, ...bound, lifetime: LIFETIME, now: NOW }));
  const answer = (challenge: string) => sshSign(privateKey, blob, bound.namespace, challenge);
  return {
    state: first.state,
    verify: (state, armour, now) => verifySshResponse(state as never, armour, { publicKey: line, ...bound, now }),
    withoutOptions: (state, armour) => verifySshResponse(state as never, armour, null as never),
    right: answer(first.challenge),
    wrong: answer('0'.repeat(32)),
    shown: first.challenge,
    again(state) {
      const next = issued(issueSshChallenge({ state: state as never, ...bound, lifetime: LIFETIME, now: NOW + 1000 }));
      return { shown: next.challenge, state: next.state };
    },
    expiresAt: first.expiresAt,
  };
}

export const KINDS: readonly Kind[] = [
  { name: 'HOTP', prepare: hotp, second: 'mismatch' },
  { name: 'TOTP', prepare: totp, second: 'replayed' },
  { name: 'OCRA with a counter and a PIN', prepare: ocra(PIN_TOKEN_SUITE), second: 'not-issued' },
  { name: 'OCRA with a clock', prepare: ocra(PHONE_SUITE), second: 'not-issued' },
  { name: 'card', prepare: card, second: 'not-issued' },
  { name: 'recovery code', prepare: recoveryCode, second: 'replayed' },
  { name: 'activation code', prepare: activationCode, second: 'replayed' },
  { name: 'delivered code', prepare: deliveredCode, second: 'replayed' },
  { name: 'temporary code', prepare: temporaryCode, second: 'ok' },
  { name: 'approval', prepare: approval, second: 'replayed' },
  { name: 'SSH challenge', prepare: sshChallenge, second: 'replayed' },
];
