import { assertName, assertOptions, readInstant } from '@countersign/primitives/assert';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { equalBytes } from '@countersign/primitives/constant-time';
import { CountersignError } from '@countersign/primitives/error';
import type { Reason } from '@countersign/primitives/reason';
import { sha256 } from '@countersign/primitives/sha2';
import { encodeChecked } from '../approval-request/encode-approval.ts';
import { assertDevicePublicKey } from '../device-key/device-public-key.ts';
import { chooseComputer, type SoftwareSignatures, verifyBy } from '../signature/engine.ts';
import { readSignatureForm } from '../signature/signature-form.ts';
import { approvalNumber, assertServerKey } from './approval-number.ts';
import {
  type ApprovalState,
  MAX_TRIES,
  readApprovalState,
  requestOf,
  type StoredApproval,
  withApproval,
} from './approval-state.ts';
import { compareRequest, readAnswer } from './read-signed-approval.ts';

/**
 * Why an approval was refused, in the order in which it is looked at: `malformed`: no signed approval at all;
 * `other-account`: the state is another account's, or the answer is; `not-issued`, `other-request`: no approval is kept,
 * or not the one it names; `other-audience`: not the one expected here, or not the one that was asked; `voided`: too many wrong numbers; `denied`: the user said no,
 * now or before; `replayed`: approved before; `expired`, `not-yet-valid`: by the server's clock; `changed`: the phone
 * showed another device, action, detail or time; `bad-signature`: not signed by this key, or not as received;
 * `user-not-verified`: the phone did not verify its user, where that was required; `mismatch`: the number is not the
 * portal's.
 */
export type ApprovalRefusal = Extract<
  Reason,
  | 'malformed'
  | 'not-issued'
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
  | 'mismatch'
>;

/** Result of {@link verifyApproval}. Keep `state` in either case. */
export type ApprovalResult =
  | { ok: true; id: string; device: string; action: string; userVerification: boolean; state: ApprovalState }
  | {
      ok: false;
      reason: ApprovalRefusal;
      /** true for `mismatch`, but for a message that came before, and for `bad-signature`: what must be counted */
      guess: boolean;
      state: ApprovalState;
    };

/** Servers' clocks may differ by this much before a request counts as not issued yet, in milliseconds. */
const CLOCK_TOLERANCE = 60_000;

/**
 * Checks a signed approval against those that wait: field by field, then the signature over all of them, then the
 * decision, then the number. Only a genuine signature changes the state: an approval is settled by a yes with the right
 * number or by a no, and void after the third wrong number; the same message again costs no second try. Write `state`
 * back by compare-and-swap before you act. What began the approval is let through by `claimApproval`, once.
 *
 * @param state what was kept
 * @param signed whatever arrived from the phone, as `JSON.parse` gave it (only own data properties count); never throws
 * @param options `serverKey`: the one of `issueApproval`; `publicKey`: of the device that the approval names
 *   (`findApprovalDevice`), raw or as SPKI; `audience`, `account`: what this server stands for and whom it is asking;
 *   `requireUserVerification`: true or false, to be said, since a biometric or PIN check is what makes a phone two
 *   factors; `now`: milliseconds since the Unix epoch; `fallback`: `nobleSignatures`, for runtimes without WebCrypto
 * @returns refused with a reason for the log: tell users one thing only
 * @throws CountersignError `invalid-state`, `invalid-key` (publicKey), `invalid-secret` (serverKey), `invalid-time`,
 *   `invalid-argument`; `unsupported` without WebCrypto and `fallback`
 *
 * The device's algorithm is told by its public key, never by what arrives. Ed25519: RFC 8032 §5.1.7, canonical and
 * without cofactor; P-256: FIPS 186-5 §6.4.2, raw `r ‖ s` or DER, low s.
 *
 * @example
 * ```ts
 * import { generateDeviceKey, issueApproval, verifyApproval } from '@countersign/challenge-response';
 *
 * const { publicKey } = await generateDeviceKey('Ed25519');
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', audience: 'portal' };
 * const asked = { device: 'phone-1', action: 'login', details: [], lifetime: 120 };
 * const { state } = issueApproval({ state: null, serverKey, ...about, ...asked });
 * const given = { serverKey, publicKey, ...about, requireUserVerification: true };
 * const result = await verifyApproval(state, 'garbage', given);
 * !result.ok && result.reason; // => 'malformed'
 * ```
 */
