import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { advanceDevices, bindDevice, LIFECYCLE, moveDevice, recoverySteps } from '../src/devices.ts';
import {
  type Actor,
  chooseDevice,
  type Device,
  type DeviceEvent,
  type DeviceState,
  definePolicy,
} from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';
import { choosing, codes, DAY, device, document, inState, NOW, PHONES } from './helpers.ts';

const STATES: DeviceState[] = [
  'pending',
  'awaiting-activation',
  'active',
  'suspended',
  'locked',
  'lost',
  'expired',
  'retired',
];
const EVENTS = Object.keys(LIFECYCLE) as DeviceEvent[];
const SUPPORT: Actor = { role: 'support' };
const SYSTEM: Actor = { role: 'system' };
const user = (level: number): Actor => ({ role: 'user', level });
const ACTORS: Actor[] = [user(0), user(1000), SUPPORT, SYSTEM];

const move = (devices: readonly Device[], id: string, event: DeviceEvent, by: Actor = SUPPORT, more: object = {}) =>
  moveDevice(brokerPolicy, { devices, device: id, event, by, now: NOW, ...more });
const bind = (devices: readonly Device[], kind: string, more: object = {}) =>
  bindDevice(brokerPolicy, { devices, id: `new-${kind}`, kind, by: SUPPORT, now: NOW, ...more });
const stateOf = (devices: readonly Device[], id: string) => devices.find((candidate) => candidate.id === id)?.state;

/** Binds, issues and activates. */
function add(
  devices: readonly Device[],
  kind: string,
  id: string,
  now: number,
  by: Actor = SUPPORT,
): readonly Device[] | null {
  const bound = bindDevice(brokerPolicy, { devices, id, kind, by, now, equity: 1e12 });
  if (!bound.allowed) return null;
  const issued = moveDevice(brokerPolicy, { devices: bound.devices, device: id, event: 'issue', by, now });
  const active = moveDevice(brokerPolicy, {
    devices: issued.devices,
    device: id,
    event: 'activate',
    by,
    proven: true,
    now,
  });
  return active.allowed ? active.devices : null;
}

