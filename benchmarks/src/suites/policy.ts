import { type ActionRequest, type Device, decideAction, newAttemptState } from '@countersign/policy';
import { createCalendar } from '@countersign/policy/calendar';
import { brokerPolicy } from '@countersign/policy/presets';
import type { Suite } from '../suite.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 18, 17);
const ENTRIES = 200;
const KINDS = ['totp', 'phone-app', 'pin-token', 'security-card', 'gold'];

function device(kind: string): Device {
  const at = NOW - 100 * DAY;
  return {
    v: 1,
    id: kind,
    kind,
    state: 'active',
    issuedAt: at,
    activatedAt: at,
    lastUsedAt: NOW - DAY,
    replaces: null,
    sharedFrom: null,
    methodsOff: [],
    noticesGiven: [],
    history: [{ at, event: 'activate', by: 'user', state: 'active' }],
  };
}

/** A withdrawal that the card does not cover: every device is measured, and the step-up named. */
function request(now: number, calendar: ActionRequest['calendar']): ActionRequest {
  const entries = Array.from({ length: ENTRIES }, (_, index) => {
    return { at: now - Math.round(((ENTRIES - index) * 7 * DAY) / ENTRIES), amount: 100_000, pool: 'withdrawals' };
  });
  return {
    action: 'withdrawal',
    device: 'security-card',
    devices: KINDS.map(device),
    attempts: newAttemptState(),
    optOut: null,
    now,
    posture: { 'phone-app': { platform: 'ios', systemVersion: '17.4', rooted: false, screenLock: true } },
    amount: { minorUnits: 30_000_000, currency: 'USD' },
    ledger: { v: 1, currency: 'USD', latest: now, entries },
    calendar,
  };
}

const warm = request(NOW, createCalendar(brokerPolicy.calendar));
const years = Array.from({ length: 64 }, (_, index) => request(NOW + index * 37 * DAY, undefined));
let next = 0;

const BASELINE = 'day boundaries cached (target: 30 µs)';

/** The whole decision of a user with five devices and 200 withdrawals: which device, how much, when more, what instead. */
export const policy: Suite = {
  title: 'Decide about a withdrawal: 5 devices, 200 ledger entries',
  baseline: BASELINE,
  cases: [
    { name: BASELINE, run: () => decideAction(brokerPolicy, warm) },
    {
      name: 'a new calendar each time, another day each time (target: 150 µs)',
      run: () =>
        decideAction(brokerPolicy, { ...years[next++ % 64]!, calendar: createCalendar(brokerPolicy.calendar) }),
    },
  ],
};
