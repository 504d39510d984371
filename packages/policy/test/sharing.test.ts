import { describe, expect, it } from 'vitest';
import { type Actor, type Device, definePolicy, type Sharing } from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';
import { beginSharing, cancelSharing, type Participant, requestSharing, reviewSharing } from '../src/sharing.ts';
import { codes, DAY, device, document, inState, NOW } from './helpers.ts';

const identity = {
  dateOfBirth: '1980-02-29',
  citizenship: 'BE',
  countryOfResidence: 'CH',
  documentType: 'passport',
  documentNumber: 'EH123456',
};
const person = (user: string, more: Partial<Participant> = {}): Participant => ({
  user,
  entity: `entity of ${user}`,
  identity,
  devices: [],
  ...more,
});
const token = device('pin-token', { id: 'token' });
const ask = (
  requester: Partial<Participant>,
  owner: Partial<Participant> = {},
  more: object = {},
  policy = brokerPolicy,
) =>
  requestSharing(policy, {
    requester: person('anna', requester),
    owner: person('bert', { devices: [token], ...owner }),
    device: 'token',
    proven: true,
    now: NOW,
    ...more,
  });

describe('asking to share', () => {
  it('same entity: at once; same identification: pending compliance', () => {
    expect(ask({ entity: 'e' }, { entity: 'e' }).sharing).toEqual({
      v: 1,
      status: 'approved',
      requester: 'anna',
      owner: 'bert',
      device: 'token',
      kind: 'pin-token',
      changedAt: NOW,
      suspended: [],
    });
    expect(ask({ entity: 'e', identity: {} }, { entity: 'e', identity: {} }).allowed).toBe(true);
    expect(ask({}).sharing?.status).toBe('pending');
    const review = (mode: string) => definePolicy(document((p) => (p.sharing.review = mode)));
    expect(ask({}, {}, {}, review('never')).sharing?.status).toBe('approved');
    expect(ask({ entity: 'e' }, { entity: 'e' }, {}, review('always')).sharing?.status).toBe('pending');
  });

  it.each(['dateOfBirth', 'citizenship', 'countryOfResidence'])('the %s must be the same', (field) => {
    for (const other of ['x', '', undefined]) {
      const decision = ask({ identity: { ...identity, [field]: other } as never });
      expect(decision.reasons).toEqual([{ code: 'different-identification', values: { field } }]);
      expect(decision.sharing).toBeNull();
      expect(JSON.stringify(decision)).not.toContain('1980');
    }
  });

  it('a document’s type and number, or a tax number', () => {
    const without = { dateOfBirth: '1980-02-29', citizenship: 'BE', countryOfResidence: 'CH' };
    expect(codes(ask({ identity: without }))).toEqual(['different-identification']);
    expect(codes(ask({ identity: without }, { identity: without }))).toEqual(['different-identification']);
    expect(codes(ask({ identity: { ...identity, documentType: 'card' } }))).toEqual(['different-identification']);
    const taxed = { ...without, taxNumber: '1' };
    expect(ask({ identity: taxed }, { identity: { ...identity, ...taxed } }).allowed).toBe(true);
    expect(codes(ask({ identity: { ...taxed, taxNumber: '2' } }, { identity: { ...identity, ...taxed } }))).toEqual([
      'different-identification',
    ]);
    const policy = definePolicy(document((p) => (p.sharing.identityAlternatives = [])));
    expect(ask({ identity: without }, {}, {}, policy).allowed).toBe(true);
    // Two empty fields prove nothing.
    const empty = { ...identity, citizenship: '' };
    expect(codes(ask({ identity: empty }, { identity: empty }))).toEqual(['different-identification']);
    // Nor do two empty entities.
    expect(codes(ask({ entity: '', identity: {} }, { entity: '', identity: {} }))).toContain(
      'different-identification',
    );
  });

  it('no participant has a temporary device', () => {
    for (const kind of ['online-card', 'temporary-code']) {
      const activatedAt = NOW - DAY;
      expect(codes(ask({ devices: [device(kind, { activatedAt })] }))).toEqual(['temporary-device']);
      expect(codes(ask({}, { devices: [token, inState(kind, 'suspended', { activatedAt })] }))).toEqual([
        'temporary-device',
      ]);
      // Expired by the clock, though no job has written it down.
      expect(ask({ devices: [device(kind)] }).allowed).toBe(true);
      expect(
        ask({ devices: [inState(kind, 'expired'), inState(kind, 'pending', { id: 'p', activatedAt: null })] }).allowed,
      ).toBe(true);
    }
  });

  it('the highest level is the one that is shared; equal levels: either', () => {
    const card = device('security-card', { id: 'token' });
    expect(codes(ask({ devices: [device('totp')] }, { devices: [card] }))).toEqual(['less-secure-device']);
    expect(codes(ask({}, { devices: [card, device('totp')] }))).toEqual(['less-secure-device']);
    expect(ask({ devices: [device('sms')] }, { devices: [card] }).allowed).toBe(true);
    expect(ask({ devices: [device('gold')] }).allowed).toBe(true);
    expect(codes(ask({ devices: [inState('gold', 'lost')] }, { devices: [card] }))).toEqual(['less-secure-device']);
  });

  it('phone apps are not shared, nor is what is shared already', () => {
    expect(codes(ask({}, { devices: [device('phone-app', { id: 'token' })] }))).toEqual(['kind-not-shareable']);
    expect(codes(ask({}, { devices: [{ ...token, sharedFrom: { user: 'carl', device: 'x' } }] }))).toEqual([
      'device-not-active',
    ]);
    expect(codes(ask({}, { devices: [{ ...token, state: 'locked' }] }))).toEqual(['device-not-active']);
  });

  it('fails closed', () => {
    expect(codes(ask({}, {}, { proven: 1 }))).toEqual(['not-proven']);
    expect(codes(ask({}, {}, { device: 'other' }))).toEqual(['unknown-device']);
    expect(codes(ask({}, {}, { now: Number.NaN }))).toEqual(['invalid-time']);
    expect(codes(ask({ user: 'bert' }))).toEqual(['same-user']);
    expect(codes(ask({ devices: null as never }))).toEqual(['invalid-state']);
    expect(codes(ask({}, { devices: 7 as never }))).toEqual(['invalid-state']);
    expect(codes(ask({ devices: [device('telepathy')] }))).toEqual(['unknown-kind']);
    for (const broken of [{ user: 1 }, { entity: null }, { identity: null }])
      expect(codes(ask(broken as never))).toEqual(['invalid-request']);
    expect(codes(ask({}, {}, { owner: null }))).toEqual(['invalid-request']);
    expect(codes(ask({}, {}, {}, definePolicy(document((p) => (p.sharing.offered = false)))))).toEqual(['not-offered']);
  });
});

