import {
  type Actor,
  type AttemptState,
  admitAttempt,
  advanceDevices,
  bindDevice,
  type Decision,
  type DeviceEvent,
  type DevicesDecision,
  type DevicesState,
  decideAction,
  definePolicy,
  findPolicyProblems,
  lintPolicy,
  type Money,
  moveDevice,
  newAttemptState,
  newDevicesState,
  newOptOutState,
  optIn,
  optOut,
  type Policy,
  policySchema,
  recoverySteps,
  renderExplanation,
  setMethods,
  shareDevice,
  unlockAttempts,
  withKinds,
} from '@countersign/policy';
import { createAddressLists } from '@countersign/policy/network';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '@countersign/policy/presets';
import type { Checks, Suite } from '../checks.ts';
import { hostileInputs } from './hostile-input.ts';

export const HOUR = 3_600_000;
export const DAY: number = 24 * HOUR;
/** Wednesday, 18 November 2026, noon in New York. */
export const NOW: number = Date.UTC(2026, 10, 18, 17);
const COOL_DOWN = 72 * HOUR;

const presets: readonly Policy[] = [brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy];
const SUPPORT = { role: 'support', name: 'desk 3' } as const;
const SYSTEM = { role: 'system' } as const;
const PASSWORD = { role: 'user', device: null } as const;
const session = (device: string): Actor => ({ role: 'user', device });
const PHONE = { platform: 'ios', systemVersion: '17.0', rooted: false, screenLock: true };
const posture = { 'phone-app': PHONE, 'new-phone-app': PHONE };

const codes = ({ reasons }: Decision): string[] => reasons.map(({ code }) => code);
const states = ({ devices }: DevicesDecision): string[] => devices.list.map(({ id, state }) => `${id} ${state}`);

function granted<T extends Decision>(decision: T): T {
  if (!decision.allowed) throw new Error(`denied: ${codes(decision)}`);
  return decision;
}

type More = Partial<Parameters<typeof bindDevice>[1]> & Partial<Parameters<typeof moveDevice>[1]>;

function bind(policy: Policy, devices: DevicesState, kind: string, by: Actor, more: More = {}): DevicesDecision {
  const asked = { devices, attempts: null, by, now: NOW, posture, equity: 10 ** 9 };
  return bindDevice(policy, { ...asked, id: `new-${kind}`, ...more, kind });
}

function move(
  policy: Policy,
  devices: DevicesState,
  device: string,
  event: DeviceEvent,
  by: Actor,
  more: More = {},
): DevicesDecision {
  return moveDevice(policy, { devices, attempts: null, by, now: NOW, posture, ...more, device, event });
}

/** A user with devices that support bound long ago, named by their kinds. */
export function owner(policy: Policy, kinds: readonly string[]): DevicesState {
  let devices = newDevicesState();
  for (const kind of kinds) {
    const now = policy.kinds[kind]?.temporary === true ? NOW - HOUR : NOW - 30 * DAY;
    devices = granted(bind(policy, devices, kind, SUPPORT, { id: kind, now })).devices;
    devices = granted(move(policy, devices, kind, 'activate', SUPPORT, { proven: true, now })).devices;
  }
  return devices;
}

/** What policies, decisions, attempts, lifecycles and sharings come to. Days and money as text: policyCalendar. */
export const policy: Suite = {
  name: 'policy',
  declare(checks) {
    declarePolicies(checks);
    declareDecisions(checks);
    declareAttempts(checks);
    declareLifecycles(checks);
    declareSharing(checks);
    declareExplanations(checks);
    declareAddresses(checks);
  },
};

function declarePolicies({ equal, record, throws }: Checks): void {
  record('the schema', () => JSON.stringify(policySchema()));
  for (const preset of presets) {
    record(`preset ${preset.name}`, () => JSON.stringify(preset));
    equal(
      `preset ${preset.name} survives a round trip`,
      () => definePolicy(JSON.parse(JSON.stringify(preset))),
      preset,
    );
    record(`preset ${preset.name}, hints`, () => lintPolicy(preset));
    equal(`preset ${preset.name} is frozen`, () => Object.isFrozen(preset.kinds), true);
  }
  const document = JSON.parse(JSON.stringify(smallCompanyPolicy));
  record('mistakes', () => [
    findPolicyProblems({ ...document, currency: undefined }),
    findPolicyProblems({ ...document, kinds: { ...document.kinds, totp: { level: 0, methods: ['topt'] } } }),
    findPolicyProblems({ ...document, atempts: 1, attempts: { device: { limit: 5 } } }),
    ...hostileInputs.map(([, input]) => findPolicyProblems(input).length > 0),
  ]);
  throws('a policy without kinds', () => definePolicy({ v: 1, name: 'x' }), 'invalid-policy');
  record('an added kind', () => {
    const added = { level: 30, methods: ['passkey'], like: 'passkey' } as const;
    return definePolicy(withKinds(smallCompanyPolicy, { 'hardware-key': added })).actions.payment;
  });
}

