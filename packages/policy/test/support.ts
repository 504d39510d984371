import { createCalendar } from '../src/calendar.ts';
import {
  type ActionDecision,
  type ActionRequest,
  type AttemptState,
  admitAttempt,
  bindDevice,
  type Calendar,
  type DevicesDecision,
  type DevicesState,
  decideAction,
  type Money,
  moveDevice,
  newAttemptState,
  newDevicesState,
  newLedger,
  type Policy,
  type PostureReport,
} from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';

export const HOUR = 3_600_000;
export const DAY: number = 24 * HOUR;
/** Wednesday, 18 November 2026, noon in New York. */
export const NOW: number = Date.UTC(2026, 10, 18, 17);
/** Long enough ago that nothing grows any more. */
const LONG_AGO: number = NOW - 30 * DAY;

export const broker: Policy = brokerPolicy;
export const calendar: Calendar = createCalendar(brokerPolicy.calendar!);
export const SUPPORT: { readonly role: 'support'; readonly name: string } = { role: 'support', name: 'desk 3' };
export const SYSTEM: { readonly role: 'system' } = { role: 'system' };
export const PASSWORD: { readonly role: 'user'; readonly device: null } = { role: 'user', device: null };
export const session = (device: string): { readonly role: 'user'; readonly device: string } => ({
  role: 'user',
  device,
});

export const usd = (dollars: number): Money => ({ minorUnits: Math.round(dollars * 100), currency: 'USD' });
export const PHONE: PostureReport = { platform: 'ios', systemVersion: '17.0', rooted: false, screenLock: true };

/** Every phone that a test may name reports itself as sound. */
export const SOUND_PHONES: { readonly [device: string]: PostureReport } = new Proxy(
  {},
  { get: () => PHONE, getOwnPropertyDescriptor: () => ({ value: PHONE, configurable: true, enumerable: true }) },
);

export const codes = (decision: { readonly reasons: readonly { readonly code: string }[] }): string[] =>
  decision.reasons.map(({ code }) => code);

/** Fails loudly where a test's preparation is denied. */
export function granted<T extends { readonly allowed: boolean; readonly reasons: readonly unknown[] }>(decision: T): T {
  if (!decision.allowed) throw new Error(`denied: ${JSON.stringify(decision.reasons)}`);
  return decision;
}

/** A user whose devices, named by their kinds, support bound and activated long ago. */
export function owner(policy: Policy, kinds: readonly string[]): DevicesState {
  let devices = newDevicesState();
  for (const kind of kinds) {
    // Stopgaps live for days: three days ago a temporary code came into its second phase.
    const at = policy.kinds[kind]?.temporary === true ? NOW - 3 * DAY : LONG_AGO;
    const by = { attempts: null, by: SUPPORT, now: at } as const;
    devices = granted(bindDevice(policy, { ...by, devices, id: kind, kind, equity: 10 ** 9 })).devices;
    devices = granted(moveDevice(policy, { ...by, devices, device: kind, event: 'activate', proven: true })).devices;
  }
  return devices;
}

type Request = Omit<Partial<ActionRequest>, 'action'>;

/** A withdrawal of whole dollars. */
export function withdraw(
  dollars: number,
  device: string | null,
  devices: DevicesState,
  more: Request = {},
): ActionDecision {
  const base = { action: 'withdrawal', device, devices, attempts: null, optOut: null, now: NOW } as const;
  const money = { amount: usd(dollars), ledger: newLedger(broker), calendar, posture: SOUND_PHONES };
  return decideAction(broker, { ...base, ...money, ...more });
}

/** What happens to a device. */
export function move(
  devices: DevicesState,
  device: string,
  event: Parameters<typeof moveDevice>[1]['event'],
  by: Parameters<typeof moveDevice>[1]['by'],
  more: Partial<Parameters<typeof moveDevice>[1]> = {},
): DevicesDecision {
  const request = { devices, device, event, by, attempts: null, now: NOW, posture: SOUND_PHONES };
  return moveDevice(broker, { ...request, ...more });
}

export function bind(
  devices: DevicesState,
  kind: string,
  by: Parameters<typeof bindDevice>[1]['by'],
  more: Partial<Parameters<typeof bindDevice>[1]> = {},
): DevicesDecision {
  const request = {
    devices,
    id: `new-${kind}`,
    kind,
    by,
    attempts: null,
    now: NOW,
    equity: 10 ** 9,
    posture: SOUND_PHONES,
  };
  return bindDevice(broker, { ...request, ...more });
}

/** Guesses until nothing is judged any more; the clock waits as it is told to. */
export function lockForGood(policy: Policy, device: string, now: number): AttemptState {
  let state = newAttemptState();
  for (let at = now; ; ) {
    const admission = admitAttempt(policy, state, { device, now: at });
    if (!admission.ok) {
      if (admission.retryAt === null) return state;
      at = admission.retryAt;
    } else state = admission.record('guess').next;
  }
}
