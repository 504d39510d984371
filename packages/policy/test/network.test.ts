import { BlockList } from 'node:net';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createAddressLists } from '../src/network.ts';

const match = (entry: string, address: unknown) => createAddressLists({ list: [entry] }).match('list', address);

describe('address lists', () => {
  it.each([
    ['192.0.2.0/24', '192.0.2.255', 'listed'],
    ['192.0.2.0/24', '192.0.3.0', 'not-listed'],
    ['192.0.2.7', '192.0.2.7', 'listed'],
    ['192.0.2.7', '192.0.2.8', 'not-listed'],
    ['0.0.0.0/0', '255.255.255.255', 'listed'],
    ['0.0.0.0/0', '::1', 'not-listed'],
    ['::/0', '2001:db8::1', 'listed'],
    ['::/0', '192.0.2.1', 'not-listed'],
    ['::/0', '::ffff:192.0.2.1', 'not-listed'],
    ['192.0.2.0/24', '::ffff:192.0.2.1', 'listed'],
    ['192.0.2.0/24', '::ffff:c000:201', 'listed'],
    ['192.0.2.0/24', '0:0:0:0:0:FFFF:c000:0201', 'listed'],
    ['::ffff:192.0.2.0/120', '192.0.2.9', 'listed'],
    ['::ffff:192.0.2.0/120', '192.0.3.9', 'not-listed'],
    ['::ffff:192.0.2.1', '192.0.2.1', 'listed'],
    ['2001:db8::/32', '2001:0DB8:ffff::', 'listed'],
    ['2001:db8::/33', '2001:db8:8000::', 'not-listed'],
    // IPv4-compatible and IPv4-translated addresses are no mapped ones (RFC 4291 section 2.5.5).
    ['192.0.2.0/24', '::192.0.2.1', 'not-listed'],
    ['192.0.2.0/24', '::ffff:0:192.0.2.1', 'not-listed'],
    ['::/96', '::192.0.2.1', 'listed'],
    ['64:ff9b::/96', '64:ff9b::192.0.2.1', 'listed'],
    ['64:ff9b::c000:201', '64:ff9b::192.0.2.1', 'listed'],
    ['2001:db8::/32', '2001:db8:1:2:3:4:192.0.2.1', 'listed'],
  ])('%s, %s: %s', (entry, address, verdict) => {
    expect(match(entry, address)).toBe(verdict);
  });

  it.each([
    null,
    undefined,
    7,
    {},
    ['192.0.2.1'],
    '',
    ' 192.0.2.1',
    '192.0.2.1 ',
    '192.0.2.1\n',
    '192.0.2.1:443',
    '[::1]',
    '192.0.2.1, 10.0.0.1',
    '192.0.2',
    '192.0.2.256',
    '192.0.02.1',
    '0300.0.2.1',
    '0xc0.0.2.1',
    '3221225985',
    '::ffff:0300.0.2.1',
    '::ffff:010.0.0.1',
    '::ffff:0x0a.0.0.1',
    '2001:db8::010.0.0.1',
    '::ffff:10.0.0',
    '1:2:3:4:5:6:7:192.0.2.1',
    '::192.0.2.1:1',
    '::ffff:192.0.2.256',
    'fe80::1%eth0',
    '1::2::3',
    ':::',
    'localhost',
    `::${'0'.repeat(1_000_000)}`,
  ])('%j is no address', (address) => {
    expect(match('0.0.0.0/0', address)).toBe('malformed');
  });

  it.each([
    'example.org',
    '192.0.2.1/24',
    '192.0.2.0/33',
    '192.0.2.0/-1',
    '192.0.2.0/',
    '192.0.2.0/08',
    '192.0.2.0/24/24',
    '192.0.2.0/255.255.255.0',
    '2001:db8::1/64',
    '2001:db8::/129',
    '::ffff:0.0.0.0/95',
    '::ffff:0.0.0.0/129',
    '010.0.0.0/8',
    '10/8',
    '',
  ])('refuses the range %j, with its path', (entry) => {
    expect(() => createAddressLists({ offices: ['192.0.2.0/24', entry] })).toThrow(
      expect.objectContaining({ code: 'invalid-policy', message: expect.stringMatching(/^addressLists\.offices\.1 /) }),
    );
  });

  it('an unknown list holds nobody', () => {
    const lists = createAddressLists({ offices: ['0.0.0.0/0'] });
    expect(lists.match('constructor', '192.0.2.1')).toBe('not-listed');
    expect(createAddressLists({ none: [] }).match('none', '192.0.2.1')).toBe('not-listed');
  });

  it('agrees with Node’s own block list', () => {
    const octets = fc.array(fc.nat(3), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(octets, fc.nat(32), octets, (network, prefix, client) => {
        const masked = network.map(
          (octet, index) => octet & (0xff << (8 - Math.min(8, Math.max(0, prefix - index * 8)))) & 0xff,
        );
        const node = new BlockList();
        node.addSubnet(masked.join('.'), prefix);
        expect(match(`${masked.join('.')}/${prefix}`, client.join('.'))).toBe(
          node.check(client.join('.')) ? 'listed' : 'not-listed',
        );
      }),
    );
  });
});
