import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Algorithm,
  createHotp,
  createTotp,
  generateSecret,
  normalizeCode,
  secretFromBase32,
  secretToBase32,
} from '../src/index.ts';
import * as sha1Entry from '../src/sha1.ts';

const secret = new TextEncoder().encode('12345678901234567890');
const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });

describe('construction refuses at once (defect 6)', () => {
  it.each([0, -1, -3, 5, 11, 6.5, Number.NaN, 1e6, '6', null])('digits %s', (digits) => {
    expect(() => createTotp({ secret, digits: digits as number })).toThrow(code('invalid-digits'));
    expect(() => createHotp({ secret, digits: digits as number })).toThrow(code('invalid-digits'));
  });

  it.each([0, -30, 0.5, Number.NaN, 86_401, '30', null])('period %s', (period) => {
    expect(() => createTotp({ secret, period: period as number })).toThrow(code('invalid-period'));
  });

  it.each([-1, 0.5, Number.NaN, '0', null])('t0 %s', (t0) => {
    expect(() => createTotp({ secret, t0: t0 as number })).toThrow(code('invalid-time'));
  });

  it.each(['sha1', 'MD5', 'SHA-1', 'toString', '__proto__', 5, null, ['SHA1'], { toString: () => 'SHA1' }])(
    'algorithm %s',
    (algorithm) => {
      expect(() => createTotp({ secret, algorithm: algorithm as Algorithm })).toThrow(code('invalid-algorithm'));
      expect(() => generateSecret({ algorithm: algorithm as Algorithm })).toThrow(code('invalid-algorithm'));
    },
  );

  it.each([
    null,
    undefined,
    '12345678901234567890',
    [1, 2, 3],
    new Uint8Array(0),
    new Uint8Array(15),
    new ArrayBuffer(20),
  ])('secret %j', (bad) => {
    expect(() => createTotp({ secret: bad as Uint8Array })).toThrow(code('invalid-secret'));
    expect(() => createHotp({ secret: bad as Uint8Array })).toThrow(code('invalid-secret'));
  });

  it('no options at all', () => {
    expect(() => createTotp(undefined as never)).toThrow(code('invalid-secret'));
  });

  it('short secrets only when told, and never under 80 bits', () => {
    const ten = secret.slice(0, 10);
    expect(() => createTotp({ secret: ten })).toThrow(code('invalid-secret'));
    expect(() => createTotp({ secret: ten, allowShortSecret: 1 as unknown as boolean })).toThrow(
      code('invalid-secret'),
    );
    expect(createTotp({ secret: ten, allowShortSecret: true }).generate({ now: 0 })).toHaveLength(6);
    expect(() => createTotp({ secret: secret.slice(0, 9), allowShortSecret: true })).toThrow(code('invalid-secret'));
    expect(() => createTotp({ secret: new Uint8Array(0), allowShortSecret: true })).toThrow(code('invalid-secret'));
  });

  it('undefined means the default', () => {
    const explicit = {
      secret,
      algorithm: undefined,
      digits: undefined,
      period: undefined,
      t0: undefined,
      allowShortSecret: undefined,
    };
    expect(createTotp(explicit).generate({ now: 59_000 })).toBe('287082');
  });
});

describe('secrets', () => {
  it('are as long as the hash and come from the given source', () => {
    expect(generateSecret()).toHaveLength(20);
    expect(generateSecret({ algorithm: 'SHA256' })).toHaveLength(32);
    expect(generateSecret({ algorithm: 'SHA512' })).toHaveLength(64);
    expect(generateSecret({ random: (length) => new Uint8Array(length).fill(length) })).toEqual(
      new Uint8Array(20).fill(20),
    );
    expect(generateSecret()).not.toEqual(generateSecret());
  });

  it('go to Base32 and back', () => {
    expect(secretToBase32(secret)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
    expect(secretFromBase32('gezd gnbv-gy3t qojq gezd gnbv gy3t qojq')).toEqual(secret);
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1, maxLength: 128 }), (bytes) => {
        expect(secretFromBase32(secretToBase32(bytes))).toEqual(bytes);
      }),
    );
    for (const bad of ['', '   ', '====', 'GEZDGNBV1', 'GEZ\tDGNB', null, 5]) {
      expect(() => secretFromBase32(bad as string)).toThrow(code('invalid-base32'));
    }
    for (const bad of [new Uint8Array(0), 'abc', null]) {
      expect(() => secretToBase32(bad as Uint8Array)).toThrow(code('invalid-secret'));
    }
  });

  it('are taken from views byte for byte, and later changes change nothing (defect 11)', () => {
    const buffer = new Uint8Array(64).fill(0xaa);
    buffer.set(secret, 4);
    const view = new Uint8Array(buffer.buffer, 4, 20);
    const totp = createTotp({ secret: view });
    const hotp = createHotp({ secret: view });
    buffer.fill(0);
    expect(totp.generate({ now: 59_000 })).toBe('287082');
    expect(hotp.generate(0)).toBe('755224');
    expect(createTotp({ secret: Buffer.from(secret) }).generate({ now: 59_000 })).toBe('287082');
  });
});

