// Ways in that were tried against the sources by hand. Each of these tests once failed.
import { describe, expect, it } from 'vitest';
import {
  type AttemptState,
  admitAttempt,
  advanceDevices,
  bindDevice,
  type Device,
  type DevicesState,
  decideAction,
  definePolicy,
  moveDevice,
  newAttemptState,
  newDevicesState,
  newLedger,
  newOptOutState,
  optOut,
  type Policy,
  setMethods,
  shareDevice,
  unlockAttempts,
} from '../src/index.ts';
import {
  bind,
  broker,
  calendar,
  codes,
  DAY,
  granted,
  HOUR,
  move,
  NOW,
  owner,
  PASSWORD,
  SUPPORT,
  SYSTEM,
  session,
  usd,
  withdraw,
} from './support.ts';

const CARD = session('security-card');
const find = (devices: DevicesState, id: string): Device => devices.list.find((device) => device.id === id)!;

type Draft = {
  kinds: Record<string, object>;
  actions: Record<
    string,
    { level: number; kinds?: string[]; limits?: { pool: string; perKind: Record<string, object> } }
  >;
  attempts: object;
};

/** The broker's policy, changed and defined anew. */
function brokerWith(change: (draft: Draft) => void): Policy {
  const draft = JSON.parse(JSON.stringify(broker)) as Draft;
  change(draft);
  return definePolicy(draft as unknown) as Policy;
}

describe('ending, locking out and hiding what the owner has', () => {
  it('a weak session that binds an exclusive kind leaves what support has posted', () => {
    let devices = owner(broker, ['security-card']);
    devices = granted(bind(devices, 'pin-token', SUPPORT, { id: 'posted' })).devices;
    devices = granted(bind(devices, 'pin-token', CARD, { id: 'mine' })).devices;
    expect(find(devices, 'posted').state).toBe('awaiting');
    // Before there was any device, the password does not end it either, by whatever way.
    const first = granted(bind(newDevicesState(), 'pin-token', SUPPORT, { id: 'posted' })).devices;
    expect(find(granted(bind(first, 'pin-token', PASSWORD)).devices, 'posted').state).toBe('awaiting');
    expect(codes(bind(first, 'totp', PASSWORD, { replaces: 'posted' }))).toEqual(['session-too-weak']);
    // Support itself does.
    const again = granted(bind(devices, 'pin-token', SUPPORT, { id: 'again' })).devices;
    expect(again.list.filter(({ state }) => state === 'awaiting').map(({ id }) => id)).toEqual(['again']);
  });

  it('a device that leaves for another is ended by a session as strong as it only', () => {
    const policy = brokerWith(({ kinds }) => {
      kinds['tan-sms'] = { level: 50, methods: ['sms'], leaves: true, actions: ['identity-check'] };
    });
    const devices = owner(policy, ['sms', 'tan-sms']);
    const request = { devices, attempts: null, by: session('sms'), now: NOW };
    expect(codes(bindDevice(policy, { ...request, id: 'mine', kind: 'totp' }))).toEqual(['session-too-weak']);
    const bySupport = granted(bindDevice(policy, { ...request, by: SUPPORT, id: 'mine', kind: 'totp' })).devices;
    const active = { ...request, devices: bySupport, device: 'mine', event: 'activate', proven: true } as const;
    expect(find(granted(moveDevice(policy, active)).devices, 'tan-sms').state).toBe('retired');
  });

  it('what was bound with a device that is not there any more is not activated', () => {
    const { devices } = granted(bind(owner(broker, ['totp']), 'recovery-code', session('totp'), { id: 'mine' }));
    const list = devices.list.filter(({ id }) => id !== 'totp');
    const alone = move({ ...devices, list }, 'mine', 'activate', PASSWORD, { proven: true });
    expect(alone.reasons).toMatchObject([{ code: 'device-not-active', device: 'totp', values: { state: null } }]);
  });

  it('the place of a device that was reported lost is kept while it guards', () => {
    let devices = owner(broker, ['security-card', 'key-file']);
    for (const id of ['two', 'three', 'four', 'five']) {
      devices = granted(bind(devices, 'key-file', SUPPORT, { id, now: NOW - 30 * DAY })).devices;
      devices = granted(move(devices, id, 'activate', SUPPORT, { proven: true, now: NOW - 30 * DAY })).devices;
    }
    for (const id of ['key-file', 'two']) devices = granted(move(devices, id, 'report-lost', PASSWORD)).devices;
    expect(codes(bind(devices, 'key-file', CARD, { id: 'mine' }))).toEqual(['too-many-devices']);
    const later = { now: NOW + 3 * DAY };
    expect(bind(devices, 'key-file', CARD, { id: 'mine', ...later }).allowed).toBe(true);
    for (const id of ['key-file', 'two']) {
      devices = granted(move(devices, id, 'restore', session(id), { proven: true })).devices;
    }
  });

  describe('a device that rests for a shared one', () => {
    const identity = { entity: 'e-1', identity: {} };
    const lender = owner(broker, ['pin-token']);
    const owners = { bert: { devices: lender, attempts: null } };

    function resting(kinds: readonly string[]): DevicesState {
      const devices = owner(broker, kinds);
      const by = session('totp');
      const theirs = { devices: lender, attempts: null, by: session('pin-token'), device: 'pin-token' };
      const request = { devices, attempts: null, by, id: 'shared', now: NOW - 20 * DAY };
      const shared = granted(
        shareDevice(broker, {
          ...request,
          requester: { user: 'anna', ...identity },
          owner: { user: 'bert', ...identity, ...theirs },
        }),
      ).devices;
      return granted(move(shared, 'shared', 'activate', by, { proven: true, owners, now: NOW - 20 * DAY })).devices;
    }

    it('comes back by its proof when somebody reported it lost', () => {
      let devices = resting(['totp']);
      expect(find(devices, 'totp').state).toBe('suspended');
      devices = granted(move(devices, 'totp', 'report-lost', PASSWORD)).devices;
      devices = granted(move(devices, 'totp', 'restore', session('totp'), { proven: true })).devices;
      expect(find(devices, 'totp').state).toBe('active');
    });

    it('goes on guarding, also when the sharing was ended by its owner', () => {
      let devices = resting(['totp', 'security-card']);
      devices = granted(move(devices, 'shared', 'retire', SYSTEM, { now: NOW - 10 * DAY })).devices;
      devices = granted(move(devices, 'security-card', 'restore', CARD, { proven: true })).devices;
      expect(codes(bind(devices, 'pin-token', CARD))).toEqual(['session-too-weak']);
      // Reported lost, it guards as long as every device.
      const lost = granted(move(devices, 'totp', 'report-lost', PASSWORD)).devices;
      expect(codes(bind(lost, 'pin-token', CARD, { now: NOW + 3 * DAY - 1 }))).toEqual(['session-too-weak']);
      expect(bind(lost, 'pin-token', CARD, { now: NOW + 3 * DAY }).allowed).toBe(true);
    });

    it('and what was bound with the shared one is not activated after the lender has lost it', () => {
      let devices = resting(['totp']);
      devices = granted(bind(devices, 'passkey', session('shared'), { id: 'mine', owners })).devices;
      const gone = granted(move(lender, 'pin-token', 'report-lost', SUPPORT)).devices;
      const activate = (theirs: DevicesState) =>
        move(devices, 'mine', 'activate', PASSWORD, {
          proven: true,
          owners: { bert: { devices: theirs, attempts: null } },
        });
      expect(codes(activate(gone))).toContain('owner-not-usable');
      expect(activate(lender).allowed).toBe(true);
    });
  });
});

