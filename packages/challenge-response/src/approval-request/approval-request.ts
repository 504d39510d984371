import { assertDisplayText } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { type Field, hex, instant, list, literal, object } from '@countersign/primitives/state';

/** One line of what the user is asked to approve, such as `{ label: 'Amount', value: '250.00 EUR' }`. */
export type ApprovalDetail = {
  /** 1 to 256 characters */
  readonly label: string;
  /** 1 to 1,024 characters */
  readonly value: string;
};

/** What goes to the phone and is shown there. It never holds the number that the portal shows. */
export type ApprovalRequest = {
  readonly v: 1;
  /** 128 random bits, 32 lower-case hexadecimal digits */
  readonly id: string;
  readonly account: string;
  /** the device whose key alone may answer */
  readonly device: string;
  /** such as `login` or `withdrawal` */
  readonly action: string;
  /** up to 32 lines, in the order in which they are shown */
  readonly details: readonly ApprovalDetail[];
  /** who asks: the portal's origin or the service's name */
  readonly audience: string;
  /** milliseconds since the Unix epoch */
  readonly issuedAt: number;
  readonly expiresAt: number;
};

const MAX_DETAILS = 32;
/** UTF-16 units of a name, and of a detail's value. */
const MAX_NAME = 256;
const MAX_VALUE = 1024;

/** Text that is shown to people: one line, which cannot show as another. */
const shown =
  (max: number): Field<string> =>
  (value) => {
    assertDisplayText(value, 'text', max);
    return value;
  };

export const details: Field<ApprovalDetail[]> = /* @__PURE__ */ list(
  /* @__PURE__ */ object({ label: /* @__PURE__ */ shown(MAX_NAME), value: /* @__PURE__ */ shown(MAX_VALUE) }),
  MAX_DETAILS,
);
export const name: Field<string> = /* @__PURE__ */ shown(MAX_NAME);
export const approvalId: Field<string> = /* @__PURE__ */ hex(32);

const request: Field<ApprovalRequest> = /* @__PURE__ */ object<ApprovalRequest>({
  v: /* @__PURE__ */ literal(1),
  id: approvalId,
  account: name,
  device: name,
  action: name,
  details,
  audience: name,
  issuedAt: instant,
  expiresAt: instant,
});

/**
 * A request as it arrived on the phone, checked and copied: exactly these members, of these types and lengths, and no
 * text in them that could show as another. Call it before showing anything.
 *
 * @param value as `JSON.parse` gave it
 * @throws CountersignError `invalid-argument`
 *
 * @example
 * ```ts
 * import { parseApprovalRequest } from '@countersign/challenge-response';
 *
 * parseApprovalRequest({ v: 1, id: 'short' }); // throws invalid-argument
 * ```
 */
export function parseApprovalRequest(value: unknown): ApprovalRequest {
  try {
    return request(value);
  } catch {
    throw new CountersignError('invalid-argument', 'request must be what issueApproval gave, unchanged');
  }
}

/** The details of a new request, refused by name. */
export function readDetails(value: unknown): ApprovalDetail[] {
  try {
    return details(value);
  } catch {
    throw new CountersignError(
      'invalid-argument',
      `details must be an array of at most ${MAX_DETAILS} { label, value }: one line each of 1 to ${MAX_NAME} and of 1 to ${MAX_VALUE} characters, without control or bidirectional formatting characters`,
    );
  }
}