describe('key objects show nothing', () => {
  const marker = new TextEncoder().encode('SECRET-MARKER-BYTES!');
  const shapes = [
    secretToBase32(marker),
    'SECRET-MARKER',
    Buffer.from(marker).toString('hex'),
    Buffer.from(marker).toString('base64'),
    [...marker].join(),
    [...marker].join(', '),
    [...marker].slice(0, 4).join(' '),
  ];

  it.each([
    ['TOTP', createTotp({ secret: marker })],
    ['HOTP', createHotp({ secret: marker })],
  ])('%s, however they are printed or copied', (_, key) => {
    const printed = [
      String(key),
      JSON.stringify(key),
      JSON.stringify({ ...key }),
      inspect(key, { depth: Number.POSITIVE_INFINITY, showHidden: true, getters: true }),
      inspect({ ...key }, { depth: Number.POSITIVE_INFINITY, showHidden: true }),
      inspect(Object.assign(Object.create(null), key), { depth: Number.POSITIVE_INFINITY, showHidden: true }),
      ...Object.values(key).map(String),
    ].join('\n');
    for (const shape of shapes) expect(printed).not.toContain(shape);
    // Chaining values would be as good as the secret: nothing but function names is there.
    expect(inspect(key, { depth: Number.POSITIVE_INFINITY })).toMatch(/^\{(\s*\w+: \[Function: \w+\],?)+\s*\}$/);
    expect(() => structuredClone(key)).toThrow();
  });

  it('and neither do errors', () => {
    for (const options of [
      { secret: marker.slice(0, 9) },
      { secret: marker, digits: 99 },
      { secret: 'SECRET-MARKER' },
    ]) {
      try {
        createTotp(options as never);
        expect.unreachable();
      } catch (error) {
        for (const shape of shapes)
          expect(inspect(error, { depth: 9, showHidden: true }).split('\n    at ')[0]).not.toContain(shape);
      }
    }
  });
});

it('the sha1 entry has the same interface, and refuses other hashes', () => {
  expect(Object.keys(sha1Entry).sort()).toEqual([
    'CountersignError',
    'createHotp',
    'createTotp',
    'generateSecret',
    'normalizeCode',
    'secretFromBase32',
    'secretToBase32',
  ]);
  expect(sha1Entry.createTotp({ secret, digits: 8 }).generate({ now: 59_000 })).toBe('94287082');
  expect(sha1Entry.createHotp({ secret, algorithm: 'SHA1' }).generate(0)).toBe('755224');
  expect(() => sha1Entry.createTotp({ secret, algorithm: 'SHA256' })).toThrow(code('invalid-algorithm'));
});

it('codes in a row are malformed, and nothing throws, when they are an array only in name', () => {
  const trap = () => {
    throw new Error('trap');
  };
  const { proxy: revoked, revoke } = Proxy.revocable([], {});
  revoke();
  const getter = Object.defineProperty(['755224', '287082'], 1, { get: trap });
  const endless = Object.assign(['755224', 7], {
    *[Symbol.iterator]() {
      for (;;) yield '755224';
    },
  });
  for (const codes of [revoked, new Proxy([], { get: trap }), getter, endless, new Array(2), [[], {}]]) {
    expect(createTotp({ secret }).resynchronize(codes, { after: null })).toEqual({ ok: false, reason: 'malformed' });
    expect(createHotp({ secret }).resynchronize(codes, { counter: 0 })).toEqual({ ok: false, reason: 'malformed' });
  }
});

it('typed codes are normalised, but only for separators', () => {
  for (const typed of ['123456', '123 456', '123-456', ' 123\u00a0456\n', '12 34 56', '\u2009123\u2013456\u200b']) {
    expect(normalizeCode(typed)).toBe('123456');
  }
  expect(normalizeCode('12x456')).toBe('12x456');
  for (const other of [null, undefined, 123456, ['123456'], ' '.repeat(65), '1'.repeat(1e6)])
    expect(normalizeCode(other)).toBe('');
});

it('agrees with an independent computation on 10,000 tuples, as one digest', () => {
  const algorithms = ['SHA1', 'SHA256', 'SHA512'] as const;
  const ours = createHash('sha256');
  const theirs = createHash('sha256');
  for (let i = 0; i < 10_000; i++) {
    const tuple = createHash('sha512').update(`tuple ${i}`).digest();
    const algorithm = algorithms[tuple[0]! % 3]!;
    const digits = 6 + (tuple[1]! % 5);
    const counter = tuple.readBigUInt64BE(2) >> BigInt(tuple[10]! % 64);
    const key = tuple.subarray(11, 11 + 16 + (tuple[11]! % 37));
    ours.update(`${createHotp({ secret: key, algorithm, digits }).generate(counter)} `);
    const message = Buffer.alloc(8);
    message.writeBigUInt64BE(counter);
    const hmac = createHmac(algorithm.toLowerCase(), key).update(message).digest();
    const truncated = hmac.readUInt32BE(hmac.at(-1)! & 15) % 2 ** 31;
    theirs.update(`${String(truncated % 10 ** digits).padStart(digits, '0')} `);
  }
  expect(ours.digest('hex')).toBe(theirs.digest('hex'));
});
