// The findings of the first review of this package, each as the sequence in which it was seen. P7, P8 and P10 are in
// define-policy.test.ts and explain.test.ts; the same rules over random sequences are in authority.test.ts.
import { describe, expect, it } from 'vitest';
import {
  admitAttempt,
  advanceDevices,
  bindDevice,
  type DevicesState,
  decideAction,
  definePolicy,
  moveDevice,
  newAttemptState,
  newDevicesState,
  newLedger,
  newOptOutState,
  noteUse,
  optOut,
  type Policy,
  recoverySteps,
  reverseBooking,
  shareDevice,
  unlockAttempts,
} from '../src/index.ts';
import { nistAal2Policy, psd2Policy } from '../src/presets.ts';
import {
  bind,
  broker,
  codes,
  DAY,
  granted,
  HOUR,
  lockForGood,
  move,
  NOW,
  owner,
  PASSWORD,
  SOUND_PHONES,
  SUPPORT,
  SYSTEM,
  session,
  withdraw,
} from './support.ts';

const COOL_DOWN = 72 * HOUR;

/** Binds and activates in one. */
function take(devices: DevicesState, kind: string, by: Parameters<typeof bind>[2], now = NOW): DevicesState {
  const bound = granted(bind(devices, kind, by, { now }));
  return granted(move(bound.devices, `new-${kind}`, 'activate', by, { proven: true, now })).devices;
}