describe('every state × event × actor', () => {
  const expected: { readonly [event in DeviceEvent]: readonly [from: string, to: DeviceState, by: string] } = {
    issue: ['pending', 'awaiting-activation', 'user support system'],
    activate: ['awaiting-activation', 'active', 'user support'],
    suspend: ['active', 'suspended', 'user support system'],
    resume: ['suspended', 'active', 'user support system'],
    lock: ['active', 'locked', 'support system'],
    unlock: ['locked', 'active', 'user support'],
    'report-lost': ['awaiting-activation active suspended locked', 'lost', 'user support'],
    reactivate: ['lost', 'active', 'user support'],
    expire: ['pending awaiting-activation active suspended locked lost', 'expired', 'system'],
    retire: ['pending awaiting-activation active suspended locked lost', 'retired', 'user support system'],
  };
  const cases = STATES.flatMap((state) => EVENTS.flatMap((event) => ACTORS.map((by) => [state, event, by] as const)));

  it.each(cases)('%s, %s, %j', (state, event, by) => {
    const [from, to, roles] = expected[event];
    const strong = by.role !== 'user' || by.level > 0 || ['issue', 'suspend', 'report-lost'].includes(event);
    const possible = from.split(' ').includes(state) && roles.split(' ').includes(by.role) && strong;
    const never = state === 'pending' || state === 'awaiting-activation';
    const devices = [inState('totp', state, { activatedAt: never ? null : NOW - DAY, issuedAt: NOW - 1000 })];
    // With another device in use, binding needs more than a password.
    const others = [...devices, device('sms')];
    const moved = move(others, 'totp', event, by, { proven: true });
    expect(moved.allowed).toBe(possible);
    const after = stateOf(moved.devices, 'totp');
    expect(after).toBe(possible ? to : state);
    if (!possible) {
      expect(moved.devices).toBe(others);
      expect(moved.notices).toEqual([]);
    } else {
      expect(moved.notices[0]).toEqual({ topic: event, device: 'totp', kind: 'totp', at: NOW, to: ['user'] });
      expect(moved.devices[0]?.history.at(-1)).toEqual({ at: NOW, event, by: by.role, state: to });
    }
  });

  it('there is no way back from final states, by any sequence', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('expired', 'retired' as const),
        fc.array(fc.tuple(fc.constantFrom(...EVENTS), fc.constantFrom(...ACTORS)), { maxLength: 10 }),
        (state, events) => {
          let devices: readonly Device[] = [inState('totp', state as DeviceState)];
          for (const [event, by] of events) {
            const moved = move(devices, 'totp', event, by, { proven: true });
            expect(codes(moved)).toEqual(['final-state']);
            devices = advanceDevices(brokerPolicy, { devices: moved.devices, now: NOW }).devices;
          }
          expect(stateOf(devices, 'totp')).toBe(state);
        },
      ),
    );
  });

  it('any history: devices are never dropped, histories only grow, and final is final', () => {
    const step = fc.record({
      kind: fc.constantFrom(...Object.keys(brokerPolicy.kinds)),
      target: fc.nat(9),
      event: fc.constantFrom('bind', 'advance', ...EVENTS),
      by: fc.constantFrom(...ACTORS),
      pass: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: 9 * DAY })),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 40 }), (steps) => {
        let devices: readonly Device[] = [];
        let now = NOW;
        steps.forEach(({ kind, target, event, by, pass }, index) => {
          now += pass;
          const before = devices;
          const id = devices[target % Math.max(1, devices.length)]?.id ?? 'none';
          const result =
            event === 'bind'
              ? bindDevice(brokerPolicy, { devices, id: `${index}`, kind, by, now, equity: 1e12 })
              : event === 'advance'
                ? advanceDevices(brokerPolicy, { devices, now })
                : moveDevice(brokerPolicy, { devices, device: id, event, by, now, proven: true });
          devices = JSON.parse(JSON.stringify(result.devices));
          before.forEach((old, position) => {
            const renewed = devices[position]!;
            expect(renewed.id).toBe(old.id);
            expect(renewed.history.slice(0, old.history.length)).toEqual(old.history);
            if (old.state === 'expired' || old.state === 'retired') expect(renewed).toEqual(old);
            if (renewed.state !== old.state)
              expect(result.notices.some(({ device: told }) => told === old.id)).toBe(true);
          });
          const active = devices.filter(({ state }) => state === 'active');
          for (const [name, rules] of Object.entries(brokerPolicy.kinds)) {
            expect(active.filter((one) => one.kind === name).length).toBeLessThanOrEqual(rules.maximum);
          }
          const regular = active.some(
            ({ kind: name }) => !['sms', 'online-card', 'temporary-code', 'key-file'].includes(name),
          );
          if (regular) expect(active.some(({ kind: name }) => name === 'sms')).toBe(false);
        });
      }),
      { numRuns: 200 },
    );
  });
});