describe('the life of a sharing', () => {
  const SUPPORT: Actor = { role: 'support' };
  const own: Device[] = [device('sms'), inState('totp', 'suspended')];
  const sharing = (status: Sharing['status']): Sharing => ({ ...ask({}).sharing!, status });
  const settle = (from: Sharing, devices: readonly Device[], more: object = {}) => ({
    sharing: from,
    devices,
    id: 'shared',
    by: SUPPORT,
    now: NOW + 1,
    ...more,
  });

  it('is reviewed by support only', () => {
    const review = (more: object) =>
      reviewSharing(brokerPolicy, { sharing: sharing('pending'), approve: true, by: SUPPORT, now: NOW + 1, ...more });
    expect(review({}).sharing).toEqual({ ...sharing('approved'), changedAt: NOW + 1 });
    expect(review({ approve: false }).sharing.status).toBe('declined');
    expect(codes(review({ by: { role: 'user', level: 50 } }))).toEqual(['actor-not-allowed']);
    expect(codes(review({ by: 'support' }))).toEqual(['actor-not-allowed']);
    expect(codes(review({ approve: 'yes' }))).toEqual(['invalid-request']);
    expect(codes(review({ now: Number.NaN }))).toEqual(['invalid-request']);
    for (const status of ['approved', 'active', 'declined', 'cancelled'] as const) {
      expect(codes(review({ sharing: sharing(status) }))).toEqual(['wrong-state']);
      expect(review({ sharing: sharing(status) }).sharing.status).toBe(status);
    }
  });

  it('begins: own devices rest; and ends: they work again', () => {
    const begun = beginSharing(brokerPolicy, settle(sharing('approved'), own));
    expect(begun.sharing).toMatchObject({ status: 'active', suspended: ['sms'] });
    expect(begun.devices.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'sms suspended',
      'totp suspended',
      'shared active',
    ]);
    expect(begun.notices.map(({ topic, device: id, to }) => [topic, id, to])).toEqual([
      ['suspend', 'sms', ['user']],
      ['bind', 'shared', ['user', 'owner']],
    ]);
    const ended = cancelSharing(brokerPolicy, settle(begun.sharing, begun.devices));
    expect(ended.sharing.status).toBe('cancelled');
    expect(ended.devices.map(({ id, state }) => `${id} ${state}`)).toEqual([
      'sms active',
      'totp suspended',
      'shared retired',
    ]);
    expect(codes(cancelSharing(brokerPolicy, settle(ended.sharing, ended.devices)))).toEqual(['wrong-state']);
  });

  it('what was lost meanwhile stays lost', () => {
    const begun = beginSharing(brokerPolicy, settle(sharing('approved'), own));
    const lost = begun.devices.map((one) => (one.id === 'sms' ? { ...one, state: 'lost' as const } : one));
    expect(cancelSharing(brokerPolicy, settle(begun.sharing, lost)).devices[0]?.state).toBe('lost');
  });

  it('cancelled before it began changes no device', () => {
    for (const status of ['pending', 'approved'] as const) {
      const cancelled = cancelSharing(brokerPolicy, settle(sharing(status), own));
      expect(cancelled).toMatchObject({ allowed: true, devices: own, notices: [], sharing: { status: 'cancelled' } });
    }
  });

  it('fails closed', () => {
    for (const status of ['pending', 'active', 'declined', 'cancelled'] as const) {
      expect(codes(beginSharing(brokerPolicy, settle(sharing(status), own)))).toEqual(['wrong-state']);
    }
    expect(codes(beginSharing(brokerPolicy, settle(sharing('approved'), [device('sms', { id: 'shared' })])))).toEqual([
      'duplicate-device',
    ]);
    expect(codes(cancelSharing(brokerPolicy, settle(sharing('active'), own)))).toEqual(['unknown-device']);
    const foreign = device('pin-token', { id: 'shared', sharedFrom: { user: 'bert', device: 'other' } });
    expect(codes(cancelSharing(brokerPolicy, settle(sharing('active'), [foreign])))).toEqual(['unknown-device']);
    expect(codes(beginSharing(brokerPolicy, settle(sharing('approved'), own, { by: null })))).toEqual([
      'invalid-request',
    ]);
    expect(codes(beginSharing(brokerPolicy, settle(sharing('approved'), own, { now: NOW - 5001 })))).toEqual([
      'clock-went-backwards',
    ]);
    expect(codes(beginSharing(brokerPolicy, settle(sharing('approved'), null as never)))).toEqual(['invalid-state']);
  });

  it('begins only if the shared device is still the strongest, and no temporary one has come', () => {
    const begin = (devices: readonly Device[], more: Partial<Sharing> = {}) =>
      codes(beginSharing(brokerPolicy, settle({ ...sharing('approved'), ...more }, devices)));
    expect(begin([device('pin-token')], { kind: 'totp' })).toEqual(['less-secure-device']);
    expect(begin([device('online-card', { activatedAt: NOW })])).toEqual(['temporary-device']);
    expect(begin([], { kind: 'telepathy' })).toEqual(['unknown-kind']);
    expect(begin([], { kind: 'phone-app' })).toEqual(['kind-not-shareable']);
    expect(begin([device('gold')])).toEqual([]);
  });

  it('a password alone does not end it', () => {
    const begun = beginSharing(brokerPolicy, settle(sharing('approved'), own));
    const cancel = (level: number, from = begun.sharing, devices = begun.devices) =>
      cancelSharing(brokerPolicy, settle(from, devices, { by: { role: 'user', level } }));
    expect(codes(cancel(0))).toEqual(['session-too-weak']);
    expect(cancel(0).devices).toBe(begun.devices);
    expect(cancel(1).allowed).toBe(true);
    expect(cancel(0, sharing('pending'), own).allowed).toBe(true);
  });

  it('a shared device that has gone for good stays what it is', () => {
    const begun = beginSharing(brokerPolicy, settle(sharing('approved'), own));
    for (const state of ['expired', 'retired'] as const) {
      const gone = begun.devices.map((one) => (one.id === 'shared' ? { ...one, state } : one));
      const ended = cancelSharing(brokerPolicy, settle(begun.sharing, gone));
      expect(ended.devices.at(-1)).toBe(gone.at(-1));
      expect(ended.devices[0]?.state).toBe('active');
    }
  });

  it('a damaged record denies', () => {
    const damaged = [
      null,
      7,
      {},
      { v: 2 },
      { status: 'x' },
      { kind: 1 },
      { changedAt: Number.NaN },
      { suspended: null },
    ];
    for (const broken of damaged) {
      const record = (broken !== null && typeof broken === 'object' && Object.keys(broken).length > 0
        ? { ...sharing('pending'), ...broken }
        : broken) as unknown as Sharing;
      expect(codes(beginSharing(brokerPolicy, settle(record, own)))).toEqual(['invalid-state']);
      expect(codes(cancelSharing(brokerPolicy, settle(record, own)))).toEqual(['invalid-state']);
      const review = { sharing: record, approve: true, by: SUPPORT, now: NOW };
      expect(codes(reviewSharing(brokerPolicy, review))).toEqual(['invalid-state']);
    }
    const review = { sharing: sharing('pending'), approve: true, by: SUPPORT, now: NOW - 5001 };
    expect(codes(reviewSharing(brokerPolicy, review))).toEqual(['clock-went-backwards']);
    expect(codes(reviewSharing(brokerPolicy, { ...review, now: NOW, by: null as never }))).toEqual([
      'actor-not-allowed',
    ]);
    for (const id of ['', undefined]) {
      expect(codes(beginSharing(brokerPolicy, settle(sharing('approved'), own, { id })))).toEqual(['invalid-request']);
    }
  });
});