describe('reaching more', () => {
  it('a session that may only print replaces nothing by what it prints', () => {
    const devices = owner(broker, ['security-card', 'temporary-code']);
    const request = { id: 'printed', replaces: 'security-card' };
    expect(codes(bind(devices, 'online-card', session('temporary-code'), request))).toContain('phase-not-for-action');
    expect(bind(devices, 'online-card', session('temporary-code'), { id: 'printed' }).allowed).toBe(true);
  });

  it('a kind that has left the policy still bounds what was bound with it', () => {
    let devices = owner(broker, ['security-card']);
    devices = granted(bind(devices, 'pin-token', CARD, { id: 'mine' })).devices;
    devices = granted(move(devices, 'mine', 'activate', PASSWORD, { proven: true })).devices;
    const policy = brokerWith(({ kinds, actions }) => {
      delete kinds['security-card'];
      const printing = actions['print-online-card']!.kinds!;
      printing.splice(printing.indexOf('security-card'), 1);
      delete actions.withdrawal!.limits!.perKind['security-card'];
    });
    const request = { action: 'withdrawal', device: 'mine', devices, attempts: null, optOut: null, now: NOW };
    const money = { amount: usd(10_000_000), ledger: newLedger(policy), calendar };
    const decision = decideAction(policy, { ...request, ...money });
    expect(codes(decision)).toEqual(['growing']);
  });

  it('a payment without limits by day does not wipe those of other days', () => {
    const policy = brokerWith(({ actions }) => {
      actions.tip = { level: 0, limits: { pool: 'tips', perKind: Object.fromEntries(kindsOf(broker)) } };
    });
    const devices = owner(policy, ['totp']);
    const request = { device: null, devices, attempts: null, optOut: null, calendar, amount: usd(1) };
    const all = { ...request, action: 'withdrawal', amount: usd(50_000), reference: 'all', now: NOW };
    let ledger = decideAction(policy, { ...all, ledger: newLedger(policy) }).booking!.next;
    for (let index = 0; index < 300; index++) {
      const tip = { ...request, action: 'tip', reference: `tip-${index}`, now: NOW + HOUR + index };
      ledger = decideAction(policy, { ...tip, ledger }).booking!.next;
    }
    const more = decideAction(policy, { ...request, action: 'withdrawal', ledger, now: NOW + HOUR });
    expect(codes(more)).toEqual(['over-daily-limit']);
    expect(JSON.stringify(ledger).length).toBeLessThan(2000);
  });

  it('without a calendar no days are kept', () => {
    const { calendar: _none, ...document } = JSON.parse(JSON.stringify(broker));
    document.actions.withdrawal.limits.perKind = Object.fromEntries(kindsOf(broker));
    document.optOut.limits = {};
    const policy = definePolicy(document) as Policy;
    let ledger = newLedger(policy);
    for (let index = 0; index < 300; index++) {
      const now = NOW + index;
      const request = { action: 'withdrawal', device: null, devices: newDevicesState(), attempts: null, optOut: null };
      const amount = { amount: usd(1), reference: `tip-${index}`, ledger, now };
      ledger = decideAction(policy, { ...request, ...amount }).booking!.next;
    }
    expect(ledger.days).toEqual([]);
    expect(ledger.bookings).toHaveLength(8);
  });
});