describe('binding', () => {
  it('makes a pending record, told and kept', () => {
    const bound = bind([], 'totp', { by: user(0) });
    expect(bound).toMatchObject({
      allowed: true,
      reasons: [],
      notices: [{ topic: 'bind', device: 'new-totp', to: ['user'] }],
    });
    expect(bound.devices).toEqual([
      {
        v: 1,
        id: 'new-totp',
        kind: 'totp',
        state: 'pending',
        issuedAt: null,
        activatedAt: null,
        lastUsedAt: null,
        replaces: null,
        sharedFrom: null,
        methodsOff: [],
        noticesGiven: [],
        history: [{ at: NOW, event: 'bind', by: 'user', state: 'pending' }],
      },
    ]);
  });

  it('only the last QR code works', () => {
    const first = bind([], 'totp', { id: 'a' }).devices;
    const shown = move(first, 'a', 'issue').devices;
    const second = bind(shown, 'totp', { id: 'b' });
    expect(stateOf(second.devices, 'a')).toBe('retired');
    expect(second.devices[0]?.history.at(-1)).toMatchObject({ by: 'system', rule: 'kinds.totp.exclusive' });
    expect(second.notices.map(({ topic, device: id }) => [topic, id])).toEqual([
      ['bind', 'b'],
      ['retire', 'a'],
    ]);
  });

  it('a password alone binds nothing once a device was active', () => {
    expect(codes(bind([device('totp')], 'phone-app', { by: user(0) }))).toEqual(['session-too-weak']);
    expect(codes(bind([inState('totp', 'lost')], 'phone-app', { by: user(0) }))).toEqual(['session-too-weak']);
    expect(codes(bind([inState('totp', 'expired')], 'phone-app', { by: user(0) }))).toEqual(['session-too-weak']);
    expect(bind([inState('totp', 'expired', { activatedAt: null })], 'phone-app', { by: user(0) }).allowed).toBe(true);
    expect(bind([device('totp')], 'phone-app', { by: user(30) }).allowed).toBe(true);
    // As strong as the new one, or as the strongest that the user still has.
    expect(bind([device('security-card')], 'totp', { by: user(20) }).allowed).toBe(true);
    expect(codes(bind([device('security-card'), device('pin-token')], 'totp', { by: user(20) }))).toEqual([
      'session-too-weak',
    ]);
    // A key file is not for signing in; a kind that is not known counts for nothing.
    expect(
      bind([device('security-card'), device('key-file'), device('telepathy')], 'totp', { by: user(20) }).allowed,
    ).toBe(true);
  });

  it('legacy and temporary kinds come from support; the online card is printed by users', () => {
    expect(codes(bind([], 'gold', { by: user(50) }))).toEqual(['legacy-kind']);
    expect(bind([], 'gold').allowed).toBe(true);
    expect(codes(bind([], 'temporary-code', { by: user(50) }))).toEqual(['actor-not-allowed']);
    expect(bind([device('temporary-code')], 'online-card', { by: user(20) }).allowed).toBe(true);
  });

  it('caps, with and without a replacement', () => {
    expect(codes(bind([device('gold')], 'gold'))).toEqual(['too-many-devices']);
    expect(codes(bind([inState('gold', 'pending')], 'gold'))).toEqual(['too-many-devices']);
    expect(bind([inState('gold', 'lost')], 'gold').allowed).toBe(true);
    expect(bind([device('gold')], 'gold', { replaces: 'gold' }).allowed).toBe(true);
    expect(codes(bind([device('gold')], 'platinum', { replaces: 'other' }))).toEqual(['unknown-device']);
    expect(codes(bind([inState('gold', 'retired')], 'platinum', { replaces: 'gold' }))).toEqual(['unknown-device']);
    const files = ['a', 'b', 'c', 'd', 'e'].map((id) => device('key-file', { id }));
    expect(bind(files.slice(1), 'key-file').allowed).toBe(true);
    expect(codes(bind(files, 'key-file'))).toEqual(['too-many-devices']);
  });

  it('the PIN token beside another device from 500,000 USD of equity', () => {
    const beside = (equity: unknown) => bind([device('totp')], 'pin-token', { equity });
    expect(codes(beside(49_999_999))).toEqual(['equity-too-low']);
    expect(beside(50_000_000).allowed).toBe(true);
    for (const equity of [undefined, Number.NaN, '50000000', null])
      expect(codes(beside(equity))).toEqual(['equity-too-low']);
    expect(bind([], 'pin-token').allowed).toBe(true);
    expect(bind([inState('totp', 'retired'), device('pin-token')], 'pin-token').allowed).toBe(true);
  });

  it('no SMS beside another device', () => {
    expect(codes(bind([device('totp')], 'sms'))).toEqual(['leaves-for-other-device']);
    expect(bind([device('key-file'), device('online-card')], 'sms').allowed).toBe(true);
    expect(bind([inState('totp', 'lost')], 'sms').allowed).toBe(true);
  });

  it('a stopgap whose time is over asks for no stronger session, though no job has expired it', () => {
    const sms = device('sms');
    const card = (age: number) => device('online-card', { activatedAt: NOW - age });
    expect(codes(bind([sms, card(21 * DAY - 1)], 'totp', { by: user(10) }))).toEqual(['session-too-weak']);
    expect(bind([sms, card(21 * DAY)], 'totp', { by: user(10) }).allowed).toBe(true);
    expect(codes(bind([sms, card(21 * DAY)], 'totp', { by: user(9) }))).toEqual(['session-too-weak']);
  });

  it('a temporary code, never two in a row', () => {
    const first = inState('temporary-code', 'expired', { activatedAt: NOW - 20 * DAY });
    expect(codes(bind([first], 'temporary-code'))).toEqual(['temporary-twice-in-a-row']);
    expect(bind([inState('temporary-code', 'expired', { activatedAt: null })], 'temporary-code').allowed).toBe(true);
    expect(
      codes(bind([first, device('online-card', { activatedAt: NOW - DAY, lastUsedAt: NOW })], 'temporary-code')),
    ).toEqual(['temporary-twice-in-a-row']);
    expect(codes(bind([first, device('key-file', { lastUsedAt: NOW })], 'temporary-code'))).toEqual([
      'temporary-twice-in-a-row',
    ]);
    expect(codes(bind([first, inState('totp', 'lost', { lastUsedAt: NOW - 21 * DAY })], 'temporary-code'))).toEqual([
      'temporary-twice-in-a-row',
    ]);
    expect(bind([first, inState('totp', 'lost', { lastUsedAt: NOW - 19 * DAY })], 'temporary-code').allowed).toBe(true);
    const before = [{ at: NOW - 21 * DAY, event: 'reactivate', by: 'user', state: 'active' } as const];
    expect(codes(bind([first, inState('totp', 'lost', { history: before })], 'temporary-code'))).toEqual([
      'temporary-twice-in-a-row',
    ]);
    const since = [{ at: NOW - 19 * DAY, event: 'reactivate', by: 'user', state: 'active' } as const];
    expect(bind([first, inState('totp', 'lost', { history: since })], 'temporary-code').allowed).toBe(true);
  });

  it('fails closed', () => {
    expect(codes(bind([], 'telepathy'))).toEqual(['unknown-kind']);
    expect(codes(bind([], 'constructor'))).toEqual(['unknown-kind']);
    expect(codes(bind([], 'totp', { kind: undefined }))).toEqual(['unknown-kind']);
    expect(codes(bind([device('totp')], 'totp', { id: 'totp' }))).toEqual(['duplicate-device']);
    expect(codes(bind([], 'totp', { id: '' }))).toEqual(['invalid-request']);
    expect(codes(bind([], 'totp', { by: { role: 'admin' } }))).toEqual(['invalid-request']);
    expect(codes(bind([], 'totp', { by: { role: 'user', level: Number.NaN } }))).toEqual(['invalid-request']);
    expect(codes(bind([], 'totp', { by: null }))).toEqual(['invalid-request']);
    expect(codes(bind([], 'totp', { now: Number.NaN }))).toEqual(['invalid-time']);
    expect(codes(bind([device('totp', { lastUsedAt: NOW + 5001 })], 'phone-app'))).toEqual(['clock-went-backwards']);
    expect(codes(bind(null as never, 'totp'))).toEqual(['invalid-state']);
  });
});

