import { CountersignError } from '@countersign/primitives/error';

/** Decodes `%XX` as UTF-8, refusing what is cut off or no UTF-8, where some runtimes' URL parsers let it pass. */
export function decodePercent(text: string, name: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new CountersignError('invalid-uri', `${name} has a malformed percent-encoding`);
  }
}

/**
 * The label `Issuer:account` of a URI: the separating ":" raw, any other as `%3A`. An account that holds a ":" and has
 * no issuer gets an empty prefix, so that no reader takes its first half for one.
 */
export function joinLabel(issuer: string, account: string): string {
  const prefix = issuer !== '' || account.includes(':') ? `${encodeURIComponent(issuer)}:` : '';
  return prefix + encodeURIComponent(account);
}

/**
 * Splits a label, still percent-encoded. A prefix that equals the `issuer` parameter goes first, since names may hold a
 * ":" themselves; then the first raw ":"; then the first `%3A`, which some issuers send as the separator.
 */
export function splitLabel(label: string, issuer: string): { issuer: string; account: string } {
  const decoded = decodePercent(label, 'label');
  if (issuer !== '' && decoded.startsWith(`${issuer}:`)) {
    return { issuer, account: decoded.slice(issuer.length + 1).trimStart() };
  }
  const raw = label.indexOf(':');
  const separator = raw >= 0 ? raw : label.search(/%3A/i);
  if (separator < 0) return { issuer, account: decoded.trimStart() };
  const prefix = decodePercent(label.slice(0, separator), 'label');
  const account = decodePercent(label.slice(separator + (raw >= 0 ? 1 : 3)), 'label');
  return { issuer: issuer === '' ? prefix : issuer, account: account.trimStart() };
}
