import { CountersignError } from '@countersign/primitives/error';

/**
 * Refuses anything but text that UTF-8 can express: of a lone surrogate a URI or a QR code would make another character.
 *
 * @param mayBeBlank whether white space alone will do
 */
export function assertText(value: unknown, name: string, mayBeBlank = true): asserts value is string {
  const isText = typeof value === 'string' && !/\p{Surrogate}/u.test(value);
  if (isText && (mayBeBlank || value.trim() !== '')) return;
  const fault = value === undefined ? 'is missing' : isText ? 'is empty' : 'must be text without lone surrogates';
  throw new CountersignError('invalid-argument', `${name} ${fault}`);
}