describe('activating', () => {
  const shown = (kind: string, more: Partial<Device> = {}) =>
    inState(kind, 'awaiting-activation', { id: 'new', activatedAt: null, issuedAt: NOW - 60_000, ...more });

  it('needs proof from a user', () => {
    expect(codes(move([shown('totp')], 'new', 'activate', user(0)))).toEqual(['not-proven']);
    expect(codes(move([shown('totp')], 'new', 'activate', user(0), { proven: 1 }))).toEqual(['not-proven']);
    const active = move([shown('totp')], 'new', 'activate', user(0), { proven: true });
    expect(active.devices[0]).toMatchObject({ state: 'active', activatedAt: NOW });
  });

  it('an enrolment begun before the owner’s is not finished with a password', () => {
    const early = shown('phone-app');
    expect(codes(move([early, device('totp')], 'new', 'activate', user(0), { proven: true }))).toEqual([
      'session-too-weak',
    ]);
  });

  it('a phone retires the other phone; SMS leaves; the rest stays', () => {
    const devices = [
      device('phone-app', { id: 'old' }),
      inState('phone-app', 'lost', { id: 'older' }),
      device('sms'),
      device('key-file'),
      device('totp'),
      shown('phone-app'),
    ];
    const moved = move(devices, 'new', 'activate', user(30), { proven: true });
    expect(moved.devices.map(({ id, state }) => [id, state])).toEqual([
      ['old', 'retired'],
      ['older', 'retired'],
      ['sms', 'retired'],
      ['key-file', 'active'],
      ['totp', 'active'],
      ['new', 'active'],
    ]);
    expect(moved.notices.map(({ topic, device: id }) => `${topic} ${id}`)).toEqual([
      'activate new',
      'retire old',
      'retire older',
      'retire sms',
    ]);
    expect(moved.devices[2]?.history.at(-1)).toMatchObject({ rule: 'kinds.sms.leaves', by: 'system' });
  });

  it('a stopgap or a key file does not drive SMS out', () => {
    for (const kind of ['online-card', 'key-file']) {
      expect(stateOf(move([device('sms'), shown(kind)], 'new', 'activate').devices, 'sms')).toBe('active');
    }
    expect(codes(move([device('totp'), shown('sms')], 'new', 'activate'))).toEqual(['leaves-for-other-device']);
    expect(codes(move([device('totp'), inState('sms', 'suspended')], 'sms', 'resume'))).toEqual([
      'leaves-for-other-device',
    ]);
    expect(move([inState('totp', 'locked'), inState('sms', 'suspended')], 'sms', 'resume').allowed).toBe(true);
  });

  it('a replacement retires what it replaces', () => {
    const devices = [inState('gold', 'lost'), shown('platinum', { replaces: 'gold' })];
    const moved = move(devices, 'new', 'activate');
    expect(moved.devices[0]?.history.at(-1)).toMatchObject({ state: 'retired', rule: 'replaces' });
    // Also one that was never activated.
    expect(
      stateOf(
        move([shown('gold', { id: 'gold' }), shown('platinum', { replaces: 'gold' })], 'new', 'activate').devices,
        'gold',
      ),
    ).toBe('retired');
  });

  it('room is looked at again', () => {
    expect(codes(move([device('gold'), inState('gold', 'lost', { id: 'found' })], 'found', 'reactivate'))).toEqual([
      'too-many-devices',
    ]);
  });

  it('within its time only', () => {
    const at = (age: number) =>
      move([shown('totp', { issuedAt: NOW - age })], 'new', 'activate', user(0), { proven: true });
    expect(at(599_999).allowed).toBe(true);
    expect(codes(at(600_000))).toEqual(['device-expired']);
    const code = inState('temporary-code', 'suspended', { activatedAt: NOW - 12 * DAY });
    expect(codes(move([code], 'temporary-code', 'resume'))).toEqual(['device-expired']);
    expect(move([{ ...code, activatedAt: NOW - 12 * DAY + 1 }], 'temporary-code', 'resume').allowed).toBe(true);
  });

  it('a token that turns up again works again, with proof', () => {
    const devices = [inState('pin-token', 'lost'), device('online-card')];
    expect(codes(move(devices, 'pin-token', 'reactivate', user(20)))).toEqual(['not-proven']);
    const found = move(devices, 'pin-token', 'reactivate', user(20), { proven: true });
    expect(found.devices[0]).toMatchObject({ state: 'active', activatedAt: NOW - 30 * DAY });
    expect(codes(move(devices, 'pin-token', 'reactivate', user(0), { proven: true }))).toEqual(['session-too-weak']);
  });

  it('unlocking and resuming take an equally strong session', () => {
    for (const [state, event] of [
      ['locked', 'unlock'],
      ['suspended', 'resume'],
    ] as const) {
      const devices = [inState('pin-token', state)];
      expect(codes(move(devices, 'pin-token', event, user(49)))).toEqual(['session-too-weak']);
      expect(move(devices, 'pin-token', event, user(50)).allowed).toBe(true);
    }
  });

  it('reporting a locked device lost is no way round unlocking it', () => {
    for (const event of ['lock', 'suspend'] as const) {
      const held = move([device('pin-token')], 'pin-token', event, SYSTEM).devices;
      const { devices } = move(held, 'pin-token', 'report-lost', user(0));
      const back = (by: Actor) => move(devices, 'pin-token', 'reactivate', by, { proven: true });
      expect(codes(back(user(49)))).toEqual(['session-too-weak']);
      expect(back(user(50)).allowed).toBe(true);
      expect(back(SUPPORT).allowed).toBe(true);
    }
    const { devices } = move([device('pin-token')], 'pin-token', 'report-lost', user(0));
    expect(move(devices, 'pin-token', 'reactivate', user(1), { proven: true }).allowed).toBe(true);
  });

  it('a temporary code that was never active does not come after another, nor after its time', () => {
    const first = bind([], 'temporary-code', { id: 'first' }).devices;
    const issued = move(first, 'first', 'issue').devices;
    const lost = move(issued, 'first', 'report-lost').devices;
    const second = add(lost, 'temporary-code', 'second', NOW)!;
    const used = move(second, 'second', 'retire').devices;
    expect(codes(move(used, 'first', 'reactivate'))).toEqual(['temporary-twice-in-a-row']);
    expect(move(lost, 'first', 'reactivate', SUPPORT, { now: NOW + DAY - 1 }).allowed).toBe(true);
    expect(codes(move(lost, 'first', 'reactivate', SUPPORT, { now: NOW + DAY }))).toEqual(['device-expired']);
  });

  it('kinds that are no longer in the policy can leave, not come', () => {
    expect(move([device('telepathy')], 'telepathy', 'retire').allowed).toBe(true);
    expect(move([device('telepathy')], 'telepathy', 'suspend', user(0)).allowed).toBe(true);
    expect(codes(move([inState('telepathy', 'lost')], 'telepathy', 'reactivate'))).toEqual(['unknown-kind']);
    expect(codes(move([inState('telepathy', 'pending')], 'telepathy', 'issue'))).toEqual(['unknown-kind']);
    expect(stateOf(move([device('telepathy'), shown('totp')], 'new', 'activate').devices, 'telepathy')).toBe('active');
  });

  it('tells the owner of a shared device, too', () => {
    const shared = device('pin-token', { sharedFrom: { user: 'o', device: 'x' } });
    expect(move([shared], 'pin-token', 'suspend').notices[0]?.to).toEqual(['user', 'owner']);
  });

  it('fails closed', () => {
    const devices = [device('totp')];
    expect(codes(move(devices, 'other', 'suspend'))).toEqual(['unknown-device']);
    // JSON that cannot be made into text.
    const hostile = JSON.parse('{ "toString": 1, "valueOf": 1 }');
    expect(codes(move(devices, hostile, 'suspend'))).toEqual(['unknown-device']);
    expect(codes(bind(devices, 'totp', { kind: hostile }))).toEqual(['unknown-kind']);
    expect(codes(bind(devices, 'totp', { replaces: hostile }))).toEqual(['unknown-device']);
    expect(codes(chooseDevice(brokerPolicy, choosing(hostile, devices)))).toEqual(['unknown-action']);
    expect(codes(move(devices, 'totp', 'toString' as never))).toEqual(['invalid-request']);
    expect(codes(move(devices, 'totp', 'suspend', { role: 'user' } as never))).toEqual(['invalid-request']);
    expect(codes(move(devices, 'totp', 'suspend', SUPPORT, { now: undefined }))).toEqual(['invalid-time']);
    expect(codes(move([device('totp'), device('totp')], 'totp', 'suspend'))).toEqual(['invalid-state']);
    expect(
      codes(
        move(
          [device('totp', { history: [{ at: NOW + 5001, event: 'activate', by: 'user', state: 'active' }] })],
          'totp',
          'suspend',
        ),
      ),
    ).toEqual(['clock-went-backwards']);
    for (const broken of [{ history: [null] }, { history: [{ at: '1', state: 'active' }] }, { history: [{ at: 1 }] }]) {
      expect(codes(move([device('totp', broken as never)], 'totp', 'suspend'))).toEqual(['invalid-state']);
    }
    for (const broken of [{ replaces: undefined }, { sharedFrom: undefined }, { sharedFrom: 7 }]) {
      expect(codes(move([device('totp', broken as never)], 'totp', 'suspend'))).toEqual(['invalid-state']);
    }
  });
});

