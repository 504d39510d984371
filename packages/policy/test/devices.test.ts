import { describe, expect, it } from 'vitest';
import {
  advanceDevices,
  bindDevice,
  type Device,
  type DevicesState,
  decideAction,
  definePolicy,
  LIFECYCLE,
  lifetimesOf,
  moveDevice,
  newAttemptState,
  newDevicesState,
  noteUse,
  type Policy,
  recoverySteps,
  setMethods,
} from '../src/index.ts';
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
  PHONE,
  SOUND_PHONES,
  SUPPORT,
  SYSTEM,
  session,
  withdraw,
} from './support.ts';

const code = (value: string) => expect.objectContaining({ name: 'CountersignError', code: value });
const states = (devices: DevicesState): string[] => devices.list.map(({ id, state }) => `${id}: ${state}`);

describe('activation', () => {
  it('needs a proof, and makes the device active', () => {
    const bound = granted(bind(newDevicesState(), 'totp', PASSWORD));
    expect(bound.records).toMatchObject([
      { event: 'bind', device: 'new-totp', state: 'awaiting', by: PASSWORD, rule: null },
    ]);
    expect(bound.notices).toMatchObject([{ topic: 'bind', to: ['user'], opensAt: null }]);
    expect(codes(move(bound.devices, 'new-totp', 'activate', PASSWORD))).toEqual(['not-proven']);
    const active = granted(move(bound.devices, 'new-totp', 'activate', PASSWORD, { proven: true }));
    expect(active.devices).toMatchObject({
      everActive: true,
      regularAt: NOW,
      list: [{ state: 'active', growing: null }],
    });
  });

  it('comes too late after its lifetime, and is refused while the account is locked', () => {
    const bound = granted(bind(newDevicesState(), 'totp', PASSWORD)).devices;
    const proven = { proven: true };
    expect(codes(move(bound, 'new-totp', 'activate', PASSWORD, { ...proven, now: NOW + 600_000 }))).toEqual([
      'device-expired',
    ]);
    expect(move(bound, 'new-totp', 'activate', PASSWORD, { ...proven, now: NOW + 599_999 }).allowed).toBe(true);
    const attempts = lockForGood(broker, 'new-totp', NOW);
    expect(codes(move(bound, 'new-totp', 'activate', PASSWORD, { ...proven, attempts }))).toEqual(['locked']);
  });

  it('only the last QR code works', () => {
    const first = granted(bind(newDevicesState(), 'totp', PASSWORD, { id: 'a' })).devices;
    const second = granted(bind(first, 'totp', PASSWORD, { id: 'b' }));
    expect(states(second.devices)).toEqual(['a: retired', 'b: awaiting']);
    expect(second.records[0]).toMatchObject({ event: 'retire', by: SYSTEM, rule: 'kinds.totp.exclusive' });
  });

  it('the first device to be active ends everything else that the password was binding', () => {
    const one = granted(bind(newDevicesState(), 'totp', PASSWORD)).devices;
    const two = granted(bind(one, 'phone-app', PASSWORD)).devices;
    const active = granted(move(two, 'new-totp', 'activate', PASSWORD, { proven: true })).devices;
    expect(states(active)).toEqual(['new-totp: active', 'new-phone-app: retired']);
    const kept = { ...active, list: active.list.map((device) => ({ ...device, state: 'awaiting' as const })) };
    expect(codes(move(kept, 'new-phone-app', 'activate', PASSWORD, { proven: true }))).toEqual(['session-too-weak']);
  });

  it('a new one of an exclusive kind, or a replacement, retires the old; SMS leaves', () => {
    const start = owner(broker, ['sms', 'phone-app']);
    expect(states(start)).toEqual(['sms: retired', 'phone-app: active']);
    const bound = granted(bind(start, 'phone-app', session('phone-app'))).devices;
    const moved = granted(move(bound, 'new-phone-app', 'activate', PASSWORD, { proven: true }));
    expect(states(moved.devices)).toContain('new-phone-app: active');
    expect(moved.records.map(({ event, rule }) => [event, rule])).toEqual([
      ['activate', null],
      ['retire', 'kinds.phone-app.exclusive'],
    ]);
    const replacing = granted(bind(start, 'passkey', session('phone-app'), { replaces: 'phone-app' })).devices;
    const replaced = granted(move(replacing, 'new-passkey', 'activate', PASSWORD, { proven: true }));
    expect(replaced.devices.list.find(({ id }) => id === 'phone-app')?.state).toBe('retired');
    expect(codes(bind(start, 'sms', session('phone-app')))).toEqual(['leaves-for-other-device']);
  });

  it('what is being bound dies with the device that binds it', () => {
    const start = owner(broker, ['totp', 'security-card']);
    const bound = granted(bind(start, 'passkey', session('totp'))).devices;
    const lost = granted(move(bound, 'totp', 'suspend', PASSWORD));
    expect(states(lost.devices)).toEqual(['totp: suspended', 'security-card: active', 'new-passkey: retired']);
    const gone = {
      ...bound,
      list: bound.list.map((one) => (one.id === 'totp' ? { ...one, state: 'expired' as const } : one)),
    };
    expect(codes(move(gone, 'new-passkey', 'activate', PASSWORD, { proven: true }))).toEqual(['device-not-active']);
  });

  it('is judged once more: a stronger device came meanwhile', () => {
    const start = owner(broker, ['security-card']);
    const bound = granted(bind(start, 'passkey', session('security-card'))).devices;
    const stronger = granted(bind(bound, 'totp', SUPPORT)).devices;
    const active = granted(move(stronger, 'new-totp', 'activate', SUPPORT, { proven: true })).devices;
    expect(codes(move(active, 'new-passkey', 'activate', PASSWORD, { proven: true }))).toEqual(['session-too-weak']);
    const same = granted(bind(owner(broker, ['security-card']), 'totp', session('security-card'))).devices;
    const other = granted(bind(same, 'totp', SUPPORT, { id: 'theirs' }));
    expect(states(other.devices)).toContain('new-totp: retired');
  });

  it('a device that grows tells when it opens, and a stronger one can end it', () => {
    const start = owner(broker, ['security-card']);
    const bound = granted(bind(start, 'totp', session('security-card'))).devices;
    const active = granted(move(bound, 'new-totp', 'activate', PASSWORD, { proven: true }));
    expect(active.notices[0]).toMatchObject({
      topic: 'activate',
      opensAt: NOW + 72 * HOUR,
      cancelBy: ['security-card'],
    });
    expect(active.devices.list[1]!.growing).toEqual({
      level: 20,
      possession: false,
      restricted: false,
      kinds: ['security-card'],
      actions: null,
      until: NOW + 72 * HOUR,
    });
    expect(move(active.devices, 'new-totp', 'retire', session('security-card')).allowed).toBe(true);
  });

  it('without a cool-down nothing grows and nothing guards', () => {
    const policy = definePolicy({ ...broker, binding: { coolDown: 0 } });
    const bound = granted(bind(owner(broker, ['security-card']), 'totp', session('security-card'))).devices;
    const { devices } = granted(moveIn(policy, bound));
    expect(devices.list[1]!.growing).toBe(null);
    const lost = granted(
      move(owner(broker, ['pin-token', 'security-card']), 'pin-token', 'report-lost', PASSWORD),
    ).devices;
    const request = { devices: lost, attempts: null, id: 'n', kind: 'totp', by: session('security-card'), now: NOW };
    expect(bindDevice(policy, request).allowed).toBe(true);
  });
});

