import { assertInstant } from '@countersign/primitives/assert';
import { hexToBytes } from '@countersign/primitives/bytes';
import { assertName, assertServerKey, equalTags, isHex } from '../short-code/keyed-tag.ts';
import type { SignatureEngine } from '../signature/engine.ts';
import { verifySignature } from '../signature/verify.ts';
import { type ApprovalRequest, assertPendingApproval, type PendingApproval, tagNumber } from './approval-request.ts';
import { assertDevicePublicKey } from './device-key.ts';
import { type ApprovalAnswer, encodeApproval } from './encode-approval.ts';

/**
 * Why an approval was refused. For the audit record: users are told one thing only.
 *
 * `malformed`: no signed approval at all; `other-request`: for another id; `other-account`, `other-audience`: not the
 * one expected here, or not the one that was asked; `replayed`: this request was answered before; `voided`: too many
 * wrong numbers; `not-yet-valid`, `expired`: by the server's clock; `changed`: the phone showed another action, detail
 * or time; `bad-signature`: not signed by this key, or not as received; `denied`: the user said no;
 * `user-not-verified`: the phone did not verify its user, where that was required; `wrong-number`: signed, but the
 * number is not the portal's.
 */
export type ApprovalRefusal =
  | 'malformed'
  | 'other-request'
  | 'other-account'
  | 'other-audience'
  | 'replayed'
  | 'voided'
  | 'not-yet-valid'
  | 'expired'
  | 'changed'
  | 'bad-signature'
  | 'denied'
  | 'user-not-verified'
  | 'wrong-number';

export type ApprovalResult =
  | { ok: true; decision: 'approve'; userVerification: boolean; pending: PendingApproval }
  | { ok: false; reason: ApprovalRefusal; pending: PendingApproval };

/** Servers' clocks may differ by this much before a request counts as not issued yet, in milliseconds. */
const CLOCK_TOLERANCE = 60_000;

/**
 * Checks a signed approval against the request that is pending: field by field, then the signature over all of them,
 * then the decision, then the number. Only a genuine signature changes `pending`: it is settled by an approval or a
 * denial, and void after the last wrong number. Write the returned `pending` back by compare-and-swap before you act.
 *
 * @param pending what `createApprovalRequest` gave, or the last call returned
 * @param signed whatever arrived from the phone, as `JSON.parse` gave it (only own data properties count); never throws
 * @param options `publicKey`: of the enrolled device, 32 or 65 bytes; `audience`, `account`: what this server stands for
 *   and whom it is asking, both required; `now`: milliseconds; `requireUserVerification`: default false, then read
 *   `userVerification` of the result; `serverKey`: the one given to `createApprovalRequest`; `engine`: see
 *   `generateDeviceKey`
 * @throws CountersignError `invalid-state` (pending), `invalid-key` (publicKey), `invalid-time`, `invalid-argument`
 *
 * The device's algorithm is told by the length of its public key, never by what arrives. Ed25519: RFC 8032 §5.1.7,
 * canonical and without cofactor; P-256: FIPS 186-5 §6.4.2, raw `r ‖ s`, low s.
 *
 * @example
 * ```ts
 * import { createApprovalRequest, generateDeviceKey, verifyApproval } from '@countersign/challenge-response';
 *
 * const { publicKey } = await generateDeviceKey('Ed25519');
 * const { pending } = createApprovalRequest({ account: 'ada', action: 'login', details: [], audience: 'portal' });
 * const result = await verifyApproval(pending, 'garbage', { publicKey, account: 'ada', audience: 'portal' });
 * result.ok; // => false
 * !result.ok && result.reason; // => 'malformed'
 * ```
 */