const kindsOf = (policy: Policy) => {
  const { perKind } = policy.actions.withdrawal!.limits!;
  return Object.keys(perKind).map((kind) => [kind, { perAction: 10_000 }]);
};

/** One judged try. */
function guess(state: AttemptState, device: string, now: number, verdict: 'guess' | 'success' = 'guess') {
  const admission = admitAttempt(broker, state, { device, now });
  return admission.ok ? admission.record(verdict).next : null;
}

describe('guessing', () => {
  it('a final device leaves no counter, whatever it was before', () => {
    let devices = owner(broker, ['pin-token']);
    devices = granted(bind(devices, 'totp', session('pin-token'))).devices;
    const attempts = guess(newAttemptState(), 'new-totp', NOW)!;
    const moved = granted(move(devices, 'new-totp', 'retire', session('pin-token'), { attempts, now: NOW + HOUR }));
    expect(moved.attempts!.devices).toEqual({});
  });

  it('failures under the shared counter are not forgotten when there is room again', () => {
    let state = newAttemptState();
    let now = NOW;
    const next = (device: string, verdict: 'guess' | 'success') => {
      now += 60 * DAY;
      const judged = guess(state, device, now, verdict);
      if (judged !== null) state = judged;
      return judged !== null;
    };
    for (let index = 0; index < 16; index++) {
      if (index % 4 === 0) next('own', 'success');
      next(`device-${index}`, 'guess');
    }
    next('own', 'success');
    let judged = 0;
    for (let index = 0; index < 60; index++) {
      if (next('victim', 'guess')) judged++;
      next('own', 'success');
      if (index >= 7) next(`device-${index - 7}`, 'success');
    }
    expect(judged).toBeLessThanOrEqual(10);
  });

  it('unlocking the account needs a session as strong as every device whose failures it forgets', () => {
    const policy = brokerWith(({ kinds }) => {
      kinds['tan-list'] = { level: 50, methods: ['grid-card'], actions: ['identity-check'] };
    });
    const devices = owner(policy, ['security-card', 'tan-list']);
    const attempts = guess(newAttemptState(), 'tan-list', NOW - DAY)!;
    const request = { devices, attempts, device: null, by: CARD, now: NOW };
    expect(codes(unlockAttempts(policy, request))).toEqual(['session-too-weak']);
    expect(unlockAttempts(policy, { ...request, by: SUPPORT }).attempts).toEqual(newAttemptState());
    expect(unlockAttempts(policy, { ...request, attempts: newAttemptState() }).allowed).toBe(true);
  });

  it('a guard outlasts every lock that kept its device from objecting', () => {
    let devices = owner(broker, ['pin-token', 'security-card', 'recovery-code']);
    devices = granted(move(devices, 'pin-token', 'report-lost', PASSWORD)).devices;
    let attempts = newAttemptState();
    let now = NOW;
    const both = ['security-card', 'recovery-code'];
    // The account is locked again and again, and opened by a success just when the lock ends.
    while (now < NOW + 3 * DAY) {
      for (const device of both) {
        for (let failures = 0; failures < 5; failures++) {
          attempts = guess(attempts, device, now)!;
          now += 40_000;
        }
      }
      expect(attempts.account.lock).toBe('temporary');
      expect(
        codes(move(devices, 'pin-token', 'restore', session('pin-token'), { proven: true, attempts, now })),
      ).toEqual(['locked']);
      now = attempts.account.until + 100_000;
      for (const device of both) attempts = guess(attempts, device, now, 'success')!;
    }
    expect(codes(bind(devices, 'passkey', CARD, { attempts, now }))).toEqual(['session-too-weak']);
    expect(bind(devices, 'passkey', CARD, { attempts, now: now + 3 * DAY }).allowed).toBe(true);
    // Unlocking forgets it; and so does a clock that is right again.
    const unlocked = unlockAttempts(broker, { devices, attempts, device: null, by: SUPPORT, now }).attempts;
    expect(bind(devices, 'passkey', CARD, { attempts: unlocked, now }).allowed).toBe(true);
    const ahead = { ...attempts, lockedUntil: now + 400 * DAY };
    expect(bind(devices, 'passkey', CARD, { attempts: ahead, now }).allowed).toBe(true);
  });

  it('a state with more lanes than the policy has keeps the newest, and the total of tries', () => {
    const lanes = [1, 2, 3, 4, 5].map((at) => ({
      id: `browser-${at}`,
      device: 'token',
      at: NOW - at * HOUR,
      counter: { failures: 2, at: NOW - DAY, until: 0, lock: 'none' as const },
    }));
    const policy = brokerWith((draft) => {
      draft.attempts = { ...broker.attempts, lanes: { maximum: 2, tries: 3 } };
    });
    const state: AttemptState = { ...newAttemptState(), lanes };
    const admit = (lane: string) => {
      const admission = admitAttempt(policy, state, { device: 'token', lane, now: NOW });
      return admission.ok ? admission.lane : 'refused';
    };
    expect(lanes.map(({ id }) => admit(id))).toEqual(['browser-1', 'browser-2', null, null, null]);
    const admission = admitAttempt(policy, state, { device: 'token', now: NOW });
    const { next } = (admission as Extract<typeof admission, { ok: true }>).record('guess');
    expect([next.lanes.length, next.account.failures]).toEqual([2, 7]);
  });

  it('a device that earns one lane after the other uses up its own', () => {
    let state = newAttemptState();
    const earn = (device: string, lane: string, now: number) => {
      const admission = admitAttempt(broker, state, { device, now });
      if (admission.ok) state = admission.record('success', { earn: lane }).next;
    };
    for (let index = 0; index < 5; index++) earn('token', `home-${index}`, NOW + index);
    for (let index = 0; index < 20; index++) earn('card', `thief-${index}`, NOW + 10 + index);
    expect(state.lanes.map(({ device }) => device)).toEqual(['token', 'token', 'token', 'token', 'card']);
  });
});