function moveIn(policy: Parameters<typeof advanceDevices>[0], devices: DevicesState) {
  return moveDevice(policy, {
    devices,
    device: 'new-totp',
    event: 'activate',
    by: PASSWORD,
    proven: true,
    attempts: null,
    now: NOW,
  });
}

describe('a posted token', () => {
  const ordered = granted(
    bind(owner(broker, ['phone-app']), 'pin-token', session('phone-app'), {
      ordered: true,
      equity: 50_000_000,
      replaces: 'phone-app',
    }),
  ).devices;

  it('waits to be issued, by support or the system', () => {
    expect(states(ordered)).toEqual(['phone-app: active', 'new-pin-token: pending']);
    expect(codes(move(ordered, 'new-pin-token', 'issue', PASSWORD))).toEqual(['actor-not-allowed']);
    expect(codes(move(ordered, 'new-pin-token', 'activate', PASSWORD, { proven: true }))).toEqual(['wrong-state']);
    expect(move(ordered, 'new-pin-token', 'issue', SYSTEM).devices.list[1]).toMatchObject({
      state: 'awaiting',
      issuedAt: NOW,
    });
  });

  it('activates by itself three weeks after shipping, announced twice, and replaces what was ordered', () => {
    let devices = move(ordered, 'new-pin-token', 'issue', SYSTEM).devices;
    const at = (now: number) => {
      const advanced = advanceDevices(broker, { devices, attempts: newAttemptState(), now });
      devices = advanced.devices;
      return [advanced.changed, ...advanced.notices.map(({ topic, opensAt }) => [topic, opensAt])];
    };
    const due = NOW + 21 * DAY;
    expect(at(NOW + 14 * DAY - 1)).toEqual([false]);
    expect(at(NOW + 14 * DAY)).toEqual([true, ['activation-near', due]]);
    expect(at(NOW + 15 * DAY)).toEqual([false]);
    expect(at(NOW + 19 * DAY)).toEqual([true, ['activation-imminent', due]]);
    expect(codes(move(devices, 'new-pin-token', 'activate', SYSTEM, { now: due - 1 }))).toEqual(['too-early']);
    expect(at(due)).toEqual([true, ['activate', due + 72 * HOUR], ['retire', null]]);
    expect(states(devices)).toEqual(['phone-app: retired', 'new-pin-token: active']);
  });

  it('does not, if its binder was lost in the meantime', () => {
    const shipped = move(ordered, 'new-pin-token', 'issue', SYSTEM).devices;
    const lost = granted(move(shipped, 'phone-app', 'report-lost', PASSWORD)).devices;
    expect(states(lost)).toEqual(['phone-app: lost', 'new-pin-token: retired']);
    const denied = {
      ...shipped,
      list: shipped.list.map((one) => (one.id === 'phone-app' ? { ...one, state: 'suspended' as const } : one)),
    };
    const { devices } = advanceDevices(broker, { devices: denied, attempts: null, now: NOW + 21 * DAY });
    expect(states(devices)).toEqual(['phone-app: suspended', 'new-pin-token: awaiting']);
  });

  it('a kind that does not activate by itself is not activated by the system', () => {
    const bound = granted(bind(newDevicesState(), 'totp', SUPPORT)).devices;
    expect(move(bound, 'new-totp', 'activate', SYSTEM).reasons).toMatchObject([
      { code: 'too-early', rule: 'lifecycle' },
    ]);
  });

  it('is offered beside another device from 500,000 USD of equity', () => {
    const start = owner(broker, ['phone-app']);
    expect(codes(bind(start, 'pin-token', SUPPORT, { equity: 49_999_999 }))).toEqual(['equity-too-low']);
    expect(codes(bind(start, 'pin-token', SUPPORT, { equity: undefined }))).toEqual(['equity-too-low']);
    expect(bind(start, 'pin-token', SUPPORT, { equity: 50_000_000 }).allowed).toBe(true);
    expect(bind(newDevicesState(), 'pin-token', SUPPORT, { equity: 0 }).allowed).toBe(true);
  });
});

