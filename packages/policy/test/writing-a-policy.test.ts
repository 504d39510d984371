import { describe, expect, expectTypeOf, it } from 'vitest';
import { decideAction, definePolicy, lintPolicy, newDevicesState, type Policy, withKinds } from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';

const base = JSON.parse(JSON.stringify(smallCompanyPolicy));
const document = {
  v: 1,
  name: 'mine',
  kinds: { totp: { level: 20, methods: ['totp'] } },
  actions: { login: { level: 10 }, 'change-settings': { level: 10 }, pay: { level: 20 } },
  attempts: { device: { limit: 5 }, account: { limit: 5 } },
} as const;

describe('names are types', () => {
  it('of actions and kinds', () => {
    const policy = definePolicy(document);
    expectTypeOf(policy).toEqualTypeOf<Policy<'login' | 'change-settings' | 'pay', 'totp'>>();
    const request = { device: null, devices: newDevicesState(), attempts: null, optOut: null, now: 0 };
    expect(decideAction(policy, { ...request, action: 'pay' }).allowed).toBe(false);
    // @ts-expect-error: misspelt
    expect(decideAction(policy, { ...request, action: 'paay' }).reasons[0]!.code).toBe('unknown-action');
    expect(brokerPolicy.actions.withdrawal.limits?.pool).toBe('withdrawals');
  });

  it('imported JSON compiles', () => {
    const imported: {
      v: number;
      name: string;
      kinds: { totp: { level: number; methods: string[] } };
      actions: typeof document.actions;
      attempts: typeof document.attempts;
    } = JSON.parse(JSON.stringify(document));
    expect(definePolicy(imported).kinds.totp.level).toBe(20);
    const parsed: unknown = JSON.parse(JSON.stringify(document));
    expectTypeOf(definePolicy(parsed)).toEqualTypeOf<Policy<string, string>>();
  });
});

describe('adding a kind', () => {
  it('lists it wherever its like is listed, with the same limits', () => {
    const policy = definePolicy(
      withKinds(brokerPolicy, { passkey2: { level: 50, methods: ['passkey'], possessionElement: true, like: 'gold' } }),
    );
    expect(policy.kinds.passkey2).toMatchObject({ level: 50, maximum: 1 });
    expect(policy.actions.withdrawal.limits!.perKind.passkey2).toBe('unlimited');
    expect(policy.actions['print-online-card'].kinds).toContain('passkey2');
    expect(policy.actions['file-delivery'].kinds).toEqual(['key-file']);
  });

  it('that is new, like one that there is', () => {
    const refused = expect.objectContaining({ name: 'CountersignError', code: 'invalid-policy' });
    const rules = { level: 50, methods: ['passkey'] };
    expect(() => withKinds(brokerPolicy, { gold: { ...rules, like: 'totp' } })).toThrow(refused);
    for (const wrong of [null, 'gold', { gold: null }])
      expect(() => withKinds(brokerPolicy, wrong as never)).toThrow(refused);
    expect(() => withKinds(null as never, {})).toThrow(refused);
    expect(() => withKinds(brokerPolicy, { jade: { ...rules, like: 'silver' } })).toThrow(refused);
  });
});

describe('hints', () => {
  it('the presets need none', () => {
    for (const policy of [brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy])
      expect(lintPolicy(policy)).toEqual([]);
  });

  const hints = (change: (copy: typeof base) => void, from: unknown = base) => {
    const copy = JSON.parse(JSON.stringify(from));
    change(copy);
    return lintPolicy(definePolicy(copy) as Policy).map(({ path, hint }) => `${path}: ${hint}`);
  };

  it('milliseconds where seconds belong', () => {
    expect(hints((p) => (p.kinds.totp.activationLifetime = 86_400_000))).toEqual([
      'kinds.totp.activationLifetime: 86400000 seconds are 1000 days; did you mean 86400?',
    ]);
    expect(hints((p) => (p.attempts.device.locks = [900, 86_400_000]))).toEqual([
      'attempts.device.locks.1: 86400000 seconds are 1000 days; did you mean 86400?',
    ]);
    expect(hints((p) => (p.binding.coolDown = 259_200_000))[0]).toContain('did you mean 259200?');
  });

  it('dollars where cents belong', () => {
    const change = (p: typeof base) => (p.actions.withdrawal.limits.perKind.sms.perDay = 200_000);
    expect(hints(change, brokerPolicy)).toEqual([
      'actions.withdrawal.limits.perKind.sms.perDay: 200000 minor units are 2000.00 USD; did you mean 20000000?',
    ]);
  });

  it('protection that is switched off', () => {
    expect(hints((p) => (p.binding.coolDown = 0))[0]).toContain('binding.coolDown');
    expect(hints((p) => (p.attempts.account = { limit: 5, locks: [60], repeat: true }))[0]).toContain(
      'attempts.account.repeat',
    );
  });
});

describe('first mistakes are told with what to do', () => {
  const told = (change: (copy: typeof base) => void): string => {
    const copy = JSON.parse(JSON.stringify(base));
    change(copy);
    try {
      definePolicy(copy);
      return 'nothing';
    } catch (error) {
      return (error as Error).message;
    }
  };
  it.each<[string, (copy: typeof base) => void, string]>([
    ['a section that is missing', (p) => delete p.attempts, 'attempts is missing'],
    ['no kinds', (p) => delete p.kinds, 'kinds is missing'],
    [
      'a misspelt property',
      (p) => (p.kinds.totp.methodes = []),
      'kinds.totp.methodes is not known; known are level, methods',
    ],
    ['a misspelt method', (p) => (p.kinds.totp.methods = ['topt']), 'kinds.totp.methods.0 must be one of totp, hotp'],
    [
      'a misspelt time zone',
      (p) => (p.calendar = { timeZone: 'Europe/Berln', weekend: [], holidays: [] }),
      'calendar.timeZone is no IANA time zone, such as Europe/Berlin',
    ],
    ['no login', (p) => delete p.actions.login, 'actions.login is missing: every policy has it'],
    [
      'a level that nobody reaches',
      (p) => (p.actions.payment.level = 31),
      'is reached by no kind that a user can get: lower it, or add a kind',
    ],
    [
      'a row that is missing',
      (p) => delete p.actions.payment.limits.perKind.passkey,
      "is missing: write its limits or 'unlimited'",
    ],
    [
      'limits per day without a calendar',
      (p) => (p.actions.payment.limits.perKind.totp = { perDay: 5 }),
      'calendar is missing: there are limits by day',
    ],
    ['limits without a currency', (p) => delete p.currency, 'currency is missing: there are limits'],
    [
      'text for a number',
      (p) => (p.attempts.device.limit = '5'),
      'attempts.device.limit must be an integer from 1 to 1000',
    ],
    [
      'null for unlimited',
      (p) => (p.actions.payment.limits.perKind.totp = null),
      'actions.payment.limits.perKind.totp must be an object',
    ],
    [
      'a kind that is in no list',
      (p) => (p.actions.login.kinds = ['totpp']),
      'actions.login.kinds.0 cannot serve this action',
    ],
    [
      'possession that nobody has at level 0',
      (p) => Object.assign(p.actions.payment, { level: 0, possession: true }),
      'has no use at level 0, which needs no device',
    ],
  ])('%s', (_, change, text) => {
    expect(told(change)).toContain(text);
  });
});
