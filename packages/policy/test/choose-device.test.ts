import { describe, expect, it } from 'vitest';
import {
  type ChooseRequest,
  chooseDevice,
  type Device,
  decidePosture,
  definePolicy,
  newAttemptState,
  newOptOutState,
  type PolicyDocument,
} from '../src/index.ts';
import { createAddressLists } from '../src/network.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy } from '../src/presets.ts';
import { choosing, codes, DAY, device, inState, NOW, PHONE, PHONES } from './helpers.ts';

const choose = (action: string, devices: readonly Device[], more: Partial<ChooseRequest> = {}) =>
  chooseDevice(brokerPolicy, choosing(action, devices, { posture: PHONES, ...more }));
const why = (action: string, one: Device, more: Partial<ChooseRequest> = {}, policy = brokerPolicy) =>
  chooseDevice(policy, choosing(action, [one], { posture: PHONES, ...more })).others[0]?.reasons.map(
    ({ code }) => code,
  ) ?? [];

const judgeBy = (policy: PolicyDocument, report: unknown) => codes(decidePosture(definePolicy(policy), report));

describe('order', () => {
  it('regular before stopgaps, stronger before weaker, the one used last first', () => {
    const devices = [
      device('online-card', { activatedAt: NOW - DAY }),
      device('totp', { lastUsedAt: NOW - 2000 }),
      device('phone-app', { lastUsedAt: NOW - 1000 }),
      device('sms'),
      device('pin-token'),
      device('gold', { id: 'b' }),
      device('platinum', { id: 'a' }),
    ];
    const order = ['a', 'b', 'pin-token', 'phone-app', 'totp', 'sms', 'online-card'];
    expect(choose('login', devices).usable.map(({ device: id }) => id)).toEqual(order);
    expect(choose('login', [...devices].reverse()).usable.map(({ device: id }) => id)).toEqual(order);
  });

  it('tells how, the preferred way first', () => {
    expect(choose('login', [device('phone-app')]).usable).toEqual([
      { device: 'phone-app', kind: 'phone-app', level: 30, methods: ['push-approval', 'challenge-response'] },
    ]);
    const manual = device('phone-app', { methodsOff: ['push-approval'] });
    expect(choose('login', [manual]).usable[0]?.methods).toEqual(['challenge-response']);
    expect(why('login', device('sms', { methodsOff: ['sms', 'voice'] }))).toEqual(['methods-off']);
  });
});

