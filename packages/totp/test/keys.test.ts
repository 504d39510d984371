import { createHash, createHmac } from 'node:crypto';
import { inspect } from 'node:util';
import { runInNewContext } from 'node:vm';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Algorithm,
  CountersignError,
  createHotp,
  createTotp,
  generateSecret,
  normalizeCode,
  secretFromBase32,
  secretFromHex,
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
    for (const none of [undefined, null, 5, 'secret']) {
      expect(() => createTotp(none as never)).toThrow(code('invalid-argument'));
      expect(() => createHotp(none as never)).toThrow(code('invalid-argument'));
    }
    for (const none of [null, 5]) expect(() => generateSecret(none as never)).toThrow(code('invalid-argument'));
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

describe('T9: errors say what was given and what to call instead, never the value', () => {
  it.each([
    [undefined, 'not undefined'],
    [null, 'not null'],
    [[1, 2, 3], 'not an array'],
    ['JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP', 'not string: see secretFromBase32'],
    [secret.slice(0, 10), 'not 10 bytes: see secretFromBase32, allowShortSecret'],
    [new ArrayBuffer(20), 'not object'],
    [new Proxy(new Uint8Array(20), {}), 'not object'],
  ])('secret number %#', (bad, text) => {
    for (const create of [createTotp, createHotp]) {
      expect(() => create({ secret: bad as Uint8Array })).toThrow(code('invalid-secret'));
      expect(() => create({ secret: bad as Uint8Array })).toThrow('a Uint8Array of 16 bytes or more, ');
      expect(() => create({ secret: bad as Uint8Array })).toThrow(text);
      expect(() => create({ secret: bad as Uint8Array })).not.toThrow(/JBSW/);
    }
    expect(() => createTotp({ secret: secret.slice(0, 9), allowShortSecret: true })).toThrow('of 10 bytes or more');
  });

  it('`after` as databases give it', () => {
    const totp = createTotp({ secret });
    expect(() => totp.verify('000000', { after: '58000001' as never })).toThrow(/as a number, or null, not string$/);
    expect(() => totp.verify('000000', {} as never)).toThrow('not undefined');
  });

  it('the algorithms that an entry has', () => {
    expect(() => createTotp({ secret, algorithm: 'sha1' as Algorithm })).toThrow('SHA1, SHA256, SHA512');
    expect(() => sha1Entry.createTotp({ secret, algorithm: 'SHA512' })).toThrow(/must be SHA1$/);
  });
});

describe('T8: an account of the other type', () => {
  const account = { issuer: 'Example', account: 'anna', secret, algorithm: 'SHA1', digits: 6 } as const;
  const hotpAccount = { ...account, type: 'hotp', counter: 0 } as const;
  const totpAccount = { ...account, type: 'totp', period: 30 } as const;

  it('is refused at run time', () => {
    // @ts-expect-error: and at compile time
    expect(() => createTotp(hotpAccount)).toThrow(code('invalid-argument'));
    // @ts-expect-error: and at compile time
    expect(() => createHotp(totpAccount)).toThrow(code('invalid-argument'));
    expect(() => createTotp(hotpAccount as never)).toThrow('use createHotp');
    expect(() => createHotp(totpAccount as never)).toThrow('use createTotp');
    expect(() => createTotp({ secret, type: null } as never)).toThrow(code('invalid-argument'));
  });

  it('and one of its own is taken', () => {
    expect(createTotp(totpAccount).generate({ now: 59_000 })).toBe('287082');
    expect(createHotp(hotpAccount).generate(0)).toBe('755224');
    expect(createTotp({ secret, type: undefined }).generate({ now: 59_000 })).toBe('287082');
  });
});

it('T8: secrets can be given to WebCrypto as they are', async () => {
  const key = await crypto.subtle.generateKey({ name: 'AES-GCM', length: 256 }, false, ['encrypt']);
  const seal = (bytes: Uint8Array<ArrayBuffer>) =>
    crypto.subtle.encrypt({ name: 'AES-GCM', iv: new Uint8Array(12) }, key, bytes);
  for (const bytes of [generateSecret(), secretFromBase32('JBSWY3DP'), secretFromHex('00ff')]) {
    expect((await seal(bytes)).byteLength).toBe(bytes.length + 16);
  }
});