describe('temporary devices', () => {
  const code1 = granted(bind(owner(broker, ['totp']), 'temporary-code', SUPPORT)).devices;
  const active = granted(move(code1, 'new-temporary-code', 'activate', SUPPORT)).devices;

  it('are bound by support only, and never two temporary codes in a row', () => {
    expect(codes(bind(owner(broker, ['totp']), 'temporary-code', session('totp')))).toEqual(['actor-not-allowed']);
    const later = { now: NOW + 13 * DAY };
    const expired = advanceDevices(broker, { devices: active, attempts: null, ...later }).devices;
    expect(states(expired)).toContain('new-temporary-code: expired');
    expect(codes(bind(expired, 'temporary-code', SUPPORT, { id: 'second', ...later }))).toEqual([
      'temporary-twice-in-a-row',
    ]);
    const used = noteUse(broker, expired, { device: 'totp', now: NOW + DAY });
    expect(bind(used, 'temporary-code', SUPPORT, { id: 'second', ...later }).allowed).toBe(true);
    const unused = noteUse(broker, expired, { device: 'new-temporary-code', now: NOW + DAY });
    expect(bind(unused, 'temporary-code', SUPPORT, { id: 'second', ...later }).allowed).toBe(false);
    const twice = granted(bind(used, 'temporary-code', SUPPORT, { id: 'second', ...later })).devices;
    const again = { ...twice, regularAt: null };
    expect(codes(move(again, 'second', 'activate', SUPPORT, later))).toEqual(['temporary-twice-in-a-row']);
  });

  it('expire by the clock, before anything has written it down', () => {
    expect(withdraw(1, 'new-temporary-code', active, { now: NOW + 2 * DAY - 1 }).allowed).toBe(true);
    expect(codes(withdraw(1, 'new-temporary-code', active, { now: NOW + 2 * DAY }))).toEqual(['phase-not-for-action']);
    expect(codes(withdraw(1, 'new-temporary-code', active, { now: NOW + 12 * DAY }))).toEqual(['device-expired']);
    expect(codes(move(active, 'new-temporary-code', 'expire', SYSTEM))).toEqual(['too-early']);
    const suspended = granted(move(active, 'new-temporary-code', 'suspend', PASSWORD)).devices;
    const late = { proven: true, now: NOW + 12 * DAY };
    expect(codes(move(suspended, 'new-temporary-code', 'restore', session('new-temporary-code'), late))).toContain(
      'device-expired',
    );
    const gone = advanceDevices(broker, { devices: suspended, attempts: null, now: NOW + 12 * DAY }).devices;
    expect(gone.list[1]).toMatchObject({ state: 'expired', left: { back: null } });
    expect(codes(move(newDevicesState(), 'x', 'expire', SYSTEM))).toEqual(['unknown-device']);
    expect(move(owner(broker, ['gold']), 'gold', 'expire', SYSTEM).reasons).toMatchObject([
      { code: 'too-early', rule: 'lifecycle' },
    ]);
  });

  it('a card printed with the code works at once, and the losses that support confirmed hold for it', () => {
    const issued = granted(
      bind(owner(broker, ['pin-token']), 'temporary-code', SUPPORT, { confirms: ['pin-token', 'pin-token'] }),
    ).devices;
    const started = granted(move(issued, 'new-temporary-code', 'activate', SUPPORT)).devices;
    const later = { now: NOW + 5 * DAY };
    const card = granted(bind(started, 'online-card', session('new-temporary-code'), later)).devices;
    const printed = granted(move(card, 'new-online-card', 'activate', PASSWORD, { proven: true, ...later })).devices;
    expect(printed.list[2]).toMatchObject({ confirms: ['pin-token'], growing: { actions: null } });
    expect(withdraw(200_000, 'new-online-card', printed, later).allowed).toBe(true);
  });

  it('confirms is for temporary codes from support, and names devices of the user', () => {
    const devices = owner(broker, ['pin-token']);
    expect(() => bind(devices, 'temporary-code', SUPPORT, { confirms: ['other'] })).toThrow(code('invalid-argument'));
    expect(() => bind(devices, 'temporary-code', SUPPORT, { confirms: 'pin-token' as never })).toThrow(
      code('invalid-argument'),
    );
    expect(() => bind(devices, 'totp', SUPPORT, { confirms: ['pin-token'] })).toThrow(code('invalid-argument'));
    expect(() => bind(devices, 'temporary-code', session('pin-token'), { confirms: ['pin-token'] })).toThrow(
      code('invalid-argument'),
    );
  });
});

