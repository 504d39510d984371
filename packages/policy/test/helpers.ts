import { createCalendar } from '../src/calendar.ts';
import type { ChooseRequest } from '../src/choose-device.ts';
import type { ActionRequest } from '../src/decide-action.ts';
import type { Calendar, Device, DeviceState, Ledger, Money, PolicyDocument, PostureReport } from '../src/index.ts';
import { brokerPolicy } from '../src/presets.ts';

export const DAY = 86_400_000;
/** Wednesday, 18 November 2026, noon in New York. */
export const NOW: number = Date.UTC(2026, 10, 18, 17);

export const usd = (dollars: number): Money => ({ minorUnits: Math.round(dollars * 100), currency: 'USD' });

/** A device record as the functions write it. */
export function device(kind: string, more: Partial<Device> = {}): Device {
  const at = NOW - 30 * DAY;
  return {
    v: 1,
    id: kind,
    kind,
    state: 'active',
    issuedAt: at,
    activatedAt: at,
    lastUsedAt: null,
    replaces: null,
    sharedFrom: null,
    methodsOff: [],
    noticesGiven: [],
    history: [{ at, event: 'activate', by: 'user', state: more.state ?? 'active' }],
    ...more,
  };
}

export const inState = (kind: string, state: DeviceState, more: Partial<Device> = {}): Device =>
  device(kind, { state, ...more });

export function ledger(...entries: readonly (readonly [at: number, dollars: number])[]): Ledger {
  return {
    v: 1,
    currency: 'USD',
    latest: Math.max(0, ...entries.map(([at]) => at)),
    entries: entries.map(([at, dollars]) => ({ at, amount: dollars * 100, pool: 'withdrawals' })),
  };
}

export const calendar: Calendar = createCalendar(brokerPolicy.calendar);

export function choosing(action: string, devices: readonly Device[], more: Partial<ChooseRequest> = {}): ChooseRequest {
  return { action, devices, attempts: null, optOut: null, now: NOW, ...more };
}

export function withdrawing(
  dollars: number,
  used: string | null,
  devices: readonly Device[],
  more: Partial<ActionRequest> = {},
): ActionRequest {
  const base = choosing('withdrawal', devices);
  return { ...base, device: used, amount: usd(dollars), ledger: ledger(), calendar, posture: PHONES, ...more };
}

export const PHONE: PostureReport = { platform: 'ios', systemVersion: '17.0', rooted: false, screenLock: true };
export const PHONES: { readonly [device: string]: PostureReport } = { 'phone-app': PHONE };

/** A policy to be altered: plain JSON of the broker's. */
// biome-ignore lint/suspicious/noExplicitAny: tests break documents on purpose
export function document(alter: (document: any) => void = () => {}): PolicyDocument {
  const copy = JSON.parse(JSON.stringify(brokerPolicy));
  alter(copy);
  return copy;
}

export const codes = (decision: { readonly reasons: readonly { readonly code: string }[] }): string[] =>
  decision.reasons.map(({ code }) => code);