describe('why not', () => {
  it.each(['pending', 'awaiting-activation', 'suspended', 'locked', 'lost', 'expired', 'retired'] as const)(
    '%s',
    (state) => {
      expect(why('login', inState('totp', state))).toEqual(['device-not-active']);
    },
  );

  it('not active in truth', () => {
    expect(why('login', device('totp', { activatedAt: null }))).toEqual(['device-not-active']);
    expect(why('login', device('totp', { state: 'ready' as never }))).toEqual(['device-not-active']);
  });

  it('kinds, levels, actions', () => {
    expect(why('login', device('telepathy'))).toEqual(['unknown-kind']);
    expect(why('login', device('__proto__'))).toEqual(['unknown-kind']);
    expect(why('file-delivery', device('totp'))).toEqual(['kind-not-for-action']);
    expect(why('login', device('key-file', {}), { client: undefined })).toEqual([
      'kind-not-for-action',
      'address-missing',
    ]);
    expect(why('payment', device('totp'), {}, psd2Policy)).toEqual(['level-too-low']);
    const choice = chooseDevice(psd2Policy, choosing('payment', [device('totp')]));
    expect(choice.others[0]?.reasons[0]?.values).toMatchObject({ device: 'totp', kind: 'totp', level: 30, needed: 40 });
    expect(choice.reasons).toEqual([{ code: 'no-usable-device', values: { level: 40 } }]);
  });

  it('a printed card is no possession element in the EU; the telephone network is restricted', () => {
    expect(why('view-account', device('security-card'), {}, psd2Policy)).toEqual([
      'level-too-low',
      'no-possession-element',
    ]);
    expect(why('view-account', device('sms'), {}, psd2Policy)).toEqual([]);
    expect(why('payment', device('sms'), {}, psd2Policy)).toContain('restricted-kind');
    expect(why('change-security-settings', device('out-of-band'), {}, nistAal2Policy)).toContain('restricted-kind');
  });

  it('temporary access: two days in full, ten more to print the online card', () => {
    const code = (age: number) => device('temporary-code', { activatedAt: NOW - age });
    expect(why('login', code(2 * DAY - 1))).toEqual([]);
    expect(why('withdrawal', code(2 * DAY - 1))).toEqual([]);
    expect(why('login', code(2 * DAY))).toEqual(['phase-not-for-action']);
    expect(why('print-online-card', code(2 * DAY))).toEqual([]);
    expect(why('print-online-card', code(12 * DAY - 1))).toEqual([]);
    expect(why('print-online-card', code(12 * DAY))).toEqual(['device-expired']);
    expect(why('login', device('online-card', { activatedAt: NOW - 21 * DAY + 1 }))).toEqual([]);
    expect(why('login', device('online-card', { activatedAt: NOW - 21 * DAY }))).toEqual(['device-expired']);
    expect(why('print-online-card', device('online-card', { activatedAt: NOW }))).toEqual(['kind-not-for-action']);
  });

  it('failed tries', () => {
    const failed = { failures: 1, blockedUntil: NOW + 1, lock: 'none' } as const;
    const waiting = { ...newAttemptState(), devices: { totp: failed } };
    expect(why('login', device('totp'), { attempts: waiting })).toEqual(['waiting']);
    expect(why('login', device('sms'), { attempts: waiting })).toEqual([]);
    const locked = { ...newAttemptState(), account: { ...failed, lock: 'permanent' } as const };
    const { others } = choose('login', [device('sms')], { attempts: locked });
    expect(others[0]?.reasons).toEqual([
      { code: 'locked', values: { device: 'sms', kind: 'sms', scope: 'account', retryAt: null } },
    ]);
  });

  it('attempts and opting out that are damaged or from the future deny, also where no device is needed', () => {
    const later = NOW + 5001;
    for (const [more, code] of [
      [{ attempts: undefined }, 'invalid-state'],
      [{ attempts: {} }, 'invalid-state'],
      [{ optOut: undefined }, 'invalid-state'],
      [{ attempts: { ...newAttemptState(), latest: later } }, 'clock-went-backwards'],
      [{ optOut: { v: 1, status: 'in', changedAt: later } }, 'clock-went-backwards'],
    ] as const) {
      for (const devices of [[], [device('totp')]]) {
        expect(codes(choose('trade-restricted-product', devices, more as never))).toEqual([code]);
        expect(codes(choose('login', devices, more as never))).toEqual([code]);
      }
    }
    const within = { attempts: { ...newAttemptState(), latest: later - 1 }, optOut: newOptOutState() };
    expect(choose('trade-restricted-product', [], within).allowed).toBe(true);
  });

  it('the phone', () => {
    expect(why('login', device('phone-app'), { posture: undefined })).toEqual(['posture-missing']);
    expect(why('login', device('phone-app'), { posture: { other: PHONE } })).toEqual(['posture-missing']);
    expect(why('login', device('phone-app'), { posture: { 'phone-app': { ...PHONE, rooted: true } } })).toEqual([
      'rooted',
    ]);
  });

  it('the client’s address', () => {
    const lists = createAddressLists({ 'file-delivery': ['192.0.2.0/24'] });
    const from = (address: unknown) => why('file-delivery', device('key-file'), { client: { address, lists } });
    expect(from('192.0.2.1')).toEqual([]);
    expect(from('198.51.100.1')).toEqual(['address-not-listed']);
    for (const client of [null, {}, { address: '192.0.2.1', lists: null }]) {
      expect(why('file-delivery', device('key-file'), { client: client as never })).toEqual(['address-missing']);
    }
    expect(from(undefined)).toEqual(['address-malformed']);
  });
});

describe('opting out', () => {
  const out = { v: 1, status: 'out', changedAt: NOW } as const;
  it('waives what is not required for trading, and closes restricted products', () => {
    expect(choose('login', []).allowed).toBe(false);
    expect(choose('login', [], { optOut: out })).toMatchObject({ allowed: true, needsDevice: false });
    expect(choose('change-settings', [], { optOut: out }).allowed).toBe(false);
    expect(codes(choose('trade-restricted-product', [], { optOut: out }))).toEqual(['denied-by-opt-out']);
    expect(choose('trade-restricted-product', [], { optOut: { ...out, status: 'in' } }).allowed).toBe(true);
  });
});

