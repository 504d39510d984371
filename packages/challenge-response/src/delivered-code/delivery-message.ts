import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import type { DeliveryChannel } from './delivered-code.ts';

/**
 * What an application implements: hand a text to its gateway. Reject when the gateway did not take it, and never log
 * the text, which holds the code.
 *
 * @example
 * ```ts
 * import type { Deliver } from '@countersign/challenge-response';
 *
 * const sent: string[] = [];
 * const deliver: Deliver = async ({ destination }) => { sent.push(destination); };
 * await deliver({ channel: 'sms', destination: '+41791234567', text: 'Your code is 123456' });
 * sent; // => ['+41791234567']
 * ```
 */
export type Deliver = (message: {
  readonly channel: DeliveryChannel;
  /** E.164, such as `+41791234567` */
  readonly destination: string;
  /** to be sent, or to be read out, as it is */
  readonly text: string;
}) => Promise<void>;

/** A host name in ASCII; international ones in their `xn--` form. */
const HOST = /^(?=.{1,253}$)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?$/;

/**
 * A text message in the domain-bound format that phones autofill, only on that domain: a line for people, and as the
 * last line `@example.com #123456` (WICG, Origin-bound one-time codes delivered via SMS, §2).
 *
 * @param options `code`: 6 to 8 digits; `domain`: the host of the page where the code is typed, lower case, without
 *   scheme and port; `text`: what people read before it, one or more lines; by default in English, with the code
 * @throws CountersignError `invalid-argument`
 *
 * Not for voice calls: use {@link spokenCode}.
 *
 * @example
 * ```ts
 * import { smsMessage } from '@countersign/challenge-response';
 *
 * const message = smsMessage({ code: '123456', domain: 'example.com', text: 'Your Example code is 123456.' });
 * message; // => 'Your Example code is 123456.\n\n@example.com #123456'
 * ```
 */
export function smsMessage(options: { code: string; domain: string; text?: string | undefined }): string {
  assertOptions(options);
  const { code, domain } = options;
  assertDigits(code);
  if (typeof domain !== 'string' || !HOST.test(domain)) {
    throw new CountersignError('invalid-argument', 'domain must be a host name in lower-case ASCII');
  }
  const { text = `${code} is your code for ${domain}. Give it to nobody.` } = options;
  if (typeof text !== 'string' || text.trim() === '' || text.length > 500) {
    throw new CountersignError('invalid-argument', 'text must be 1 to 500 characters');
  }
  return `${text.trimEnd()}\n\n@${domain} #${code}`;
}

/**
 * A code for a voice that reads text: digit by digit, with pauses.
 *
 * @throws CountersignError `invalid-argument`
 *
 * @example
 * ```ts
 * import { spokenCode } from '@countersign/challenge-response';
 *
 * spokenCode('123456'); // => '1, 2, 3, 4, 5, 6'
 * ```
 */
export function spokenCode(code: string): string {
  assertDigits(code);
  return [...code].join(', ');
}

function assertDigits(code: unknown): asserts code is string {
  if (typeof code !== 'string' || !/^[0-9]{6,8}$/.test(code)) {
    throw new CountersignError('invalid-argument', 'code must be 6 to 8 digits');
  }
}