describe('coming back', () => {
  const start = owner(broker, ['pin-token', 'totp']);
  const proven = { proven: true };

  it('what a session as strong did stays', () => {
    const lost = granted(move(start, 'totp', 'report-lost', session('pin-token'))).devices;
    expect(codes(move(lost, 'totp', 'restore', session('totp'), proven))).toEqual(['session-too-weak']);
    expect(move(lost, 'totp', 'restore', session('pin-token')).devices.list[1]).toMatchObject({
      state: 'active',
      left: null,
    });
    const bySupport = granted(move(start, 'totp', 'suspend', SUPPORT)).devices;
    expect(codes(move(bySupport, 'totp', 'restore', session('totp'), proven))).toEqual(['session-too-weak']);
    expect(move(bySupport, 'totp', 'restore', SUPPORT).allowed).toBe(true);
    expect(codes(move(bySupport, 'totp', 'restore', PASSWORD))).toEqual(['session-too-weak']);
  });

  it('what a weaker session did on top of that is undone, and no more', () => {
    const suspended = granted(move(start, 'totp', 'suspend', session('pin-token'))).devices;
    const lost = granted(move(suspended, 'totp', 'report-lost', PASSWORD)).devices;
    const back = granted(move(lost, 'totp', 'restore', session('totp'), proven)).devices;
    expect(back.list[1]).toMatchObject({ state: 'suspended', left: { by: 'equal', back: null } });
    expect(codes(move(back, 'totp', 'restore', session('totp'), proven))).toEqual(['session-too-weak']);
    const twice = granted(
      move(granted(move(start, 'totp', 'suspend', PASSWORD)).devices, 'totp', 'report-lost', PASSWORD),
    ).devices;
    expect(granted(move(twice, 'totp', 'restore', session('totp'), proven)).devices.list[1]!.state).toBe('active');
  });

  it('needs the proof, and is not judged while locked', () => {
    const lost = granted(move(start, 'totp', 'report-lost', PASSWORD)).devices;
    expect(codes(move(lost, 'totp', 'restore', session('totp')))).toEqual(['not-proven']);
    const attempts = lockForGood(broker, 'totp', NOW);
    expect(codes(move(lost, 'totp', 'restore', session('totp'), { ...proven, attempts }))).toEqual(['locked']);
    const waiting = {
      ...newAttemptState(),
      account: { failures: 1, at: NOW, until: NOW + 1000, lock: 'none' as const },
    };
    expect(codes(move(lost, 'totp', 'restore', session('totp'), { ...proven, attempts: waiting }))).toEqual([
      'waiting',
    ]);
  });

  it('there is no way back from the end', () => {
    const retired = granted(move(start, 'totp', 'retire', SUPPORT)).devices;
    for (const event of Object.keys(LIFECYCLE) as (keyof typeof LIFECYCLE)[]) {
      expect(codes(move(retired, 'totp', event, SUPPORT))).toContain('final-state');
    }
  });

  it('a session whose device cannot serve counts as none where that is enough', () => {
    const sick = { posture: {} };
    const phones = owner(broker, ['phone-app', 'security-card']);
    const lost = granted(move(phones, 'phone-app', 'report-lost', session('phone-app'), sick)).devices;
    expect(lost.list[0]!.left).toMatchObject({ by: 'weaker', back: 'active' });
    expect(codes(move(phones, 'phone-app', 'retire', session('phone-app'), sick))).toContain('posture-missing');
    expect(codes(move(phones, 'phone-app', 'retire', session('other')))).toContain('unknown-device');
  });
});

