import { describe, expect, it } from 'vitest';
import {
  type DevicesState,
  definePolicy,
  type Identity,
  newAttemptState,
  newDevicesState,
  type Policy,
  type ShareRequest,
  shareDevice,
} from '../src/index.ts';
import {
  bind,
  broker,
  codes,
  granted,
  lockForGood,
  move,
  NOW,
  owner,
  PASSWORD,
  SUPPORT,
  session,
  withdraw,
} from './support.ts';

const ANNA = { dateOfBirth: '1980-01-01', citizenship: 'CH', countryOfResidence: 'CH', taxNumber: '7' };
const person = (user: string, identity: Identity['identity'] = ANNA, entity = user): Identity => ({
  user,
  entity,
  identity,
});
const owners = owner(broker, ['pin-token']);
const lenders = (devices: DevicesState = owners) => ({ owners: { bert: { devices, attempts: null } } });

type More = {
  readonly mine?: DevicesState;
  readonly anna?: Identity;
  readonly bert?: Partial<ShareRequest['owner']>;
  readonly policy?: Policy;
} & Partial<ShareRequest>;

function share({ mine = newDevicesState(), anna = person('anna'), bert = {}, policy = broker, ...more }: More = {}) {
  const lender = {
    ...person('bert'),
    devices: owners,
    attempts: null,
    by: session('pin-token'),
    device: 'pin-token',
    ...bert,
  };
  return shareDevice(policy, {
    devices: mine,
    attempts: null,
    by: PASSWORD,
    now: NOW,
    id: 'shared',
    requester: anna,
    owner: lender,
    ...more,
  });
}

describe('outcomes', () => {
  it('the same entity is approved at once, and works after a proof', () => {
    const shared = granted(share({ anna: person('anna', {}, 'e-1'), bert: { ...person('bert', {}, 'e-1') } }));
    expect(shared.devices.list).toMatchObject([
      { state: 'awaiting', sharedFrom: { user: 'bert', device: 'pin-token' }, growing: null },
    ]);
    expect(shared.notices).toMatchObject([{ topic: 'share', to: ['user', 'owner'] }]);
    expect(codes(move(shared.devices, 'shared', 'activate', PASSWORD, lenders()))).toEqual(['not-proven']);
    const active = granted(move(shared.devices, 'shared', 'activate', PASSWORD, { proven: true, ...lenders() }));
    expect(withdraw(50_000_000, 'shared', active.devices, lenders()).allowed).toBe(true);
  });

  it('different entities with the same person wait for compliance, which approves or declines', () => {
    const pending = granted(share());
    expect(pending.devices.list[0]!.state).toBe('pending');
    expect(codes(move(pending.devices, 'shared', 'issue', PASSWORD))).toEqual(['actor-not-allowed']);
    expect(granted(move(pending.devices, 'shared', 'issue', SUPPORT)).devices.list[0]!.state).toBe('awaiting');
    expect(granted(move(pending.devices, 'shared', 'retire', SUPPORT)).devices.list[0]!.state).toBe('retired');
    const never = definePolicy({ ...broker, sharing: { ...broker.sharing!, review: 'never' } });
    expect(granted(share({ policy: never })).devices.list[0]!.state).toBe('awaiting');
    const always = definePolicy({ ...broker, sharing: { ...broker.sharing!, review: 'always' } });
    const same = { anna: person('anna', {}, 'e'), bert: { ...person('bert', {}, 'e') } };
    expect(granted(share({ policy: always, ...same })).devices.list[0]!.state).toBe('pending');
  });

  it.each([
    ['another date of birth', { ...ANNA, dateOfBirth: '1981-01-01' }, ['dateOfBirth']],
    ['a field that is missing', { citizenship: 'CH', countryOfResidence: 'CH', taxNumber: '7' }, ['dateOfBirth']],
    ['neither document nor tax number', { ...ANNA, taxNumber: '8' }, ['documentType + documentNumber, taxNumber']],
    ['empty fields', { ...ANNA, citizenship: '' }, ['citizenship']],
  ])('different identification: %s', (_, identity, fields) => {
    const decision = share({ anna: person('anna', identity) });
    expect(decision.reasons.map(({ code, values }) => [code, values.field])).toEqual(
      fields.map((field) => ['different-identification', field]),
    );
  });

  it('a document instead of the tax number', () => {
    const paper = { ...ANNA, taxNumber: '', documentType: 'passport', documentNumber: 'X1' };
    expect(share({ anna: person('anna', paper), bert: { identity: paper } }).allowed).toBe(true);
    const fieldsOnly = definePolicy({ ...broker, sharing: { ...broker.sharing!, identityAlternatives: [] } });
    expect(share({ policy: fieldsOnly, anna: person('anna', { ...ANNA, taxNumber: '8' }) }).allowed).toBe(true);
  });

  it('less secure device: the highest level of both is the one to share', () => {
    const weak = { devices: owner(broker, ['totp']), by: session('totp'), device: 'totp' };
    const mine = owner(broker, ['digital-security-card']);
    expect(codes(share({ mine, by: session('digital-security-card'), bert: weak }))).toEqual(['less-secure-device']);
    const two = owner(broker, ['pin-token', 'totp']);
    expect(codes(share({ bert: { ...weak, devices: two } }))).toEqual(['less-secure-device']);
    const equal = { devices: owner(broker, ['totp']), by: session('totp'), device: 'totp' };
    expect(share({ mine: owner(broker, ['passkey']), by: session('passkey'), bert: equal }).allowed).toBe(true);
  });
});

