import { describe, expect, it } from 'vitest';
import { CountersignError, definePolicy, findPolicyProblems, newLedger, type Policy } from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';

/** A policy to be altered: plain JSON of the broker's. */
// biome-ignore lint/suspicious/noExplicitAny: tests break documents on purpose
function document(alter: (document: any) => void = () => {}): unknown {
  const copy = JSON.parse(JSON.stringify(brokerPolicy));
  alter(copy);
  return copy;
}

const paths = (alter: Parameters<typeof document>[0]): string[] =>
  findPolicyProblems(document(alter)).map(({ path }) => path);

const unshared = (kind: object): object => ({ ...kind, shareable: false });

describe('the form of a policy', () => {
  const wrong: [string, Parameters<typeof document>[0], string][] = [
    ['a misspelt property', (p) => (p.kinds.sms.legcay = true), 'kinds.sms.legcay'],
    ['a missing property', (p) => delete p.attempts.device.limit, 'attempts.device.limit'],
    ['another version', (p) => (p.v = 2), 'v'],
    ['a level of 0', (p) => (p.kinds.sms.level = 0), 'kinds.sms.level'],
    ['a level of 1.5', (p) => (p.kinds.sms.level = 1.5), 'kinds.sms.level'],
    [
      'NaN for a limit, which JSON would write as "unlimited"',
      (p) => (p.actions.withdrawal.limits.perKind.sms.perDay = Number.NaN),
      'actions.withdrawal.limits.perKind.sms.perDay',
    ],
    [
      'Infinity for a limit',
      (p) => (p.actions.withdrawal.limits.perKind.sms.perDay = Number.POSITIVE_INFINITY),
      'actions.withdrawal.limits.perKind.sms.perDay',
    ],
    [
      'a negative limit',
      (p) => (p.actions.withdrawal.limits.perKind.sms.perDay = -1),
      'actions.withdrawal.limits.perKind.sms.perDay',
    ],
    [
      'a limit beyond 2^53',
      (p) => (p.actions.withdrawal.limits.perKind.sms.perDay = 2 ** 53),
      'actions.withdrawal.limits.perKind.sms.perDay',
    ],
    ['no name', (p) => (p.name = ''), 'name'],
    ['a number for a name', (p) => (p.name = 7), 'name'],
    ['a currency in lower case', (p) => (p.currency = 'usd'), 'currency'],
    ['text for a flag', (p) => (p.kinds.sms.shareable = 'no'), 'kinds.sms.shareable'],
    ['a weekday 8', (p) => (p.calendar.weekend = [8]), 'calendar.weekend.0'],
    ['a weekday twice', (p) => (p.calendar.weekend = [6, 6]), 'calendar.weekend'],
    ['too many for one user', (p) => (p.binding.maximumDevices = 13), 'binding.maximumDevices'],
    ['an unknown method', (p) => (p.kinds.totp.methods = ['topt']), 'kinds.totp.methods.0'],
    [
      'another word than unlimited',
      (p) => (p.actions.withdrawal.limits.perKind.gold = 'endless'),
      'actions.withdrawal.limits.perKind.gold',
    ],
    [
      'no limit at all',
      (p) => (p.actions.withdrawal.limits.perKind.gold = {}),
      'actions.withdrawal.limits.perKind.gold',
    ],
    ['a missing kind', (p) => delete p.kinds, 'kinds'],
    ['a day in words', (p) => (p.calendar.holidays = ['Christmas']), 'calendar.holidays.0'],
    ['a number for a day', (p) => (p.calendar.holidays = [20261225]), 'calendar.holidays.0'],
    ['a list that is none', (p) => (p.calendar.holidays = {}), 'calendar.holidays'],
    ['no method', (p) => (p.kinds.sms.methods = []), 'kinds.sms.methods'],
    ['kinds that are a list', (p) => (p.kinds = []), 'kinds'],
    ['a kind that is null', (p) => (p.kinds.sms = null), 'kinds.sms'],
    ['a kind named with a dot', (p) => (p.kinds['a.b'] = p.kinds.sms), 'kinds.a.b'],
    ['no phases', (p) => (p.kinds['online-card'].phases = []), 'kinds.online-card.phases'],
    ['phases that are no list', (p) => (p.kinds['online-card'].phases = 21), 'kinds.online-card.phases'],
    [
      'a phase without length',
      (p) => (p.kinds['online-card'].phases = [{ lasts: 0 }]),
      'kinds.online-card.phases.0.lasts',
    ],
    ['waits that are no list', (p) => (p.attempts.device.waits = 5), 'attempts.device.waits'],
    [
      'a version that is none',
      (p) => (p.posture.platforms.ios.minimumVersion = 'v13'),
      'posture.platforms.ios.minimumVersion',
    ],
  ];
  it.each(wrong)('refuses %s', (_, alter, path) => {
    expect(paths(alter)).toContain(path);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY])('never reads %s as "unlimited"', (limit) => {
    const row = { perDay: limit, perFiveBusinessDays: limit };
    const problems = findPolicyProblems(document((p) => (p.actions.withdrawal.limits.perKind.sms = row)));
    expect(problems.map(({ path }) => path)).toEqual([
      'actions.withdrawal.limits.perKind.sms.perDay',
      'actions.withdrawal.limits.perKind.sms.perFiveBusinessDays',
    ]);
  });

  it('never reads a boxed NaN as "unlimited", and takes a boxed number for what JSON writes', () => {
    const boxed = (value: number) =>
      findPolicyProblems(document((p) => (p.actions.withdrawal.limits.perKind.gold = { perDay: Object(value) })));
    expect(boxed(Number.NaN).map(({ path }) => path)).toEqual(['actions.withdrawal.limits.perKind.gold.perDay']);
    expect(boxed(7)).toEqual([]);
  });

  it('what inherits from a checked policy was not checked', () => {
    const heir = Object.create(brokerPolicy, { clockTolerance: { value: 1e12 } });
    expect(() => newLedger(heir)).toThrow(expect.objectContaining({ code: 'invalid-policy' }));
  });

  it('refuses a name that reaches into prototypes', () => {
    const text = JSON.stringify(document()).replace('"gold":', '"__proto__":');
    expect(findPolicyProblems(JSON.parse(text)).map(({ path }) => path)).toContain('kinds.__proto__');
  });

  it.each([[undefined], [null], [7], ['policy'], [[]], [1n], [{ self: 1n }]])('refuses %s as a whole', (value) => {
    expect(findPolicyProblems(value).length).toBeGreaterThan(0);
    expect(() => definePolicy(value as never)).toThrow(CountersignError);
  });

  it('names every path in the error', () => {
    const broken = document((p) => {
      p.v = 2;
      p.kinds.sms.level = 0;
    });
    expect(() => definePolicy(broken)).toThrow(/v must be one of 1; kinds\.sms\.level must be an integer/);
    expect(() => definePolicy(null as never)).toThrow(/^policy must be an object$/);
  });
});

