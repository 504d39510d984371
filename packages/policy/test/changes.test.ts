import { describe, expect, it } from 'vitest';
import { newAttemptState, newOptOutState, type OptOutState, optIn, optOut, unlockAttempts } from '../src/index.ts';
import { nistAal2Policy } from '../src/presets.ts';
import {
  broker,
  codes,
  DAY,
  granted,
  lockForGood,
  move,
  NOW,
  owner,
  PASSWORD,
  SUPPORT,
  SYSTEM,
  session,
} from './support.ts';

describe('opting out and in', () => {
  const devices = owner(broker, ['totp', 'security-card']);
  const ask = (state: OptOutState, more: object = {}) => ({
    optOut: state,
    devices,
    attempts: null,
    by: session('totp'),
    now: NOW,
    ...more,
  });

  it('a device confirms it; coming back needs a device too, and a week until the next time', () => {
    const out = granted(optOut(broker, ask(newOptOutState()))).optOut;
    expect(out).toEqual({ v: 1, status: 'out', changedAt: NOW });
    expect(codes(optOut(broker, ask(out)))).toEqual(['already-so']);
    expect(codes(optIn(broker, ask(out, { by: PASSWORD })))).toEqual(['session-too-weak']);
    const back = granted(optIn(broker, ask(out))).optOut;
    expect(codes(optOut(broker, ask(back, { now: NOW + 7 * DAY - 1 })))).toEqual(['cool-down']);
    expect(optOut(broker, ask(back, { now: NOW + 7 * DAY })).allowed).toBe(true);
  });

  it('a state from the future blocks no longer than what it stands for', () => {
    const ahead: OptOutState = { v: 1, status: 'in', changedAt: NOW + 365 * DAY };
    expect(optOut(broker, ask(ahead)).allowed).toBe(true);
    const near = optOut(broker, ask({ ...ahead, changedAt: NOW + 5000 }));
    expect(near.reasons[0]!.values.until).toEqual({ at: NOW + 5000 + 7 * DAY });
  });

  it('needs the primary user, a device that may, and a policy that offers it', () => {
    const account = { user: 'anna', primaryUser: 'bert' };
    expect(codes(optOut(broker, ask(newOptOutState(), { account })))).toEqual(['only-primary-user']);
    expect(codes(optOut(broker, ask(newOptOutState(), { by: PASSWORD })))).toEqual(['session-too-weak']);
    expect(codes(optOut(broker, ask(newOptOutState(), { by: SYSTEM })))).toEqual(['actor-not-allowed']);
    expect(optOut(broker, ask(newOptOutState(), { by: SUPPORT })).allowed).toBe(true);
    expect(
      codes(optOut(nistAal2Policy, { ...ask(newOptOutState()), devices: owner(nistAal2Policy, ['totp']) })),
    ).toEqual(['not-offered']);
    expect(() => optOut(broker, ask({ v: 1, status: 'gone' } as never))).toThrow(
      expect.objectContaining({ code: 'invalid-state' }),
    );
  });
});

describe('unlocking', () => {
  const devices = owner(broker, ['pin-token', 'totp']);
  const locked = lockForGood(broker, 'totp', NOW);
  const ask = (by: Parameters<typeof move>[3], device: string | null, more: object = {}) =>
    unlockAttempts(broker, { attempts: locked, devices, device, by, now: NOW + 30 * DAY, ...more });

  it('a device by a session as strong, the account by one as strong as the strongest', () => {
    const token = ask(session('pin-token'), 'totp');
    expect(codes(token)).toEqual([]);
    expect(token.attempts.devices).toEqual({});
    expect(token.attempts.account.failures).toBe(10);
    expect(codes(ask(session('totp'), 'totp'))).toContain('locked');
    expect(codes(ask(session('totp'), null, { attempts: newAttemptState() }))).toEqual(['session-too-weak']);
    expect(codes(ask(PASSWORD, 'totp'))).toEqual(['session-too-weak']);
    expect(ask(SUPPORT, null).attempts).toEqual(newAttemptState());
  });

  it('nothing happens by itself, and nothing to what is not there', () => {
    expect(codes(ask(SYSTEM, null))).toEqual(['actor-not-allowed']);
    expect(codes(ask(SUPPORT, 'nobody'))).toEqual(['unknown-device']);
    expect(codes(ask(SUPPORT, 7 as never))).toEqual(['unknown-device']);
    expect(() => ask(SUPPORT, null, { attempts: null })).toThrow(expect.objectContaining({ code: 'invalid-state' }));
  });

  it('a suspended device is met at the level it had', () => {
    const suspended = granted(move(devices, 'pin-token', 'suspend', PASSWORD)).devices;
    expect(codes(ask(session('totp'), null, { devices: suspended, attempts: newAttemptState(), now: NOW }))).toEqual([
      'session-too-weak',
    ]);
  });
});
