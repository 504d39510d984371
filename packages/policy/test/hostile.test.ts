// Nothing that is given to a function makes it throw anything but a CountersignError.
import { expect, it } from 'vitest';
import * as policyPackage from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';
import { broker, calendar, NOW, owner, SUPPORT, session } from './support.ts';

const HOSTILE: readonly unknown[] = [
  null,
  undefined,
  0,
  Number.NaN,
  -1,
  1e300,
  '',
  'x'.repeat(1_000_000),
  'constructor',
  '__proto__',
  '\ud800',
  true,
  1n,
  Symbol('s'),
  [],
  new Array(2),
  {},
  Object.create(null),
  JSON.parse('{"__proto__": {"v": 1}}'),
  {
    toString: () => {
      throw new Error('raw');
    },
  },
  () => 1,
  new Date(Number.NaN),
];

const devices = owner(broker, ['totp', 'key-file', 'security-card']);
const identity = { user: 'anna', entity: 'e', identity: {} };
const lender = { ...identity, user: 'bert', devices, attempts: null, by: session('totp'), device: 'totp' };
const common = {
  devices,
  attempts: policyPackage.newAttemptState(),
  by: session('totp'),
  now: NOW,
  lane: 'lane',
  posture: {},
  client: { address: '1', lists: { match: () => 'listed' } },
  owners: { bert: { devices, attempts: null } },
  account: { user: 'anna', primaryUser: 'anna' },
  explain: true,
};
const ledger = policyPackage.newLedger(brokerPolicy);
const money = { amount: { minorUnits: 1, currency: 'JPY' }, rates: { JPY: { multiplier: 1, divisor: 1 } } };
const REQUESTS: { readonly [name: string]: object } = {
  bindDevice: { ...common, id: 'new', kind: 'passkey', ordered: true, replaces: 'totp', equity: 1, confirms: [] },
  moveDevice: { ...common, device: 'totp', event: 'activate', proven: true },
  setMethods: { ...common, device: 'totp', off: ['totp'] },
  advanceDevices: common,
  unlockAttempts: { ...common, device: 'totp' },
  optOut: { ...common, optOut: policyPackage.newOptOutState() },
  optIn: { ...common, optOut: { v: 1, status: 'out', changedAt: null } },
  shareDevice: { ...common, id: 'shared', requester: identity, owner: lender },
  decideAction: {
    ...common,
    ...money,
    action: 'withdrawal',
    device: 'totp',
    only: false,
    optOut: policyPackage.newOptOutState(),
    details: {},
    reference: 'one',
    ledger,
    calendar,
  },
  recoverySteps: common,
  reverseBooking: { ledger, reference: 'one', by: SUPPORT, now: NOW },
};

it.each(Object.entries(REQUESTS))('%s', (name, good) => {
  const call = (policyPackage as unknown as Record<string, (policy: unknown, request: unknown) => unknown>)[name]!;
  const attempt = (policy: unknown, request: unknown, what: string): void => {
    try {
      const given = call(policy, request) as { reasons?: unknown };
      if (given.reasons !== undefined) policyPackage.renderExplanation(given as policyPackage.Decision, { all: true });
    } catch (error) {
      if (!(error instanceof policyPackage.CountersignError)) throw new Error(`${name}, ${what}: ${error}`);
    }
  };
  expect(() => call(brokerPolicy, good)).not.toThrow();
  for (const [index, hostile] of HOSTILE.entries()) {
    attempt(hostile, good, `policy ${index}`);
    attempt(brokerPolicy, hostile, `request ${index}`);
    for (const [property, value] of Object.entries(good)) {
      attempt(brokerPolicy, { ...good, [property]: hostile }, `${property} ${index}`);
      // A calendar is an object of the program's own.
      if (typeof value !== 'object' || value === null || property === 'calendar') continue;
      for (const [inner, deeper] of Object.entries(value)) {
        attempt(brokerPolicy, { ...good, [property]: { ...value, [inner]: hostile } }, `${property}.${inner} ${index}`);
        if (typeof deeper !== 'object' || deeper === null || Array.isArray(deeper)) continue;
        for (const last of Object.keys(deeper)) {
          const changed = { ...value, [inner]: { ...deeper, [last]: hostile } };
          attempt(brokerPolicy, { ...good, [property]: changed }, `${property}.${inner}.${last} ${index}`);
        }
      }
    }
  }
});

it('attempts, uses, ledgers and lifetimes', () => {
  const { admitAttempt, noteUse, newLedger, lifetimesOf, findPolicyProblems, CountersignError } = policyPackage;
  const refuses = (call: () => unknown, what: string): void => {
    try {
      call();
    } catch (error) {
      if (!(error instanceof CountersignError)) throw new Error(`${what}: ${error}`);
    }
  };
  const state = policyPackage.newAttemptState();
  for (const [index, hostile] of (HOSTILE as never[]).entries()) {
    refuses(() => admitAttempt(hostile, state, { device: 'd', now: NOW }), `policy ${index}`);
    refuses(() => admitAttempt(broker, hostile, { device: 'd', now: NOW }), `state ${index}`);
    refuses(() => admitAttempt(broker, state, hostile), `request ${index}`);
    refuses(() => admitAttempt(broker, state, { device: hostile, lane: hostile, now: NOW }), `device ${index}`);
    refuses(() => {
      const admission = admitAttempt(broker, state, { device: 'd', now: NOW });
      if (admission.ok) admission.record('success', { earn: hostile });
    }, `earn ${index}`);
    refuses(() => {
      const admission = admitAttempt(broker, state, { device: 'd', now: NOW });
      if (admission.ok) admission.record('success', hostile);
    }, `options ${index}`);
    refuses(() => noteUse(broker, devices, hostile), `use ${index}`);
    refuses(() => noteUse(hostile, devices, { device: 'totp', now: NOW }), `use of policy ${index}`);
    refuses(() => newLedger(hostile), `ledger ${index}`);
    refuses(() => lifetimesOf(brokerPolicy, hostile), `lifetimes ${index}`);
    refuses(() => lifetimesOf(hostile, 'totp' as never), `lifetimes of policy ${index}`);
    refuses(() => policyPackage.definePolicy(hostile), `define ${index}`);
    refuses(() => policyPackage.lintPolicy(hostile), `lint ${index}`);
    findPolicyProblems(hostile);
  }
});
