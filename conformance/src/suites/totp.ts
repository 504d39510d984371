import type { Algorithm } from '@countersign/primitives/algorithm';
import { hexToBytes, utf8ToBytes } from '@countersign/primitives/bytes';
import {
  createHotp,
  createTotp,
  newHotpState,
  newTotpState,
  resynchronizeHotp,
  resynchronizeTotp,
  verifyHotp,
  verifyTotp,
} from '@countersign/totp';
import * as sha1Entry from '@countersign/totp/sha1';
import type { Checks, Suite } from '../checks.ts';
import rfc4226 from '../vectors/rfc4226-hotp.json' with { type: 'json' };
import rfc6238 from '../vectors/rfc6238-totp.json' with { type: 'json' };

const SECRET = utf8ToBytes(rfc4226.secretAscii);
const LAST = 2n ** 64n - 1n;
const mismatch = { ok: false, reason: 'mismatch' };
const at = (step: number): number => step * 30_000;

/** HOTP and TOTP: what is computed and accepted, by the RFCs' vectors and the runtime's own HMAC beside ours. */
export const totp: Suite = {
  name: 'totp',
  declare(checks) {
    declareRfc4226(checks);
    declareRfc6238(checks);
    declareCollisions(checks);
    declareCounters(checks);
    declareStates(checks);
    declareRuntimeHmac(checks);
  },
};

function declareRfc4226({ equal }: Checks): void {
  for (const { counter, truncatedDec, otp6, otp7, otp8, otp9 } of rfc4226.vectors) {
    const codes = [otp6, otp7, otp8, otp9, String(truncatedDec).padStart(10, '0')];
    const keys = (): ReturnType<typeof createHotp>[] =>
      codes.map((_, index) => createHotp({ secret: SECRET, digits: 6 + index }));
    equal(`RFC 4226 Appendix D, counter ${counter}`, () => keys().map((key) => key.generate(counter)), codes);
    equal(
      `RFC 4226 Appendix D, counter ${counter}, verified`,
      () => keys().map((key, index) => key.verify(codes[index], { counter })),
      codes.map(() => ({ ok: true, counter, nextCounter: counter + 1 })),
    );
  }
  const hotp = createHotp({ secret: SECRET });
  const row = (start: number, count: number): string[] =>
    Array.from({ length: count }, (_, index) => hotp.generate(start + index));
  equal('two codes in a row are found', () => hotp.resynchronize(row(700, 2), { counter: 0, lookAhead: 1000 }), {
    ok: true,
    counter: 701,
    nextCounter: 702,
  });
  equal('three out of order are not', () => hotp.resynchronize(row(7, 3).reverse(), { counter: 0 }), mismatch);
}

function declareRfc6238({ equal }: Checks): void {
  for (const { unixTime, algorithm, keyHex, digits, period, expected } of rfc6238.vectors) {
    const now = unixTime * 1000;
    const options = { secret: hexToBytes(keyHex), algorithm: algorithm as Algorithm, digits, period };
    const name = `RFC 6238 Appendix B, ${algorithm} at ${unixTime}`;
    equal(name, () => createTotp(options).generate({ now }), expected);
    equal(`${name}, verified`, () => createTotp(options).verify(expected, { after: null, now, window: 0 }), {
      ok: true,
      timeStep: Math.floor(unixTime / period),
      drift: 0,
    });
    if (algorithm === 'SHA1')
      equal(`${name}, SHA-1 entry`, () => sha1Entry.createTotp(options).generate({ now }), expected);
  }
  const totp = createTotp({ secret: SECRET });
  equal('the system clock is the default', () => totp.verify(totp.generate(), { after: null }).ok, true);
  equal(
    'seconds remaining',
    () => [0, 1, 999, 1000, 29_999].map((now) => totp.secondsRemaining(now)),
    [30, 30, 30, 29, 1],
  );
  const now = 1_700_000_000_000;
  const pair = [-81, -80].map((steps) => totp.generate({ now: now + at(steps) }));
  equal('a clock 40 minutes slow is found', () => totp.resynchronize(pair, { after: null, now }), {
    ok: true,
    timeStep: totp.timeStep(now) - 80,
    drift: -80,
  });
}