describe('failing closed', () => {
  it('what is wrong in the request denies everything', () => {
    for (const now of [Number.NaN, -1, undefined, '0', Number.POSITIVE_INFINITY]) {
      expect(codes(choose('login', [device('totp')], { now: now as number }))).toEqual(['invalid-time']);
    }
    for (const action of ['fly', 'constructor', '', undefined, null, 7]) {
      expect(codes(choose(action as string, [device('totp')]))).toEqual(['unknown-action']);
    }
    for (const optOut of [
      undefined,
      {},
      { v: 1, status: 'maybe', changedAt: null },
      { v: 2, status: 'in', changedAt: null },
      { v: 1, status: 'out', changedAt: 'x' },
    ]) {
      expect(codes(choose('login', [device('totp')], { optOut: optOut as never }))).toEqual(['invalid-state']);
    }
    const good = device('totp');
    const damaged = [
      null,
      7,
      { ...good, v: 2 },
      { ...good, id: 1 },
      { ...good, kind: null },
      { ...good, state: undefined },
      { ...good, issuedAt: undefined },
      { ...good, activatedAt: Number.NaN },
      { ...good, lastUsedAt: 'x' },
      { ...good, methodsOff: undefined },
      { ...good, noticesGiven: 1 },
      { ...good, history: null },
    ];
    for (const one of damaged) expect(codes(choose('login', [one as never]))).toEqual(['invalid-state']);
    expect(codes(choose('login', [good, good]))).toEqual(['invalid-state']);
    expect(codes(choose('login', undefined as never))).toEqual(['invalid-state']);
  });

  it('a device from the future means that the clock went backwards', () => {
    expect(codes(choose('login', [device('totp', { activatedAt: NOW + 5001 })]))).toEqual(['clock-went-backwards']);
    expect(choose('login', [device('totp', { activatedAt: NOW + 5000 })]).allowed).toBe(true);
  });
});

describe('posture', () => {
  const judge = (report: unknown) => codes(decidePosture(brokerPolicy, report));
  it('iOS 13 or Android 7 at least', () => {
    expect(judge({ ...PHONE, systemVersion: '13' })).toEqual([]);
    expect(judge({ ...PHONE, systemVersion: '12.5.7' })).toEqual(['system-too-old']);
    expect(judge({ ...PHONE, platform: 'android', systemVersion: '7.0' })).toEqual([]);
    expect(judge({ ...PHONE, platform: 'android', systemVersion: '6.9.9' })).toEqual(['system-too-old']);
    expect(judge({ ...PHONE, platform: 'android', systemVersion: '10' })).toEqual([]);
    expect(judge({ ...PHONE, platform: 'windows' })).toEqual(['platform-not-supported']);
  });

  it('compares versions by number', () => {
    const policy = JSON.parse(JSON.stringify(brokerPolicy));
    policy.posture.platforms.ios.minimumVersion = '13.9.2';
    const at = (systemVersion: string) => judgeBy(policy, { ...PHONE, systemVersion });
    expect(at('13.10')).toEqual([]);
    expect(at('13.9')).toEqual(['system-too-old']);
    expect(at('13.9.2')).toEqual([]);
    expect(at('13.9.2.1')).toEqual([]);
  });

  it('rooted, jailbroken or without a lock is refused; a missing field denies', () => {
    expect(judge({ ...PHONE, rooted: true, screenLock: false })).toEqual(['rooted', 'no-screen-lock']);
    expect(judge({})).toEqual(['platform-not-supported', 'rooted', 'no-screen-lock']);
    expect(judge({ platform: 'ios' })).toEqual(['system-too-old', 'rooted', 'no-screen-lock']);
    for (const version of ['', 'x', '13.', '-1', 13, null, '1e9', '9'.repeat(400)])
      expect(judge({ ...PHONE, systemVersion: version })).toEqual(['system-too-old']);
    for (const report of [null, undefined, 'ios', [], 1]) expect(judge(report)).toEqual(['posture-missing']);
    expect(judge({ ...PHONE, platform: 'constructor' })).toEqual(['platform-not-supported']);
  });

  it('asks only what the policy asks', () => {
    const lax = JSON.parse(JSON.stringify(brokerPolicy));
    Object.assign(lax.posture, { refuseRooted: false, requireScreenLock: false });
    expect(judgeBy(lax, { ...PHONE, rooted: true, screenLock: false })).toEqual([]);
  });
});
