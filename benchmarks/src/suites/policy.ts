import {
  type ActionRequest,
  bindDevice,
  type DevicesState,
  decideAction,
  type Ledger,
  moveDevice,
  newAttemptState,
  newDevicesState,
  newLedger,
} from '@countersign/policy';
import { createCalendar } from '@countersign/policy/calendar';
import { type BrokerAction, type BrokerKind, brokerPolicy } from '@countersign/policy/presets';
import type { Suite } from '../suite.ts';

const DAY = 86_400_000;
const NOW = Date.UTC(2026, 10, 18, 17);
const ENTRIES = 200;
const KINDS: readonly BrokerKind[] = ['totp', 'phone-app', 'pin-token', 'security-card', 'gold'];
const calendar = createCalendar(brokerPolicy.calendar!);

const devices = KINDS.reduce((state: DevicesState, kind) => {
  const asked = { attempts: null, by: { role: 'support', name: 'desk' }, now: NOW - 100 * DAY } as const;
  const bound = bindDevice(brokerPolicy, { ...asked, devices: state, id: kind, kind, equity: 75_000_000 });
  const proven = { device: kind, event: 'activate', proven: true } as const;
  return moveDevice(brokerPolicy, { ...asked, ...proven, devices: bound.devices }).devices;
}, newDevicesState());

/** A week with 200 withdrawals. */
function ledgerAt(now: number): Ledger {
  let ledger = newLedger(brokerPolicy);
  for (let index = 0; index < ENTRIES; index++) {
    const at = now - Math.round(((ENTRIES - index) * 7 * DAY) / ENTRIES);
    const amount = { minorUnits: 1000, currency: 'USD' };
    const decision = decideAction(brokerPolicy, { ...request(at, ledger), amount, reference: `payment-${index}` });
    ledger = decision.booking!.next;
  }
  return ledger;
}

/** A withdrawal that the card does not cover: every device is measured, and the step-up named. */
function request(now: number, ledger: Ledger): ActionRequest<BrokerAction> {
  return {
    action: 'withdrawal',
    device: 'security-card',
    devices,
    attempts: newAttemptState(),
    optOut: null,
    now,
    posture: { 'phone-app': { platform: 'ios', systemVersion: '17.4', rooted: false, screenLock: true } },
    amount: { minorUnits: 30_000_000, currency: 'USD' },
    ledger,
    calendar,
  };
}

const warm = request(NOW, ledgerAt(NOW));
const years = Array.from({ length: 64 }, (_, index) => NOW + index * 37 * DAY).map((at) => request(at, ledgerAt(at)));
let next = 0;

const BASELINE = 'day boundaries cached (target: 10 µs)';

/** The whole decision of a user with five devices and 200 withdrawals: which device, how much, when more, what instead. */
export const policy: Suite = {
  title: 'Decide about a withdrawal: 5 devices, 200 bookings',
  baseline: BASELINE,
  cases: [
    { name: BASELINE, run: () => decideAction(brokerPolicy, warm) },
    {
      name: 'a new calendar each time, another day each time (target: 60 µs)',
      run: () =>
        decideAction(brokerPolicy, { ...years[next++ % 64]!, calendar: createCalendar(brokerPolicy.calendar!) }),
    },
  ],
};
