import { CountersignError } from '@countersign/primitives/error';
import ipaddr from 'ipaddr.js';
import type { AddressLists } from './types.ts';

type Address = ipaddr.IPv4 | ipaddr.IPv6;

/**
 * Named lists of address ranges, parsed once, for {@link decideAction}. Each entry is an IPv4 or IPv6 address or CIDR range.
 * IPv4-mapped IPv6 (`::ffff:192.0.2.1`), in lists and of clients, is taken as the IPv4 address that it is; an IPv6 range such
 * as `::/0` therefore never takes in IPv4 clients.
 *
 * Give it the address of the connection, or one from a header that your own proxy wrote; any other header is the client's word.
 * This is the only module that loads the CIDR library (ipaddr.js).
 *
 * @param lists - `policy.addressLists`
 * @throws CountersignError `invalid-policy` with the path of an entry that is no range, has bits set beyond its prefix, or is
 * written in octal, hexadecimal or with parts left out
 *
 * @example
 * ```ts
 * import { createAddressLists } from '@countersign/policy/network';
 *
 * const lists = createAddressLists({ offices: ['192.0.2.0/24', '2001:db8::/32'] });
 * lists.match('offices', '::ffff:192.0.2.7'); // => 'listed'
 * lists.match('offices', '198.51.100.1'); // => 'not-listed'
 * lists.match('offices', '192.0.2.7, 198.51.100.1'); // => 'malformed'
 * ```
 */
export function createAddressLists(lists: { readonly [list: string]: readonly string[] }): AddressLists {
  const ranges = new Map<string, (readonly [Address, number])[]>();
  for (const [name, entries] of Object.entries(lists)) {
    ranges.set(
      name,
      entries.map((entry, index) => parseRange(entry, `addressLists.${name}.${index}`)),
    );
  }
  return {
    match(list, address) {
      const client = parseAddress(address);
      if (client === null) return 'malformed';
      const listed = (ranges.get(list) ?? []).some(
        ([network, prefix]) => network.kind() === client.kind() && client.match(network, prefix),
      );
      return listed ? 'listed' : 'not-listed';
    },
  };
}

/** Strict: four decimal parts, or IPv6 without a zone. Mapped addresses become IPv4. */
function parseAddress(text: unknown): Address | null {
  // 45 characters is the longest address; a zone (`%eth0`) names an interface of some machine, not of the client.
  if (typeof text !== 'string' || text.length > 45 || text.includes('%')) return null;
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  const hexadecimal = withoutDots(text);
  if (!hexadecimal.includes(':') || !ipaddr.IPv6.isValid(hexadecimal)) return null;
  const address = ipaddr.IPv6.parse(hexadecimal);
  return address.isIPv4MappedAddress() ? address.toIPv4Address() : address;
}

/**
 * The IPv4 address at the end of an IPv6 address as two hexadecimal groups (RFC 4291 section 2.2, form 3). The library by itself
 * takes octal there, and takes `::192.0.2.1`, which is no mapped address, for one. What is no IPv4 address gives no address.
 */
function withoutDots(text: string): string {
  if (!text.includes('.')) return text;
  const end = text.lastIndexOf(':') + 1;
  const last = text.slice(end);
  if (end === 0 || !ipaddr.IPv4.isValidFourPartDecimal(last)) return '';
  const [a = 0, b = 0, c = 0, d = 0] = ipaddr.IPv4.parse(last).octets;
  return `${text.slice(0, end)}${(a * 256 + b).toString(16)}:${(c * 256 + d).toString(16)}`;
}

function parseRange(entry: string, path: string): readonly [Address, number] {
  const refuse = (problem: string): never => {
    throw new CountersignError('invalid-policy', `${path} ${problem}`);
  };
  const [text = '', prefixText, ...rest] = `${entry}`.split('/');
  const address = parseAddress(text) ?? refuse('is no IPv4 or IPv6 address or range');
  const mapped = address.kind() === 'ipv4' && text.includes(':');
  const bits = address.kind() === 'ipv4' ? 32 : 128;
  const given =
    prefixText === undefined
      ? bits + (mapped ? 96 : 0)
      : /^(0|[1-9]\d{0,2})$/.test(prefixText)
        ? Number(prefixText)
        : -1;
  const prefix = mapped ? given - 96 : given;
  if (rest.length > 0 || prefix < 0 || prefix > bits) refuse('has no prefix length that fits');
  const bytes = address.toByteArray();
  const beyond = bytes.some((byte, index) => (byte & (0xff >> Math.min(8, Math.max(0, prefix - index * 8)))) !== 0);
  if (beyond) refuse('has bits set beyond its prefix');
  return [address, prefix];
}