function declareCollisions({ equal }: Checks): void {
  const totp = createTotp({ secret: SECRET });
  const collisions = [
    [910_737, '911617'],
    [1_300_575, '761737'],
    [1_390_529, '360233'],
  ] as const;
  for (const [step, code] of collisions) {
    const name = `defect 1, time steps ${step} and ${step + 1}`;
    equal(`${name}: both give ${code}`, () => [step, step + 1].map((each) => totp.generate({ now: at(each) })), [
      code,
      code,
    ]);
    for (const now of [at(step), at(step + 1), at(step + 2) - 1]) {
      equal(`${name}: the newest is reported at ${now}`, () => totp.verify(code, { after: null, now }), {
        ok: true,
        timeStep: step + 1,
        drift: step + 1 - totp.timeStep(now),
      });
      equal(`${name}: no replay at ${now}`, () => totp.verify(code, { after: step + 1, now }), {
        ok: false,
        reason: 'replayed',
        drift: step + 1 - totp.timeStep(now),
        usableAt: at(totp.timeStep(now) + 1),
      });
    }
  }
  const now = at(1_000_000);
  equal(
    'defect 2: a last used step ahead of the window is a result',
    () => totp.verify(totp.generate({ now }), { after: 2_000_000, now }),
    { ok: false, reason: 'replayed', drift: 0, usableAt: at(2_000_001) },
  );
  const hotp = createHotp({ secret: SECRET });
  equal('defect 8: the earlier of two equal codes', () => hotp.verify('911617', { counter: 910_730, lookAhead: 20 }), {
    ok: true,
    counter: 910_737,
    nextCounter: 910_738,
  });
  equal('defect 8: no older counter', () => hotp.verify('755224', { counter: 1, lookAhead: 100 }), mismatch);
}

function declareCounters({ equal, throws }: Checks): void {
  const hotp = createHotp({ secret: SECRET });
  const beyond = [
    [2 ** 31, '197202'],
    [2 ** 32, '999456'],
    [2 ** 40, '445672'],
    [2 ** 53 - 1, '891307'],
    [LAST, '094451'],
  ] as const;
  for (const [counter, code] of beyond) {
    equal(`defect 3: counter ${counter}`, () => hotp.generate(counter), code);
    equal(`defect 3: counter ${counter} as a bigint`, () => hotp.generate(BigInt(counter)), code);
  }
  for (const counter of [-1, 1.5, Number.NaN, 2 ** 64, 2n ** 64n, -1n, '5', null]) {
    const name = `defect 3: counter ${typeof counter} ${counter}`;
    throws(name, () => hotp.generate(counter as number), 'invalid-counter');
    throws(`${name}, to verify`, () => hotp.verify('755224', { counter: counter as number }), 'invalid-counter');
  }
  equal('defect 3: the last counter ends the token', () => hotp.verify('094451', { counter: LAST, lookAhead: 100 }), {
    ok: true,
    counter: LAST,
    nextCounter: null,
  });
  equal(
    'defect 3: a look-ahead never wraps',
    () => hotp.verify('755224', { counter: LAST - 1n, lookAhead: 100 }),
    mismatch,
  );
  const totp = createTotp({ secret: SECRET });
  equal('defect 3: a window never wraps', () => totp.verify('094451', { after: null, now: 0, window: 10 }), mismatch);
  equal('defect 3: a window at step 0', () => totp.verify('755224', { after: null, now: 0, window: 10 }), {
    ok: true,
    timeStep: 0,
    drift: 0,
  });
}

