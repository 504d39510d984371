import { createHmac } from 'node:crypto';
import { encodeFields } from '@countersign/primitives/encode-fields';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  issueActivationCode,
  issueDeliveredCode,
  issueTemporaryCode,
  resendDeliveredCode,
  verifyActivationCode,
  verifyDeliveredCode,
  verifyTemporaryCode,
} from '../../src/codes.ts';
import { granted } from './granted.ts';

const NOW = 1_800_000_000_000;
const serverKey = new Uint8Array(32).fill(7);
const about = { serverKey, account: 'ada' };
const toPhone = { ...about, purpose: 'login', destination: '+41791234567' };

type Issued = { ok: boolean; state: object | null };
type Verified = { ok: boolean; state: object | null; reason?: string; guess?: boolean };

/** Each kind of code through one harness; a new kind is one line more. */
const kinds: {
  name: string;
  issue: (options: object) => Issued & { expiresAt?: number };
  verify: (state: never, answer: unknown, options?: object) => Verified;
  right: (issued: never) => unknown;
  maxLifetime: number;
}[] = [
  {
    name: 'activation',
    issue: (more) => issueActivationCode({ state: null, ...about, lifetime: 600, now: NOW, ...more }),
    verify: (state, answer, more) => verifyActivationCode(state, answer, { ...about, now: NOW, ...more }),
    right: ({ id, code }: { id: string; code: string }) => ({ id, code }),
    maxLifetime: 600,
  },
  {
    name: 'delivered',
    issue: (more) => issueDeliveredCode({ state: null, ...toPhone, lifetime: 600, now: NOW, ...more }),
    verify: (state, answer, more) => verifyDeliveredCode(state, answer, { ...toPhone, now: NOW, ...more }),
    right: ({ code }: { code: string }) => code,
    maxLifetime: 600,
  },
  {
    name: 'temporary',
    issue: (more) => issueTemporaryCode({ state: null, ...about, lifetime: 600, now: NOW, ...more }),
    verify: (state, answer, more) => verifyTemporaryCode(state, answer, { ...about, now: NOW, ...more }),
    right: ({ code }: { code: string }) => code,
    maxLifetime: 31 * 86_400,
  },
];

const throwing = (code: string) => expect.objectContaining({ name: 'CountersignError', code });

