import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import {
  type CountryCode,
  isSupportedCountry,
  type NumberType,
  parsePhoneNumberFromString,
} from 'libphonenumber-js/max';

/** What a number reaches. In some countries, as in the USA, the number itself does not tell the two apart. */
export type PhoneNumberType = 'mobile' | 'landline' | 'mobile-or-landline';

/**
 * Why a number is refused. `malformed`: not digits with punctuation; `no-such-number`: no number of any country's plan;
 * `country-not-allowed`: another country's; `landline`: takes no text messages, offer a call; `type-not-allowed`: premium
 * rate, shared cost, toll-free, personal, VoIP, pager, company-wide or voice-mail numbers.
 */
export type PhoneNumberRefusal =
  | 'malformed'
  | 'no-such-number'
  | 'country-not-allowed'
  | 'landline'
  | 'type-not-allowed';

/** Result of {@link parsePhoneNumber}. */
export type PhoneNumberResult =
  | {
      ok: true;
      /** ITU-T E.164 with its plus sign, such as `+41791234567`: without trunk prefix, in one spelling */
      e164: string;
      /** ISO 3166-1 alpha-2 of the number itself, whatever country was chosen */
      country: string;
      type: PhoneNumberType;
      /** for display: `•••67` */
      masked: string;
    }
  | { ok: false; reason: PhoneNumberRefusal };

/** The only types that codes are sent to; what is missing here costs somebody more, or belongs to no device. */
const TYPES: ReadonlyMap<NumberType, PhoneNumberType> = /* @__PURE__ */ new Map([
  ['MOBILE', 'mobile'],
  ['FIXED_LINE', 'landline'],
  ['FIXED_LINE_OR_MOBILE', 'mobile-or-landline'],
]);

/**
 * A phone number as people write it, in the country that they chose, as E.164: trunk prefix and punctuation are
 * understood, by libphonenumber's rules of all countries. The number's real country must be allowed, because countries
 * share calling codes (+1 876 is Jamaica, +7 701 Kazakhstan) and messages to some cost a hundred times more: attackers
 * are paid for them. For the same reason premium and shared-cost numbers are refused, and, as NIST SP 800-63B-4 §3.1.3.1
 * asks, numbers that belong to no device.
 *
 * @param input whatever was typed, at most 64 characters, national (`079 123 45 67`) or international
 *   (`+41 79 123 45 67`); never throws, whatever it is
 * @param options `country`: ISO 3166-1 alpha-2, upper case, such as `CH`, as the user chose it; `channel`: `sms` or
 *   `voice`, which reaches landlines too; `allowedCountries`: 1 to 300 of them, default the chosen one alone
 * @throws CountersignError `invalid-argument` (channel, allowedCountries)
 *
 * A sub-entry of its own, for which you install `libphonenumber-js` (an optional peer dependency): the rules of all
 * countries weigh more than all the rest.
 *
 * It tells what a number is by its plan, not who holds it today: numbers are ported, recycled and taken over.
 *
 * @example
 * ```ts
 * import { parsePhoneNumber } from '@countersign/challenge-response/phone-number';
 *
 * const parsed = parsePhoneNumber('079 123 45 67', { country: 'CH', channel: 'sms' });
 * parsed; // => { ok: true, e164: '+41791234567', country: 'CH', type: 'mobile', masked: '•••67' }
 * const jamaica = parsePhoneNumber('876-926-1234', { country: 'US', channel: 'sms' });
 * jamaica; // => { ok: false, reason: 'country-not-allowed' }
 * const landline = parsePhoneNumber('044 668 18 00', { country: 'CH', channel: 'sms' });
 * landline; // => { ok: false, reason: 'landline' }
 * ```
 */
export function parsePhoneNumber(
  input: unknown,
  options: { country: string; channel: 'sms' | 'voice'; allowedCountries?: readonly string[] | undefined },
): PhoneNumberResult {
  assertOptions(options);
  const { country, channel, allowedCountries = [country] } = options;
  if (channel !== 'sms' && channel !== 'voice') {
    throw new CountersignError('invalid-argument', "channel must be 'sms' or 'voice'");
  }
  if (options.allowedCountries !== undefined) assertCountries(allowedCountries);
  // The user's choice, from a form: no mistake of the program.
  if (!isCountry(country)) return { ok: false, reason: 'country-not-allowed' };
  // Punctuation that people use, and nothing else: libphonenumber would also find numbers in the middle of text.
  if (typeof input !== 'string' || input.length > 64 || !/^\s*\+?[\d\s()./\u2010-\u2015-]+$/.test(input)) {
    return { ok: false, reason: 'malformed' };
  }
  const parsed = parsePhoneNumberFromString(input.trim(), { defaultCountry: country, extract: false });
  if (!parsed?.isValid()) return { ok: false, reason: 'no-such-number' };
  // Satellite and international networks have no country.
  if (parsed.country === undefined || !allowedCountries.includes(parsed.country)) {
    return { ok: false, reason: 'country-not-allowed' };
  }
  const type = TYPES.get(parsed.getType());
  if (type === undefined) return { ok: false, reason: 'type-not-allowed' };
  if (type === 'landline' && channel === 'sms') return { ok: false, reason: 'landline' };
  return { ok: true, e164: parsed.number, country: parsed.country, type, masked: maskPhoneNumber(parsed.number) };
}

function isCountry(country: unknown): country is CountryCode {
  return typeof country === 'string' && isSupportedCountry(country);
}

function assertCountries(countries: unknown): void {
  const sound =
    Array.isArray(countries) &&
    countries.length >= 1 &&
    countries.length <= 300 &&
    Array.from(countries).every(isCountry);
  if (!sound) throw new CountersignError('invalid-argument', 'allowedCountries must be ISO 3166-1 codes such as CH');
}

/**
 * A phone number for display: three dots and its last two digits.
 *
 * @param e164 as {@link parsePhoneNumber} gave it
 * @throws CountersignError `invalid-phone-number`; the message never holds the number
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