const amounts: readonly (Money | undefined)[] = [
  undefined,
  { minorUnits: 100_000, currency: 'EUR' },
  { minorUnits: 100_001, currency: 'EUR' },
  { minorUnits: 1, currency: 'USD' },
];

/** Kinds × actions × amounts × times; the broker's withdrawals count days and are in policyCalendar. */
function declareDecisions({ equal, record, throws }: Checks): void {
  for (const preset of presets) {
    const kinds = Object.keys(preset.kinds).filter((kind) => preset.kinds[kind]?.leaves !== true);
    const devices = owner(preset, kinds.slice(0, 8));
    for (const action of Object.keys(preset.actions).filter((name) => name !== 'withdrawal')) {
      record(`${preset.name}, ${action}`, () =>
        [null, 'unknown', ...devices.list.map(({ id }) => id)].flatMap((device) =>
          amounts.flatMap((amount) =>
            [0, 3, 13, 40].map((days) => {
              const now = NOW + days * DAY;
              const situation = { devices, attempts: null, optOut: newOptOutState(), now, posture, amount };
              const decision = decideAction(preset, { ...situation, action, device });
              const { allowed, available, usable, stepUp, needsDevice } = decision;
              const names = [usable, stepUp].map((list) => list.map((one) => one.device).join(' '));
              return [allowed, codes(decision).join(' '), available, needsDevice, ...names].join('/');
            }),
          ),
        ),
      );
    }
  }
  const nothing = { devices: newDevicesState(), attempts: null, optOut: null, now: NOW };
  for (const [name, input] of hostileInputs) {
    equal(
      `hostile input instead of an action: ${name}`,
      () => decideAction(smallCompanyPolicy, { ...nothing, action: input as 'login', device: null }).allowed,
      false,
    );
  }
  const login = { ...nothing, action: 'login', device: null } as const;
  throws('another state', () => decideAction(psd2Policy, { ...login, devices: {} as never }), 'invalid-state');
  throws('no time', () => decideAction(psd2Policy, { ...login, now: Number.NaN }), 'invalid-time');
  throws('an unchecked policy', () => decideAction({ ...psd2Policy }, login), 'invalid-policy');
}

function declareAttempts({ equal, record }: Checks): void {
  const run = (preset: Policy, tries: number, lane: string | null, from: AttemptState) => {
    let state = from;
    const told: unknown[] = [];
    for (let index = 0, now = NOW; index < tries; index++) {
      const admission = admitAttempt(preset, state, { device: 'totp', lane, now });
      if (admission.ok) {
        const transition = admission.record('guess');
        told.push(transition.reveal(true));
        state = transition.next;
      } else {
        told.push(admission);
        now = admission.retryAt ?? now;
      }
    }
    return { state, told };
  };
  const known = (preset: Policy): AttemptState => {
    const admission = admitAttempt(preset, newAttemptState(), { device: 'totp', now: NOW });
    return admission.ok ? admission.record('success', { earn: 'browser' }).next : newAttemptState();
  };
  for (const preset of presets) {
    record(`${preset.name}, 60 guesses`, () => run(preset, 60, null, newAttemptState()));
    record(`${preset.name}, guesses from a known browser, then from elsewhere`, () => {
      const { state, told } = run(preset, 8, 'browser', known(preset));
      return [told, run(preset, 8, null, state)];
    });
  }
  equal('guesses from elsewhere do not lock a known browser out', () => {
    const { state } = run(brokerPolicy, 60, null, known(brokerPolicy));
    return ['browser', 'another', null].map(
      (lane) => admitAttempt(brokerPolicy, state, { device: 'totp', lane, now: NOW }).ok,
    );
  }, [true, false, false]);
  equal(
    'nothing is revealed before it is written',
    () => {
      const admission = admitAttempt(psd2Policy, newAttemptState(), { device: 'totp', now: NOW });
      return admission.ok && admission.record('success').reveal(false);
    },
    { ok: false, reason: 'not-written' },
  );
  record('unlocking', () => {
    const { state } = run(psd2Policy, 9, null, newAttemptState());
    const asked = { attempts: state, devices: owner(psd2Policy, ['totp']), now: NOW };
    return [PASSWORD, SUPPORT].map((by) => unlockAttempts(psd2Policy, { ...asked, device: null, by }));
  });
}