describe.each(kinds)('$name codes', ({ name, issue, verify, right, maxLifetime }) => {
  const fresh = (more = {}) => granted(issue(more) as { ok: true; expiresAt: number; state: never });
  /** A well-formed answer that is not the right one. */
  const guess = (issued: { state: object }): unknown => {
    for (;;) {
      const other = right(fresh() as never);
      const answer = name === 'activation' ? { ...(other as object), id: (issued.state as { id: string }).id } : other;
      if (JSON.stringify(answer) !== JSON.stringify(right(issued as never))) return answer;
    }
  };

  test('C9 the state: a fresh copy of plain JSON, with one order of its members whatever happened', () => {
    const issued = fresh();
    const keys = JSON.stringify(Object.keys(issued.state));
    const before = JSON.stringify(issued.state);
    const shuffled = Object.fromEntries(Object.entries(issued.state).reverse()) as never;
    const results = [
      verify(issued.state, right(issued as never)),
      verify(issued.state, guess(issued)),
      verify(issued.state, null),
      verify(issued.state, right(issued as never), { now: NOW + 1e10 }),
      verify(issued.state, right(issued as never), { account: 'eve' }),
      verify(shuffled, null),
      issue({ state: shuffled }),
      issue({ state: shuffled, limits: [{ count: 1, period: 60 }] }),
    ];
    for (const { state } of results) {
      expect(state).not.toBe(issued.state);
      expect(JSON.stringify(Object.keys(state!))).toBe(keys);
      expect(JSON.parse(JSON.stringify(state))).toEqual(state);
      expect((state as { issued: unknown }).issued).not.toBe((issued.state as { issued: unknown }).issued);
    }
    expect(JSON.stringify(issued.state)).toBe(before);
    const frozen = JSON.parse(before, (_, value) => Object.freeze(value)) as never;
    expect(verify(frozen, right(issued as never)).ok).toBe(true);
  });

  test('C9 refusals say whether they are guesses: a wrong code in time is, and nothing else', () => {
    const issued = fresh();
    const answer = right(issued as never);
    const first = verify(issued.state, answer);
    expect(verify(issued.state, guess(issued))).toMatchObject({ reason: 'mismatch', guess: true });
    for (const refusal of [
      verify(issued.state, null),
      verify(issued.state, answer, { now: NOW + 600_000 }),
      verify(issued.state, guess(issued), { now: NOW + 600_000 }),
      verify(issued.state, answer, { account: 'eve' }),
      verify(issued.state, guess(issued), { account: 'eve' }),
      ...(name === 'temporary'
        ? []
        : [verify(first.state as never, answer), verify(first.state as never, guess(issued))]),
    ]) {
      expect(refusal).toMatchObject({ ok: false, guess: false });
    }
  });

  test('instants are floored to whole milliseconds', () => {
    const issued = fresh({ now: NOW + 0.9 });
    expect(issued.expiresAt).toBe(NOW + 600_000);
    expect(issued.state).toMatchObject({ expiresAt: NOW + 600_000, issued: [NOW] });
    expect(verify(issued.state, right(issued as never), { now: NOW + 599_999.9 }).ok).toBe(true);
    expect(verify(issued.state, right(issued as never), { now: NOW + 600_000 })).toMatchObject({ reason: 'expired' });
  });

  test("C9 another account's state: a result when verifying, an error when issuing", () => {
    const { state } = fresh();
    expect(() => issue({ state, account: 'eve' })).toThrow(throwing('invalid-state'));
    expect(verify(state, right(fresh() as never), { account: 'eve' })).toMatchObject({ reason: 'other-account' });
  });

  test('the limit on issuing is exact, by the millisecond', () => {
    const limits = [{ count: 2, period: 60 }];
    const one = fresh({ limits });
    const two = fresh({ limits, state: one.state, now: NOW + 10_000 });
    const refused = { ok: false, reason: 'issued-too-often', retryAt: NOW + 60_000, state: two.state };
    expect(issue({ limits, state: two.state, now: NOW + 59_999 })).toEqual(refused);
    expect(issue({ limits, state: two.state, now: NOW + 60_000 })).toMatchObject({ ok: true });
    const stricter = [...limits, { count: 1, period: 100 }];
    const loose = [
      { count: 9, period: 1 },
      { count: 9, period: 100 },
    ];
    // Whatever the order: the latest retryAt, and every instant that one of the limits still needs.
    for (const order of [(list: object[]) => list, (list: object[]) => [...list].reverse()]) {
      expect(issue({ limits: order(stricter), state: two.state, now: NOW + 59_999 })).toEqual({
        ...refused,
        retryAt: NOW + 110_000,
      });
      expect(fresh({ limits: order(loose), state: two.state, now: NOW + 20_000 }).state).toMatchObject({
        issued: [NOW, NOW + 10_000, NOW + 20_000],
      });
    }
  });

  test.each([null, undefined, 5, 'text'])('C4 %s instead of options is an error of ours', (missing) => {
    const { state } = fresh();
    const run: (() => unknown)[] = {
      activation: [
        () => issueActivationCode(missing as never),
        () => verifyActivationCode(state, 'x', missing as never),
        () => verifyActivationCode(null, 'x', missing as never),
      ],
      delivered: [
        () => issueDeliveredCode(missing as never),
        () => resendDeliveredCode(missing as never),
        () => verifyDeliveredCode(state, 'x', missing as never),
        () => verifyDeliveredCode(null, 'x', missing as never),
      ],
      temporary: [
        () => issueTemporaryCode(missing as never),
        () => verifyTemporaryCode(state, 'x', missing as never),
        () => verifyTemporaryCode(null, 'x', missing as never),
      ],
    }[name]!;
    for (const call of run) expect(call).toThrow(throwing('invalid-argument'));
  });

  test("the programmer's mistakes", () => {
    const { state } = fresh();
    const cases: [object, string][] = [
      [{ serverKey: new Uint8Array(15) }, 'invalid-secret'],
      [{ serverKey: 'text of more than sixteen' }, 'invalid-secret'],
      [{ account: '' }, 'invalid-argument'],
      [{ account: '\udc00' }, 'invalid-argument'],
      [{ account: 'x'.repeat(257) }, 'invalid-argument'],
      [{ account: null }, 'invalid-argument'],
      [{ now: Number.NaN }, 'invalid-time'],
      [{ now: -1 }, 'invalid-time'],
      [{ now: null }, 'invalid-time'],
      [{ now: '1' }, 'invalid-time'],
    ];
    const issuing: [object, string][] = [
      [{ now: 8.64e15 }, 'invalid-time'],
      [{ lifetime: undefined }, 'invalid-argument'],
      [{ lifetime: 0 }, 'invalid-argument'],
      [{ lifetime: 1.5 }, 'invalid-argument'],
      [{ lifetime: maxLifetime + 1 }, 'invalid-argument'],
      [{ tries: 0 }, 'invalid-argument'],
      [{ tries: 11 }, 'invalid-argument'],
      [{ limits: null }, 'invalid-argument'],
      [{ limits: [] }, 'invalid-argument'],
      [{ limits: new Array(3) }, 'invalid-argument'],
      [{ limits: new Array(5).fill({ count: 1, period: 1 }) }, 'invalid-argument'],
      [{ limits: [{ count: 0, period: 1 }] }, 'invalid-argument'],
      [{ limits: [{ count: 101, period: 1 }] }, 'invalid-argument'],
      [{ limits: [{ count: 1, period: 0 }] }, 'invalid-argument'],
      [{ limits: [{ count: 1, period: 2_678_401 }] }, 'invalid-argument'],
      [{ random: 5 }, 'invalid-random'],
      [{ random: () => new Uint8Array(3) }, 'invalid-random'],
      [{ state: undefined }, 'invalid-state'],
    ];
    for (const [change, code] of [...cases, ...issuing]) {
      expect(() => issue(change), JSON.stringify(change)).toThrow(throwing(code));
    }
    for (const [change, code] of cases) {
      expect(() => verify(state, 'x', change), JSON.stringify(change)).toThrow(throwing(code));
    }
  });

  test('a state that is not ours', () => {
    const { state } = fresh();
    const members = Object.keys(state);
    const wrongs: unknown[] = [undefined, 5, 'text', [], {}, new Map(), Object.create(state)];
    for (const member of members) {
      const { [member]: _, ...less } = state as Record<string, unknown>;
      wrongs.push(less);
      for (const value of [undefined, -1, 1.5, Number.NaN, '', {}, [null], 'x'.repeat(300), '\ud800', 1e16]) {
        wrongs.push({ ...(state as object), [member]: value });
      }
    }
    wrongs.push({ ...(state as object), more: 1 });
    wrongs.push({ ...(state as object), issued: new Array(3) });
    wrongs.push({ ...(state as object), issued: new Array(101).fill(NOW) });
    for (const wrong of wrongs) {
      expect(() => verify(wrong as never, 'x'), JSON.stringify(wrong)).toThrow(throwing('invalid-state'));
      expect(() => issue({ state: wrong }), JSON.stringify(wrong)).toThrow(throwing('invalid-state'));
    }
    fc.assert(
      fc.property(fc.anything(), (wrong) => {
        if (wrong === null) return;
        expect(() => verify(wrong as never, 'x')).toThrow(throwing('invalid-state'));
      }),
    );
  });

  test('a state of another kind is not ours', () => {
    for (const other of kinds) {
      if (other.name === name) continue;
      expect(() => verify(granted(other.issue({}) as { ok: true; state: never }).state, 'x')).toThrow(
        throwing('invalid-state'),
      );
    }
  });
});

