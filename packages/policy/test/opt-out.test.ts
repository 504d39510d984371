import { describe, expect, it } from 'vitest';
import { decideSecurityChange, newOptOutState, type OptOutState, optIn, optOut } from '../src/index.ts';
import { brokerPolicy, psd2Policy } from '../src/presets.ts';
import { codes, DAY, NOW } from './helpers.ts';

const request = (more: object = {}) => ({
  state: newOptOutState(),
  user: 'bert',
  primaryUser: 'bert',
  level: 10,
  now: NOW,
  ...more,
});
const OUT: OptOutState = { v: 1, status: 'out', changedAt: NOW };

describe('opting out', () => {
  it('by the primary user, with a device', () => {
    expect(optOut(brokerPolicy, request()).state).toEqual(OUT);
    expect(codes(optOut(brokerPolicy, request({ level: 9 })))).toEqual(['session-too-weak']);
    expect(optOut(brokerPolicy, request({ user: 'anna' })).reasons).toEqual([
      { code: 'only-primary-user', values: { primaryUser: 'bert' } },
    ]);
    expect(codes(optOut(psd2Policy, request({ level: 50 })))).toEqual(['not-offered']);
  });

  it('not again before the cool-down is over', () => {
    const back = optIn(brokerPolicy, request({ state: OUT, now: NOW + 1 })).state;
    expect(back).toEqual({ v: 1, status: 'in', changedAt: NOW + 1 });
    const early = optOut(brokerPolicy, request({ state: back, now: NOW + 7 * DAY }));
    expect(early.reasons).toEqual([{ code: 'cool-down', values: { until: { at: NOW + 1 + 7 * DAY } } }]);
    expect(early.state).toBe(back);
    expect(optOut(brokerPolicy, request({ state: back, now: NOW + 1 + 7 * DAY })).allowed).toBe(true);
  });

  it('opting in is never delayed, but needs a device and the primary user', () => {
    expect(optIn(brokerPolicy, request({ state: OUT })).allowed).toBe(true);
    expect(codes(optIn(brokerPolicy, request({ state: OUT, level: 0 })))).toEqual(['session-too-weak']);
    expect(codes(optIn(brokerPolicy, request({ state: OUT, user: 'anna' })))).toEqual(['only-primary-user']);
  });

  it('fails closed', () => {
    expect(codes(optOut(brokerPolicy, request({ state: OUT })))).toEqual(['already-so']);
    expect(codes(optIn(brokerPolicy, request()))).toEqual(['already-so']);
    expect(codes(optOut(brokerPolicy, request({ now: Number.NaN })))).toEqual(['invalid-time']);
    expect(codes(optOut(brokerPolicy, request({ level: Number.NaN })))).toEqual(['invalid-request']);
    expect(codes(optOut(brokerPolicy, request({ user: undefined })))).toEqual(['invalid-request']);
    expect(codes(optOut(brokerPolicy, request({ user: '', primaryUser: '' })))).toEqual(['invalid-request']);
    expect(codes(optOut(brokerPolicy, request({ state: null })))).toEqual(['invalid-state']);
    expect(codes(optIn(brokerPolicy, request({ state: OUT, now: NOW - 5001 })))).toEqual(['clock-went-backwards']);
  });
});

describe('security settings', () => {
  it('only the primary user changes them; others are told who can', () => {
    expect(decideSecurityChange(brokerPolicy, { user: 'bert', primaryUser: 'bert' }).allowed).toBe(true);
    expect(decideSecurityChange(brokerPolicy, { user: 'anna', primaryUser: 'bert' }).reasons).toEqual([
      { code: 'only-primary-user', values: { primaryUser: 'bert' } },
    ]);
    expect(codes(decideSecurityChange(brokerPolicy, { user: undefined, primaryUser: undefined } as never))).toEqual([
      'invalid-request',
    ]);
  });
});