describe('what no rule allows', () => {
  it('waiting devices are ended by whoever is as strong as what binds them', () => {
    const bound = granted(bind(owner(broker, ['totp']), 'passkey', session('totp'))).devices;
    expect(codes(move(bound, 'new-passkey', 'retire', PASSWORD))).toEqual(['session-too-weak']);
    expect(move(bound, 'new-passkey', 'retire', session('totp')).allowed).toBe(true);
    const posted = granted(bind(owner(broker, ['totp']), 'pin-token', SUPPORT)).devices;
    expect(codes(move(posted, 'new-pin-token', 'retire', session('totp')))).toEqual(['session-too-weak']);
    const first = granted(bind(newDevicesState(), 'totp', PASSWORD)).devices;
    expect(move(first, 'new-totp', 'retire', PASSWORD).allowed).toBe(true);
  });

  it('the system binds nothing, and retires shared devices only', () => {
    expect(codes(bind(newDevicesState(), 'totp', SYSTEM))).toEqual(['actor-not-allowed']);
    expect(codes(move(owner(broker, ['totp']), 'totp', 'retire', SYSTEM))).toEqual(['actor-not-allowed']);
  });

  it('legacy kinds, unknown kinds, taken ids, too many', () => {
    const start = owner(broker, ['totp']);
    expect(codes(bind(start, 'gold', session('totp')))).toContain('legacy-kind');
    expect(codes(bind(start, 'telepathy', SUPPORT))).toEqual(['unknown-kind']);
    expect(codes(bind(start, 7 as never, SUPPORT))).toEqual(['unknown-kind']);
    expect(codes(bind(start, 'passkey', SUPPORT, { id: 'totp' }))).toEqual(['duplicate-device']);
    expect(codes(bind(start, 'passkey', SUPPORT, { replaces: 'nobody' }))).toEqual(['unknown-device']);
    expect(codes(bind(start, 'passkey', SUPPORT, { replaces: 7 as never }))).toEqual(['unknown-device']);
    let many = start;
    for (let index = 0; index < 5; index++)
      many = granted(bind(many, 'passkey', SUPPORT, { id: `p-${index}` })).devices;
    expect(codes(bind(many, 'passkey', SUPPORT, { id: 'p-6' }))).toEqual(['too-many-devices']);
    for (let index = 0; index < 2; index++)
      many = granted(bind(many, 'key-file', SUPPORT, { id: `k-${index}` })).devices;
    expect(bind(many, 'key-file', SUPPORT, { id: 'k-9' }).reasons).toMatchObject([
      { code: 'too-many-devices', rule: 'binding.maximumDevices' },
    ]);
  });

  it('five bindings a day by a user', () => {
    let devices = owner(broker, ['totp']);
    for (let index = 0; index < 5; index++)
      devices = granted(bind(devices, 'passkey', session('totp'), { id: `p-${index}` })).devices;
    expect(codes(bind(devices, 'recovery-code', session('totp')))).toEqual(['too-many-bindings']);
    expect(bind(devices, 'recovery-code', SUPPORT).allowed).toBe(true);
    expect(bind(devices, 'recovery-code', session('totp'), { now: NOW + DAY }).allowed).toBe(true);
  });

  it('only the primary user changes the security settings of an account', () => {
    const start = owner(broker, ['totp']);
    const account = { user: 'anna', primaryUser: 'bert' };
    expect(bind(start, 'passkey', session('totp'), { account }).reasons).toMatchObject([
      { code: 'only-primary-user', values: { primaryUser: 'bert' } },
    ]);
    expect(bind(start, 'passkey', session('totp'), { account: { user: 'bert', primaryUser: 'bert' } }).allowed).toBe(
      true,
    );
    expect(bind(start, 'passkey', SUPPORT, { account }).allowed).toBe(true);
  });

  it('what the programmer got wrong throws', () => {
    const start = owner(broker, ['totp']);
    for (const by of [
      null,
      undefined,
      {},
      { role: 'user' },
      { role: 'user', level: 50 },
      { role: 'support' },
      { role: 'king' },
    ]) {
      expect(() => bind(start, 'totp', by as never)).toThrow(code('invalid-argument'));
    }
    expect(() => bind(start, 'totp', SUPPORT, { id: '' })).toThrow(code('invalid-argument'));
    expect(() => move(start, 'totp', 'unlock' as never, SUPPORT)).toThrow(code('invalid-argument'));
    expect(() => move(start, '', 'retire', SUPPORT)).toThrow(code('invalid-argument'));
    expect(() => bind(start, 'totp', SUPPORT, { now: Number.NaN })).toThrow(code('invalid-time'));
  });
});