it('T5: secrets of another realm', () => {
  const foreign = runInNewContext('Uint8Array.from("12345678901234567890", (digit) => digit.charCodeAt(0))');
  expect(secretToBase32(foreign)).toBe('GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ');
  expect(createTotp({ secret: foreign }).generate({ now: 59_000 })).toBe('287082');
});

it('T11: secrets from hexadecimal', () => {
  expect(secretFromHex('3132333435363738393031323334353637383930')).toEqual(secret);
  expect(secretFromHex('de:AD be-ef')).toEqual(Uint8Array.of(0xde, 0xad, 0xbe, 0xef));
  fc.assert(
    fc.property(fc.uint8Array({ minLength: 1 }), (bytes) => {
      expect(secretFromHex(Buffer.from(bytes).toString('hex'))).toEqual(bytes);
    }),
  );
  for (const bad of ['', ' ', 'abc', '0x00', '00 0g', '00\t00', 'ａｂ', null, 5, ['00']]) {
    expect(() => secretFromHex(bad as string)).toThrow(code('invalid-secret'));
  }
  expect(() => secretFromHex('31 32 3x')).toThrow('digit 6 is not hexadecimal');
  expect(() => secretFromHex('31323')).toThrow('two digits a byte, not 5');
  expect(() => secretFromHex('31323x')).not.toThrow(/3132/);
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
      let thrown: unknown;
      try {
        createTotp(options as never);
      } catch (error) {
        thrown = error;
      }
      expect(thrown).toBeInstanceOf(CountersignError);
      const printed = inspect(thrown, { depth: 9, showHidden: true }).split('\n    at ')[0];
      for (const shape of shapes) expect(printed).not.toContain(shape);
    }
  });
});

it('the sha1 entry has the same interface, and refuses other hashes', () => {
  expect(Object.keys(sha1Entry).sort()).toEqual([
    'CountersignError',
    'createHotp',
    'createTotp',
    'generateSecret',
    'newHotpState',
    'newTotpState',
    'normalizeCode',
    'resynchronizeHotp',
    'resynchronizeTotp',
    'secretFromBase32',
    'secretFromHex',
    'secretToBase32',
    'verifyHotp',
    'verifyTotp',
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

it('T9: a proxy that grows is read once', () => {
  let reads = 0;
  const growing = new Proxy(['755224', '287082'], {
    get: (_, name) => {
      reads++;
      return name === 'length' ? reads + 1 : '755224';
    },
  });
  expect(createTotp({ secret }).resynchronize(growing, { after: null }).ok).toBe(false);
  expect(reads).toBeLessThan(10);
  for (const length of [2, 3]) {
    const codes = Array.from({ length }, (_, i) => createHotp({ secret }).generate(i));
    expect(createHotp({ secret }).resynchronize(codes, { counter: 0 }).ok).toBe(true);
    if (length === 3) {
      expect(createTotp({ secret }).resynchronize(codes, { after: null })).toMatchObject({ reason: 'malformed' });
    }
  }
});

it('T10: typed codes lose the format characters that come along with a copied text', () => {
  for (const mark of ['\u200E', '\u200F', '\u202A', '\u202C', '\u202D', '\u202E', '\u2060', '\u2066', '\u2069']) {
    expect(normalizeCode(`${mark}123${mark}456${mark}`)).toBe('123456');
  }
  for (const mark of ['\u00AD', '\u061C', '\u200B', '\u200D', '\uFEFF', '\u2011', '\u2212', '\uFF0D', '\uFE63']) {
    expect(normalizeCode(`123${mark}456`)).toBe('123456');
  }
  expect(normalizeCode('１２３456')).toBe('１２３456');
  expect(normalizeCode('+123456')).toBe('+123456');
  expect(normalizeCode(`${'1'.repeat(63)} `)).toBe('1'.repeat(63));
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