describe('contradictions', () => {
  const wrong: [string, Parameters<typeof document>[0], string][] = [
    ['a level that nothing reaches', (p) => (p.actions.login.level = 60), 'actions.login.level'],
    [
      'a level that only legacy kinds reach',
      (p) => {
        p.kinds['pin-token'].level = 30;
        p.actions.login.level = 50;
      },
      'actions.login.level',
    ],
    ['a time zone that does not exist', (p) => (p.calendar.timeZone = 'Europe/Berln'), 'calendar.timeZone'],
    ['a currency that does not exist', (p) => (p.currency = 'XYZ'), 'currency'],
    ['a day that does not exist', (p) => (p.calendar.holidays = ['2026-02-29']), 'calendar.holidays.0'],
    ['a day in month 13', (p) => (p.calendar.holidays = ['2026-13-01']), 'calendar.holidays.0'],
    ['posture without its section', (p) => (p.posture = null), 'kinds.phone-app.posture'],
    ['no login', (p) => delete p.actions.login, 'actions.login'],
    ['no change-settings', (p) => delete p.actions['change-settings'], 'actions.change-settings'],
    ['limits without a currency', (p) => (p.currency = null), 'currency'],
    ['limits by day without a calendar', (p) => (p.calendar = null), 'calendar'],
    ['kinds at level 0, which are ignored', (p) => (p.actions.withdrawal.kinds = ['totp']), 'actions.withdrawal.kinds'],
    ['possession at level 0', (p) => (p.actions.withdrawal.possession = true), 'actions.withdrawal.possession'],
    [
      'refusals at level 0',
      (p) => (p.actions.withdrawal.refuseRestricted = true),
      'actions.withdrawal.refuseRestricted',
    ],
    ['shareable kinds without sharing', (p) => (p.sharing = null), 'kinds.totp.shareable'],
    ['waits that fall', (p) => (p.attempts.device.waits = [1, 4, 2]), 'attempts.device.waits'],
    ['locks that fall', (p) => (p.attempts.device.locks = [9, 4]), 'attempts.device.locks'],
    ['lanes that take every try', (p) => (p.attempts.lanes.tries = 8), 'attempts.lanes'],
    [
      'more at once than in a day',
      (p) => (p.actions.withdrawal.limits.perKind.sms.perAction = 20_000_001),
      'actions.withdrawal.limits.perKind.sms.perAction',
    ],
    ['waiving the change of settings', (p) => (p.optOut.waivedActions = ['change-settings']), 'optOut.waivedActions.0'],
    ['a level for opting out that nothing reaches', (p) => (p.optOut.level = 51), 'optOut.level'],
    [
      'a limit above its five-day sum',
      (p) => (p.actions.withdrawal.limits.perKind.sms.perDay = 60_000_001),
      'actions.withdrawal.limits.perKind.sms.perDay',
    ],
    [
      'a temporary device that can be shared',
      (p) => (p.kinds['online-card'].shareable = true),
      'kinds.online-card.shareable',
    ],
    ['a temporary device without an end', (p) => delete p.kinds['online-card'].phases, 'kinds.online-card.phases'],
    ['not twice in a row, but for ever', (p) => (p.kinds.totp.notTwiceInARow = true), 'kinds.totp.notTwiceInARow'],
    ['exclusive, but two', (p) => (p.kinds.totp.maximum = 2), 'kinds.totp.maximum'],
    ['temporary, but it leaves', (p) => (p.kinds['online-card'].leaves = true), 'kinds.online-card.leaves'],
    ['a kind named none', (p) => (p.kinds.none = p.kinds.totp), 'kinds.none'],
    [
      'a notice before the shipping',
      (p) => (p.kinds['pin-token'].automaticActivation.near = 22 * 86_400),
      'kinds.pin-token.automaticActivation.near',
    ],
    [
      'imminent before near',
      (p) => (p.kinds['pin-token'].automaticActivation.imminent = 8 * 86_400),
      'kinds.pin-token.automaticActivation.imminent',
    ],
    [
      'expiry before the automatic activation',
      (p) => (p.kinds['pin-token'].activationLifetime = 86_400),
      'kinds.pin-token.activationLifetime',
    ],
    [
      'a kind for an unknown action',
      (p) => (p.kinds['key-file'].actions = ['file-delivery', 'fly']),
      'kinds.key-file.actions.1',
    ],
    [
      'a phase for an unknown action',
      (p) => (p.kinds['temporary-code'].phases[1].actions = ['fly', 'print-online-card']),
      'kinds.temporary-code.phases.1.actions.0',
    ],
    [
      'a phase for an action that the kind does not serve',
      (p) => (p.kinds['key-file'].phases = [{ lasts: 9, actions: ['login', 'file-delivery'] }]),
      'kinds.key-file.phases.0.actions.0',
    ],
    ['an unknown address list', (p) => (p.kinds['key-file'].addressList = 'moon'), 'kinds.key-file.addressList'],
    ['posture without platforms', (p) => (p.posture.platforms = {}), 'kinds.phone-app.posture'],
    ['a kind that serves nothing', (p) => (p.actions['file-delivery'].level = 40), 'kinds.key-file'],
    ['an action for an unknown kind', (p) => (p.actions.login.kinds = ['totp', 'telepathy']), 'actions.login.kinds.1'],
    [
      'an action for a kind that proves no possession',
      (p) => Object.assign(p.actions.login, { kinds: ['totp', 'security-card'], possession: true }),
      'actions.login.kinds.1',
    ],
    [
      'an action for a restricted kind that it refuses',
      (p) => Object.assign(p.actions.login, { kinds: ['totp', 'sms'], refuseRestricted: true }),
      'actions.login.kinds.1',
    ],
    [
      'limits of an unknown kind',
      (p) => (p.actions.withdrawal.limits.perKind.telepathy = p.actions.withdrawal.limits.perKind.sms),
      'actions.withdrawal.limits.perKind.telepathy',
    ],
    [
      'limits without a device where one is needed',
      (p) => (p.actions.withdrawal.level = 10),
      'actions.withdrawal.limits.perKind.none',
    ],
    [
      'limits that miss a kind',
      (p) => delete p.actions.withdrawal.limits.perKind.sms,
      'actions.withdrawal.limits.perKind.sms',
    ],
    [
      'limits that miss "none"',
      (p) => delete p.actions.withdrawal.limits.perKind.none,
      'actions.withdrawal.limits.perKind.none',
    ],
    ['no business day', (p) => (p.calendar.weekend = [1, 2, 3, 4, 5, 6, 7]), 'calendar.weekend'],
    [
      'a repeated lock that is none',
      (p) => Object.assign(p.attempts.device, { locks: [], repeat: true, warnAt: 0 }),
      'attempts.device.repeat',
    ],
    ['a warning of what never comes', (p) => (p.attempts.device.repeat = true), 'attempts.device.warnAt'],
    ['a warning from the start', (p) => (p.attempts.device.warnAt = 10), 'attempts.device.warnAt'],
    ['waiving an unknown action', (p) => (p.optOut.waivedActions = ['login', 'fly']), 'optOut.waivedActions.1'],
    [
      'waiving what needs no device',
      (p) => (p.optOut.waivedActions = ['trade-restricted-product']),
      'optOut.waivedActions.0',
    ],
    ['waiving what has limits', (p) => (p.optOut.waivedActions = ['withdrawal']), 'optOut.waivedActions.0'],
    ['waiving what is denied', (p) => (p.optOut.deniedActions = ['login']), 'optOut.waivedActions.0'],
    ['denying an unknown action', (p) => (p.optOut.deniedActions = ['fly']), 'optOut.deniedActions.0'],
    [
      'limits of an unknown pool',
      (p) => (p.optOut.limits.moon = { perDay: 1, perFiveBusinessDays: 1 }),
      'optOut.limits.moon',
    ],
    [
      'opted-out limits above their sum',
      (p) => (p.optOut.limits.withdrawals.perDay = 10_000_001),
      'optOut.limits.withdrawals.perDay',
    ],
    ['recovery by a regular kind', (p) => (p.recovery.temporaryCode = 'totp'), 'recovery.temporaryCode'],
    ['a card without printing', (p) => delete p.recovery.printAction, 'recovery.printAction'],
    ['printing by an unknown action', (p) => (p.recovery.printAction = 'fly'), 'recovery.printAction'],
    [
      'printing that the temporary code cannot do',
      (p) => (p.recovery.printAction = 'file-delivery'),
      'recovery.printAction',
    ],
    [
      'sharing with anybody',
      (p) => Object.assign(p.sharing, { identityFields: [], identityAlternatives: [] }),
      'sharing.identityFields',
    ],
    [
      'sharing nothing',
      (p) =>
        Object.assign(p.kinds, {
          totp: unshared(p.kinds.totp),
          'pin-token': unshared(p.kinds['pin-token']),
          'security-card': unshared(p.kinds['security-card']),
          'digital-security-card': unshared(p.kinds.gold),
          gold: unshared(p.kinds.gold),
          platinum: unshared(p.kinds.gold),
        }),
      'sharing',
    ],
  ];
  it.each(wrong)('finds %s', (_, alter, path) => {
    expect(paths(alter)).toContain(path);
  });

  it('takes what is unusual but possible', () => {
    expect(paths((p) => (p.recovery = null))).toEqual([]);
    expect(paths((p) => delete p.recovery.temporaryCode)).toEqual([]);
    expect(paths((p) => (p.calendar.holidays = ['2026-12-25', '2028-02-29']))).toEqual([]);
    expect(paths((p) => Object.assign(p.attempts.account, { repeat: true, warnAt: 0 }))).toEqual([]);
    expect(paths((p) => Object.assign(p.kinds['pin-token'], { activationLifetime: 40 * 86_400 }))).toEqual([]);
    expect(paths((p) => Object.assign(p.kinds['online-card'], { phases: [{ lasts: 5 }, { lasts: 5 }] }))).toEqual([]);
    expect(paths((p) => Object.assign(p, { $schema: './policy.schema.json' }))).toEqual([]);
    expect(paths((p) => (p.kinds.totp.methods = ['totp', 'x-carrier-pigeon']))).toEqual([]);
  });
});