describe('what time does', () => {
  const posted = inState('pin-token', 'awaiting-activation', {
    id: 'new',
    activatedAt: null,
    issuedAt: NOW,
    history: [],
    replaces: 'old',
  });
  const old = inState('pin-token', 'lost', { id: 'old' });
  const after = (devices: readonly Device[], days: number) =>
    advanceDevices(brokerPolicy, { devices, now: NOW + days * DAY });

  it('a replacement activates by itself three weeks after shipping, with two notices before', () => {
    let { devices, notices } = after([old, posted], 13.99);
    expect(notices).toEqual([]);
    ({ devices, notices } = after(devices, 14));
    expect(notices.map(({ topic }) => topic)).toEqual(['activation-near']);
    expect(after(devices, 18).notices).toEqual([]);
    ({ devices, notices } = after(devices, 19));
    expect(notices.map(({ topic }) => topic)).toEqual(['activation-imminent']);
    expect(after(devices, 20.99).notices).toEqual([]);
    ({ devices, notices } = after(devices, 21));
    expect(notices.map(({ topic, device: id }) => `${topic} ${id}`)).toEqual(['activate new', 'retire old']);
    expect(devices.map(({ state }) => state)).toEqual(['retired', 'active']);
    expect(after(devices, 22)).toMatchObject({ allowed: true, notices: [], devices });
  });

  it('not before, and not without being shipped or for other kinds', () => {
    const system = (devices: readonly Device[], days: number) =>
      move(devices, 'new', 'activate', SYSTEM, { now: NOW + days * DAY });
    expect(codes(system([posted], 20.99))).toEqual(['too-early']);
    expect(system([posted], 21).allowed).toBe(true);
    expect(codes(system([{ ...posted, issuedAt: null }], 30))).toEqual(['too-early']);
    expect(
      codes(
        move(
          [inState('totp', 'awaiting-activation', { id: 'new', activatedAt: null, issuedAt: NOW })],
          'new',
          'activate',
          SYSTEM,
        ),
      ),
    ).toEqual(['too-early']);
    expect(after([{ ...posted, issuedAt: null }], 30).notices).toEqual([]);
    expect(after([inState('pin-token', 'pending')], 30).notices).toEqual([]);
  });

  it('both notices when nobody looked in between', () => {
    expect(after([posted], 20).notices.map(({ topic }) => topic)).toEqual(['activation-near', 'activation-imminent']);
  });

  it('devices expire', () => {
    const at = (kind: string, days: number, more: Partial<Device> = {}) =>
      after([device(kind, { id: 'd', activatedAt: NOW, issuedAt: NOW, history: [], ...more })], days).devices[0]?.state;
    expect(at('online-card', 20.99)).toBe('active');
    expect(at('online-card', 21)).toBe('expired');
    expect(at('temporary-code', 11.99)).toBe('active');
    expect(at('temporary-code', 12)).toBe('expired');
    expect(at('totp', 9999)).toBe('active');
    expect(at('telepathy', 9999)).toBe('active');
    expect(at('totp', 9999, { state: 'retired' })).toBe('retired');
    const waiting = { state: 'awaiting-activation', activatedAt: null } as const;
    expect(at('totp', 599 / 86400, waiting)).toBe('awaiting-activation');
    expect(at('totp', 600 / 86400, waiting)).toBe('expired');
    expect(at('totp', 9999, { ...waiting, state: 'pending', issuedAt: null })).toBe('pending');
  });

  it('keeps a replacement waiting that has no room', () => {
    const policy = definePolicy(document((p) => Object.assign(p.kinds['pin-token'], { exclusive: false })));
    const devices = [device('pin-token'), { ...posted, replaces: null }];
    const result = advanceDevices(policy, { devices, now: NOW + 21 * DAY });
    expect(result.devices).toEqual(devices);
    expect(result.explanation.filter(({ passed }) => !passed).map(({ code }) => code)).toEqual(['too-many-devices']);
  });

  it('two replacements in one go: the later one stays', () => {
    const first = { ...posted, id: 'first', replaces: null };
    const devices = after([first, posted], 21).devices;
    expect(devices.map(({ state }) => state)).toEqual(['retired', 'active']);
    const replaced = after(
      [
        { ...posted, replaces: 'later' },
        { ...posted, id: 'later', replaces: null },
      ],
      21,
    ).devices;
    expect(replaced.map(({ state }) => state)).toEqual(['active', 'retired']);
  });

  it('fails closed', () => {
    expect(codes(advanceDevices(brokerPolicy, { devices: [], now: Number.NaN }))).toEqual(['invalid-time']);
    expect(codes(advanceDevices(brokerPolicy, { devices: [null as never], now: NOW }))).toEqual(['invalid-state']);
    expect(
      advanceDevices(brokerPolicy, { devices: [device('totp', { activatedAt: NOW + 6000 })], now: NOW }),
    ).toMatchObject({ allowed: false, notices: [] });
  });
});

