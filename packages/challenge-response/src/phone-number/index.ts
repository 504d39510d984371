import { CountersignError } from '@countersign/primitives/error';
import { getCountryCallingCode, isSupportedCountry, parsePhoneNumberFromString } from 'libphonenumber-js/min';

export { CountersignError } from '@countersign/primitives/error';

/** A phone number that a code can be delivered to. */
export type PhoneNumber = {
  /** ITU-T E.164 with its plus sign, such as `+41791234567` */
  readonly e164: string;
  /** ISO 3166-1 alpha-2, as chosen */
  readonly country: string;
  /** for display: `•••67` */
  readonly masked: string;
};

/**
 * A phone number as people write it, in the country that they chose, as E.164: trunk prefix and punctuation are
 * understood, by libphonenumber's rules for that country. Numbers that cannot exist, that belong to another calling
 * code, or that carry an extension are refused.
 *
 * @param options `country`: ISO 3166-1 alpha-2, upper case, such as `CH`; `number`: at most 64 characters, national
 *   (`079 123 45 67`) or international (`+41 79 123 45 67`)
 * @throws CountersignError `invalid-phone-number`; the message never holds the number
 *
 * In an entry of its own, because the rules of all countries weigh more than all the rest.
 *
 * @example
 * ```ts
 * import { parsePhoneNumber } from '@countersign/challenge-response/phone-number';
 *
 * const parsed = parsePhoneNumber({ country: 'CH', number: '079 123 45 67' });
 * parsed; // => { e164: '+41791234567', country: 'CH', masked: '•••67' }
 * parsePhoneNumber({ country: 'CH', number: '12' }); // throws invalid-phone-number
 * ```
 */
export function parsePhoneNumber(options: { country: string; number: string }): PhoneNumber {
  const { country, number } = options;
  if (typeof country !== 'string' || !isSupportedCountry(country)) {
    throw new CountersignError('invalid-phone-number', 'country must be an ISO 3166-1 code of two capital letters');
  }
  // Punctuation that people use, and nothing else: libphonenumber would also find numbers in the middle of text.
  if (typeof number !== 'string' || number.length > 64 || !/^\s*\+?[\d\s()./\u2010-\u2015-]+$/.test(number)) {
    throw new CountersignError('invalid-phone-number', 'number must be digits with spaces and punctuation');
  }
  const parsed = parsePhoneNumberFromString(number.trim(), { defaultCountry: country, extract: false });
  // Countries may share a calling code and its rules (+1, +44): a neighbour's number there is still the right E.164.
  if (!parsed?.isValid() || parsed.countryCallingCode !== getCountryCallingCode(country)) {
    throw new CountersignError('invalid-phone-number', 'number is no phone number of this country');
  }
  const e164 = parsed.number;
  return { e164, country, masked: maskPhoneNumber(e164) };
}

/**
 * A phone number for display: three dots and its last two digits.
 *
 * @param e164 as {@link parsePhoneNumber} gave it
 * @throws CountersignError `invalid-phone-number`
 *
 * @example
 * ```ts
 * import { maskPhoneNumber } from '@countersign/challenge-response/phone-number';
 *
 * maskPhoneNumber('+41791234542'); // => '•••42'
 * ```
 */
export function maskPhoneNumber(e164: string): string {
  if (typeof e164 !== 'string' || !/^\+[1-9][0-9]{4,14}$/.test(e164)) {
    throw new CountersignError('invalid-phone-number', 'number must be E.164, such as +41791234567');
  }
  return `•••${e164.slice(-2)}`;
}
