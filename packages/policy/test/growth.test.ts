// Whatever anybody calls, however often, and with names as long and as costly in JSON as may be.
import { expect, it } from 'vitest';
import { createCalendar } from '../src/calendar.ts';
import {
  type ActionDecision,
  type ActionRequest,
  type AttemptState,
  admitAttempt,
  advanceDevices,
  bindDevice,
  type DeviceEvent,
  type DevicesState,
  decideAction,
  type Ledger,
  moveDevice,
  newAttemptState,
  newDevicesState,
  newLedger,
  newOptOutState,
  noteUse,
  type OptOutState,
  optIn,
  optOut,
  type Policy,
  setMethods,
} from '../src/index.ts';
import { brokerPolicy, nistAal2Policy, psd2Policy, smallCompanyPolicy } from '../src/presets.ts';
import { HOUR, NOW, PASSWORD, SOUND_PHONES, session } from './support.ts';

const EVENTS: readonly DeviceEvent[] = ['issue', 'activate', 'suspend', 'report-lost', 'restore', 'expire', 'retire'];
const bytes = (...states: unknown[]): number => new TextEncoder().encode(JSON.stringify(states)).length;

/** A repeatable stream of numbers below a bound. */
function numbers(seed: number): (bound: number) => number {
  let state = seed;
  return (bound) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0;
    return (state >>> 8) % bound;
  };
}

it.each<[Policy]>([[brokerPolicy], [nistAal2Policy], [psd2Policy], [smallCompanyPolicy]])(
  '10,000 calls of any kind by anybody, with the longest names, keep all states bounded: $name',
  (policy) => {
    const pick = numbers(7);
    const kinds = Object.keys(policy.kinds);
    const calendar = policy.calendar && createCalendar(policy.calendar);
    let devices: DevicesState = newDevicesState();
    let attempts: AttemptState = newAttemptState();
    let optedOut: OptOutState = newOptOutState();
    let ledger: Ledger | undefined = policy.currency === null ? undefined : newLedger(policy);
    let now = NOW;
    let most = 0;
    let done = 0;
    const long = (name: string): string => `${name}-`.padEnd(32, 'x');
    for (let call = 0; call < 10_000; call++) {
      now += pick(20) === 0 ? pick(30) * HOUR : pick(1000);
      const ids = devices.list.map(({ id }) => id);
      const anyone = ids.length === 0 ? long('none') : ids[pick(ids.length)]!;
      const by = [
        PASSWORD,
        session(anyone),
        { role: 'support', name: long('desk') } as const,
        { role: 'support', name: long('desk') } as const,
        { role: 'system' } as const,
      ][pick(5)]!;
      const request = { devices, attempts, by, now, posture: SOUND_PHONES };
      const what = pick(10);
      let decision: ReturnType<typeof moveDevice> | undefined;
      const device = ids.length === 0 ? long('none') : ids[pick(ids.length)]!;
      if (what < 3) {
        const kind = kinds[pick(kinds.length)]!;
        const confirms = by.role === 'support' && kind === policy.recovery?.temporaryCode ? ids : [];
        const replaces = pick(3) === 0 && ids.length > 0 ? device : null;
        const more = { id: long(`${call}`), kind, replaces, confirms, equity: 10 ** 12, ordered: pick(2) === 0 };
        decision = bindDevice(policy, { ...request, ...more });
      } else if (what < 6) {
        const own = pick(2) === 0 ? session(device) : by;
        const event = pick(2) === 0 ? 'activate' : EVENTS[pick(EVENTS.length)]!;
        decision = moveDevice(policy, { ...request, by: own, device, event, proven: true });
      } else if (what === 6) {
        const admission = admitAttempt(policy, attempts, { device: pick(2) === 0 ? device : long(`${call}`), now });
        if (admission.ok)
          attempts = admission.record(pick(2) === 0 ? 'success' : 'guess', { earn: long(`${call}`) }).next;
      } else if (what === 7) {
        devices = noteUse(policy, devices, { device, now });
        optedOut = optOut(policy, { ...request, devices, optOut: optedOut }).optOut;
        optedOut = optIn(policy, { ...request, devices, optOut: optedOut }).optOut;
      } else if (what === 8) {
        const { kind } = devices.list.find(({ id }) => id === device) ?? { kind: kinds[0]! };
        const off = policy.kinds[kind]!.methods.slice(1);
        decision = pick(2) === 0 ? advanceDevices(policy, request) : setMethods(policy, { ...request, device, off });
      } else if (ledger !== undefined) {
        for (const action of Object.keys(policy.actions).filter((name) => policy.actions[name]!.limits)) {
          const amount = { minorUnits: 1, currency: policy.currency! };
          const more: Pick<ActionRequest, 'action' | 'device' | 'optOut' | 'amount' | 'ledger' | 'reference'> = {
            action,
            device: null,
            optOut: optedOut,
            amount,
            ledger,
            reference: long(`${call}`),
          };
          const paid: ActionDecision = decideAction(policy, { ...request, ...more, ...(calendar && { calendar }) });
          ledger = paid.booking?.next ?? ledger;
        }
      }
      if (decision?.allowed) {
        done++;
        devices = decision.devices;
        attempts = decision.attempts ?? attempts;
      }
      most = Math.max(most, bytes(devices, attempts, optedOut, ledger));
    }
    expect(done).toBeGreaterThan(100);
    expect(most).toBeLessThan(8192);
  },
);
