import { CountersignError } from '@countersign/primitives/error';
import { displayCheckedCode, readCheckedCode } from '../short-code/checked-code.ts';

/**
 * The text of the QR code: an HTTPS link with the code in its fragment, which browsers do not send to any server. A
 * phone without the app is led to the app store by that page; scanned again, the same QR code opens the app.
 *
 * @param page the `https:` address of that page, without a fragment
 * @param code what `issueActivationCode` gave
 * @throws CountersignError `invalid-uri` (page), `invalid-argument` (code)
 *
 * @example
 * ```ts
 * import { activationLink } from '@countersign/challenge-response';
 *
 * activationLink('https://example.com/activate', '000-000-000'); // => 'https://example.com/activate#code=000-000-000'
 * activationLink('http://example.com/', '000-000-000'); // throws invalid-uri
 * ```
 */
export function activationLink(page: string, code: string): string {
  const url = parsePage(page);
  const read = readCheckedCode(code);
  if (typeof read === 'string') throw new CountersignError('invalid-argument', 'code must be an activation code');
  url.hash = `code=${displayCheckedCode(read.code)}`;
  return url.href;
}

/**
 * The code of a scanned link, on the phone: only of a link to the page that this app knows.
 *
 * @param scanned whatever the camera or the operating system handed over; never throws, whatever it is
 * @throws CountersignError `invalid-uri` (page)
 *
 * @example
 * ```ts
 * import { readActivationLink } from '@countersign/challenge-response';
 *
 * const page = 'https://example.com/activate';
 * readActivationLink('https://example.com/activate#code=000-000-000', page); // => { ok: true, code: '000-000-000' }
 * readActivationLink('https://evil.example/activate#code=000-000-000', page); // => { ok: false, reason: 'other-page' }
 * ```
 */
export function readActivationLink(
  scanned: unknown,
  page: string,
): { ok: true; code: string } | { ok: false; reason: 'malformed' | 'mistyped' | 'other-page' } {
  const known = parsePage(page);
  const url = typeof scanned === 'string' && scanned.length <= 2048 ? parseUrl(scanned) : undefined;
  if (url === undefined) return { ok: false, reason: 'malformed' };
  const { hash } = url;
  url.hash = '';
  if (url.href !== known.href) return { ok: false, reason: 'other-page' };
  const read = readCheckedCode(/^#code=([^&]*)$/.exec(hash)?.[1]);
  return typeof read === 'string' ? { ok: false, reason: read } : { ok: true, code: displayCheckedCode(read.code) };
}

function parsePage(page: string): URL {
  const url = parseUrl(page);
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