describe('P1: a password or a weak device does not reach what the strong one guards', () => {
  const start = owner(broker, ['pin-token', 'security-card']);
  const card = session('security-card');

  it.each(['report-lost', 'suspend'] as const)('%s by the password, then binding with the card', (event) => {
    const lost = granted(move(start, 'pin-token', event, PASSWORD));
    expect(lost.notices[0]).toMatchObject({ opensAt: NOW + COOL_DOWN, cancelBy: ['pin-token'], to: ['user'] });
    expect(codes(bind(lost.devices, 'totp', card, { now: NOW + COOL_DOWN - 1 }))).toEqual(['session-too-weak']);
    expect(bind(lost.devices, 'totp', card, { now: NOW + COOL_DOWN }).allowed).toBe(true);
  });

  it('retire and replaces need a session as strong as the old device', () => {
    expect(codes(move(start, 'pin-token', 'retire', card))).toEqual(['session-too-weak']);
    expect(codes(move(start, 'pin-token', 'retire', PASSWORD))).toEqual(['session-too-weak']);
    const replacing = bind(start, 'sms', card, { replaces: 'pin-token' });
    expect(codes(replacing)).toContain('session-too-weak');
    expect(move(start, 'pin-token', 'retire', session('pin-token')).allowed).toBe(true);
    expect(move(start, 'pin-token', 'retire', SUPPORT).allowed).toBe(true);
  });

  it('psd2 with a swapped SIM: no phone by SMS, however long one waits', () => {
    const devices = owner(psd2Policy, ['phone-app', 'sms']);
    const policy: Policy = psd2Policy;
    const lost = granted(moveIn(policy, devices, 'phone-app', 'report-lost'));
    for (const now of [NOW, NOW + COOL_DOWN + DAY]) {
      const bound = bindIn(policy, lost.devices, 'phone-app', session('sms'), now);
      expect(codes(bound)).toContain('level-too-low');
    }
  });

  it('what a card binds after the cool-down withdraws no more than a card for another one', () => {
    const lost = granted(move(start, 'pin-token', 'report-lost', PASSWORD));
    const opens = NOW + COOL_DOWN;
    const devices = take(lost.devices, 'totp', card, opens);
    expect(withdraw(200_000, 'new-totp', devices, { now: opens }).allowed).toBe(true);
    const early = withdraw(200_001, 'new-totp', devices, { now: opens + COOL_DOWN - 1 });
    expect(early.reasons[0]).toMatchObject({ rule: 'actions.withdrawal.limits.perKind.security-card.perDay' });
    expect(withdraw(1_000_000, 'new-totp', devices, { now: opens + COOL_DOWN }).allowed).toBe(true);
  });

  it('the owner comes back by a proof, and the same session cannot report it again', () => {
    const lost = granted(move(start, 'pin-token', 'report-lost', PASSWORD)).devices;
    const back = granted(move(lost, 'pin-token', 'restore', session('pin-token'), { proven: true, now: NOW + HOUR }));
    expect(back.devices.list[0]).toMatchObject({ state: 'active', left: null, shieldedUntil: NOW + HOUR + COOL_DOWN });
    const again = { now: NOW + HOUR + COOL_DOWN - 1 };
    expect(codes(move(back.devices, 'pin-token', 'report-lost', PASSWORD, again))).toEqual(['cool-down']);
    expect(move(back.devices, 'pin-token', 'report-lost', SUPPORT, again).allowed).toBe(true);
    expect(move(back.devices, 'pin-token', 'report-lost', session('pin-token'), again).allowed).toBe(true);
    const later = { now: NOW + HOUR + COOL_DOWN };
    expect(move(back.devices, 'pin-token', 'report-lost', PASSWORD, later).allowed).toBe(true);
  });

  it('a locked device guards without end, and for one cool-down after its lock', () => {
    const lost = granted(move(start, 'pin-token', 'report-lost', PASSWORD)).devices;
    const forever = lockForGood(broker, 'pin-token', NOW);
    expect(codes(bind(lost, 'totp', card, { now: NOW + 365 * DAY, attempts: forever }))).toContain('session-too-weak');
    const until = NOW + DAY;
    const locked = { ...newAttemptState(), lockedUntil: until };
    expect(bind(lost, 'totp', card, { now: until + COOL_DOWN - 1, attempts: locked }).allowed).toBe(false);
    expect(bind(lost, 'totp', card, { now: until + COOL_DOWN, attempts: locked }).allowed).toBe(true);
  });

  it('lost everything: what support confirmed does not guard against the temporary code that goes with it', () => {
    const lost = granted(move(start, 'pin-token', 'report-lost', SUPPORT)).devices;
    const confirms = ['pin-token', 'security-card'];
    const issued = granted(bind(lost, 'temporary-code', SUPPORT, { confirms }));
    const { devices } = granted(move(issued.devices, 'new-temporary-code', 'activate', SUPPORT));
    expect(bind(devices, 'totp', session('new-temporary-code')).allowed).toBe(true);
    expect(codes(bind(devices, 'totp', card))).toEqual(['session-too-weak']);
    const online = take(devices, 'online-card', session('new-temporary-code'));
    expect(bind(online, 'totp', session('new-online-card')).allowed).toBe(true);
  });

  it('a password alone binds nothing once any device was active, however long ago', () => {
    const gone = granted(move(owner(broker, ['totp']), 'totp', 'retire', SUPPORT)).devices;
    expect(codes(bind(gone, 'sms', PASSWORD, { now: NOW + 365 * DAY }))).toEqual(['session-too-weak']);
  });
});

function moveIn(policy: Policy, devices: DevicesState, device: string, event: 'report-lost') {
  return moveDevice(policy, { devices, device, event, by: PASSWORD, attempts: null, now: NOW });
}

function bindIn(policy: Policy, devices: DevicesState, kind: string, by: Parameters<typeof bind>[2], now = NOW) {
  return bindDevice(policy, { devices, id: 'new', kind, by, attempts: null, now, posture: SOUND_PHONES });
}