describe('a defined policy', () => {
  it('is a frozen copy, and plain JSON again', () => {
    const source = document();
    const policy = definePolicy(source) as Policy;
    expect(JSON.parse(JSON.stringify(policy))).toEqual(source);
    Object.assign(source as object, { name: 'changed' });
    expect(policy.name).toBe('broker');
    expect(() => Object.assign(policy.kinds.sms as object, { level: 99 })).toThrow(TypeError);
    expect(Object.isFrozen(policy.actions.withdrawal?.limits?.perKind.sms)).toBe(true);
  });

  it('is the only thing that decisions take', () => {
    for (const unchecked of [document(), null, undefined, 'broker']) {
      expect(() => newLedger(unchecked as Policy)).toThrow(expect.objectContaining({ code: 'invalid-policy' }));
    }
    expect(newLedger(definePolicy(document()) as Policy).currency).toBe('USD');
  });

  it('has its defaults filled in, and absent sections off', () => {
    expect(smallCompanyPolicy).toMatchObject({
      clockTolerance: 5,
      binding: { coolDown: 259_200, perDay: 5, maximumDevices: 8 },
      calendar: null,
      sharing: null,
      optOut: null,
      recovery: null,
      posture: null,
      addressLists: {},
    });
    expect(smallCompanyPolicy.kinds.totp.maximum).toBe(1);
    expect(smallCompanyPolicy.attempts.lanes).toBe(null);
    for (const policy of [brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy]) {
      expect(JSON.stringify(definePolicy(JSON.parse(JSON.stringify(policy))))).toBe(JSON.stringify(policy));
    }
  });
});