export async function verifyApproval(
  pending: PendingApproval,
  signed: unknown,
  options: {
    publicKey: Uint8Array;
    audience: string;
    account: string;
    now?: number | undefined;
    requireUserVerification?: boolean | undefined;
    serverKey?: Uint8Array | undefined;
    engine?: SignatureEngine | undefined;
  },
): Promise<ApprovalResult> {
  const state = assertPendingApproval(pending);
  const { audience, account, now = Date.now(), requireUserVerification = false, serverKey, engine } = options;
  const { algorithm, publicKey } = assertDevicePublicKey(options.publicKey);
  assertName(audience, 'audience');
  assertName(account, 'account');
  assertInstant(now);
  if (serverKey !== undefined) assertServerKey(serverKey);
  const tagKey = serverKey && new Uint8Array(serverKey);
  const refuse = (reason: ApprovalRefusal, next: PendingApproval = state): ApprovalResult => ({
    ok: false,
    reason,
    pending: next,
  });

  const answer = readAnswer(signed);
  if (answer === undefined) return refuse('malformed');
  const differs = compareRequest(answer.request, state.request);
  if (differs === 'malformed' || differs === 'other-request') return refuse(differs);
  if (differs === 'other-account' || account !== state.request.account) return refuse('other-account');
  if (differs === 'other-audience' || audience !== state.request.audience) return refuse('other-audience');
  if (state.status === 'voided' || state.triesLeft < 1) return refuse('voided');
  if (state.status !== 'open') return refuse('replayed');
  if (now >= state.request.expiresAt) return refuse('expired');
  if (now < state.request.issuedAt - CLOCK_TOLERANCE) return refuse('not-yet-valid');
  if (differs === 'changed') return refuse('changed');

  const message = encodeApproval(state.request, answer);
  const signature = hexToBytes(answer.signature);
  const genuine = await verifySignature(algorithm, engine, publicKey, message, signature, true);
  if (!genuine) return refuse('bad-signature');
  if (answer.decision === 'deny') return refuse('denied', { ...state, status: 'denied' });
  if (requireUserVerification && !answer.userVerification) return refuse('user-not-verified');
  if (!equalTags(tagNumber(state.request.id, answer.number, tagKey), state.numberTag)) {
    const triesLeft = state.triesLeft - 1;
    return refuse('wrong-number', { ...state, triesLeft, status: triesLeft > 0 ? 'open' : 'voided' });
  }
  const { userVerification } = answer;
  return { ok: true, decision: 'approve', userVerification, pending: { ...state, status: 'approved' } };
}

type ReceivedAnswer = ApprovalAnswer & { readonly request: unknown; readonly signature: string };

/** A data property of the object itself: getters are not called, and what is inherited does not count. */
function own(object: unknown, key: string | number): unknown {
  return typeof object === 'object' && object !== null
    ? Object.getOwnPropertyDescriptor(object, key)?.value
    : undefined;
}

/** The user's part and the signature, or undefined. Lengths come first, so that a megabyte costs no more than a byte. */
function readAnswer(signed: unknown): ReceivedAnswer | undefined {
  try {
    const decision = own(signed, 'decision');
    const number = own(signed, 'number');
    const userVerification = own(signed, 'userVerification');
    const signature = own(signed, 'signature');
    const sound =
      own(signed, 'v') === 1 &&
      (decision === 'approve' || decision === 'deny') &&
      typeof number === 'string' &&
      (number === '' || (number.length === 2 && /^[0-9]{2}$/.test(number))) &&
      typeof userVerification === 'boolean' &&
      isHex(signature, 128);
    return sound ? { decision, number, userVerification, signature, request: own(signed, 'request') } : undefined;
  } catch {
    return undefined;
  }
}

type Difference = 'malformed' | 'other-request' | 'other-account' | 'other-audience' | 'changed' | undefined;

/** What the phone says it showed, against what it was asked to show. Nothing of it is used but this verdict. */
function compareRequest(received: unknown, asked: ApprovalRequest): Difference {
  try {
    const id = own(received, 'id');
    const account = own(received, 'account');
    const action = own(received, 'action');
    const audience = own(received, 'audience');
    const details = own(received, 'details');
    const times = [own(received, 'issuedAt'), own(received, 'expiresAt')];
    const sound =
      own(received, 'v') === 1 &&
      isHex(id, 32) &&
      [account, action, audience].every((text) => typeof text === 'string') &&
      Array.isArray(details) &&
      times.every((time) => Number.isSafeInteger(time));
    if (!sound) return 'malformed';
    if (id !== asked.id) return 'other-request';
    if (account !== asked.account) return 'other-account';
    if (audience !== asked.audience) return 'other-audience';
    const same =
      action === asked.action &&
      times[0] === asked.issuedAt &&
      times[1] === asked.expiresAt &&
      details.length === asked.details.length &&
      asked.details.every(({ label, value }, index) => {
        const detail = own(details, index);
        return own(detail, 'label') === label && own(detail, 'value') === value;
      });
    return same ? undefined : 'changed';
  } catch {
    return 'malformed';
  }
}
