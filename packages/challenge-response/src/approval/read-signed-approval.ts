import { hexToBytes } from '@countersign/primitives/bytes';
import type { ApprovalRequest } from '../approval-request/approval-request.ts';
import type { ApprovalAnswer } from '../approval-request/encode-approval.ts';
import { MAX_SIGNATURE, MIN_SIGNATURE } from '../signature/signature-form.ts';

/** What arrived, as far as it can be an answer at all. */
export type ReceivedAnswer = ApprovalAnswer & {
  readonly request: unknown;
  /** names the approval; nothing of it is believed */
  readonly id: string;
  /** raw or DER, 8 to 72 bytes */
  readonly signature: Uint8Array;
};

/** A data property of the object itself: getters are not called, and what is inherited does not count. */
function own(object: unknown, key: string | number): unknown {
  return typeof object === 'object' && object !== null
    ? Object.getOwnPropertyDescriptor(object, key)?.value
    : undefined;
}

/** Bytes in their one form as text: lower-case hexadecimal, no more of it than can be needed. */
function isBytesText(value: unknown, min: number, max: number): value is string {
  if (typeof value !== 'string' || value.length < 2 * min || value.length > 2 * max) return false;
  return /^[0-9a-f]+$/.test(value);
}

/** The user's part and the signature, or undefined. Lengths come first, so that a megabyte costs no more than a byte. */
export function readAnswer(signed: unknown): ReceivedAnswer | undefined {
  try {
    const decision = own(signed, 'decision');
    const number = own(signed, 'number');
    const userVerification = own(signed, 'userVerification');
    const signature = own(signed, 'signature');
    const request = own(signed, 'request');
    const id = own(request, 'id');
    const sound =
      own(signed, 'v') === 1 &&
      (decision === 'approve' || decision === 'deny') &&
      typeof number === 'string' &&
      (number === '' || (number.length === 2 && /^[0-9]{2}$/.test(number))) &&
      typeof userVerification === 'boolean' &&
      isBytesText(signature, MIN_SIGNATURE, MAX_SIGNATURE) &&
      isBytesText(id, 16, 16);
    return sound ? { decision, number, userVerification, signature: hexToBytes(signature), request, id } : undefined;
  } catch {
    return undefined;
  }
}

/** How what the phone says it showed differs from what it was asked to show. Nothing of it is used but this verdict. */
export type Difference = 'malformed' | 'other-account' | 'other-audience' | 'changed' | undefined;

/** Compares what arrived with what was asked, member by member. */
export function compareRequest(received: unknown, asked: ApprovalRequest): Difference {
  try {
    const account = own(received, 'account');
    const device = own(received, 'device');
    const action = own(received, 'action');
    const audience = own(received, 'audience');
    const details = own(received, 'details');
    const times = [own(received, 'issuedAt'), own(received, 'expiresAt')];
    const sound =
      own(received, 'v') === 1 &&
      [account, device, action, audience].every((text) => typeof text === 'string') &&
      Array.isArray(details) &&
      times.every((time) => Number.isSafeInteger(time));
    if (!sound) return 'malformed';
    if (account !== asked.account) return 'other-account';
    if (audience !== asked.audience) return 'other-audience';
    const same =
      device === asked.device &&
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