describe('states that are not ours', () => {
  const good = granted(bind(owner(broker, ['security-card']), 'totp', session('security-card'))).devices;
  const withDevice = (change: Partial<Record<keyof Device, unknown>>) => ({
    ...good,
    list: [{ ...good.list[0]!, ...change }],
  });
  it.each<[string, unknown]>([
    ['nothing', null],
    ['a list', good.list],
    ['another version', { ...good, v: 2 }],
    ['no flag', { ...good, everActive: 1 }],
    ['no list', { ...good, list: {} }],
    ['the same device twice', { ...good, list: [good.list[0], good.list[0]] }],
    ['bindings that are no instants', { ...good, bindings: ['now'] }],
    ['temporary devices at no instant', { ...good, temporaryAt: { x: Number.NaN } }],
    ['no id', withDevice({ id: '' })],
    ['no such state', withDevice({ state: 'locked' })],
    ['active without an activation', withDevice({ activatedAt: null })],
    ['no such binder', withDevice({ boundBy: 'king' })],
    ['a lease that is none', withDevice({ growing: { level: 1 } })],
    ['a growth that is text', withDevice({ growing: 'slow' })],
    ['a growth of no level', withDevice({ growing: { until: null, level: -1 } })],
    ['a growth of half', withDevice({ growing: { until: null, level: 1, possession: true } })],
    ['a growth of no kinds', withDevice({ growing: { until: null, level: 1, possession: true, restricted: false } })],
    ['a leave that is text', withDevice({ left: 'yesterday' })],
    ['a leave at no time', withDevice({ left: { at: -1 } })],
    ['a leave of no level', withDevice({ left: { at: NOW, by: 'weaker', level: 0.5, back: null } })],
    ['a leave that is none', withDevice({ left: { at: NOW, by: 'nobody', level: 1, back: null } })],
    ['a leave to nowhere', withDevice({ left: { at: NOW, by: 'weaker', level: 1, back: 'moon' } })],
    ['a sharing with nobody', withDevice({ sharedFrom: { user: '', device: 'x' } })],
    ['methods that are none', withDevice({ methodsOff: 'all' })],
  ])('%s', (_, devices) => {
    expect(() => move(devices as never, 'totp', 'retire', SUPPORT)).toThrow(code('invalid-state'));
  });

  it('a growth that is bound to some actions is one of ours', () => {
    const growing = {
      until: NOW + HOUR,
      level: 9,
      possession: true,
      restricted: false,
      kinds: ['sms'],
      actions: ['login'],
    };
    const devices = withDevice({ growing }) as DevicesState;
    expect(codes(move(devices, good.list[0]!.id, 'retire', SUPPORT))).toEqual([]);
    const broken = withDevice({ growing: { ...growing, actions: 'login' } });
    expect(() => move(broken as never, 'totp', 'retire', SUPPORT)).toThrow(code('invalid-state'));
  });

  it('JSON survives the round trip', () => {
    expect(move(JSON.parse(JSON.stringify(good)), 'new-totp', 'activate', PASSWORD, { proven: true }).allowed).toBe(
      true,
    );
  });
});

describe('methods', () => {
  const start = owner(broker, ['phone-app', 'security-card']);
  const set = (off: readonly string[], by: Parameters<typeof bind>[2], device = 'phone-app') =>
    setMethods(broker, { devices: start, attempts: null, now: NOW, posture: SOUND_PHONES, device, off, by });

  it('seamless login is switched off and on, by a session as strong', () => {
    const off = granted(set(['push-approval', 'push-approval'], session('phone-app')));
    expect(off.devices.list[0]!.methodsOff).toEqual(['push-approval']);
    expect(off.records).toMatchObject([{ event: 'set-methods' }]);
    expect(set([], SUPPORT).devices.list[0]!.methodsOff).toEqual([]);
    expect(codes(set(['push-approval'], session('security-card')))).toEqual(['session-too-weak']);
    expect(codes(set(['push-approval'], PASSWORD))).toEqual(['session-too-weak']);
  });

  it('one stays on, only methods that it has, and not by the system', () => {
    expect(codes(set([], SYSTEM))).toEqual(['actor-not-allowed']);
    expect(codes(set(['push-approval', 'challenge-response'], SUPPORT))).toEqual(['last-method']);
    expect(codes(set(['sms'], SUPPORT))).toEqual(['unknown-method']);
    expect(codes(set([], SUPPORT, 'nobody'))).toEqual(['unknown-device']);
    expect(() => set('push-approval' as never, SUPPORT)).toThrow(code('invalid-argument'));
  });
});