export async function verifyApproval(
  state: ApprovalState,
  signed: unknown,
  options: {
    serverKey: Uint8Array;
    publicKey: Uint8Array;
    audience: string;
    account: string;
    requireUserVerification: boolean;
    now?: number | undefined;
    fallback?: SoftwareSignatures | undefined;
  },
): Promise<ApprovalResult> {
  const kept = readApprovalState(state);
  assertOptions(options);
  const { serverKey, audience, account, requireUserVerification, fallback, now: at = Date.now() } = options;
  assertServerKey(serverKey);
  const { algorithm, publicKey } = assertDevicePublicKey(options.publicKey);
  assertName(audience, 'audience');
  assertName(account, 'account');
  if (typeof requireUserVerification !== 'boolean') {
    throw new CountersignError('invalid-argument', 'requireUserVerification must be true or false');
  }
  const now = readInstant(at);
  const refuse = (reason: ApprovalRefusal, guess = false, next: ApprovalState = kept): ApprovalResult => ({
    ok: false,
    reason,
    guess,
    state: next,
  });

  const answer = readAnswer(signed);
  const signature = answer && readSignatureForm(algorithm, answer.signature);
  if (answer === undefined || signature === undefined) return refuse('malformed');
  if (account !== kept.account) return refuse('other-account');
  if (kept.approvals.length === 0) return refuse('not-issued');
  const approval = kept.approvals.find(({ id }) => id === answer.id);
  if (approval === undefined) return refuse('other-request');
  const request = requestOf(kept.account, approval);
  const difference = compareRequest(answer.request, request);
  if (difference === 'malformed' || difference === 'other-account') return refuse(difference);
  if (difference === 'other-audience' || audience !== approval.audience) return refuse('other-audience');
  if (approval.status === 'voided' || approval.status === 'denied') return refuse(approval.status);
  if (approval.status !== 'open') return refuse('replayed');
  if (now >= approval.expiresAt) return refuse('expired');
  if (now < approval.issuedAt - CLOCK_TOLERANCE) return refuse('not-yet-valid');
  if (difference === 'changed') return refuse(difference);

  const message = encodeChecked(request, answer);
  const verdict = chooseComputer(algorithm, fallback).then((computer) =>
    verifyBy(computer, algorithm, publicKey, message, signature, true),
  );
  // Before the first await, while the signature is computed elsewhere: the caller's key may change meanwhile.
  const number = approvalNumber(serverKey, kept.account, approval.id);
  if (!(await verdict)) return refuse('bad-signature', true);
  if (answer.decision === 'deny') return refuse('denied', false, withApproval(kept, { ...approval, status: 'denied' }));
  const { userVerification } = answer;
  if (requireUserVerification && !userVerification) return refuse('user-not-verified');
  if (!equalBytes(utf8ToBytes(answer.number), utf8ToBytes(number))) {
    const counted = countWrong(approval, signature);
    return refuse('mismatch', counted !== approval, withApproval(kept, counted));
  }
  const settled = withApproval(kept, { ...approval, status: 'approved', userVerification });
  const { id, device, action } = approval;
  return { ok: true, id, device, action, userVerification, state: { ...settled, issued: leave(kept, approval) } };
}

/** One try less, and void after the last; the same approval for a message that was counted before. */
function countWrong(approval: StoredApproval, signature: Uint8Array): StoredApproval {
  const digest = bytesToHex(sha256(signature));
  if (approval.wrong.includes(digest)) return approval;
  const wrong = [...approval.wrong, digest];
  return { ...approval, wrong, status: wrong.length < MAX_TRIES ? 'open' : 'voided' };
}

/** What was approved leaves the count of what was issued. */
function leave({ issued }: ApprovalState, { issuedAt }: StoredApproval): number[] {
  const index = issued.indexOf(issuedAt);
  return issued.filter((_, position) => position !== index);
}

/**
 * Which device an answer is for, by what was asked and not by what the answer says: look its public key up for
 * {@link verifyApproval}.
 *
 * @param state what was kept
 * @param signed whatever arrived; never throws
 * @returns the device of `issueApproval`, or null when the answer names no approval that is kept
 * @throws CountersignError `invalid-state`
 *
 * @example
 * ```ts
 * import { findApprovalDevice, issueApproval } from '@countersign/challenge-response';
 *
 * const serverKey = crypto.getRandomValues(new Uint8Array(32));
 * const about = { account: 'ada', device: 'phone-1', action: 'login', details: [], audience: 'portal' };
 * const { state } = issueApproval({ state: null, serverKey, ...about, lifetime: 120 });
 * findApprovalDevice(state, 'garbage'); // => null
 * ```
 */
export function findApprovalDevice(state: ApprovalState, signed: unknown): string | null {
  const { approvals } = readApprovalState(state);
  const id = readAnswer(signed)?.id;
  return approvals.find((approval) => approval.id === id)?.device ?? null;
}
