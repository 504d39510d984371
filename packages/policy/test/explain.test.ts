import { describe, expect, it } from 'vitest';
import { ENGLISH, renderExplanation } from '../src/explain.ts';
import { chooseDevice, decideAction, decidePosture } from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';
import { choosing, device, ledger, NOW, PHONE, withdrawing } from './helpers.ts';

describe('explanations', () => {
  const decision = decideAction(
    brokerPolicy,
    withdrawing(250_000, 'security-card', [device('security-card')], { ledger: ledger([NOW - 1, 1000]) }),
  );

  it('name every rule with its values and verdict', () => {
    const limit = decision.explanation.find(
      ({ rule }) => rule === 'actions.withdrawal.limits.perKind.security-card.perDay',
    );
    expect(limit).toEqual({
      rule: 'actions.withdrawal.limits.perKind.security-card.perDay',
      passed: false,
      code: 'over-daily-limit',
      values: {
        amount: { minorUnits: 25_000_000, currency: 'USD' },
        used: { minorUnits: 100_000, currency: 'USD' },
        limit: { minorUnits: 20_000_000, currency: 'USD' },
      },
    });
    expect(JSON.parse(JSON.stringify(decision))).toEqual(decision);
  });

  it('become text', () => {
    const lines = renderExplanation(decision.explanation).split('\n');
    expect(lines).toContain(
      '✘ actions.withdrawal.limits.perKind.security-card.perDay: $250,000.00 and $1,000.00 already used are more than $200,000.00 a day',
    );
    expect(lines).toContain('✔ actions.withdrawal.level: security-card has level 20, 0 is needed');
    expect(lines).toHaveLength(decision.explanation.length);
    expect(renderExplanation(decision.reasons)).toBe(
      '✘ $250,000.00 and $1,000.00 already used are more than $200,000.00 a day',
    );
  });

  it('in other words', () => {
    const locked = { code: 'locked', values: { retryAt: { at: NOW } } } as const;
    expect(renderExplanation([locked])).toBe('✘ locked until 2026-11-18T17:00:00.000Z');
    expect(renderExplanation([locked], { instant: () => 'tomorrow' })).toBe('✘ locked until tomorrow');
    expect(renderExplanation([locked], { wording: { locked: ['', 'gesperrt bis {retryAt}, {x}'] } })).toBe(
      '✘ gesperrt bis 2026-11-18T17:00:00.000Z, —',
    );
    expect(renderExplanation(decision.reasons, { money: ({ minorUnits }) => `${minorUnits} ¢` })).toContain(
      '20000000 ¢ a day',
    );
    expect(renderExplanation([{ code: 'locked', values: { retryAt: null } }])).toBe('✘ locked until —');
    const yen = {
      code: 'over-daily-limit',
      values: { amount: { minorUnits: 5, currency: 'JPY' }, used: 0, limit: false },
    } as const;
    expect(renderExplanation([yen])).toBe('✘ ¥5 and 0 already used are more than false a day');
  });

  it('name the rule of opting out where that is the lower one', () => {
    const rulesOf = (kind: string, dollars: number) =>
      decideAction(
        brokerPolicy,
        withdrawing(dollars, kind === 'none' ? null : kind, [device('sms')], {
          optOut: { v: 1, status: 'out', changedAt: NOW - 1 },
        }),
      )
        .explanation.filter(({ code }) => code.startsWith('over-'))
        .map(({ rule, passed }) => [rule, passed]);
    expect(rulesOf('sms', 60_000)).toEqual([
      ['optOut.limits.withdrawals.perDay', false],
      ['optOut.limits.withdrawals.perFiveBusinessDays', true],
    ]);
    expect(rulesOf('none', 50_000)).toEqual([
      ['actions.withdrawal.limits.perKind.none.perDay', true],
      ['actions.withdrawal.limits.perKind.none.perFiveBusinessDays', true],
    ]);
  });

  it('let no reported text begin a line of its own', () => {
    const platform = 'x\n✔ posture.refuseRooted: fine\r\u2028\u2029\u0085';
    const { explanation } = decidePosture(brokerPolicy, { ...PHONE, platform });
    const text = renderExplanation(explanation);
    expect(text.split(/[\n\r\u2028\u2029\u0085]/)).toHaveLength(explanation.length);
    expect(text).toContain('x\uFFFD✔ posture.refuseRooted: fine\uFFFD\uFFFD\uFFFD\uFFFD is not supported');
  });

  it('leave no placeholder empty in what decisions say', () => {
    const choice = chooseDevice(
      brokerPolicy,
      choosing('login', [device('totp'), device('telepathy'), device('phone-app')]),
    );
    expect(renderExplanation(choice.explanation)).not.toMatch(/[{}—]/);
  });

  it('have words for both verdicts of every code', () => {
    for (const words of Object.values(ENGLISH)) {
      expect(words.map((text) => text.length > 0)).toEqual([true, true]);
    }
  });
});