describe('phones and addresses', () => {
  const phones = owner(broker, ['phone-app']);
  it.each([
    [PHONE, []],
    [{ ...PHONE, systemVersion: '13' }, []],
    [{ ...PHONE, systemVersion: '13.0.1' }, []],
    [{ ...PHONE, systemVersion: '12.9.9' }, ['system-too-old']],
    [{ ...PHONE, systemVersion: 17 }, ['system-too-old']],
    [{ ...PHONE, systemVersion: '13-beta' }, ['system-too-old']],
    [{ ...PHONE, platform: 'os/2' }, ['platform-not-supported']],
    [{ ...PHONE, platform: 'constructor' }, ['platform-not-supported']],
    [{ ...PHONE, platform: 7 }, ['platform-not-supported']],
    [{ ...PHONE, rooted: true }, ['rooted']],
    [{ ...PHONE, rooted: undefined }, ['rooted']],
    [{ ...PHONE, screenLock: false }, ['no-screen-lock']],
    [null, ['posture-missing']],
    ['ios 17', ['posture-missing']],
    [undefined, ['posture-missing']],
  ])('%j', (report, expected) => {
    expect(codes(withdraw(1, 'phone-app', phones, { posture: { 'phone-app': report } }))).toEqual(expected);
    expect(codes(withdraw(1, 'phone-app', phones, { posture: undefined }))).toEqual(['posture-missing']);
  });

  it('versions are compared number by number, and rules that are off ask nothing', () => {
    const posture = { platforms: { ios: { minimumVersion: '7.1.2' } }, refuseRooted: false, requireScreenLock: false };
    const policy = definePolicy({ ...broker, posture });
    const login = (systemVersion: string) =>
      decideAction(policy, {
        action: 'login',
        device: 'phone-app',
        devices: phones,
        attempts: null,
        optOut: null,
        now: NOW,
        posture: { 'phone-app': { platform: 'ios', systemVersion } },
      }).allowed;
    expect(['7.1.2', '7.1.10', '7.2', '8', '7.1.1', '7.1', '7'].map(login)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ]);
  });

  it('a key file serves from listed addresses only', () => {
    const deliver = (client: unknown) =>
      codes(
        decideAction(broker, {
          action: 'file-delivery',
          device: 'key-file',
          devices: owner(broker, ['key-file']),
          attempts: null,
          optOut: null,
          now: NOW,
          client: client as never,
        }),
      );
    const lists = {
      match: (_: string, address: unknown) =>
        address === 'a' ? 'listed' : address === 'b' ? 'not-listed' : 'malformed',
    };
    expect(deliver({ address: 'a', lists })).toEqual([]);
    expect(deliver({ address: 'b', lists })).toEqual(['address-not-listed']);
    expect(deliver({ address: 7, lists })).toEqual(['address-malformed']);
    for (const client of [undefined, null, {}, { address: 'a' }]) expect(deliver(client)).toEqual(['address-missing']);
  });
});

describe('what a device may do', () => {
  it('is what its kind, its phase and its binder all allow', () => {
    const kinds = {
      ...broker.kinds,
      pass: {
        level: 30,
        methods: ['x-pass'],
        actions: ['login', 'change-settings'],
        phases: [{ lasts: 86_400, actions: ['login'] }],
      },
    };
    const actions = { ...broker.actions, withdrawal: { level: 0 } };
    const policy: Policy = definePolicy({ ...broker, kinds, actions, optOut: null });
    const request = { devices: newDevicesState(), attempts: null, id: 'pass', kind: 'pass', by: SUPPORT, now: NOW };
    const bound = granted(bindDevice(policy, request)).devices;
    const { devices } = granted(
      moveDevice(policy, { ...request, devices: bound, device: 'pass', event: 'activate', proven: true }),
    );
    const may = (action: string) =>
      codes(
        decideAction(policy, {
          action,
          device: 'pass',
          devices,
          attempts: newAttemptState(),
          optOut: null,
          now: NOW,
          explain: true,
        }),
      );
    expect([may('login'), may('change-settings'), may('identity-check')]).toEqual([
      [],
      ['phase-not-for-action'],
      ['kind-not-for-action'],
    ]);
  });

  it('every change can explain itself', () => {
    const start = owner(broker, ['totp']);
    const explain = { explain: true };
    expect(bind(newDevicesState(), 'sms', PASSWORD, explain).looked!.every(({ passed }) => passed)).toBe(true);
    expect(
      bind(start, 'passkey', session('totp'), { ...explain, attempts: newAttemptState() }).looked!.length,
    ).toBeGreaterThan(8);
    expect(move(start, 'totp', 'retire', session('totp'), explain).looked!.length).toBeGreaterThan(5);
  });
});

describe('recovery', () => {
  const steps = (devices: DevicesState, more: object = {}) =>
    recoverySteps(broker, { devices, attempts: null, now: NOW, ...more });

  it('says where somebody stands', () => {
    expect(steps(owner(broker, ['totp']))).toEqual(['use-device']);
    expect(steps(newDevicesState())).toEqual(['ask-support-for-temporary-code']);
    const waiting = {
      ...newAttemptState(),
      account: { failures: 1, at: NOW, until: NOW + 1000, lock: 'none' as const },
    };
    expect(steps(owner(broker, ['totp']), { attempts: waiting })).toEqual(['wait']);
    const lost = granted(move(owner(broker, ['totp']), 'totp', 'report-lost', SUPPORT)).devices;
    const coded = granted(
      move(granted(bind(lost, 'temporary-code', SUPPORT)).devices, 'new-temporary-code', 'activate', SUPPORT),
    ).devices;
    expect(steps(coded)).toEqual(['print-online-card', 'order-replacement']);
    const ordered = granted(bind(coded, 'pin-token', SUPPORT, { ordered: true })).devices;
    expect(steps(ordered)).toEqual(['print-online-card', 'await-replacement']);
    const shipped = granted(move(ordered, 'new-pin-token', 'issue', SYSTEM)).devices;
    expect(steps(shipped)).toEqual(['activate-device', 'print-online-card']);
    const carded = owner(broker, ['online-card']);
    expect(steps(carded)).toEqual(['order-replacement']);
    expect(steps(coded, { now: NOW + 13 * DAY })).toEqual(['prove-identity-to-support']);
    const none = definePolicy({ ...broker, recovery: null });
    expect(recoverySteps(none, { devices: newDevicesState(), attempts: null, now: NOW })).toEqual([
      'prove-identity-to-support',
    ]);
  });
});