describe('P2: a session is what its device may do, not a number', () => {
  it('a temporary code in its print-only phase binds no authenticator and opts out of nothing', () => {
    const devices = owner(broker, ['temporary-code']);
    const by = session('temporary-code');
    expect(codes(bind(devices, 'totp', by))).toContain('phase-not-for-action');
    const request = { optOut: newOptOutState(), devices, attempts: null, by, now: NOW };
    expect(codes(optOut(broker, request))).toContain('phase-not-for-action');
    expect(bind(devices, 'online-card', by).allowed).toBe(true);
  });

  it('a key file binds nothing', () => {
    const client = { address: '192.0.2.1', lists: { match: () => 'listed' as const } };
    const bound = bind(owner(broker, ['key-file']), 'totp', session('key-file'), { client });
    expect(codes(bound)).toContain('kind-not-for-action');
  });

  it('nistAal2: SMS binds no phone', () => {
    const devices = owner(nistAal2Policy, ['out-of-band']);
    const bound = bindIn(nistAal2Policy, devices, 'phone-app', session('out-of-band'));
    expect(codes(bound)).toEqual(expect.arrayContaining(['level-too-low', 'restricted-kind']));
  });

  it('an online card does not print its own successor', () => {
    const devices = owner(broker, ['online-card']);
    expect(codes(bind(devices, 'online-card', session('online-card')))).toContain('kind-not-for-action');
  });
});

describe('P3: locks hold for actions without a device', () => {
  it('an account that is locked for good withdraws nothing, and does not log in when opted out', () => {
    const devices = owner(broker, ['totp']);
    let attempts = lockForGood(broker, 'a', NOW);
    for (const device of ['b', 'c', 'd']) attempts = { ...attempts, ...guessed(attempts, device) };
    expect(attempts.account.lock).toBe('permanent');
    const now = NOW + 30 * DAY;
    expect(codes(withdraw(50_000, null, devices, { attempts, now }))).toEqual(['locked']);
    const out = { v: 1, status: 'out', changedAt: NOW } as const;
    expect(codes(withdraw(50_000, null, devices, { attempts, now, optOut: out }))).toEqual(['locked']);
  });
});

function guessed(state: ReturnType<typeof newAttemptState>, device: string) {
  let next = state;
  for (let at = NOW; ; ) {
    const admission = admitAttempt(broker, next, { device, now: at });
    if (admission.ok) next = admission.record('guess').next;
    else if (admission.retryAt === null) return next;
    else at = admission.retryAt;
  }
}

describe('P4: sharing does not go round the lifecycle', () => {
  const identity = { entity: 'e-1', identity: {} };
  const lend = (owners: DevicesState, mine: DevicesState, by: Parameters<typeof bind>[2], now = NOW) =>
    shareDevice(broker, {
      devices: mine,
      attempts: null,
      by,
      now,
      id: 'shared',
      requester: { ...identity, user: 'anna' },
      owner: {
        ...identity,
        user: 'bert',
        devices: owners,
        attempts: null,
        by: session('pin-token'),
        device: 'pin-token',
      },
    });

  it('a token that its owner reported lost is not lent, and does not work where it was lent', () => {
    const owners = owner(broker, ['pin-token']);
    const lost = granted(move(owners, 'pin-token', 'report-lost', PASSWORD)).devices;
    expect(codes(lend(lost, newDevicesState(), PASSWORD))).toContain('device-not-active');
    const shared = granted(lend(owners, newDevicesState(), PASSWORD)).devices;
    const active = (state: DevicesState) =>
      move(shared, 'shared', 'activate', PASSWORD, {
        proven: true,
        owners: { bert: { devices: state, attempts: null } },
      });
    expect(codes(active(lost))).toContain('owner-not-usable');
    const { devices } = granted(active(owners));
    const use = (state: DevicesState) =>
      withdraw(50_000_000, 'shared', devices, { owners: { bert: { devices: state, attempts: null } } });
    expect(use(owners).allowed).toBe(true);
    expect(codes(use(lost))).toContain('owner-not-usable');
    expect(codes(withdraw(50_000_000, 'shared', devices))).toContain('owner-not-usable');
  });

  it('the requester needs a session as for binding any device', () => {
    const owners = owner(broker, ['pin-token']);
    const lent = lend(owners, owner(broker, ['totp']), PASSWORD);
    expect(codes(lent)).toContain('session-too-weak');
  });

  it('ending a sharing revives no more than the session could bind', () => {
    const owners = owner(broker, ['pin-token']);
    const lenders = { owners: { bert: { devices: owners, attempts: null } } };
    const mine = owner(broker, ['security-card', 'totp']);
    const shared = granted(lend(owners, mine, session('totp'))).devices;
    const { devices } = granted(move(shared, 'shared', 'activate', PASSWORD, { proven: true, ...lenders }));
    expect(devices.list.map(({ state }) => state)).toEqual(['suspended', 'suspended', 'active']);
    expect(codes(move(devices, 'shared', 'retire', PASSWORD, lenders))).toEqual(['session-too-weak']);
    const ended = granted(move(devices, 'shared', 'retire', session('shared'), lenders));
    expect(ended.devices.list.map(({ state }) => state)).toEqual(['active', 'active', 'retired']);
    const byOwner = granted(move(devices, 'shared', 'retire', SYSTEM));
    expect(byOwner.devices.list.map(({ state }) => state)).toEqual(['suspended', 'suspended', 'retired']);
  });

  it('a temporary code counts as temporary as soon as it was issued', () => {
    const owners = owner(broker, ['pin-token']);
    const issued = granted(bind(newDevicesState(), 'temporary-code', SUPPORT)).devices;
    expect(codes(lend(owners, issued, PASSWORD))).toContain('temporary-device');
  });
});