describe('clocks', () => {
  it('a clock that was ahead keeps nobody from opting out or binding when it is right again', () => {
    const devices = owner(broker, ['totp']);
    const request = { devices, attempts: null, by: session('totp'), now: NOW };
    const state = { ...newOptOutState(), changedAt: NOW + 365 * DAY };
    expect(optOut(broker, { ...request, optOut: state }).allowed).toBe(true);
    const busy = { ...devices, bindings: [1, 2, 3, 4, 5].map((day) => NOW + 300 * DAY + day) };
    const advanced = advanceDevices(broker, { devices: busy, attempts: null, now: NOW });
    const tomorrow = { devices: advanced.devices, now: NOW + DAY, id: 'mine', kind: 'recovery-code' };
    expect(bindDevice(broker, { ...request, ...tomorrow }).allowed).toBe(true);
  });
});

describe('hostile input', () => {
  it('gives an error of ours or a reason, and never a TypeError', () => {
    const devices = owner(broker, ['key-file', 'totp']);
    const request = { devices, attempts: null, by: session('totp'), now: NOW };
    const off = [Symbol('method')] as unknown as string[];
    expect(codes(setMethods(broker, { ...request, device: 'totp', off }))).toEqual(['unknown-method']);
    const account = { user: 'anna', primaryUser: Symbol('bert') as unknown as string };
    expect(codes(setMethods(broker, { ...request, account, device: 'totp', off: [] }))).toEqual(['only-primary-user']);
    const client = { address: '192.0.2.1', lists: {} as never };
    const action = { ...request, action: 'file-delivery', device: 'key-file', optOut: null, client } as const;
    expect(codes(decideAction(broker, action))).toEqual(['address-missing']);
    const list = new Array(1) as Device[];
    expect(() => withdraw(1, null, { ...devices, list })).toThrowError(
      expect.objectContaining({ code: 'invalid-state' }),
    );
  });

  it('an amount that changes while it is read is read once', () => {
    let reads = 0;
    const amount = {
      currency: 'USD',
      get minorUnits() {
        return reads++ === 0 ? 100 : -1_000_000;
      },
    };
    const decision = withdraw(1, null, newDevicesState(), { amount, reference: 'one' });
    expect(decision.booking!.next.days[0]!.sum).toBe(100);
  });
});