describe('what is bounded', () => {
  it('final devices leave the list, for the audit log; those that guard do not', () => {
    let devices = owner(broker, ['totp']);
    const dropped: string[] = [];
    for (let index = 0; index < 6; index++) {
      const bound = granted(bind(devices, 'passkey', SUPPORT, { id: `p-${index}` }));
      const retired = granted(move(bound.devices, `p-${index}`, 'retire', SUPPORT));
      dropped.push(...[...bound.dropped, ...retired.dropped].map(({ id }) => id));
      devices = retired.devices;
    }
    expect(dropped).toEqual(['p-0', 'p-1', 'p-2', 'p-3', 'p-4']);
  });

  it('instants that a clock ahead has written become now with the next change', () => {
    const year = NOW + 365 * DAY;
    const start = owner(broker, ['security-card']);
    const bound = granted(bind(start, 'totp', session('security-card'), { now: year })).devices;
    const active = granted(move(bound, 'new-totp', 'activate', PASSWORD, { proven: true, now: year })).devices;
    const { devices } = advanceDevices(broker, { devices: active, attempts: null, now: NOW });
    expect(devices.list[1]).toMatchObject({ boundAt: NOW, activatedAt: NOW, growing: { until: NOW + 72 * HOUR } });
    const grown = advanceDevices(broker, { devices, attempts: null, now: NOW + 72 * HOUR }).devices;
    expect(grown.list[1]!.growing).toBe(null);
    const coded = owner(broker, ['temporary-code']);
    const ahead = { ...coded, temporaryAt: { 'temporary-code': year } };
    expect(advanceDevices(broker, { devices: ahead, attempts: null, now: NOW }).devices.temporaryAt).toEqual({
      'temporary-code': NOW,
    });
  });

  it('lifetimes come from the policy', () => {
    expect(lifetimesOf(broker, 'temporary-code')).toEqual({ activation: 86_400, answer: null, device: 12 * 86_400 });
    expect(lifetimesOf(broker, 'pin-token')).toEqual({ activation: null, answer: 300, device: null });
    expect(() => lifetimesOf(broker, 'telepathy')).toThrow(code('invalid-argument'));
  });
});

describe('kinds that the policy no longer has', () => {
  it('count as the strongest, come not into use, and may leave', () => {
    const { 'security-card': _gone, ...kinds } = broker.kinds;
    const actions = JSON.parse(JSON.stringify(broker.actions).replaceAll('"security-card",', ''));
    delete actions.withdrawal.limits.perKind['security-card'];
    const policy = definePolicy({ ...broker, kinds, actions });
    const devices = owner(broker, ['security-card', 'totp']);
    const request = { devices, attempts: null, now: NOW } as const;
    const login = decideAction(policy, { ...request, action: 'login', device: 'security-card', optOut: null });
    expect(codes(login)).toEqual(['unknown-kind']);
    expect(
      codes(bindDevice(policy, { ...request, id: 'n', kind: 'pin-token', by: session('totp'), equity: 10 ** 9 })),
    ).toEqual(['session-too-weak']);
    const suspended = granted(
      moveDevice(policy, { ...request, device: 'security-card', event: 'suspend', by: PASSWORD }),
    ).devices;
    expect(
      codes(
        moveDevice(policy, { ...request, devices: suspended, device: 'security-card', event: 'restore', by: SUPPORT }),
      ),
    ).toEqual(['unknown-kind']);
    expect(moveDevice(policy, { ...request, device: 'security-card', event: 'retire', by: SUPPORT }).allowed).toBe(
      true,
    );
    const waiting = granted(bind(owner(broker, ['totp']), 'security-card', SUPPORT)).devices;
    expect(
      codes(
        moveDevice(policy, {
          ...request,
          devices: waiting,
          device: 'new-security-card',
          event: 'activate',
          by: PASSWORD,
          proven: true,
        }),
      ),
    ).toEqual(['unknown-kind']);
    expect(
      moveDevice(policy, { ...request, devices: waiting, device: 'new-security-card', event: 'retire', by: SUPPORT })
        .allowed,
    ).toBe(true);
    expect(codes(setMethods(policy, { ...request, device: 'security-card', off: [], by: SUPPORT }))).toEqual([
      'last-method',
    ]);
    expect(noteUse(policy, devices, { device: 'security-card', now: NOW }).regularAt).toBe(devices.regularAt);
  });
});