describe('P5', () => {
  it('a posted token that was lost on its way is not activated by reactivating it', () => {
    const posted = granted(bind(owner(broker, ['totp']), 'pin-token', SUPPORT)).devices;
    const lost = granted(move(posted, 'new-pin-token', 'report-lost', PASSWORD)).devices;
    const back = granted(move(lost, 'new-pin-token', 'restore', session('new-pin-token'), { proven: true }));
    expect(back.devices.list[1]!.state).toBe('awaiting');
  });

  it('the equity rule is not avoided by suspending the phone', () => {
    const start = owner(broker, ['phone-app']);
    const suspended = granted(move(start, 'phone-app', 'suspend', session('phone-app'))).devices;
    expect(codes(bind(suspended, 'pin-token', SUPPORT, { equity: 0 }))).toEqual(['equity-too-low']);
  });

  it('support activates no device that nobody proved, but for a code that it reads out', () => {
    const bound = granted(bind(newDevicesState(), 'totp', SUPPORT)).devices;
    expect(codes(move(bound, 'new-totp', 'activate', SUPPORT))).toEqual(['not-proven']);
    const code = granted(bind(newDevicesState(), 'temporary-code', SUPPORT)).devices;
    expect(move(code, 'new-temporary-code', 'activate', SUPPORT).allowed).toBe(true);
  });

  it('a server a year ahead blocks nobody for a year, and support can unlock', () => {
    const year = NOW + 365 * DAY;
    const admission = admitAttempt(broker, newAttemptState(), { device: 'totp', now: year });
    if (!admission.ok) throw new Error(admission.reason);
    const ahead = admission.record('guess').next;
    const next = admitAttempt(broker, ahead, { device: 'totp', now: NOW });
    expect(next.ok && next.record('guess').next.account.failures).toBe(2);
    const devices = owner(broker, ['totp']);
    const late = noteUse(broker, devices, { device: 'totp', now: year });
    expect(withdraw(1, 'totp', late, { attempts: ahead }).allowed).toBe(true);
    const request = { attempts: ahead, devices: late, device: null, by: SUPPORT, now: NOW };
    expect(unlockAttempts(broker, request).attempts.account.failures).toBe(0);
  });

  it('within the tolerance a state from the future waits as long as it says, and no longer', () => {
    const ahead = NOW + 5000;
    const admission = admitAttempt(broker, newAttemptState(), { device: 'totp', now: ahead });
    if (!admission.ok) throw new Error(admission.reason);
    const { next } = admission.record('guess');
    expect(admitAttempt(broker, next, { device: 'totp', now: NOW })).toMatchObject({
      reason: 'waiting',
      retryAt: ahead + 1000,
    });
    expect(admitAttempt(broker, next, { device: 'totp', now: NOW - 1 }).ok).toBe(true);
  });

  it('a guard that a clock ahead began lasts one cool-down from the next change on', () => {
    const start = owner(broker, ['pin-token', 'security-card']);
    const lost = granted(move(start, 'pin-token', 'report-lost', PASSWORD, { now: NOW + 365 * DAY })).devices;
    const { devices, changed } = advanceDevices(broker, { devices: lost, attempts: null, now: NOW });
    expect(changed).toBe(true);
    const by = session('security-card');
    expect(bind(devices, 'totp', by, { now: NOW + COOL_DOWN - 1 }).allowed).toBe(false);
    expect(bind(devices, 'totp', by, { now: NOW + COOL_DOWN }).allowed).toBe(true);
  });

  it('recovery does not send a user who is locked for good to the device', () => {
    const devices = owner(broker, ['totp']);
    const steps = recoverySteps(broker, { devices, attempts: lockForGood(broker, 'totp', NOW), now: NOW + 30 * DAY });
    expect(steps[0]).toBe('ask-support-to-unlock');
  });

  it('a retired token that was held once does not bar unlocking', () => {
    const retired = granted(
      move(owner(broker, ['pin-token', 'totp']), 'pin-token', 'retire', session('pin-token')),
    ).devices;
    const request = { attempts: newAttemptState(), devices: retired, device: null, by: session('totp'), now: NOW };
    expect(unlockAttempts(broker, request).allowed).toBe(true);
  });
});

