import { assertInstant, assertInteger } from '@countersign/primitives/assert';
import { bytesToHex, utf8ToBytes } from '@countersign/primitives/bytes';
import { CountersignError, type ErrorCode } from '@countersign/primitives/error';
import { type RandomBytes, randomBytes, randomDigits, systemRandom } from '@countersign/primitives/random';
import { assertServerKey, isHex, keyedTag } from '../short-code/keyed-tag.ts';

/** One line of what the user is asked to approve, such as `{ label: 'Amount', value: '250.00 EUR' }`. */
export type ApprovalDetail = { readonly label: string; readonly value: string };

/** What goes to the phone and is shown there. It never holds the number that the portal shows. */
export type ApprovalRequest = {
  readonly v: 1;
  /** 128 random bits, 32 lower-case hexadecimal digits */
  readonly id: string;
  readonly account: string;
  /** such as `login` or `withdrawal` */
  readonly action: string;
  /** in the order in which they are shown */
  readonly details: readonly ApprovalDetail[];
  /** who asks: the portal's origin or the service's name */
  readonly audience: string;
  /** milliseconds since the Unix epoch */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

/** Where a request stands: only an `open` one can be answered. */
export type ApprovalStatus = 'open' | 'approved' | 'denied' | 'voided';

/** What the server keeps of a request, as plain JSON. */
export type PendingApproval = {
  readonly v: 1;
  readonly request: ApprovalRequest;
  /** HMAC-SHA-256 of the number, in hexadecimal */
  readonly numberTag: string;
  readonly status: ApprovalStatus;
  /** wrong numbers that are still tolerated, with this one */
  readonly triesLeft: number;
};

/** Two digits fall to one guess in a hundred, so a request dies of its third wrong number: 3 % at most. */
const MAX_TRIES = 3;
const DEFAULT_LIFETIME = 120;
const MAX_LIFETIME = 86_400;
const MAX_DETAILS = 32;
/** UTF-16 units of a name, and of a detail's value. */
const MAX_NAME = 256;
const MAX_VALUE = 1024;

/**
 * Makes a request for a phone to approve, and beside it a two-digit number for the portal's screen. The user types the
 * number into the phone, so that nobody approves what they did not start (NIST SP 800-63B-4 §3.1.3: never approve-only).
 *
 * @param options `account`, `action`, `audience`: 1 to 256 characters; `details`: up to 32 lines, shown in this order;
 *   `lifetime`: seconds, 1 to 86,400, default 120; `tries`: wrong numbers until the request is void, 1 to 3, default 3;
 *   `serverKey`: at least 16 bytes, the HMAC key under which the number is kept; give it to `verifyApproval` too.
 *   Without one, whoever reads `pending` finds the number by trying a hundred, and still cannot sign.
 * @returns `request`: send it to the phone; `pending`: keep it; `number`: show it on the portal and send it nowhere
 * @throws CountersignError `invalid-argument`, `invalid-time`
 *
 * Show every value on the phone as plain text, each isolated from the next, since a payee's name may hold any script.
 *
 * @example
 * ```ts
 * import { createApprovalRequest } from '@countersign/challenge-response';
 *
 * const { request, pending, number } = createApprovalRequest({
 *   account: 'ada',
 *   action: 'withdrawal',
 *   details: [{ label: 'Amount', value: '250.00 EUR' }, { label: 'Payee', value: 'Charles' }],
 *   audience: 'https://portal.example',
 * });
 * number.length; // => 2
 * 'number' in request; // => false
 * pending.status; // => 'open'
 * ```
 */
export function createApprovalRequest(options: {
  account: string;
  action: string;
  details: readonly ApprovalDetail[];
  audience: string;
  now?: number | undefined;
  lifetime?: number | undefined;
  tries?: number | undefined;
  serverKey?: Uint8Array | undefined;
  random?: RandomBytes | undefined;
}): { request: ApprovalRequest; pending: PendingApproval; number: string } {
  const { account, action, details, audience, now = Date.now(), lifetime = DEFAULT_LIFETIME } = options;
  const { tries = MAX_TRIES, serverKey, random = systemRandom } = options;
  assertInstant(now);
  assertInteger(lifetime, 'lifetime', 1, MAX_LIFETIME, 'invalid-time');
  assertInteger(tries, 'tries', 1, MAX_TRIES, 'invalid-argument');
  const id = bytesToHex(randomBytes(16, random));
  const issuedAt = Math.floor(now);
  const expiresAt = issuedAt + 1000 * lifetime;
  const request = parseApprovalRequest({ v: 1, id, account, action, details, audience, issuedAt, expiresAt });
  const number = randomDigits(2, random);
  const pending: PendingApproval = {
    v: 1,
    // A copy, so that a caller who changes one does not change the other.
    request: parseApprovalRequest(request),
    numberTag: tagNumber(id, number, serverKey),
    status: 'open',
    triesLeft: tries,
  };
  return { request, pending, number };
}

/**
 * A request as it arrived on the phone, checked and copied: exactly these fields, of these types and lengths.
 *
 * @throws CountersignError `invalid-argument`, naming the field
 *
 * @example
 * ```ts
 * import { parseApprovalRequest } from '@countersign/challenge-response';
 *
 * parseApprovalRequest({ v: 1, id: 'short' }); // throws invalid-argument
 * ```
 */
export function parseApprovalRequest(value: unknown): ApprovalRequest {
  return readRequest(value, 'invalid-argument');
}

/** What a server stored, checked and copied: a wrong one is the programmer's mistake. */
export function assertPendingApproval(value: unknown): PendingApproval {
  const { v, request, numberTag, status, triesLeft } = (value ?? {}) as Partial<PendingApproval>;
  const sound =
    v === 1 &&
    isHex(numberTag, 64) &&
    (status === 'open' || status === 'approved' || status === 'denied' || status === 'voided');
  if (!sound) throw new CountersignError('invalid-state', 'pending must be what createApprovalRequest gave');
  assertInteger(triesLeft, 'pending.triesLeft', 0, MAX_TRIES, 'invalid-state');
  return { v, request: readRequest(request, 'invalid-state'), numberTag, status, triesLeft };
}

/** The number, bound to its request, under the server's key when there is one. */
export function tagNumber(id: string, number: string, serverKey: Uint8Array | undefined): string {
  if (serverKey !== undefined) assertServerKey(serverKey);
  return keyedTag(serverKey ?? utf8ToBytes(id), 'countersign/approval-number/v1', [id, number]);
}

function readRequest(value: unknown, code: ErrorCode): ApprovalRequest {
  const { v, id, account, action, details, audience, issuedAt, expiresAt } = (value ?? {}) as Partial<ApprovalRequest>;
  if (v !== 1) throw new CountersignError(code, 'request must have v: 1');
  if (!isHex(id, 32)) throw new CountersignError(code, 'id must be 32 lower-case hexadecimal digits');
  assertText(account, 'account', 1, MAX_NAME, code);
  assertText(action, 'action', 1, MAX_NAME, code);
  assertText(audience, 'audience', 1, MAX_NAME, code);
  assertInteger(issuedAt, 'issuedAt', 0, Number.MAX_SAFE_INTEGER, code);
  assertInteger(expiresAt, 'expiresAt', issuedAt, Number.MAX_SAFE_INTEGER, code);
  if (!Array.isArray(details) || details.length > MAX_DETAILS) {
    throw new CountersignError(code, `details must be an array of at most ${MAX_DETAILS}`);
  }
  // Not `map`, which would keep the holes of a sparse array, and show and sign nothing in their place.
  const lines = Array.from(details, (detail: unknown): ApprovalDetail => {
    const { label, value: text } = (detail ?? {}) as Partial<ApprovalDetail>;
    assertText(label, 'label of a detail', 1, MAX_NAME, code);
    assertText(text, 'value of a detail', 0, MAX_VALUE, code);
    return { label, value: text };
  });
  return { v, id, account, action, details: lines, audience, issuedAt, expiresAt };
}

/** Lone surrogates have no UTF-8, and could not be signed. */
function assertText(value: unknown, name: string, min: number, max: number, code: ErrorCode): asserts value is string {
  if (typeof value !== 'string' || value.length < min || value.length > max || /\p{Surrogate}/u.test(value)) {
    throw new CountersignError(code, `${name} must be well-formed text of ${min} to ${max} characters`);
  }
}
