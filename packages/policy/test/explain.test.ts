import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  type Decision,
  decideAction,
  definePolicy,
  ENGLISH,
  FIXED_RULES,
  newAttemptState,
  newLedger,
  type Policy,
  type Reason,
  renderExplanation,
} from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';
import {
  bind,
  broker,
  calendar,
  codes,
  lockForGood,
  move,
  NOW,
  owner,
  PASSWORD,
  session,
  usd,
  withdraw,
} from './support.ts';

const devices = owner(broker, ['pin-token', 'security-card', 'totp', 'recovery-code', 'key-file']);

/** Whether a rule is a path in the policy, or one that holds everywhere. */
function exists(policy: Policy, rule: string): boolean {
  if (Object.hasOwn(FIXED_RULES, rule)) return true;
  let value: unknown = policy;
  for (const key of rule.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return false;
    value = (value as Record<string, unknown>)[key];
  }
  return true;
}

describe('explanations', () => {
  it('an allowed withdrawal with five devices explains itself in one line', () => {
    const decision = withdraw(100_000, 'totp', devices, { explain: true });
    expect(renderExplanation(decision)).toBe('✔ totp: withdrawal is allowed (actions.withdrawal)');
    expect(renderExplanation(withdraw(100_000, 'totp', devices))).toBe('✔ it is allowed (actions)');
    expect(renderExplanation(decision, { all: true }).split('\n').length).toBeGreaterThan(15);
  });

  it('a denied one in at most five lines, the deciding rule first', () => {
    const decision = withdraw(300_000, 'security-card', devices, { explain: true });
    expect(renderExplanation(decision)).toBe(
      '✘ security-card: $300,000.00 is more than is left of $200,000.00 a day ($0.00 used) (actions.withdrawal.limits.perKind.security-card.perDay)',
    );
    expect(decision.looked!.filter(({ passed }) => !passed).length).toBeGreaterThan(1);
    expect(withdraw(300_000, 'security-card', devices).looked).toBe(null);
  });

  it('names the rule that held: a key file serves one action', () => {
    const client = { address: '192.0.2.1', lists: { match: () => 'listed' as const } };
    const decision = withdraw(1, 'key-file', devices, { client });
    expect(decision.reasons).toMatchObject([
      { code: 'kind-not-for-action', rule: 'kinds.key-file.actions', device: 'key-file' },
    ]);
  });

  it('every reason names a rule that exists, over all presets and random requests', () => {
    const policies: readonly Policy[] = [brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy];
    const request = fc.record({
      policy: fc.constantFrom(...policies),
      action: fc.nat(20),
      device: fc.nat(20),
      amount: fc.constantFrom<unknown>(
        null,
        { minorUnits: 10 ** 9, currency: 'USD' },
        { minorUnits: 1, currency: 'CHF' },
      ),
      out: fc.boolean(),
      locked: fc.boolean(),
      posture: fc.constantFrom<unknown>(
        undefined,
        { platform: 'ios', systemVersion: '1', rooted: true, screenLock: false },
        { platform: 'os/2' },
      ),
      days: fc.constantFrom(0, 1, 5, 40),
    });
    fc.assert(
      fc.property(request, ({ policy, action, device, amount, out, locked, posture, days }) => {
        const kinds = Object.keys(policy.kinds).filter((kind) => policy.kinds[kind]!.leaves !== true);
        const state = owner(policy, kinds.slice(0, 8));
        const actions = Object.keys(policy.actions);
        const chosen = [null, 'unknown', ...state.list.map(({ id }) => id)][device % (state.list.length + 2)]!;
        const reports = posture === undefined ? {} : Object.fromEntries(kinds.map((kind) => [kind, posture]));
        const decision = decideAction(policy, {
          action: actions[action % actions.length]!,
          device: chosen,
          devices: state,
          attempts: locked ? lockForGood(policy, state.list[0]!.id, NOW) : newAttemptState(),
          optOut: { v: 1, status: out && policy.optOut !== null ? 'out' : 'in', changedAt: NOW },
          now: NOW + days * 86_400_000,
          amount: amount as never,
          posture: reports,
          explain: true,
          ...(policy.currency !== null && { ledger: newLedger(policy) }),
          ...(policy.calendar !== null && { calendar: policy === brokerPolicy ? calendar : (calendar as never) }),
        });
        const told: readonly Reason[] = [...decision.reasons, ...decision.others.flatMap(({ reasons }) => reasons)];
        for (const { rule } of told) expect([rule, exists(policy, rule)]).toEqual([rule, true]);
        const lines = renderExplanation(decision).split('\n').length;
        expect(lines).toBeLessThanOrEqual(decision.allowed ? 1 : 5);
        renderExplanation(decision, { all: true });
        expect(JSON.parse(JSON.stringify(decision.looked))).toEqual(decision.looked);
      }),
      { numRuns: 500 },
    );
  });

  it('changes explain themselves too', () => {
    const denied = bind(devices, 'totp', session('security-card'));
    expect(renderExplanation(denied)).toContain('✘ totp: the session has level 20, and 30 is needed (authority)');
    expect(renderExplanation(move(devices, 'pin-token', 'issue', PASSWORD))).toBe(
      '✘ pin-token: issue is not possible while it is active (lifecycle)\n✘ pin-token: role user may not do this (lifecycle)',
    );
    expect(bind(devices, 'sms', PASSWORD, { explain: true }).looked!.some(({ passed }) => passed)).toBe(true);
  });

  it('in other words, and other ways to write money and time', () => {
    const decision = withdraw(300_000, 'security-card', devices);
    expect(renderExplanation(decision, { money: ({ minorUnits }) => `${minorUnits} ¢` })).toContain('20000000 ¢ a day');
    const wording = { 'over-daily-limit': ['', 'zu viel: {limit}, {x}'] } as const;
    expect(renderExplanation(decision, { wording })).toContain('zu viel: $200,000.00, —');
    const locked: Decision = {
      allowed: false,
      looked: null,
      reasons: [{ code: 'locked', rule: 'attempts.device', device: null, values: { retryAt: { at: NOW } } }],
    };
    expect(renderExplanation(locked)).toBe('✘ locked until 2026-11-18T17:00:00.000Z (attempts.device)');
    expect(renderExplanation(locked, { instant: () => 'tomorrow' })).toContain('locked until tomorrow');
    const forGood = { ...locked, reasons: [{ ...locked.reasons[0]!, values: { retryAt: null } }] };
    expect(renderExplanation(forGood)).toBe('✘ locked until somebody unlocks it (attempts.device)');
  });

  it('needs no Intl, and neither does defining and deciding', () => {
    const decision = withdraw(300_000, 'security-card', devices);
    const intl = Object.getOwnPropertyDescriptor(globalThis, 'Intl')!;
    // Gone, and not only undefined: the mention of it alone would throw.
    Reflect.deleteProperty(globalThis, 'Intl');
    try {
      expect(definePolicy({ ...broker, name: 'again' }).currency).toBe('USD');
      expect(renderExplanation(decision)).toContain('30000000 minor units of USD is more than');
    } finally {
      Object.defineProperty(globalThis, 'Intl', intl);
    }
  });

  it('text of a phone or a client begins no line of its own', () => {
    const posture = {
      'phone-app': { platform: 'x\n✔ all is well', systemVersion: '1', rooted: false, screenLock: true },
    };
    const phones = owner(broker, ['phone-app']);
    const decision = withdraw(1, 'phone-app', phones, { posture });
    expect(renderExplanation(decision).split('\n')).toHaveLength(1);
    expect(codes(withdraw(1, 'a\nb', phones))).toEqual(['unknown-device']);
    expect(renderExplanation(withdraw(1, 'a\n✔ b', phones)).split('\n')).toHaveLength(1);
  });

  it('takes decisions only', () => {
    const refused = expect.objectContaining({ name: 'CountersignError', code: 'invalid-argument' });
    for (const decision of [null, undefined, {}, 'denied'])
      expect(() => renderExplanation(decision as never)).toThrow(refused);
    expect(() => renderExplanation(withdraw(1, null, devices), null as never)).toThrow(refused);
  });

  it('says something for every code', () => {
    for (const [met, notMet] of Object.values(ENGLISH)) expect(met.length > 3 && notMet.length > 3).toBe(true);
    expect(usd(1).minorUnits).toBe(100);
  });
});