describe('P6', () => {
  it('definePolicy reads the document once', () => {
    let reads = 0;
    const document = {
      ...JSON.parse(JSON.stringify(broker)),
      get clockTolerance() {
        return reads++ === 0 ? 5 : 1e12;
      },
    };
    expect(definePolicy(document).clockTolerance).toBe(5);
    expect(reads).toBe(1);
  });

  it('a request of null is a CountersignError', () => {
    const refused = expect.objectContaining({ name: 'CountersignError', code: 'invalid-argument' });
    expect(() => withdrawNull()).toThrow(refused);
    expect(() => unlockAttempts(broker, null as never)).toThrow(refused);
  });
});

function withdrawNull() {
  return decideAction(broker, null as never);
}

describe('P9: what the engine needs', () => {
  it('a denied amount cannot be booked, and a booking is reversed once', () => {
    const devices = owner(broker, ['totp']);
    const denied = withdraw(2_000_000, 'totp', devices, { reference: 'a' });
    expect(denied.booking).toBe(null);
    const allowed = withdraw(400_000, 'totp', devices, { reference: 'a' });
    const ledger = allowed.booking!.next;
    expect(allowed.booking!.reveal(false)).toEqual({ ok: false, reason: 'not-written' });
    expect(allowed.booking!.reveal(true)).toEqual({ ok: true, reference: 'a' });
    expect(codes(withdraw(1, 'totp', devices, { ledger, reference: 'a' }))).toEqual(['duplicate-reference']);
    expect(withdraw(1, 'totp', devices, { ledger }).available).toBe(60_000_000);
    const reversed = reverseBooking(broker, { ledger, reference: 'a', by: SYSTEM, now: NOW });
    expect(withdraw(1, 'totp', devices, { ledger: reversed.ledger }).available).toBe(100_000_000);
    expect(codes(reverseBooking(broker, { ledger: reversed.ledger, reference: 'a', by: SYSTEM, now: NOW }))).toEqual([
      'already-reversed',
    ]);
    expect(codes(reverseBooking(broker, { ledger: newLedger(broker), reference: 'a', by: SYSTEM, now: NOW }))).toEqual([
      'unknown-reference',
    ]);
  });

  it('1,000 enrolments by the password do not make the state grow', () => {
    let devices = newDevicesState();
    for (let index = 0; index < 1000; index++) {
      const bound = bind(devices, 'totp', PASSWORD, { id: `random-id-${index}`, now: NOW + index * HOUR });
      devices = bound.devices;
    }
    expect(JSON.stringify(devices).length).toBeLessThan(4000);
  });
});