describe('the broker’s numbers', () => {
  const { kinds, posture } = brokerPolicy;
  const day = 86_400;
  it.each<[string, unknown, unknown]>([
    ['authenticator app', kinds.totp.parameters, { digits: 6, period: 30 }],
    [
      'phone app',
      kinds['phone-app'].parameters,
      { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 6 },
    ],
    [
      'PIN token',
      kinds['pin-token'].parameters,
      { challengeDigits: 6, responseDigits: 8, pinMinimum: 4, pinMaximum: 4 },
    ],
    ['replacement: three weeks', kinds['pin-token'].automaticActivation?.after, 21 * day],
    ['PIN token from 500,000 USD', kinds['pin-token'].minimumEquity, 50_000_000],
    ['security code card', kinds['security-card'].parameters, { cells: 224, cellCharacters: 3, cellsAsked: 2 }],
    ['online card', kinds['online-card'].phases, [{ lasts: 21 * day }]],
    [
      'temporary code',
      kinds['temporary-code'].phases,
      [{ lasts: 2 * day }, { lasts: 10 * day, actions: ['print-online-card'] }],
    ],
    ['SMS and voice', [kinds.sms.methods, kinds.sms.answerLifetime], [['sms', 'voice'], 600]],
    ['key file', kinds['key-file'].parameters, { minimumRsaBits: 2048 }],
    ['phones', posture?.platforms, { ios: { minimumVersion: '13' }, android: { minimumVersion: '7' } }],
  ])('%s', (_, actual, expected) => {
    expect(actual).toEqual(expected);
  });
});