describe('what stands in the way', () => {
  it('is not offered, or nobody else’s, or nothing that can be shared', () => {
    const kinds = Object.fromEntries(
      Object.entries(broker.kinds).map(([name, { shareable: _, ...rules }]) => [name, rules]),
    );
    const none = definePolicy({ ...broker, kinds, sharing: null });
    expect(codes(share({ policy: none }))).toEqual(['not-offered']);
    expect(codes(share({ anna: person('bert') }))).toEqual(['same-user']);
    expect(codes(share({ bert: { device: 'nothing' } }))).toEqual(['unknown-device']);
    const phone = {
      devices: owner(broker, ['phone-app']),
      by: session('phone-app'),
      device: 'phone-app',
      posture: { 'phone-app': { platform: 'ios', systemVersion: '17', rooted: false, screenLock: true } },
    };
    expect(codes(share({ bert: phone }))).toEqual(['kind-not-shareable']);
    expect(codes(share({ mine: owner(broker, ['totp']), id: 'totp', by: session('totp') }))).toContain(
      'duplicate-device',
    );
  });

  it('the owner agrees with a session as strong as the device, and is not locked', () => {
    const two = owner(broker, ['pin-token', 'totp']);
    expect(codes(share({ bert: { devices: two, by: session('totp') } }))).toContain('session-too-weak');
    expect(codes(share({ bert: { by: PASSWORD } }))).toContain('session-too-weak');
    expect(codes(share({ bert: { attempts: lockForGood(broker, 'pin-token', NOW) } }))).toContain('locked');
    expect(share({ bert: { attempts: newAttemptState() }, explain: true }).looked!.length).toBeGreaterThan(8);
  });

  it('what is shared is not lent on', () => {
    const lent = granted(share({ anna: person('anna', {}, 'e'), bert: { ...person('bert', {}, 'e') } })).devices;
    const active = granted(move(lent, 'shared', 'activate', PASSWORD, { proven: true, ...lenders() })).devices;
    const onward = { devices: active, by: session('shared'), device: 'shared', ...lenders() };
    expect(codes(share({ anna: person('carl'), bert: onward }))).toContain('kind-not-shareable');
  });

  it('a kind that is not there any more', () => {
    const { 'pin-token': _gone, ...kinds } = broker.kinds;
    const actions = JSON.parse(JSON.stringify(broker.actions).replace('"pin-token",', ''));
    delete actions.withdrawal.limits.perKind['pin-token'];
    expect(codes(share({ policy: definePolicy({ ...broker, kinds, actions }) }))).toEqual(['unknown-kind']);
  });

  it('everything is looked at once more when it begins', () => {
    const pending = granted(share());
    const issued = granted(move(pending.devices, 'shared', 'issue', SUPPORT)).devices;
    const begin = (more: object) => codes(move(issued, 'shared', 'activate', PASSWORD, { proven: true, ...more }));
    expect(begin({})).toEqual(['owner-not-usable']);
    expect(begin(lenders(newDevicesState()))).toEqual(['owner-not-usable']);
    expect(begin(lenders(granted(move(owners, 'pin-token', 'suspend', PASSWORD)).devices))).toEqual([
      'owner-not-usable',
    ]);
    const coded = granted(bind(owners, 'temporary-code', SUPPORT)).devices;
    expect(begin(lenders(coded))).toEqual(['temporary-device']);
    expect(begin(lenders())).toEqual([]);
  });

  it('it works while it works for its owner, who is counted there', () => {
    const lent = granted(share({ anna: person('anna', {}, 'e'), bert: { ...person('bert', {}, 'e') } })).devices;
    const { devices } = granted(move(lent, 'shared', 'activate', PASSWORD, { proven: true, ...lenders() }));
    const use = (attempts: ReturnType<typeof newAttemptState> | null) =>
      codes(withdraw(1, 'shared', devices, { owners: { bert: { devices: owners, attempts } } }));
    expect(use(newAttemptState())).toEqual([]);
    expect(use(lockForGood(broker, 'pin-token', NOW))).toEqual(['owner-not-usable']);
  });

  it('a requester’s own weak session makes it grow', () => {
    const mine = owner(broker, ['security-card']);
    const lent = granted(
      share({
        mine,
        by: session('security-card'),
        anna: person('anna', {}, 'e'),
        bert: { ...person('bert', {}, 'e') },
      }),
    ).devices;
    const { devices } = granted(move(lent, 'shared', 'activate', PASSWORD, { proven: true, ...lenders() }));
    expect(codes(withdraw(200_001, 'shared', devices, lenders()))).toEqual(['over-daily-limit']);
    expect(devices.list[0]).toMatchObject({ state: 'suspended', left: { by: 'equal', back: 'active' } });
    const ended = granted(move(devices, 'shared', 'retire', SUPPORT, lenders()));
    expect(ended.devices.list[0]).toMatchObject({ state: 'active', left: null });
  });

  it('what the programmer got wrong throws', () => {
    const code = expect.objectContaining({ name: 'CountersignError', code: 'invalid-argument' });
    expect(() => share({ anna: null as never })).toThrow(code);
    expect(() => share({ anna: { ...person(''), user: '' } })).toThrow(code);
    expect(() => share({ bert: { device: '' } })).toThrow(code);
  });
});