/** The forms that remember: what is written back is the whole story of a phone and of a token. */
function declareStates({ equal, throws }: Checks): void {
  const totp = createTotp({ secret: SECRET });
  const now = 1_700_000_000_000;
  for (const minutes of [40, -40]) {
    const name = `a phone ${Math.abs(minutes)} minutes ${minutes > 0 ? 'fast' : 'slow'}`;
    const phone = (instant: number): string => totp.generate({ now: instant + minutes * 60_000 });
    const found = () => resynchronizeTotp(newTotpState(), [phone(now - 30_000), phone(now)], { totp, now });
    const after = totp.timeStep(now) + 2 * minutes;
    equal(`${name} is found`, found, {
      ok: true,
      timeStep: after,
      drift: 2 * minutes,
      state: { v: 1, after, drift: 2 * minutes },
    });
    const later = now + 30_000;
    equal(`${name} goes on`, () => verifyTotp(found().state, phone(later), { totp, now: later }).state, {
      v: 1,
      after: after + 1,
      drift: 2 * minutes,
    });
    const corrected = (): unknown => verifyTotp(found().state, totp.generate({ now: later }), { totp, now: later });
    const state = { v: 1, after, drift: 2 * minutes };
    equal(
      `${name} is corrected`,
      corrected,
      minutes > 0
        ? { ok: false, reason: 'replayed', guess: false, drift: 0, usableAt: at(after + 1), state }
        : { ok: true, timeStep: after + 81, drift: 0, state: { v: 1, after: after + 81, drift: 0 } },
    );
  }
  const hotp = createHotp({ secret: SECRET });
  equal('a token', () => verifyHotp(newHotpState(), hotp.generate(2), { hotp, lookAhead: 3 }).state, {
    v: 1,
    counter: 3,
  });
  equal(
    'a token that ran ahead',
    () => resynchronizeHotp(newHotpState(), [hotp.generate(90), hotp.generate(91)], { hotp }).state,
    { v: 1, counter: 92 },
  );
  equal('a token at its end', () => verifyHotp(newHotpState(LAST), '094451', { hotp }).state, { v: 1, counter: null });
  for (const state of [null, {}, { v: 2, after: null, drift: 0 }, { v: 1, after: '5', drift: 0 }]) {
    throws(
      `a foreign state: ${JSON.stringify(state)}`,
      () => verifyTotp(state as never, '000000', { totp }),
      'invalid-state',
    );
    throws(
      `and of a token: ${JSON.stringify(state)}`,
      () => verifyHotp(state as never, '000000', { hotp }),
      'invalid-state',
    );
  }
}

/** RFC 4226 §5.3 by the runtime's own HMAC, for keys, counters and lengths that no vector has. */
function declareRuntimeHmac({ equal }: Checks): void {
  const hashes = [
    ['SHA1', 'SHA-1'],
    ['SHA256', 'SHA-256'],
    ['SHA512', 'SHA-512'],
  ] as const;
  for (const [algorithm, hash] of hashes) {
    equal(`600 codes of ${algorithm} are those of the runtime's own HMAC`, async () => {
      const differences: unknown[] = [];
      for (let round = 0; round < 60; round++) {
        const secret = Uint8Array.from({ length: 16 + 3 * round }, (_, index) => (round * 31 + index * 7 + 1) & 0xff);
        const key = await crypto.subtle.importKey('raw', secret, { name: 'HMAC', hash }, false, ['sign']);
        for (let place = 0; place < 10; place++) {
          const counter = (BigInt(round) * 0x0123_4567_89ab_cdefn + BigInt(place) * 0x1_0000_0001n) % (LAST + 1n);
          const message = new DataView(new ArrayBuffer(8));
          message.setBigUint64(0, counter);
          const hmac = new DataView(await crypto.subtle.sign('HMAC', key, message));
          const truncated = hmac.getUint32(hmac.getUint8(hmac.byteLength - 1) & 15) & 0x7fff_ffff;
          const digits = 6 + (place % 5);
          const wanted = String(truncated % 10 ** digits).padStart(digits, '0');
          const code = createHotp({ secret, algorithm, digits }).generate(counter);
          if (code !== wanted) differences.push({ secret, counter, digits, code, wanted });
        }
      }
      return differences;
    }, []);
  }
  equal('defect 4: leading zeros over 3,000 counters', () => {
    const lengths = new Set<string>();
    for (const digits of [6, 8, 10]) {
      const key = createHotp({ secret: SECRET, digits });
      for (let counter = 0; counter < 3000; counter++) lengths.add(`${digits} as ${key.generate(counter).length}`);
    }
    return [...lengths];
  }, ['6 as 6', '8 as 8', '10 as 10']);
}
