import { assertOptions } from '@countersign/primitives/assert';
import { CountersignError } from '@countersign/primitives/error';
import { normalizeReadableCode } from '@countersign/primitives/readable-code';
import type { Reason } from '@countersign/primitives/reason';
import { displayCheckedCode, readCheckedCode } from '../short-code/checked-code.ts';
import { ID_CHARACTERS, SHORT_ID_CHARACTERS } from './activation-id.ts';

/**
 * The text of the QR code: an HTTPS link with the record's id and the code in its fragment, which browsers do not send
 * to any server. A phone without the app is led to the app store by that page; scanned again, the same QR code opens
 * the app.
 *
 * @param page the `https:` address of that page, without a fragment
 * @param issued what `issueActivationCode` gave
 * @throws CountersignError `invalid-uri` (page), `invalid-argument` (issued)
 *
 * @example
 * ```ts
 * import { activationLink } from '@countersign/challenge-response';
 *
 * const issued = { id: '0123456789ABCDEFGHJKMNPQRS', code: '000-000-000' };
 * const link = activationLink('https://example.com/activate', issued);
 * link === 'https://example.com/activate#id=0123456789ABCDEFGHJKMNPQRS&code=000-000-000'; // => true
 * activationLink('http://example.com/', issued); // throws invalid-uri
 * ```
 */
export function activationLink(page: string, issued: { id: string; code: string }): string {
  const url = parsePage(page);
  assertOptions(issued, 'issued');
  const id = normalizeReadableCode(issued.id, ID_CHARACTERS);
  const read = readCheckedCode(issued.code);
  if (id === undefined || typeof read === 'string') {
    throw new CountersignError(
      'invalid-argument',
      'issued must have the id and the code that issueActivationCode gave',
    );
  }
  url.hash = `id=${id}&code=${displayCheckedCode(read.code)}`;
  return url.href;
}

/**
 * What names a record and is its code, from either form: the link that was scanned, if it leads to the page that this
 * app knows, or the text below it that was typed. The server finds the record by the first eight characters of `id`,
 * and gives both to `verifyActivationCode`.
 *
 * @param given whatever the camera, the operating system or the keyboard handed over; never throws, whatever it is
 * @returns `id`: 26 characters of a link, 8 of typed text; `malformed`, `mistyped` (a check character does not fit), or
 *   `other-audience`: a link to another page
 * @throws CountersignError `invalid-uri` (page)
 *
 * @example
 * ```ts
 * import { readActivationCode } from '@countersign/challenge-response';
 *
 * const page = 'https://example.com/activate';
 * const link = `${page}#id=0123456789ABCDEFGHJKMNPQRS&code=000-000-000`;
 * const scanned = readActivationCode(link, page);
 * scanned; // => { ok: true, id: '0123456789ABCDEFGHJKMNPQRS', code: '000-000-000' }
 * readActivationCode('000 000 000 000 000 000', page); // => { ok: true, id: '00000000', code: '000-000-000' }
 * readActivationCode('000 000 000 000 000 001', page); // => { ok: false, reason: 'mistyped' }
 * readActivationCode('https://evil.example/activate#id=0&code=0', page); // => { ok: false, reason: 'other-audience' }
 * ```
 */
export function readActivationCode(
  given: unknown,
  page: string,
):
  | { ok: true; id: string; code: string }
  | { ok: false; reason: Extract<Reason, 'malformed' | 'mistyped' | 'other-audience'> } {
  const known = parsePage(page);
  if (typeof given !== 'string' || given.length > MAX_LENGTH) return { ok: false, reason: 'malformed' };
  return given.includes(':') ? readLink(given, known) : readTyped(given);
}

const MAX_LENGTH = 2048;

function readLink(link: string, known: URL): ReturnType<typeof readActivationCode> {
  const url = parseUrl(link);
  if (url === undefined) return { ok: false, reason: 'malformed' };
  const { hash } = url;
  url.hash = '';
  if (url.href !== known.href) return { ok: false, reason: 'other-audience' };
  const parts = /^#id=([^&]*)&code=([^&]*)$/.exec(hash);
  const id = normalizeReadableCode(parts?.[1], ID_CHARACTERS);
  const read = readCheckedCode(parts?.[2]);
  if (id === undefined) return { ok: false, reason: 'malformed' };
  return typeof read === 'string' ? { ok: false, reason: read } : { ok: true, id, code: displayCheckedCode(read.code) };
}

/** Two checked codes in a row: the short id, and the code. */
function readTyped(typed: string): ReturnType<typeof readActivationCode> {
  const characters = normalizeReadableCode(typed, 2 * (SHORT_ID_CHARACTERS + 1));
  if (characters === undefined) return { ok: false, reason: 'malformed' };
  const id = readCheckedCode(characters.slice(0, SHORT_ID_CHARACTERS + 1));
  const read = readCheckedCode(characters.slice(SHORT_ID_CHARACTERS + 1));
  if (typeof id === 'string') return { ok: false, reason: id };
  if (typeof read === 'string') return { ok: false, reason: read };
  return { ok: true, id: id.code.slice(0, SHORT_ID_CHARACTERS), code: displayCheckedCode(read.code) };
}

function parsePage(page: string): URL {
  const url = typeof page === 'string' ? parseUrl(page) : undefined;
  if (url?.protocol !== 'https:' || url.hash !== '' || url.username !== '' || url.password !== '') {
    throw new CountersignError('invalid-uri', 'page must be an https: address without credentials and fragment');
  }
  // An empty fragment is none, but would stay in `href`.
  url.hash = '';
  return url;
}

function parseUrl(text: string): URL | undefined {
  try {
    return new URL(text);
  } catch {
    return undefined;
  }
}