/** The sequences by which a password and a weak device once reached what a strong one guards. */
function declareLifecycles({ equal, record }: Checks): void {
  const start = (): DevicesState => owner(brokerPolicy, ['pin-token', 'security-card']);
  const card = session('security-card');
  for (const event of ['report-lost', 'suspend'] as const) {
    equal(`${event} by the password, then binding with a card`, () => {
      const { devices } = granted(move(brokerPolicy, start(), 'pin-token', event, PASSWORD));
      const times = [0, COOL_DOWN - 1, COOL_DOWN].map((wait) => ({ now: NOW + wait }));
      return times.map((more) => bind(brokerPolicy, devices, 'totp', card, more).allowed);
    }, [false, false, true]);
  }
  equal('retiring and replacing need a session as strong', () => {
    const retire = (by: Actor): boolean => move(brokerPolicy, start(), 'pin-token', 'retire', by).allowed;
    const replace = bind(brokerPolicy, start(), 'recovery-code', card, { replaces: 'pin-token' }).allowed;
    return [retire(PASSWORD), retire(card), replace, retire(session('pin-token')), retire(SUPPORT)];
  }, [false, false, false, true, true]);
  equal('a proof brings a lost device back, and no weaker session reports it again', () => {
    const lost = granted(move(brokerPolicy, start(), 'pin-token', 'report-lost', PASSWORD)).devices;
    const by = session('pin-token');
    const { devices } = granted(move(brokerPolicy, lost, 'pin-token', 'restore', by, { proven: true }));
    const again = (who: Actor, now: number): boolean =>
      move(brokerPolicy, devices, 'pin-token', 'report-lost', who, { now }).allowed;
    return [again(PASSWORD, NOW + COOL_DOWN - 1), again(SUPPORT, NOW), again(PASSWORD, NOW + COOL_DOWN)];
  }, [false, true, true]);
  equal('what support confirmed as lost does not guard against the code that goes with it', () => {
    const confirms = ['pin-token', 'security-card'];
    const issued = granted(bind(brokerPolicy, start(), 'temporary-code', SUPPORT, { confirms })).devices;
    const { devices } = granted(move(brokerPolicy, issued, 'new-temporary-code', 'activate', SUPPORT));
    return [session('new-temporary-code'), card].map((by) => bind(brokerPolicy, devices, 'totp', by).allowed);
  }, [true, false]);
  record('every event, of every actor, from every state', () => {
    const events: DeviceEvent[] = ['issue', 'activate', 'suspend', 'report-lost', 'restore', 'expire', 'retire'];
    const actors = [PASSWORD, card, session('pin-token'), SUPPORT, SYSTEM];
    const begun = events.map((event) => move(brokerPolicy, start(), 'pin-token', event, SUPPORT, { proven: true }));
    return begun.flatMap((before) =>
      events.flatMap((event) =>
        actors.map((by) => {
          const { devices } = before;
          const after = move(brokerPolicy, devices, 'pin-token', event, by, { proven: true, now: NOW + HOUR });
          return [codes(after), states(after), after.notices, after.records];
        }),
      ),
    );
  });
  record('a posted token over the weeks', () => {
    const devices = granted(bind(brokerPolicy, owner(brokerPolicy, ['totp']), 'pin-token', SUPPORT)).devices;
    return [0, 14, 19, 21, 60].map((days) => {
      const advanced = advanceDevices(brokerPolicy, { devices, attempts: null, now: NOW + days * DAY });
      return [advanced.changed, states(advanced), advanced.notices];
    });
  });
  record('the way back', () =>
    [[], ['totp'], ['temporary-code'], ['online-card']].map((kinds) =>
      recoverySteps(brokerPolicy, { devices: owner(brokerPolicy, kinds), attempts: null, now: NOW }),
    ),
  );
  record('methods, and leaving login protection', () => {
    const devices = owner(brokerPolicy, ['phone-app']);
    const asked = { devices, attempts: null, by: session('phone-app'), now: NOW, posture };
    const out = optOut(brokerPolicy, { ...asked, optOut: newOptOutState() });
    return [
      out,
      optIn(brokerPolicy, { ...asked, optOut: out.optOut }),
      codes(setMethods(brokerPolicy, { ...asked, device: 'phone-app', off: ['push-approval', 'challenge-response'] })),
      setMethods(brokerPolicy, { ...asked, device: 'phone-app', off: ['push-approval'] }).devices.list,
    ];
  });
}

