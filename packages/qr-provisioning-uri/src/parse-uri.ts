import { CountersignError } from '@countersign/primitives/error';
import { decodePercent } from './label.ts';
import { limitedUri } from './limited-uri.ts';

/** A URI in its parts (RFC 3986 §3); `path` with its first "/", path and query still percent-encoded. */
export type UriParts = { scheme: string; host: string; path: string; query: string };

/**
 * Takes a URI apart. The URL class is not used: runtimes differ on hosts and paths of schemes that they do not know.
 * A fragment is refused: a "#" in a name that was not encoded would cut off what follows without a word.
 */
export function parseUri(uri: string): UriParts {
  if (typeof uri !== 'string') throw new CountersignError('invalid-uri', 'uri must be text');
  const text = limitedUri(uri, 'invalid-uri').trim();
  if (/[\p{Cc}\p{Surrogate}]/u.test(text)) {
    throw new CountersignError('invalid-uri', 'uri has control characters or lone surrogates');
  }
  const parts = /^([a-z-]{1,32}):\/\/([^/?#]*)(\/[^?#]*)?(?:\?([^#]*))?$/i.exec(text);
  if (!parts)
    throw new CountersignError('invalid-uri', 'uri must read scheme://type/label?parameters, with "#" as %23');
  const [, scheme, host, path = '', query = ''] = parts;
  return { scheme: scheme!.toLowerCase(), host: host!.toLowerCase(), path, query };
}

/**
 * The known parameters of a query, by lower-case name, their values still percent-encoded. Unknown ones are ignored; a
 * known one given twice is refused, since apps differ on which counts, and so is an empty one, save `mayBeEmpty`.
 */
export function parseQuery(query: string, known: readonly string[], mayBeEmpty?: string): Map<string, string> {
  const values = new Map<string, string>();
  for (const part of query.split('&')) {
    const [encodedName] = part.split('=', 1);
    const name = decodePercent(encodedName!, 'a parameter name').toLowerCase();
    if (!known.includes(name)) continue;
    if (values.has(name)) throw new CountersignError('invalid-uri', `${name} is given twice`);
    const value = part.slice(encodedName!.length + 1);
    if (value === '' && name !== mayBeEmpty) throw new CountersignError('invalid-uri', `${name} is empty`);
    values.set(name, value);
  }
  return values;
}