describe('adding a device never removes an allowed action, but by a rule that the policy names', () => {
  const kinds = Object.keys(brokerPolicy.kinds);
  const actions = Object.keys(brokerPolicy.actions);
  it('holds for every set of devices', () => {
    let added = 0;
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.constantFrom(...kinds), { maxLength: 5 }),
        fc.constantFrom(...kinds),
        fc.boolean(),
        (held, kind, bySupport) => {
          const devices = held.map((name) => device(name, { activatedAt: NOW - DAY / 2, history: [] }));
          const after = add(devices, kind, 'added', NOW, bySupport ? SUPPORT : user(50));
          if (after === null) return;
          added++;
          for (const action of actions) {
            const request = choosing(action, devices, {
              posture: { ...PHONES, added: PHONES['phone-app']! },
              client: { address: '192.0.2.1', lists: { match: () => 'listed' } },
            });
            const before = chooseDevice(brokerPolicy, request);
            const now = chooseDevice(brokerPolicy, { ...request, devices: after });
            const gone = before.usable.filter((one) => !now.usable.some(({ device: id }) => id === one.device));
            for (const { device: id } of gone) {
              const last = after.find((one) => one.id === id)!.history.at(-1)!;
              expect(last.rule).toMatch(/^kinds\.(sms\.leaves|[a-z-]+\.exclusive)$/);
            }
            if (gone.length === 0 && before.allowed) expect(now.allowed).toBe(true);
          }
        },
      ),
      { numRuns: 300 },
    );
    expect(added).toBeGreaterThan(50);
  });
});