function declareSharing({ equal, record }: Checks): void {
  const owners = (): DevicesState => owner(brokerPolicy, ['pin-token']);
  const share = (anna: string, bert: string, taxNumber: string, devices = newDevicesState()): DevicesDecision => {
    const identity = { dateOfBirth: '1980-01-01', citizenship: 'CH', countryOfResidence: 'CH' };
    const lender = { devices: owners(), attempts: null, by: session('pin-token'), device: 'pin-token' };
    return shareDevice(brokerPolicy, {
      devices,
      attempts: null,
      by: PASSWORD,
      now: NOW,
      id: 'shared',
      requester: { user: 'anna', entity: anna, identity: { ...identity, taxNumber } },
      owner: { ...lender, user: 'bert', entity: bert, identity: { ...identity, taxNumber: '7' } },
    });
  };
  record('one entity, two entities, two people', () =>
    [share('e-1', 'e-1', '8'), share('e-1', 'e-2', '7'), share('e-1', 'e-2', '8')].map((decision) => [
      codes(decision),
      states(decision),
      decision.notices,
    ]),
  );
  equal('a shared device works while it works for its owner', () => {
    const shared = granted(share('e-1', 'e-1', '7')).devices;
    const lent = { owners: { bert: { devices: owners(), attempts: null } } };
    const proven = { proven: true, ...lent };
    const { devices } = granted(move(brokerPolicy, shared, 'shared', 'activate', PASSWORD, proven));
    const lost = granted(move(brokerPolicy, owners(), 'pin-token', 'report-lost', PASSWORD)).devices;
    const login = { action: 'login', device: 'shared', devices, attempts: null, optOut: null, now: NOW } as const;
    return [lent, { owners: { bert: { devices: lost, attempts: null } } }, {}].map(
      (from) => decideAction(brokerPolicy, { ...login, ...from }).allowed,
    );
  }, [true, false, false]);
}

function declareExplanations({ equal, record }: Checks): void {
  const devices = owner(smallCompanyPolicy, ['totp', 'approval', 'recovery-code']);
  const asked = { devices, attempts: null, optOut: null, now: NOW, action: 'payment', explain: true } as const;
  const money = ({ minorUnits, currency }: Money): string => `${minorUnits / 100} ${currency}`;
  const pay = (device: string | null, amount: Money | undefined) =>
    decideAction(smallCompanyPolicy, { ...asked, device, amount });
  for (const device of [null, 'unknown', ...devices.list.map(({ id }) => id)]) {
    record(`a payment with ${device}, explained`, () =>
      amounts.flatMap((amount) => {
        const decision = pay(device, amount);
        return [renderExplanation(decision, { money }), renderExplanation(decision, { money, all: true })];
      }),
    );
  }
  equal(
    'one line for what is allowed',
    () => renderExplanation(pay('approval', amounts[2])),
    '✔ approval: payment is allowed (actions.payment)',
  );
  equal(
    'and for what is denied by one rule',
    () => renderExplanation(pay('totp', amounts[2]), { money }),
    '✘ totp: 1000.01 EUR is more than 1000 EUR at a time (actions.payment.limits.perKind.totp.perAction)',
  );
}

function declareAddresses({ record }: Checks): void {
  const lists = createAddressLists({ offices: ['192.0.2.0/24', '2001:db8::/32', '::ffff:198.51.100.0/120'] });
  record('addresses', () =>
    ['192.0.2.7', '192.0.3.1', '::ffff:192.0.2.7', '2001:db8:1::1', '::192.0.2.7', '198.51.100.9', '0300.0.2.7']
      .map((address) => lists.match('offices', address))
      .concat(hostileInputs.map(([, input]) => lists.match('offices', input))),
  );
}