test('C10 one mechanism, but a tag of one kind is none of another: each has a domain of its own', () => {
  const expected = (domain: string, { salt }: { salt: string }, ...bound: string[]) =>
    createHmac('sha256', serverKey)
      .update(encodeFields(`countersign/${domain}/v1`, [salt, 'ada', ...bound]))
      .digest('hex');
  const activation = granted(issueActivationCode({ state: null, ...about, lifetime: 60 }));
  const temporary = granted(issueTemporaryCode({ state: null, ...about, lifetime: 60 }));
  const delivered = granted(issueDeliveredCode({ state: null, ...toPhone, lifetime: 60 }));
  const bare = (code: string) => code.replaceAll('-', '');
  expect(activation.state.tag).toBe(
    expected('activation-code', activation.state, activation.id, bare(activation.code)),
  );
  expect(temporary.state.tag).toBe(expected('temporary-code', temporary.state, bare(temporary.code)));
  expect(delivered.state.tag).toBe(
    expected('delivered-code', delivered.state, 'login', '+41791234567', delivered.code),
  );
});

test('the options of one kind alone', () => {
  const temporary = { state: null, ...about, lifetime: 60 };
  for (const uses of [0, 1.5, 1_000_001, '1']) {
    expect(() => issueTemporaryCode({ ...temporary, uses: uses as number })).toThrow(throwing('invalid-argument'));
  }
  const delivered = { state: null, ...toPhone, lifetime: 60 };
  const { state } = granted(issueDeliveredCode(delivered));
  const cases: [() => unknown, string][] = [
    [() => issueDeliveredCode({ ...delivered, purpose: '' }), 'invalid-argument'],
    [() => issueDeliveredCode({ ...delivered, destination: null as never }), 'invalid-argument'],
    [() => issueDeliveredCode({ ...delivered, channel: 'email' as never }), 'invalid-argument'],
    [() => issueDeliveredCode({ ...delivered, digits: 5 }), 'invalid-digits'],
    [() => issueDeliveredCode({ ...delivered, digits: 9 }), 'invalid-digits'],
    [() => resendDeliveredCode({ state, ...about, channel: 'email' as never }), 'invalid-argument'],
    [() => resendDeliveredCode({ state: null, ...about, channel: 'email' as never }), 'invalid-argument'],
    [() => resendDeliveredCode({ state: null, ...about, limits: [] }), 'invalid-argument'],
    [() => resendDeliveredCode({ state, ...about, account: 'eve' }), 'invalid-state'],
    [() => resendDeliveredCode({ state: {} as never, ...about }), 'invalid-state'],
    [() => resendDeliveredCode({ state, ...about, serverKey: null as never }), 'invalid-secret'],
    [() => resendDeliveredCode({ state, ...about, now: '' as never }), 'invalid-time'],
    [() => verifyDeliveredCode(state, '000000', { ...toPhone, purpose: '' }), 'invalid-argument'],
    [() => verifyDeliveredCode(null, '000000', { ...toPhone, destination: '' }), 'invalid-argument'],
  ];
  for (const [run, code] of cases) expect(run).toThrow(throwing(code));
});