describe('when everything is lost', () => {
  const steps = (devices: readonly Device[], policy = brokerPolicy) =>
    recoverySteps(policy, { devices, now: NOW }).steps;
  const code = device('temporary-code', { activatedAt: NOW - DAY });
  const card = device('online-card', { activatedAt: NOW - DAY });
  const lost = inState('pin-token', 'lost');
  const posted = inState('pin-token', 'awaiting-activation', { id: 'new', activatedAt: null, issuedAt: NOW - DAY });

  it('support, temporary code, online card, replacement', () => {
    expect(steps([device('totp'), card])).toEqual(['use-device']);
    expect(steps([lost])).toEqual(['ask-support-for-temporary-code']);
    expect(steps([lost, code])).toEqual(['print-online-card', 'order-replacement']);
    expect(steps([lost, { ...code, activatedAt: NOW - 11 * DAY }])).toEqual(['print-online-card', 'order-replacement']);
    expect(steps([lost, code, card])).toEqual(['order-replacement']);
    expect(steps([lost, code, { ...card, activatedAt: null }])).toEqual(['print-online-card', 'order-replacement']);
    expect(steps([lost, code, card, posted])).toEqual(['activate-device']);
    expect(steps([lost, code, card, { ...posted, state: 'pending' }])).toEqual(['await-replacement']);
    expect(steps([lost, { ...code, activatedAt: NOW - 13 * DAY }])).toEqual(['prove-identity-to-support']);
    expect(steps([lost, inState('temporary-code', 'expired'), posted])).toEqual([
      'activate-device',
      'prove-identity-to-support',
    ]);
    expect(steps([device('telepathy')])).toEqual(['ask-support-for-temporary-code']);
  });

  it('without these steps in the policy', () => {
    const none = definePolicy(
      document((p) => Object.assign(p.recovery, { temporaryCode: null, onlineCard: null, printAction: null })),
    );
    expect(steps([lost], none)).toEqual(['prove-identity-to-support']);
    const codeOnly = definePolicy(document((p) => Object.assign(p.recovery, { onlineCard: null, printAction: null })));
    expect(steps([lost, code], codeOnly)).toEqual(['order-replacement']);
  });

  it('fails closed', () => {
    expect(recoverySteps(brokerPolicy, { devices: [], now: Number.NaN })).toMatchObject({ allowed: false, steps: [] });
  });
});
